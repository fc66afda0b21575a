"""Compare: two report dates side by side, the most unusual changes first."""

import dataclasses
import datetime as dt

import streamlit as st

from core.charts.catalogue import Plot
from core.language import N_, _, join
from core.memory.compare import Part
from core.records import Report, Table
from core.wording import day
from pages.parts import cards, link, loads, own, pictures, sheet, tables
from pages.parts.glossary import listed
from pages.parts.lens import Lens, lens
from pages.parts.markup import esc
from pages.parts.notices import opened

view = lens()

_FIRST, _FOLLOWED = 4, "date compared with, while nobody chose one"


def _against(date: dt.date, first: dt.date, last: dt.date) -> dt.date:
    """The other date: the reader's, or the day before."""
    usual = date - dt.timedelta(days=1) if date > first else min(date + dt.timedelta(days=1), last)
    if st.session_state.get("against") == st.session_state.get(_FOLLOWED) is not None:
        st.session_state["against"] = usual
    st.session_state[_FOLLOWED] = usual
    asked = st.query_params.get("against", "")
    value = st.date_input(
        _("Compared with"), usual, min_value=first, max_value=last, format="YYYY-MM-DD", key="against", bind="query-params", width=220
    )  # fmt: skip
    other = value if isinstance(value, dt.date) else usual
    why = link.date_complaint(asked, first, last) if asked else ""
    instead = N_("Compared with {date} instead.", date=day(other, year=True))
    own.remark("against", other, join(" ", [why, instead]) if why else "")
    return other


def _said(part: Part, names: tuple[str, str]) -> str:
    """The conclusions of a section on both dates."""
    if not part.differs:
        return f'<p class="mi-quiet">{esc(N_("The same on both dates: {text}", text=part.after))}</p>'
    cells = "".join(f"<div><small>{esc(name)}</small><p>{esc(text)}</p></div>" for name, text in zip(names, (part.before, part.after), strict=True))
    return f'<div class="mi-pair">{cells}</div>'


def _section(part: Part, names: tuple[str, str], report: Report) -> tuple[str, ...]:
    whole = part.figures
    short = dataclasses.replace(whole, rows=whole.rows[:_FIRST], note=whole.note if len(whole.rows) <= _FIRST else "")
    return cards.heading(part.title), _said(part, names), tables.shown(short, report.figures()), _more(whole, report)


def _more(whole: Table, report: Report) -> str:
    """The smaller changes of a section behind a line that counts them."""
    if len(whole.rows) <= _FIRST:
        return ""
    rest = dataclasses.replace(whole, rows=whole.rows[_FIRST:])
    count = N_("{n} smaller changes", n=len(rest.rows))
    inside = tables.markup(rest, report.figures(), headed=False)
    return f'<details class="mi-fold"><summary>{esc(count)}</summary>{inside}</details>'


def _page(view: Lens) -> None:
    report = opened(view)
    top = st.container()
    first, last = loads.span(view.market)[:2]
    other = _against(view.date, first, last)
    with top:
        sheet.show(cards.head(dataclasses.replace(view, own=(("against", other.isoformat()),)), report, "Compare"))
    if other == view.date:
        st.info(_("Both dates are the same. Choose another one to compare with."), icon=":material/compare_arrows:")
        return
    found = loads.comparison(view.market, other, view.date, view.settings)
    names = (day(other, year=True), day(view.date, year=True))
    opening = f'<p class="mi-quiet"><a href="./?{esc(view.at(other))}">{esc(N_("Open the report of {date}", date=names[0]))}</a></p>'
    pictures.draw(view, Plot("changed.biggest", (other,)), opening)
    sections = (block for part in found.parts for block in _section(part, names, report))
    said = (*cards.said_by(found.rules, *(p.figures for p in found.parts)), *(t for p in found.parts for t in (p.before, p.after)))
    sheet.show(tables.shown(found.rules, report.figures()), *sections, listed(said))


_page(view)
