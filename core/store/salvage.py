"""Every row of a damaged store that can still be read.

The database's own tree of pages cannot be trusted then, so each page is read by itself, and a row is known by its shape.
"""

import math
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.store.pages import HEADER, Record, pages, records, shape
from core.store.tables import IDENTITY, SHOWN, TABLES

_NEVER = 1 << 62
# Instants between 1973 and 2286, in microseconds.
_INSTANTS = range(10**14, 10**16)
# Days from 1970 that a date can have.
_DAYS = 700_000
_BASES = {"measured", "published", "synthetic"}


@dataclass(slots=True)
class Salvage:
    """Rows by their keys, in the order of their tables' columns; the names of our tables, and of others, that the file says it holds."""

    readings: dict[int, Record] = field(default_factory=dict)
    observations: dict[Record, Record] = field(default_factory=dict)
    outcomes: dict[int, Record] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    rests: dict[str, Record] = field(default_factory=dict)
    reaches: dict[Record, Record] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)

    @property
    def ours(self) -> bool:
        """Whether anything was found that only this product writes."""
        return bool(self.tables or self.readings or self.facts)


def salvage(path: Path, *, first_page: bool = False) -> Salvage:
    """Every row that can be read in a file and its log, or only what stands on the first page, which names the tables.

    A row of observations without its reading says nothing and is left out.
    """
    found = Salvage()
    for page, first in islice(pages(path), 1 if first_page else None):
        with suppress(IndexError, struct.error):
            for rowid, record in records(page, HEADER if first else 0):
                _sort(found, rowid, record)
    found.observations = {key: row for key, row in found.observations.items() if key[0] in found.readings}
    return found


def _sort(found: Salvage, rowid: int | None, record: Record) -> None:
    """Put a record where its shape says that it belongs; one of no known shape belongs nowhere."""
    kinds = shape(record)
    if rowid is not None and kinds == "nsssi" and record[3] in _BASES and record[4] in _INSTANTS:
        found.readings[rowid] = (rowid, *record[1:])
    elif rowid is not None and kinds == "nssiissiii":
        found.outcomes[rowid] = (rowid, *record[1:])
    elif rowid is None and kinds in {"iiif", "iiii"} and 0 < record[0] < _NEVER and math.isfinite(record[3]):
        found.observations[record[:3]] = (*record[:3], float(record[3]))
    elif rowid is None and kinds == "ss" and record[0] in {IDENTITY, SHOWN}:
        found.facts[record[0]] = record[1]
    elif rowid is not None and kinds == "siss" and record[1] in _INSTANTS:
        found.rests[record[0]] = record
    elif rowid is not None and kinds == "ssi" and abs(record[2]) < _DAYS:
        found.reaches[record[:2]] = record
    elif rowid is not None and kinds == "sssis" and record[0] == "table":
        mine = TABLES.tables.get(record[1])
        if mine is None:
            found.foreign.add(record[1])
        elif all(column.name in record[4] for column in mine.columns):
            found.tables.add(record[1])
