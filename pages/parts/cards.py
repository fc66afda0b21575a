"""What a page is made of: its head, the answer, the claims with their evidence, tiles, and the list of all figures."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from core.export.arrange import below_the_answer, grouped
from core.records import Claim, Figure, Report, Section
from core.wording import arrow, day, instant, show, weekday
from pages.parts.downloads import share
from pages.parts.lens import Lens
from pages.parts.markup import esc, md
from pages.parts.provenance import hover, listing, more, proof


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
    rows = dict.fromkeys((g.what, g.why) for s in sections for g in s.gaps)
    if rows:
        items = "".join(f"<li><strong>{esc(what)}</strong>: {esc(why)}</li>" for what, why in rows)
        st.html(f'<div class="mi-claims"><h4>What is missing, and why</h4></div><ul class="mi-gaps">{items}</ul>')


def evidence(*sections: Section) -> None:
    """Every figure of the sections with its provenance, folded."""
    figures = {f.key: f for s in sections for f in s.figures}
    if figures:
        st.html(f'<details class="mi-fold"><summary>Evidence: all {len(figures)} figures of this page</summary>{listing(figures.values())}</details>')


def _line(values: Sequence[float]) -> str:
    """A line of values as an inline SVG; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    scale = 22 / (high - low) if high > low else 0
    points = " ".join(f"{i * 100 / (len(values) - 1):.1f},{24 - (v - low) * scale:.1f}" for i, v in enumerate(values))
    return (
        '<svg viewBox="0 0 100 26" preserveAspectRatio="none" aria-hidden="true"><polyline fill="none" stroke="currentColor" stroke-opacity="0.55" '
        f'stroke-width="1.3" vector-effect="non-scaling-stroke" points="{points}"/></svg>'
    )


def tile(level: Figure, change: Figure, flat: float, line: Sequence[float] = ()) -> str:
    """A market at a glance as HTML: level, change with arrow and sign, the last 30 closes, and the session it is from."""
    sign = arrow(change.value, flat)
    tone = {"↑": "mi-up", "↓": "mi-down"}.get(sign, "")
    missing = f"<small>{esc(change.note or level.note)}</small>" if change.value is None else ""
    stale = " · market closed since" if change.value is not None and change.note else ""
    when = missing or f"<small>{esc(day(change.session))}{stale}</small>"
    return (
        f'<div class="mi-tile"{hover(change)}><b>{esc(level.label)}</b><span class="v">{esc(show(level.value, level.unit))}</span> '
        f'<span class="c {tone}">{sign} {esc(show(change.value, change.unit, sign=True))}</span>{_line(line)}{when}</div>'
    )


def tiles(made: Iterable[str]) -> None:
    """A row of tiles that wraps."""
    st.html(f'<div class="mi-tiles">{"".join(made)}</div>')
