"""The pages of a SQLite file and the records on them, read without the database.

The format is the one that https://www.sqlite.org/fileformat2.html describes. Pages that the write-ahead log holds anew count as it left them.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

MAGIC = b"SQLite format 3\0"
_PAGE = 4096
LEAF, _KEY_LEAF, _KEY_INNER = 0x0D, 0x0A, 0x02
# Bytes of the first page that are the file's own header.
HEADER = 100
_WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

Record = tuple[Any, ...]


def beside(path: Path, end: str) -> Path:
    """The file whose name continues that of `path`."""
    return path.with_name(path.name + end)


def shape(record: Record) -> str:
    """The kinds of a record's values, a letter each: n for none, i for whole numbers, f for others, s for text."""
    return "".join("n" if v is None else {int: "i", float: "f", str: "s"}[type(v)] for v in record)


def pages(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Every page, as the log left it, and whether it is the first, which begins with the file's own header."""
    content = path.read_bytes()
    told = int.from_bytes(content[16:18], "big") if content.startswith(MAGIC) else 0
    size = told if told >= 512 and not told & (told - 1) else _PAGE
    newer = _logged(beside(path, "-wal"), size)
    for number in range(1, max(-(-len(content) // size), max(newer, default=0)) + 1):
        yield newer.get(number) or content[(number - 1) * size : number * size], number == 1


def _logged(wal: Path, size: int) -> dict[int, bytes]:
    """The last committed content of every page in a write-ahead log."""
    content = wal.read_bytes() if wal.exists() else b""
    newest: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for start in range(32, len(content) - size - 23, size + 24):
        number, committed = struct.unpack_from(">II", content, start)
        if content[start + 8 : start + 16] != content[16:24]:
            break
        waiting[number] = content[start + 24 : start + 24 + size]
        if committed:
            newest |= waiting
            waiting = {}
    return newest


def records(page: bytes, at: int) -> Iterator[tuple[int | None, Record]]:
    """The rows on a page: (rowid, values), without a rowid where the table has none. Cells that cannot be read are left out."""
    kind = page[at]
    if kind not in {LEAF, _KEY_LEAF, _KEY_INNER}:
        return
    (count,) = struct.unpack_from(">H", page, at + 3)
    start = at + (12 if kind == _KEY_INNER else 8)
    for (place,) in struct.iter_unpack(">H", page[start : start + 2 * count]):
        with suppress(IndexError, UnicodeDecodeError, struct.error, ValueError):
            length, cell = _varint(page, place + 4 * (kind == _KEY_INNER))
            rowid = None
            if kind == LEAF:
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
