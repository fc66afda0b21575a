"""The tables of a report as typed cells, for formats that a program reads: numbers in their unit, dates, or words."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.export import arrange
from core.export.plain import plain
from core.records import Cell, Figure, Report, Section, Table
from core.units import Unit
from core.wording import day, instant, show

Value = float | dt.date | dt.datetime | str | None


@dataclass(frozen=True, slots=True)
class Datum:
    """What a cell holds: a number in the scale of its `unit`, a date, an instant (UTC), words on one line, or None for unknown."""

    value: Value
    unit: Unit | None = None


PROVENANCE = ("Figure", "Value", "Unit", "Session", "Known since (UTC)", "Read (UTC)", "Basis", "Source", "Key", "Method", "Note")


def datum(cell: Cell, figures: Mapping[str, Figure]) -> Datum:
    """The figure behind a cell where the cell shows its value or its session; the instant that it names; its words otherwise."""
    figure = figures.get(cell.figure)
    if figure is None:
        return Datum(_instant(cell.text) or plain(cell.text))
    if figure.session is not None and cell.text == day(figure.session):
        return Datum(figure.session)
    known = _known(figure)
    if known is not None and cell.text in {show(known, figure.unit), show(known, figure.unit, sign=True)}:
        return Datum(known, figure.unit)
    return Datum(plain(cell.text))


def grid(table: Table, figures: Mapping[str, Figure]) -> list[list[Datum]]:
    """The rows of a table."""
    return [[datum(cell, figures) for cell in row] for row in table.rows]


def provenance(figure: Figure) -> list[Datum]:
    """A figure with all that is known of it, in the order of `PROVENANCE`."""
    words = (plain(w) for w in (str(figure.basis), arrange.sources(figure), figure.key, figure.method, figure.note))
    unit = Datum(plain(str(figure.unit)))
    dates = (Datum(figure.session), Datum(_utc(figure.available_at)), Datum(_utc(figure.fetched_at)))
    return [Datum(plain(figure.label)), Datum(_known(figure), figure.unit), unit, *dates, *(Datum(w) for w in words)]


def tables(report: Report) -> Iterator[tuple[Section, str, Table]]:
    """Every table of a report with its section and a name of its own; those of fired rules come after their section's."""
    for section in report.sections:
        yield from ((section, f"{section.key}_{t.key}", t) for t in section.tables)
        if section.key == "divergences":
            yield from ((section, f"{section.key}_{f.rule}", f.base_rates) for f in report.findings if f.state == "fires" and f.base_rates)


def _instant(text: str) -> dt.datetime | None:
    """The instant that `core.wording.instant` wrote as `text`."""
    try:
        at = dt.datetime.strptime(text, "%d %b %Y %H:%M UTC").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return at if instant(at) == text else None


def _known(figure: Figure) -> float | None:
    return float(figure.value) if figure.value is not None and math.isfinite(figure.value) else None


def _utc(at: dt.datetime | None) -> dt.datetime | None:
    return None if at is None else at.astimezone(dt.UTC)
