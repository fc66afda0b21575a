"""A page of one section: its head and answer above what the page draws; tables, claims, gaps and evidence below."""

from core.records import Report
from pages.parts import cards, tables
from pages.parts.lens import Lens
from pages.parts.notices import opened


def top(view: Lens, key: str, title: str) -> Report:
    """Notices, title and the section's answer. Ends the page where there is no report."""
    report = opened(view)
    cards.head(view, report, title)
    cards.answer(report.section(key), report.figures())
    return report


def rest(report: Report, key: str) -> None:
    """Tables, claims, what is missing, and every figure of the section."""
    section, figures = report.section(key), report.figures()
    for table in section.tables:
        tables.show(table, figures)
    cards.below(section, figures)
    cards.gaps(section, live=report.dataset == "live")
    cards.evidence(section)
