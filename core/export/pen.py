"""How a workbook is written: every cell by its type, every sheet with the report's origin on it."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.export import arrange
from core.export.grid import Datum
from core.export.look import Look
from core.export.plain import plain
from core.language import N_, _, join
from core.records import Report
from core.units import Unit
from core.wording import day

if TYPE_CHECKING:
    from xlsxwriter.workbook import Format, Workbook, Worksheet  # type: ignore[import-untyped]

_FORMATS = {
    Unit.POINTS: "#,##0.00", Unit.USD: "[<=-1000000]-$#,##0;[<1000000]$#,##0.00;$#,##0", Unit.FLOW: "$#,##0;-$#,##0",
    Unit.CNY: "¥#,##0", Unit.PERCENT: "+0.00%;-0.00%;0.00%",
    Unit.YIELD: "0.00%", Unit.SHARE: "0.0%", Unit.PP: '+0.00" pp";-0.00" pp";0.00" pp"', Unit.SIGMA: '+0.0"σ";-0.0"σ";0.0"σ"',
    Unit.PERCENTILE: "0", Unit.RATIO: "0.00", Unit.COUNT: "#,##0", Unit.RATE: "0.0000", Unit.SCORE: "0", Unit.SESSIONS: "0", Unit.HOURS: "0",
    Unit.DAYS: "0",
}  # fmt: skip
_PAPERS = {"a4": 9, "letter": 1}
# Excel's percentages are fractions.
_FRACTIONS = {Unit.PERCENT, Unit.YIELD, Unit.SHARE}
_LONGEST = 32_767  # characters that a cell holds


class Pen:
    """Writes typed cells into a workbook, each with the format of its unit."""

    def __init__(self, book: "Workbook", report: Report, look: Look) -> None:
        self.book, self.report, self.look = book, report, look
        self.made: dict[str, Format] = {}
        self.names: set[str] = set()

    def style(self, **wanted: object) -> "Format":
        """A format, made once: a workbook may hold only so many."""
        key = repr(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"valign": "top", **wanted})
        return self.made[key]

    def sheet(self, name: str) -> "Worksheet":
        """A sheet that prints on pages as wide as paper, with the report's origin on each."""
        fit = re.sub(r"[\[\]:*?/\\']", " ", plain(name))[:28].strip() or _("Sheet")
        while fit.lower() in self.names:
            fit = f"{fit[:26]} {len(self.names)}"
        self.names.add(fit.lower())
        sheet = self.book.add_worksheet(fit)
        origin = plain(join(" · ", self._origin()))
        sheet.set_header(f"&L{origin.replace('&', '&&')[:200]}&R{_('&P of &N')}")
        sheet.set_landscape()
        sheet.set_paper(_PAPERS[self.look.paper])
        sheet.fit_to_pages(1, 0)
        if self.report.synthetic:
            sheet.set_tab_color("#7a3fb0")
        return sheet

    def _origin(self) -> Iterator[str]:
        if self.report.synthetic:
            yield "SYNTHETIC DATA"
        yield from (self.report.dataset_label, day(self.report.date, year=True), N_("snapshot {snapshot}", snapshot=self.report.snapshot))

    def text(self, sheet: "Worksheet", row: int, column: int, text: str, **look: object) -> None:
        """A text as text: one that begins like a formula also stays text when somebody edits its cell."""
        shown = plain(text)[:_LONGEST]
        if not shown:
            return
        if shown.startswith(("=", "+", "-", "@")):
            look["quote_prefix"] = True
        sheet.write_string(row, column, shown, self.style(**look))

    def put(self, sheet: "Worksheet", row: int, column: int, d: Datum) -> None:
        """A number, date or instant with its format, anything else as text; unknown reads n/a."""
        if isinstance(d.value, dt.datetime):
            sheet.write_datetime(row, column, d.value.replace(tzinfo=None), self.style(num_format='yyyy-mm-dd hh:mm" UTC"', align="left"))
        elif isinstance(d.value, dt.date):
            sheet.write_datetime(row, column, d.value, self.style(num_format=_("d mmm yyyy"), align="left"))
        elif isinstance(d.value, float):
            value = d.value / 100 if d.unit in _FRACTIONS else d.value
            sheet.write_number(row, column, value, self.style(num_format=_(_FORMATS[d.unit]) if d.unit else "General"))
        elif d.value is None:
            self.text(sheet, row, column, "n/a", align="right")
        else:
            self.text(sheet, row, column, d.value)

    def head(self, sheet: "Worksheet", row: int, columns: Sequence[str], first: Sequence[Datum] = ()) -> None:
        """The names of columns; that of numbers stands above them, flush right."""
        for i, name in enumerate(columns):
            side = "right" if i < len(first) and isinstance(first[i].value, float) else "left"
            self.text(sheet, row, i, name, bold=True, bottom=1, text_wrap=True, align=side, bg_color="#eef1f4")

    def grid(self, sheet: "Worksheet", row: int, columns: Sequence[str], rows: Sequence[Sequence[Datum]]) -> int:
        """A head and its rows; returns the row after them."""
        self.head(sheet, row, columns, rows[0] if rows else ())
        for i, cells in enumerate(rows, row + 1):
            for j, cell in enumerate(cells):
                self.put(sheet, i, j, cell)
        return row + 1 + len(rows)

    def title(self, sheet: "Worksheet", text: str) -> int:
        """A sheet's title, with the demo market's mark; frozen. Returns the row after it."""
        self.text(sheet, 0, 0, text, bold=True, font_size=15)
        if self.report.synthetic:
            self.text(sheet, 1, 0, arrange.SYNTHETIC_NOTICE, bold=True, font_color="#7a3fb0")
        sheet.freeze_panes(2, 1)
        return 2
