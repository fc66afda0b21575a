"""History: every report date by the strength of its divergences; a click on a day opens its report."""

import dataclasses
import datetime as dt

import streamlit as st

from core.divergences import RULES
from pages.parts import cards, loads, own, pictures, tables
from pages.parts.lens import Lens, lens
from pages.parts.notices import opened

view = lens()

ALL = "All rules"
_KEYS = {r.label: r.key for r in RULES}
_OPEN = "a day of the calendar was clicked"


def _picked(key: str) -> None:
    """Take the date under the click; the page then opens its report."""
    points = st.session_state[key].selection.get("date", [])
    if points:
        st.session_state["date"] = dt.date.fromisoformat(points[0]["date"])
        st.session_state[_OPEN] = True


def _filter() -> str:
    """The label of the rule by which days are coloured."""
    asked = st.query_params.get("filter", ALL)
    chosen = st.selectbox(
        "Coloured by", (ALL, *_KEYS), key="filter", bind="query-params", width=360,
        help="All rules: the widest gap that fired. One rule: its gap on every date, with a dot where it fired under your thresholds.",
    ) or ALL  # fmt: skip
    own.remark("filter", chosen, "" if asked in (ALL, *_KEYS) else f"No divergence rule is called “{asked}”. All rules are shown instead.")
    return chosen


def _page(view: Lens) -> None:
    if st.session_state.pop(_OPEN, False):
        st.switch_page("pages/overview.py", query_params={})  # bound parameters follow their widgets and may not be cleared
    report = opened(view)
    top = st.container()
    label = _filter()
    with top:
        cards.head(dataclasses.replace(view, own=(("filter", label),) if label != ALL else ()), report, "History")
    rule = _KEYS.get(label, "")
    pictures.draw(view, "history.calendar", rule, loads.span(view.market)[2], picked=_picked)
    pictures.draw(view, "fired_years.per_rule")
    strongest = loads.strongest(view.market, view.settings, rule)
    tables.show(strongest, report.figures(), own.links(view, strongest))
    cards.words(cards.said_by(strongest))


_page(view)
