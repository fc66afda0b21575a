"""Divergences: what fires, one rule under the lamp with its threshold beside the history of its gap, and all rules ranked."""

import dataclasses

import streamlit as st

from core.divergences import RULES
from core.language import _, speak
from core.records import Finding, Report
from pages.parts import cards, findings, own, pictures, tables, thresholds
from pages.parts.lens import Lens, lens
from pages.parts.markup import esc
from pages.parts.notices import opened

view = lens()

_RULES = {r.key: r.label for r in RULES}
_PUT = "rule put under the lamp, and where"


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


def _lamp(view: Lens, report: Report, put: str) -> None:
    st.header(_("One rule in full"), anchor=False)
    choice, handle = st.columns(2, gap="large")
    with choice:
        finding = _choose(report, put)
    with handle:
        thresholds.under_the_lamp(finding.rule, report.settings.threshold_unit)
    findings.verdict(finding, report)
    left, right = st.columns(2, gap="large")
    with left:
        pictures.draw(view, "divergence.distribution", finding.rule)
    with right:
        findings.full(finding, report)
    _followed(view, finding, report)
    fold = st.expander(_("Session by session"), icon=":material/timeline:", key="timeline", on_change="rerun")
    if fold.open:
        with fold:
            pictures.draw(view, "divergence.timeline", finding.rule)


def _followed(view: Lens, finding: Finding, report: Report) -> None:
    """What came after the rule's earlier events, whether it fires today or not."""
    if not pictures.draw(view, "divergence.closed", finding.rule):
        st.html(f'<p class="mi-quiet">{esc("Too few separate events before this report, at this threshold, to say what followed.")}</p>')
    if not finding.base_rates:
        return
    fold = st.expander(_("What followed, at every horizon"), icon=":material/table:", key="followed", on_change="rerun")
    if fold.open:
        with fold:
            findings.record(finding, report)


@st.fragment
def _page(view: Lens) -> None:
    """Everything that a threshold decides; when one moves under the lamp it runs alone, without menu and sidebar."""
    speak(view.language)
    view = dataclasses.replace(view, settings=thresholds.now())
    report = opened(view)
    section, figures = report.section("divergences"), report.figures()
    chosen = own.chosen("rule", _RULES, report.findings[0].rule)
    put = _settle(view, report)
    cards.head(dataclasses.replace(view, own=(("rule", _RULES[chosen]),)), report, "Divergences")
    cards.answer(section, figures)
    findings.others(section.claims[1:], figures)
    _lamp(view, report, put)
    st.header(_("All rules"), anchor=False)
    pictures.draw(view, "divergence.strength")
    for table in section.tables:
        tables.show(table, figures)
    cards.gaps(section, live=report.dataset == "live")
    cards.evidence(section)


_page(view)
