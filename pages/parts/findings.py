"""What the divergence rules say: all of them in a ranked list, and one of them in full."""

import streamlit as st

from core.export.arrange import threshold
from core.records import Finding, Report
from core.units import Unit
from core.wording import show
from pages.parts import cards, tables
from pages.parts.markup import esc
from pages.parts.provenance import hover

STATES = {"fires": "fires", "quiet": "quiet", "refused": "not compared", "missing": "data missing"}


def gap(finding: Finding, report: Report) -> str:
    """The gap of a finding as a reader sees it."""
    figure = report.figures().get(finding.gap)
    return show(figure.value, figure.unit, sign=True) if figure else show(None, Unit.PP)


def _tag(finding: Finding) -> str:
    return f'<span class="mi-tag {esc(finding.state)}">{esc(STATES.get(finding.state, finding.state))}</span>'


def _row(finding: Finding, report: Report) -> str:
    figures = report.figures()
    z, found = figures.get(f"{finding.gap}.z"), figures.get(finding.gap)
    said = finding.direction if finding.state in {"fires", "quiet"} else finding.why
    return (
        f'<tr><td class="w"><strong>{esc(finding.label)}</strong> {_tag(finding)}<br><span class="mi-quiet">{esc(said)}</span></td>'
        f'<td class="n"{hover(found)}>{esc(gap(finding, report))}</td><td class="n">{esc(show(z.value, z.unit)) if z else ""}</td>'
        f'<td class="n">{esc(threshold(finding, report))}</td></tr>'
    )


_COLUMNS = (("", "Divergence"), ("n", "Gap"), ("n", "In its year"), ("n", "Threshold"))


def ranked(report: Report, most: int = 8) -> None:
    """The strongest findings: those that fire, then those nearest to their thresholds."""
    fires = sum(f.state == "fires" for f in report.findings)
    shown = report.findings[: max(most, fires)]
    head = "".join(f'<th scope="col" class="{kind}">{name}</th>' for kind, name in _COLUMNS)
    body = "".join(_row(f, report) for f in shown)
    caption = f"{fires} of {len(report.findings)} rules fire" + ("" if len(shown) == len(report.findings) else f"; the {len(shown)} strongest")
    st.html(
        f'<div class="mi-scroll"><table class="mi-table"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def full(finding: Finding, report: Report) -> None:
    """One rule in full: checks, explanations, implication and what followed before."""
    figures = report.figures()
    st.html(
        f"<div>{_tag(finding)} <strong>{esc(gap(finding, report))}</strong> against a threshold of {esc(threshold(finding, report))}"
        f'{": " + esc(finding.direction) if finding.direction else ""}. <span class="mi-quiet">{esc(finding.why)}</span></div>'
    )
    implication = (finding.implication,) if finding.implication else ()
    cards.claims((*finding.checks, *finding.explanations, *implication), figures, headings={"Also": "Checks"})
    if finding.base_rates:
        tables.show(finding.base_rates, figures)
