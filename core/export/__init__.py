"""Report → bytes, one record per format."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import BadInput
from core.export import csv, excel, html, json, markdown, pdf
from core.export.look import USUAL, Look
from core.language import ENGLISH, N_, speaking, spoken
from core.metrics import MetricTable
from core.records import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A format: `write` turns a report, the table of metrics that it is a row of, and a look into a file's bytes, the same for the same three.

    `group` says what files of its kind are for; `paper` is that of a format offered on one size only; `variant` tells apart the file names of two
    formats with one suffix.
    """

    key: str
    label: str
    group: str
    mime: str
    suffix: str
    write: Callable[[Report, MetricTable, Look], bytes]
    paper: str = ""
    variant: str = ""

    def make(self, report: Report, table: MetricTable, look: Look = USUAL) -> bytes:
        """The file's bytes."""
        with speaking(look.language):
            return self.write(report, table, replace(look, paper=self.paper) if self.paper else look)


READ, WORK = "To read and to print", "To work with"
_PDF, _SHEET = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EXPORTS: tuple[Export, ...] = (
    Export(key="pdf", label="PDF (A4)", group=READ, mime=_PDF, suffix="pdf", write=pdf.make),
    Export(key="pdf_letter", label="PDF (US Letter)", group=READ, mime=_PDF, suffix="pdf", write=pdf.make, paper="letter", variant="letter"),
    Export(key="html", label="Web page", group=READ, mime="text/html", suffix="html", write=html.make),
    Export(key="md", label="Markdown", group=READ, mime="text/markdown", suffix="md", write=lambda r, *_: markdown.make(r)),
    Export(key="xlsx", label="Excel", group=WORK, mime=_SHEET, suffix="xlsx", write=lambda r, _, look: excel.make(r, look)),
    Export(key="zip", label="All tables (CSV)", group=WORK, mime="application/zip", suffix="zip", write=lambda r, t, _: csv.make_all(r, t)),
    Export(key="csv", label="All figures (CSV)", group=WORK, mime="text/csv", suffix="csv", write=lambda r, *_: csv.make(r)),
    Export(key="json", label="JSON", group=WORK, mime="application/json", suffix="json", write=lambda r, *_: json.make(r)),
)
BY_KEY: dict[str, Export] = {e.key: e for e in EXPORTS}


def export(key: str) -> Export:
    """The format of that key. Raises BadInput."""
    if key not in BY_KEY:
        raise BadInput(N_("There is no format {key}.", key=repr(key)), remedy=N_("Use one of: {keys}.", keys=", ".join(BY_KEY)))
    return BY_KEY[key]


def file_name(report: Report, export: Export) -> str:
    """A name for the file in the language spoken: `market-intelligence_demo_2026-03-28_morning.md`, in Chinese `…_morning_zh.md`."""
    return _name(report, export.variant, export.suffix)


def table_name(report: Report, table: str) -> str:
    """A name for one table as CSV: `market-intelligence_demo_2026-03-28_morning_chain.csv`."""
    return _name(report, table, "csv")


def _name(report: Report, part: str, suffix: str) -> str:
    language = "" if spoken() == ENGLISH else spoken()
    parts = ("market-intelligence", report.dataset, report.date.isoformat(), report.edition, part, language)
    return f"{'_'.join(p for p in parts if p)}.{suffix}"
