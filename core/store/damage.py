"""A damaged SQLite file: noticed, copied aside under a name that says so, and rebuilt from every page that can still be read.

The database's own tree of pages cannot be trusted then, so each page is read by itself, in the file format that
https://www.sqlite.org/fileformat2.html describes; a row is known by its shape. Rows still in the write-ahead log count.
"""

import datetime as dt
import json
import math
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import StoreError
from core.store.tables import IDENTITY, REBUILT, SHOWN

_MAGIC = b"SQLite format 3\0"
_PAGE = 4096
_LEAF, _KEY_LEAF, _KEY_INNER = 0x0D, 0x0A, 0x02
_CORRUPT = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_NEVER = 1 << 62

Record = tuple[Any, ...]


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of the driver says that the file is no sound database."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return any(name.startswith(sign) for sign in _CORRUPT)


def damaged(path: Path) -> bool:
    """Whether a SQLite file is there but is no sound database."""
    if not path.exists():
        return False
    if not path.stat().st_size:
        return beside(path, "-wal").exists() and beside(path, "-wal").stat().st_size > 0
    with path.open("rb") as file:
        if file.read(16) != _MAGIC:
            # Not even shown to the database, which might do away with the log.
            return True
    try:
        with closing(sqlite3.connect(path, timeout=30)) as link:
            return bool(link.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return True
        raise StoreError(f"The store cannot be opened: {error}.") from error


def rebuild(path: Path, make_tables: Callable[[Path], None]) -> None:
    """Put a sound database in the place of a damaged one, which is kept beside it. One process at a time.

    Raises StoreError where that cannot be done; then nothing was changed.
    """
    fresh = beside(path, ".fresh")
    try:
        # The gate stays when all is done: another process may be waiting at it.
        with closing(sqlite3.connect(beside(path, ".gate"), timeout=120, isolation_level=None)) as gate:
            gate.execute("BEGIN EXCLUSIVE")
            if damaged(path):
                try:
                    _remove(fresh)
                    make_tables(fresh)
                    _rebuild(path, fresh)
                finally:
                    _remove(fresh)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The store's file is damaged and could not be rebuilt: {error}.") from error


def _rebuild(path: Path, fresh: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}")
    for end in ("", "-wal"):
        if beside(path, end).exists():
            shutil.copy2(beside(path, end), beside(aside, end))
    found = salvage(path)
    words = (
        f"The store's file was damaged and was set aside as {aside.name} on {now:%Y-%m-%d}. {len(found.observations):,} observations of "
        f"{len(found.readings):,} readings could be read and are in use; what is missing there cannot be shown."
    )
    with closing(sqlite3.connect(fresh, isolation_level=None)) as link:
        link.execute("BEGIN")
        link.executemany("INSERT INTO readings (id, series, source, basis, fetched_at) VALUES (?, ?, ?, ?, ?)", found.readings.values())
        link.executemany("INSERT INTO observations (reading, session, available_at, value) VALUES (?, ?, ?, ?)", found.observations.values())
        link.executemany(f"INSERT INTO outcomes VALUES ({', '.join('?' * 10)})", found.outcomes.values())  # noqa: S608 - placeholders only
        facts = {**found.facts, REBUILT: json.dumps({"at": now.isoformat(), "words": words})}
        link.executemany("INSERT OR REPLACE INTO store_facts VALUES (?, ?)", facts.items())
        link.execute("COMMIT")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # A log that belongs to the old pages must not be played into the new ones.
    for end in ("-wal", "-shm"):
        beside(path, end).unlink(missing_ok=True)
    fresh.replace(path)


def beside(path: Path, end: str) -> Path:
    """The file whose name continues that of `path`."""
    return path.with_name(path.name + end)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        beside(path, end).unlink(missing_ok=True)


@dataclass(slots=True)
class Salvage:
    """Rows by their keys, in the order of their tables' columns."""

    readings: dict[int, Record] = field(default_factory=dict)
    observations: dict[Record, Record] = field(default_factory=dict)
    outcomes: dict[int, Record] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def salvage(path: Path) -> Salvage:
    """Every row that can be read in a file and its log. A row of observations without its reading says nothing and is left out."""
    found = Salvage()
    for page, first in _pages(path):
        with suppress(IndexError, struct.error):
            for rowid, record in _records(page, 100 if first else 0):
                _sort(found, rowid, record)
    found.observations = {key: row for key, row in found.observations.items() if key[0] in found.readings}
    return found


def _sort(found: Salvage, rowid: int | None, record: Record) -> None:
    """Put a record where its shape says that it belongs; one of no known shape belongs nowhere."""
    shape = "".join("n" if v is None else {int: "i", float: "f", str: "s"}[type(v)] for v in record)
    if rowid is not None and shape == "nsssi":
        found.readings[rowid] = (rowid, *record[1:])
    elif rowid is not None and shape == "nssiissiii":
        found.outcomes[rowid] = (rowid, *record[1:])
    elif rowid is None and shape in {"iiif", "iiii"} and 0 < record[0] < _NEVER and math.isfinite(record[3]):
        found.observations[record[:3]] = (*record[:3], float(record[3]))
    elif rowid is None and shape == "ss" and record[0] in {IDENTITY, SHOWN}:
        found.facts[record[0]] = record[1]


def _pages(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Every page, as the log left it, and whether it is the first, which begins with the file's own header."""
    content = path.read_bytes()
    told = int.from_bytes(content[16:18], "big") if content.startswith(_MAGIC) else 0
    size = told if told >= 512 and not told & (told - 1) else _PAGE
    newer = _logged(beside(path, "-wal"), size)
    for number in range(1, max(-(-len(content) // size), max(newer, default=0)) + 1):
        yield newer.get(number) or content[(number - 1) * size : number * size], number == 1


def _logged(wal: Path, size: int) -> dict[int, bytes]:
    """The last committed content of every page in a write-ahead log."""
    content = wal.read_bytes() if wal.exists() else b""
    pages: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for start in range(32, len(content) - size - 23, size + 24):
        number, committed = struct.unpack_from(">II", content, start)
        if content[start + 8 : start + 16] != content[16:24]:
            break
        waiting[number] = content[start + 24 : start + 24 + size]
        if committed:
            pages |= waiting
            waiting = {}
    return pages


def _records(page: bytes, at: int) -> Iterator[tuple[int | None, Record]]:
    """The rows on a page: (rowid, values), without a rowid where the table has none. Cells that cannot be read are left out."""
    kind = page[at]
    if kind not in {_LEAF, _KEY_LEAF, _KEY_INNER}:
        return
    (count,) = struct.unpack_from(">H", page, at + 3)
    start = at + (12 if kind == _KEY_INNER else 8)
    for (place,) in struct.iter_unpack(">H", page[start : start + 2 * count]):
        with suppress(IndexError, UnicodeDecodeError, struct.error, ValueError):
            length, cell = _varint(page, place + 4 * (kind == _KEY_INNER))
            rowid = None
            if kind == _LEAF:
                rowid, cell = _varint(page, cell)
            if cell + length <= len(page):
                yield rowid, _values(page[cell : cell + length])


def _values(payload: bytes) -> Record:
    """The values of a record. Raises ValueError for kinds that our tables do not hold."""
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Any] = []
    for kind in kinds:
        width = _WIDTHS.get(kind, 8 if kind == 7 else (kind - 13) // 2 if kind >= 13 and kind % 2 else 0)
        piece = payload[at : at + width]
        if len(piece) < width:
            raise ValueError("the record breaks off")
        at += width
        if kind in _WIDTHS:
            values.append(int.from_bytes(piece, "big", signed=True))
        elif kind == 7:
            values.append(struct.unpack(">d", piece)[0])
        elif kind in {0, 8, 9}:
            values.append({0: None, 8: 0, 9: 1}[kind])
        elif kind >= 13 and kind % 2:
            values.append(piece.decode())
        else:
            raise ValueError("no kind of ours")
    return tuple(values)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for n in range(8):
        value = value << 7 | data[at + n] & 0x7F
        if data[at + n] < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9
