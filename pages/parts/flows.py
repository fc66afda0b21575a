"""The capital-flow map in words."""

from core.export.arrange import flow
from core.records import Report
from pages.parts.markup import esc


def in_words(report: Report) -> str:
    """Every arrow as a sentence, folded; for screen readers and for copying."""
    sentences = "".join(f"<li>{esc(flow(edge, report))}</li>" for edge in report.flows.edges)
    return f'<details class="mi-fold"><summary>{esc("The map in words")}</summary><ul>{sentences}</ul></details>' if sentences else ""
