"""What a page is made of: its head, the answer, the claims with their evidence, and the list of all figures."""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.export.arrange import below_the_answer, grouped, missing
from core.records import Claim, Figure, Report, Section
from core.wording import instant, weekday
from pages.parts.downloads import share
from pages.parts.lens import Lens
from pages.parts.markup import esc, md
from pages.parts.provenance import listing, more, proof


def head(view: Lens, report: Report, title: str) -> None:
    """The page's title, what identifies the report, and the means to take it away."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(md(title), anchor=False, width="content")
        share(view, report)
    asof = f" · as known at {instant(report.asof)}" if report.asof else ""
    st.caption(
        f"{weekday(report.date)} {report.date.year} · {md(report.edition_label)} · {md(report.dataset_label)}{asof} · snapshot {report.snapshot}"
    )


def answer(section: Section, figures: Mapping[str, Figure]) -> None:
    """The section's conclusion, which opens into its evidence."""
    if not section.claims:
        st.html(f'<div class="mi-answer"><summary>{esc(section.answer)}</summary></div>')
        return
    lead = section.claims[0]
    st.html(
        f'<details class="mi-answer"><summary>{esc(lead.text)}<span class="mi-more">{more(lead)}</span></summary>{proof(lead, figures)}</details>'
    )


def _claim(claim: Claim, figures: Mapping[str, Figure]) -> str:
    return f'<details><summary>{esc(claim.text)}<span class="mi-more">{more(claim)}</span></summary>{proof(claim, figures)}</details>'


def claims(found: Iterable[Claim], figures: Mapping[str, Figure], *, headings: Mapping[str, str] | None = None) -> None:
    """Claims under their headings; each opens into its figures and what would contradict it."""
    parts = []
    for heading, members in grouped(found):
        parts.append(f"<h4>{esc((headings or {}).get(heading, heading))}</h4>")
        parts += [_claim(c, figures) for c in members]
    if parts:
        st.html(f'<div class="mi-claims">{"".join(parts)}</div>')


def below(section: Section, figures: Mapping[str, Figure]) -> None:
    """Everything a section claims besides its answer."""
    claims(below_the_answer(section), figures)


def gaps(*sections: Section) -> None:
    """What the page would show if it could be had."""
    rows = missing(*sections)
    if rows:
        items = "".join(f"<li><strong>{esc(what)}</strong>: {esc(why)}</li>" for what, why in rows)
        st.html(f'<div class="mi-claims"><h4>What is missing, and why</h4></div><ul class="mi-gaps">{items}</ul>')


def evidence(*sections: Section) -> None:
    """Every figure of the sections with its provenance, listed once the reader opens the list."""
    figures = {f.key: f for s in sections for f in s.figures}
    if figures:
        fold = st.expander(f"Evidence: all {len(figures)} figures of this page", icon=":material/fact_check:", key="evidence", on_change="rerun")
        if fold.open:
            with fold:
                st.html(listing(figures.values()))
