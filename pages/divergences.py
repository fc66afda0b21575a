"""Divergences: every rule, and one of them under the lamp: its threshold beside the history of its gap."""

import streamlit as st

from core.divergences import RULES
from core.records import Finding, Report
from pages.parts import cards, findings, pictures, tables, thresholds
from pages.parts.lens import Lens, lens
from pages.parts.notices import opened

view = lens()

_LABELS = tuple(r.label for r in RULES)


def _choose(report: Report) -> Finding:
    """The rule under the lamp: the reader's, or the strongest."""
    strongest = report.findings[0].label
    label = st.selectbox("Rule", _LABELS, index=_LABELS.index(strongest), key="rule", bind="query-params")
    return next(f for f in report.findings if f.label == (label or strongest))


def _lamp(view: Lens, report: Report) -> None:
    st.subheader("One rule, its threshold and its history", anchor=False)
    left, right = st.columns([2, 3])
    with left:
        finding = _choose(report)
        thresholds.mirror(finding.rule, report.settings.threshold_unit)
        pictures.draw(view, "divergence.distribution", finding.rule)
    with right:
        findings.full(finding, report)
    fold = st.expander("Session by session", icon=":material/timeline:", key="timeline", on_change="rerun")
    if fold.open:
        with fold:
            pictures.draw(view, "divergence.timeline", finding.rule)


def _page(view: Lens) -> None:
    report = opened(view)
    section, figures = report.section("divergences"), report.figures()
    cards.head(view, report, "Divergences")
    cards.answer(section, figures)
    cards.claims(section.claims[1:], figures, headings={"Also": "Also firing"})
    _lamp(view, report)
    pictures.draw(view, "divergence.strength")
    for table in section.tables:
        tables.show(table, figures)
    cards.gaps(section)
    cards.evidence(section)


_page(view)
