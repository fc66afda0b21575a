"""A page of one section: its answer, what the page adds, its tables and claims, what is missing, and the evidence."""

from collections.abc import Callable

from core.records import Report, Section
from pages.parts import cards, tables
from pages.parts.lens import Lens
from pages.parts.notices import opened


def page(view: Lens, key: str, title: str, charts: Callable[[Lens, Report, Section], None]) -> None:
    """Draw a section's page; `charts` draws between the answer and the tables."""
    report = opened(view)
    section, figures = report.section(key), report.figures()
    cards.head(view, report, title)
    cards.answer(section, figures)
    charts(view, report, section)
    for table in section.tables:
        tables.show(table, figures)
    cards.below(section, figures)
    cards.gaps(section)
    cards.evidence(section)
