"""A page of one section: its head, answer and readings above what the page draws; tables, gaps and evidence below."""

from core.records import Report
from pages.parts import cards, sheet, tables
from pages.parts.lens import Lens
from pages.parts.notices import opened

# Claims under the answer that stand open; the others are folded, so that the charts stay near.
READINGS = 4


def top(view: Lens, key: str, title: str) -> tuple[Report, tuple[str, ...]]:
    """Draw notices and title; the report, and as blocks of HTML the section's answer and what it reads beside it.

    Ends the page where there is no report.
    """
    report = opened(view)
    section, figures = report.section(key), report.figures()
    dated = cards.head(view, report, title)
    return report, (dated, cards.answer(section, figures), cards.below(section, figures, most=READINGS))


def rest(report: Report, key: str, *over: str) -> None:
    """What stands `over` them, tables, what is missing, the words used, and every figure of the section."""
    section, figures = report.section(key), report.figures()
    listed = (tables.shown(table, figures) for table in section.tables)
    sheet.show(*over, *listed, cards.gaps(section, live=report.dataset == "live"), cards.words(section))
    cards.evidence(section)
