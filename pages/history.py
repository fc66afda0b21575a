"""History: every report date by the strength of its divergences; a click on a day opens its report."""

import dataclasses
import datetime as dt

import streamlit as st

from core.charts.catalogue import Plot
from core.divergences import RULES
from core.language import N_, _
from pages.parts import cards, link, loads, own, pictures, sheet, tables
from pages.parts.glossary import listed
from pages.parts.lens import Lens, lens
from pages.parts.notices import opened

view = lens()

_ALL = "all"
_FILTERS = {_ALL: "All rules", **{r.key: r.label for r in RULES}}
_NO_RULE = "No divergence rule is called {text}. All rules are shown instead."
_HELP = "All rules: the widest gap that fired. One rule: its gap on every date, with a dot where it fired under your thresholds."
_OPEN = "a day of the calendar was clicked"


def _picked(key: str) -> None:
    """Take the date under the click; the page then opens its report."""
    points = st.session_state[key].selection.get("date", [])
    if points:
        st.session_state["date"] = dt.date.fromisoformat(points[0]["date"])
        st.session_state[_OPEN] = True


def _filter() -> str:
    """The rule by which days are coloured, or all."""
    asked = st.query_params.get("filter", _ALL)
    own.chosen("filter", _FILTERS, _ALL)
    chosen = st.selectbox(
        _("Coloured by"), tuple(_FILTERS), format_func=lambda key: _(_FILTERS[key]), key="filter", bind="query-params", width=360, help=_(_HELP)
    ) or _ALL  # fmt: skip
    own.remark("filter", chosen, "" if link.told(_FILTERS, asked) else N_(_NO_RULE, text=link.quoted(asked)))
    return chosen


def _page(view: Lens) -> None:
    if st.session_state.pop(_OPEN, False):
        st.switch_page("pages/overview.py", query_params={})  # bound parameters follow their widgets and may not be cleared
    report = opened(view)
    top = st.container()
    chosen = _filter()
    with top:
        sheet.show(cards.head(dataclasses.replace(view, own=(("filter", _FILTERS[chosen]),) if chosen != _ALL else ()), report, "History"))
    rule = chosen if chosen != _ALL else ""
    pictures.draw(view, Plot("history.calendar", (rule, loads.span(view.market)[2])), picked=_picked)
    pictures.draw(view, Plot("fired_years.per_rule"))
    strongest = loads.strongest(view.market, view.settings, rule)
    sheet.show(tables.shown(strongest, report.figures(), own.links(view, strongest)), listed(cards.said_by(strongest)))


_page(view)
