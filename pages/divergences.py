"""Divergences: what fires, one rule under the lamp with its threshold beside the history of its gap, and all rules ranked."""

import dataclasses

import streamlit as st

from core.charts.catalogue import PLOTS, Plot
from core.divergences import RULES
from core.language import _, speak
from core.records import Finding, Report
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


def _choose(report: Report, put: str) -> Finding:
    """The rule under the lamp: the reader's, or the one put there."""
    keys = tuple(_RULES)
    rule = st.selectbox(_("Rule"), keys, index=keys.index(put), format_func=lambda key: _(_RULES[key]), key="rule", bind="query-params")
    return next(f for f in report.findings if f.rule == (rule or put))


def _lamp(view: Lens, report: Report, put: str) -> str:
    """Draw one rule in full; what followed its events, at every horizon, comes next as HTML."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large", key="lamp"):
        finding = _choose(report, put)
        thresholds.under_the_lamp(finding.rule, report.settings.threshold_unit)
    reasons, checks = findings.full(finding, report)
    left, right = st.columns(2, gap="large")
    with left:
        pictures.draw(view, Plot("divergence.distribution", (finding.rule,)), findings.verdict(finding, report), twin=False)
    with right:
        sheet.show(reasons)
        sheet.show(checks)
    followed = Plot("divergence.closed", (finding.rule,))
    none = "" if pictures.there(view, followed) else f'<p class="mi-quiet">{esc(_FEW)}</p>'
    pictures.draw(view, followed, none, twin=False)
    return findings.record(finding, report) or pictures.folded(view, followed)


def _rare(view: Lens, report: Report) -> None:
    """What is looked at now and then, below the part that a threshold decides; a page where any of it is open runs whole."""
    fold = st.expander(_("The gap's history in full"), icon=":material/timeline:", key="timeline", on_change="rerun")
    if fold.open:
        rule = st.session_state.get("rule") or report.findings[0].rule
        with fold:
            pictures.draw(view, Plot("divergence.timeline", (rule,)))
            sheet.show(pictures.folded(view, Plot("divergence.distribution", (rule,))))
    section = report.section("divergences")
    st.session_state[_BELOW] = (cards.evidence(section) or bool(fold.open), len(section.figures))


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
    firing = findings.others(section.claims[1:], figures)
    sheet.show(cards.answer(section, figures), firing, cards.heading("One rule in full"))
    followed = _lamp(view, report, put)
    pictures.draw(view, PLOTS["divergences"][0], followed, cards.heading("All rules"), twin=False)
    listed = (tables.shown(table, figures) for table in section.tables)
    sheet.show(*listed, cards.gaps(section, live=report.dataset == "live"), cards.words(section))


def _whole(view: Lens) -> None:
    report = opened(view)
    chosen = own.chosen("rule", _RULES, report.findings[0].rule)
    sheet.show(cards.head(dataclasses.replace(view, own=(("rule", _RULES[chosen]),)), report, "Divergences"))
    st.session_state.pop(_BELOW, None)
    _page(view)
    _rare(view, report)


_whole(view)
