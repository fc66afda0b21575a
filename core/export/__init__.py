"""Report → bytes, one record per format."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import BadInput
from core.export import csv, excel, html, json, markdown, pdf
from core.metrics import MetricTable
from core.records import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A format: `make` turns a report, and the table of metrics that it is a row of, into a file's bytes, the same for the same report.

    `group` says what files of its kind are for; `variant` tells apart the file names of two formats with one suffix.
    """

    key: str
    label: str
    group: str
    mime: str
    suffix: str
    make: Callable[[Report, MetricTable], bytes]
    variant: str = ""


READ, WORK = "To read and to print", "To work with"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EXPORTS: tuple[Export, ...] = (
    Export(key="pdf", label="PDF (A4)", group=READ, mime="application/pdf", suffix="pdf", make=pdf.make),
    Export(key="pdf_letter", label="PDF (US Letter)", group=READ, mime="application/pdf", suffix="pdf", make=pdf.make_letter, variant="letter"),
    Export(key="html", label="Web page", group=READ, mime="text/html", suffix="html", make=html.make),
    Export(key="md", label="Markdown", group=READ, mime="text/markdown", suffix="md", make=lambda report, _: markdown.make(report)),
    Export(key="xlsx", label="Excel", group=WORK, mime=_SHEET, suffix="xlsx", make=lambda report, _: excel.make(report)),
    Export(key="zip", label="All tables (CSV)", group=WORK, mime="application/zip", suffix="zip", make=csv.make_all),
    Export(key="csv", label="All figures (CSV)", group=WORK, mime="text/csv", suffix="csv", make=lambda report, _: csv.make(report)),
    Export(key="json", label="JSON", group=WORK, mime="application/json", suffix="json", make=lambda report, _: json.make(report)),
)
BY_KEY: dict[str, Export] = {e.key: e for e in EXPORTS}


def export(key: str) -> Export:
    """The format of that key. Raises BadInput."""
    if key not in BY_KEY:
        raise BadInput(f"There is no format {key!r}.", remedy=f"Use one of: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def file_name(report: Report, export: Export) -> str:
    """A name for the file: `market-intelligence_demo_2026-03-28_morning.md`."""
    return _name(report, export.variant, export.suffix)


def table_name(report: Report, table: str) -> str:
    """A name for one table as CSV: `market-intelligence_demo_2026-03-28_morning_chain.csv`."""
    return _name(report, table, "csv")


def _name(report: Report, part: str, suffix: str) -> str:
    parts = ("market-intelligence", report.dataset, report.date.isoformat(), report.edition, part)
    return f"{'_'.join(p for p in parts if p)}.{suffix}"
