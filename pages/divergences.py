"""Divergences: what fires, one rule under the lamp with its threshold beside the history of its gap, and all rules ranked."""

import dataclasses

import streamlit as st

from core.charts.catalogue import PLOTS, Plot
from core.divergences import RULES
from core.language import _, speak
from core.records import Report
from pages.parts import cards, findings, loads, own, pictures, sheet, tables, thresholds
from pages.parts.lens import Lens, lens
from pages.parts.markup import esc
from pages.parts.notices import opened

view = lens()

_RULES = {r.key: r.label for r in RULES}
_PUT = "rule put under the lamp, and where"
_BELOW = "what stands below the part that a threshold decides: whether any of it is open, and how many figures it counts"
_FEW = "Too few separate events before this report, at this threshold, to say what followed."


def _settle(view: Lens, report: Report) -> str:
    """The rule that stands under the lamp unasked: the strongest, put there once per report, so that it stays while thresholds move."""
    here, (there, put) = (view.market, view.date), st.session_state.get(_PUT, (None, ""))
    rule = st.session_state.get("rule")
    if there != here:
        rule, put = report.findings[0].rule if rule in {None, put} else rule, report.findings[0].rule
        st.session_state[_PUT] = here, put
    st.session_state["rule"] = rule or put  # said again in every run, for a choice that the address does not hold yet would be forgotten
    return put


def _choose(put: str) -> None:
    """The list of rules, which puts another one under the lamp."""
    keys = tuple(_RULES)
    st.selectbox(_("Rule"), keys, index=keys.index(put), format_func=lambda key: _(_RULES[key]), key="rule", bind="query-params")


def _rare(view: Lens, report: Report) -> None:
    """What is looked at now and then, below the part that a threshold decides; where any of it is open a moved threshold runs the whole page."""
    section, figures = report.section("divergences"), report.figures()
    every = st.expander(_("All rules as a table"), icon=":material/table:", key="every rule", on_change="rerun")
    if every.open:
        with every:
            sheet.show(*(tables.shown(table, figures) for table in section.tables))
    course = st.expander(_("The gap's history in full"), icon=":material/timeline:", key="timeline", on_change="rerun")
    if course.open:
        rule = st.session_state.get("rule") or report.findings[0].rule
        with course:
            pictures.draw(view, Plot("divergence.timeline", (rule,)))
            sheet.show(pictures.made(view, Plot("divergence.distribution", (rule,))).folded)
    sheet.show(cards.gaps(section, live=report.dataset == "live"), cards.words(section))
    shown = cards.evidence(section)
    st.session_state[_BELOW] = (bool(every.open or course.open or shown), len(section.figures))


@st.fragment
def _page(view: Lens) -> None:
    """Everything that a threshold decides; when one moves under the lamp it runs alone, without menu, sidebar, head and what is rare."""
    speak(view.language)
    view = dataclasses.replace(view, settings=thresholds.now())
    report = loads.report(view.market, view.date, view.settings)
    section, figures = report.section("divergences"), report.figures()
    if st.session_state.get(_BELOW, (False, len(section.figures))) != (False, len(section.figures)):
        del st.session_state[_BELOW]
        st.rerun()
    put = _settle(view, report)
    finding = next(f for f in report.findings if f.rule == st.session_state["rule"])
    history, followed = (pictures.made(view, Plot(factory, (finding.rule,))) for factory in ("divergence.distribution", "divergence.closed"))
    every, (reasons, checks) = pictures.made(view, PLOTS["divergences"][0]), findings.full(finding, report)
    sheet.show(cards.answer(section, figures), findings.others(section.claims[1:], figures), cards.heading("One rule in full"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large", key="lamp"):
        _choose(put)
        thresholds.under_the_lamp(finding.rule, report.settings.threshold_unit)
    left, right = st.columns(2, gap="large")
    with left:
        pictures.show(history, findings.verdict(finding, report))
    with right:
        sheet.show(reasons)
        sheet.show(checks)
    pictures.show(followed, "" if followed.picture else f'<p class="mi-quiet">{esc(_FEW)}</p>')
    pictures.show(every, findings.record(finding, report) or followed.folded, cards.heading("All rules"))


def _whole(view: Lens) -> None:
    report = opened(view)
    chosen = own.chosen("rule", _RULES, report.findings[0].rule)
    sheet.show(cards.head(dataclasses.replace(view, own=(("rule", _RULES[chosen]),)), report, "Divergences"))
    st.session_state.pop(_BELOW, None)
    _page(view)
    _rare(view, report)


_whole(view)
