"""Tables as CSV (RFC 4180, UTF-8 with a byte-order mark, so that Excel shows Chinese names): numbers as numbers, text never as a formula."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

import pandas as pd

from core.export import arrange
from core.export.drawings import pictures
from core.export.grid import PROVENANCE, Datum, grid, provenance, tables
from core.export.plain import plain
from core.language import N_
from core.metrics import MetricTable
from core.records import Figure, Report, Table
from core.wording import MINUS

# What a spreadsheet would take for a formula, and the plain numbers among it.
_FORMULA = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
_FILE = re.compile(r"[^A-Za-z0-9_-]+")


def make(report: Report) -> bytes:
    """Every figure of the report with its provenance, one a line."""
    return _bytes((*PROVENANCE, "Dataset", "Snapshot"), ([*provenance(f), *_origin(report)] for f in report.figures().values()))


def make_all(report: Report, table: MetricTable) -> bytes:
    """A zip of every table: those of the sections, those behind the charts, every figure, every series, and what identifies the report."""
    figures = report.figures()
    files = {"about": _about(report), "figures": make(report), "series": _series(report)}
    files |= {name: of_table(t, figures, report) for _, name, t in tables(report)}
    files |= {f"chart_{picture.key}": of_frame(picture.table, report) for _, _, picture in pictures(report, table)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            member = zipfile.ZipInfo(f"{_FILE.sub('-', name)}.csv", report.cutoff.timetuple()[:6])
            member.external_attr = 0o644 << 16
            out.writestr(member, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def of_table(table: Table, figures: dict[str, Figure], report: Report) -> bytes:
    """A table of a section. A column of numbers names its unit in its head, or in a column of its own where units differ."""
    rows = grid(table, figures)
    head: list[str] = []
    columns: list[Sequence[Datum]] = []
    for name, column in zip(table.columns, zip(*rows, strict=True) if rows else [()] * len(table.columns), strict=True):
        units = {str(d.unit) for d in column if d.unit is not None}
        zone = {"UTC"} if any(isinstance(d.value, dt.datetime) for d in column) else set()
        head.append(N_("{name} ({unit})", name=name, unit=(units or zone).pop()) if len(units or zone) == 1 else name)
        columns.append(column)
        if units:
            head.append(N_("{name} (unit)", name=name))
            columns.append([Datum(plain(str(d.unit)) if d.unit is not None else "") for d in column])
    origin = _origin(report)
    return _bytes((*head, "Dataset", "Snapshot"), ([*row, *origin] for row in zip(*columns, strict=True)))


def of_frame(frame: pd.DataFrame, report: Report) -> bytes:
    """The table behind a chart, as it is shown."""
    origin = _origin(report)
    rows = ([*(Datum(plain(v if isinstance(v, str) else str(v))) for v in row), *origin] for row in frame.itertuples(index=False))
    return _bytes((*frame.columns, "Dataset", "Snapshot"), rows)


def _origin(report: Report) -> list[Datum]:
    """What marks every line: the dataset, in words that cannot be taken for live data, and the snapshot."""
    label = report.dataset_label
    return [Datum(plain(N_("{dataset} (synthetic data)", dataset=label) if report.synthetic else label)), Datum(report.snapshot)]


def _about(report: Report) -> bytes:
    rows = [("Date", report.date.isoformat()), *arrange.particulars(report), *(("Attribution", line) for line in report.attribution)]
    notice = [("Notice", arrange.SYNTHETIC_NOTICE)] if report.synthetic else []
    return _bytes(("Particular", "Value"), ([Datum(plain(name)), Datum(plain(value))] for name, value in (*notice, *rows)))


def _series(report: Report) -> bytes:
    head, rows = arrange.described(report)
    keys = (s.key for s in arrange.series(report))
    return _bytes(("Key", *head), ([Datum(key), *(Datum(plain(w)) for w in row)] for key, row in zip(keys, rows, strict=True)))


def _bytes(head: Sequence[str], rows: Iterable[Sequence[Datum]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_text(plain(name)) for name in head])
    writer.writerows([_field(d) for d in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _field(d: Datum) -> str:
    if isinstance(d.value, dt.datetime):
        return d.value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(d.value, dt.date):
        return d.value.isoformat()
    if isinstance(d.value, float):
        return f"{d.value:.10g}"
    return _text(d.value or "")


def _text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe in front, unless it is a plain number.

    >>> _text("=cmd()"), _text("−3.52%"), _text("S&P 500")
    ("'=cmd()", '-3.52%', 'S&P 500')
    """
    number = text.replace(MINUS, "-")
    if _NUMBER.fullmatch(number):
        return number
    return f"'{text}" if text.startswith(_FORMULA) else text
