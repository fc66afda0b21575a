"""What a page is made of: its head, the answer, the claims with their evidence, and the list of all figures."""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.export.arrange import below_the_answer, grouped, missing
from core.health import attempts
from core.language import N_, _, join
from core.records import Claim, Figure, Report, Section, Table
from core.wording import instant, weekday
from pages.parts import loads
from pages.parts.downloads import share
from pages.parts.glossary import listed
from pages.parts.lens import Lens
from pages.parts.markup import esc, md, titled
from pages.parts.menu import name
from pages.parts.provenance import listing, opening


def head(view: Lens, report: Report, title: str) -> str:
    """Draw the page's title beside the means to take the report away; what identifies the report, as HTML, comes first below it."""
    name(title, report.date)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(md(title), anchor=False, width="content")
        share(view, report)
    date = N_("{date} {year}", date=weekday(report.date), year=report.date.year)
    asof = [N_("as known at {instant}", instant=instant(report.asof))] if report.asof else []
    said = join(" · ", [date, report.edition_label, report.dataset_label, *asof, N_("snapshot {hash}", hash=report.snapshot)])
    return f'<p class="mi-quiet">{esc(said)}</p><h2 class="mi-unseen">{esc("In short")}</h2>'


def heading(title: str) -> str:
    """The heading of a part of a page."""
    return f'<h2 class="mi-head">{esc(title)}</h2>'


def answer(section: Section, figures: Mapping[str, Figure]) -> str:
    """The section's conclusion, which opens into its evidence."""
    if not section.claims:
        return f'<div class="mi-answer"><p>{esc(section.answer)}</p></div>'
    return f'<details class="mi-answer">{opening(section.claims[0], figures)}</details>'


def _grouped(found: Iterable[Claim], figures: Mapping[str, Figure], headings: Mapping[str, str] | None = None) -> str:
    parts = []
    for heading, members in grouped(found):
        parts.append(f"<h3>{esc((headings or {}).get(heading, heading))}</h3>")
        parts += [f"<details>{opening(c, figures)}</details>" for c in members]
    return "".join(parts)


def claims(found: Iterable[Claim], figures: Mapping[str, Figure], *, headings: Mapping[str, str] | None = None) -> str:
    """Claims under their headings; each opens into its figures and what would contradict it."""
    made = _grouped(found, figures, headings)
    return f'<div class="mi-claims">{made}</div>' if made else ""


def below(section: Section, figures: Mapping[str, Figure], most: int | None = None) -> str:
    """Everything a section claims besides its answer; those beyond the first `most` are folded behind a line that counts them."""
    ordered = [c for _, members in grouped(below_the_answer(section)) for c in members]
    open_ones, rest = claims(ordered[:most], figures), ordered[most:] if most is not None else []
    if not rest:
        return open_ones
    count = esc(N_("{n} more", n=len(rest)))
    return f'{open_ones}<details class="mi-fold"><summary>{count}</summary><div class="mi-claims">{_grouped(rest, figures)}</div></details>'


def gaps(*sections: Section, live: bool = False) -> str:
    """What the page would show if it could be had; of `live` data also what the last attempt at it said."""
    rows = dict.fromkeys(missing(*sections))
    if live and (rows or any(f.value is None or f.note for s in sections for f in s.figures)):
        rows |= dict.fromkeys(attempts(sections, loads.outcomes()))
    items = "".join(f"<li>{titled(what, why)}</li>" for what, why in rows)
    over = f'<div class="mi-claims"><h4>{esc("What is missing, and why")}</h4></div>'
    return f'{over}<ul class="mi-gaps">{items}</ul>' if items else ""


def _texts(sections: Iterable[Section]) -> Iterable[str]:
    """What sections say in sentences and tables."""
    for section in sections:
        yield from (c.text for c in section.claims)
        yield from said_by(*section.tables)


def words(*sections: Section) -> str:
    """The words of the trade that sections use, explained."""
    return listed(_texts(sections))


def said_by(*tables: Table) -> Iterable[str]:
    """What tables say, as texts."""
    for table in tables:
        yield from (table.title, *table.columns, table.note, *(cell.text for row in table.rows for cell in row))


def evidence(*sections: Section) -> bool:
    """Every figure of sections with its provenance, listed once the reader opens the list. Returns whether it is open."""
    figures = {f.key: f for s in sections for f in s.figures}
    if not figures:
        return False
    title = _("Evidence: all {n} figures of this page", n=len(figures))
    fold = st.expander(title, icon=":material/fact_check:", key="evidence", on_change="rerun")
    if fold.open:
        with fold:
            st.html(listing(figures.values(), "All figures of this page"))
    return bool(fold.open)
