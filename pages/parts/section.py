"""A page of one section: its head, answer and readings above what the page draws; tables, gaps and evidence below."""

from core.records import Report
from pages.parts import cards, tables
from pages.parts.lens import Lens
from pages.parts.notices import opened

# Claims under the answer that stand open; the others are folded, so that the charts stay near.
READINGS = 4


def top(view: Lens, key: str, title: str) -> Report:
    """Notices, title, the section's answer and what it reads beside it. Ends the page where there is no report."""
    report = opened(view)
    cards.head(view, report, title)
    cards.answer(report.section(key), report.figures())
    cards.below(report.section(key), report.figures(), most=READINGS)
    return report


def rest(report: Report, key: str) -> None:
    """Tables, what is missing, and every figure of the section."""
    section, figures = report.section(key), report.figures()
    for table in section.tables:
        tables.show(table, figures)
    cards.gaps(section, live=report.dataset == "live")
    cards.evidence(section)
