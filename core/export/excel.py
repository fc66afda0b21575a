"""The report as an Excel workbook: numbers are numbers, dates are dates, and no text can become a formula or a link."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.export import arrange
from core.export.grid import PROVENANCE, Datum, Value, grid, provenance, tables
from core.export.look import USUAL, Look
from core.export.pen import Pen
from core.language import N_, _
from core.records import Claim, Figure, Report, Section
from core.report import SECTIONS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Worksheet  # type: ignore[import-untyped]

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Widths in characters of the columns of provenance, which tables share on the sheets of sections; there a method runs on over empty cells.
_WIDTHS = (38, 18, 20, 16, 18, 18, 16, 18, 26, 26, 26)
_METHOD, _NOTE = PROVENANCE.index("Method"), PROVENANCE.index("Note")
_NAMES = dict(SECTIONS)


def make(report: Report, look: Look = USUAL) -> bytes:
    """An xlsx workbook: a cover, a sheet per section, every figure with its provenance, and the series behind them."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    words = {"title": _(arrange.title(report)), "comments": _(N_("snapshot {snapshot}", snapshot=report.snapshot))}
    book.set_properties(words | {"created": report.cutoff.replace(tzinfo=None)})
    pen = Pen(book, report, look)
    _cover(pen, report)
    for section in report.sections:
        _section(pen, report, section)
    _figures(pen, report)
    _series(pen, report)
    book.close()
    return out.getvalue()


def _cover(pen: Pen, report: Report) -> None:
    sheet = pen.sheet("Report")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    row = pen.title(sheet, arrange.title(report)) + 1
    lines: list[tuple[str, Value]] = [*arrange.particulars(report), *((_NAMES.get(s.key, s.title), s.answer) for s in report.sections)]
    lines += [("Attribution" if i == 0 else "", line) for i, line in enumerate(report.attribution)]
    lines = [("Date", report.date), *((name, report.cutoff if name == "Cutoff" else value) for name, value in lines)]
    for i, (name, value) in enumerate(lines, row):
        pen.text(sheet, i, 0, "Cutoff (UTC)" if name == "Cutoff" else name, bold=True)
        if isinstance(value, str):
            pen.text(sheet, i, 1, value, text_wrap=True)
        else:
            pen.put(sheet, i, 1, Datum(value))


def _section(pen: Pen, report: Report, section: Section) -> None:
    sheet, figures = pen.sheet(_NAMES.get(section.key, section.title)), report.figures()
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    row = pen.title(sheet, section.title)
    pen.text(sheet, row, 0, section.answer, bold=True)
    row += 2
    for table in (t for of, _name, t in tables(report) if of is section):
        pen.text(sheet, row, 0, table.title, bold=True, font_size=12)
        row = pen.grid(sheet, row + 1, table.columns, grid(table, figures))
        pen.text(sheet, row, 0, table.note, italic=True)
        row += 2
    row = _claims(pen, sheet, row, section.claims)
    for what, why in arrange.missing(section):
        pen.text(sheet, row, 0, N_("Missing: {what}", what=what))
        pen.text(sheet, row, 1, why)
        row += 1
    _provenance(pen, sheet, row + 1, section.figures)


def _claims(pen: Pen, sheet: "Worksheet", row: int, claims: Sequence[Claim]) -> int:
    if not claims:
        return row
    pen.text(sheet, row, 0, "What is said", bold=True, font_size=12)
    row += 1
    for heading, found in arrange.grouped(claims):
        for claim in found:
            pen.text(sheet, row, 0, heading)
            pen.text(sheet, row, 1, claim.text)
            if claim.contradicted_by:
                row += 1
                pen.text(sheet, row, 0, "Contradicted by", font_color="#5b6570", indent=1)
                pen.text(sheet, row, 1, claim.contradicted_by, font_color="#5b6570")
            row += 1
    return row + 1


def _provenance(pen: Pen, sheet: "Worksheet", row: int, figures: Sequence[Figure]) -> None:
    if figures:
        pen.text(sheet, row, 0, "Its figures, and where they come from", bold=True, font_size=12)
        pen.grid(sheet, row + 1, PROVENANCE, [provenance(f) for f in figures])


def _figures(pen: Pen, report: Report) -> None:
    sheet = pen.sheet("Figures")
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    figures = report.figures().values()
    sheet.set_column(_METHOD, _METHOD, 100)
    sheet.set_column(_NOTE, _NOTE, 60)
    pen.title(sheet, "Every figure, and where it comes from")
    last = pen.grid(sheet, 2, PROVENANCE, [provenance(f) for f in figures])
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.autofilter(2, 0, max(last - 1, 2), len(PROVENANCE) - 1)


def _series(pen: Pen, report: Report) -> None:
    sheet = pen.sheet("Series")
    head, rows = arrange.described(report)
    for i, width in enumerate((*(30, 24)[: len(head) - 2], 20, 120)):
        sheet.set_column(i, i, width)
    pen.title(sheet, "The series behind them")
    pen.grid(sheet, 2, head, [[Datum(w) for w in row] for row in rows])
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
