"""A SQLite file that may only be read, even where the journal's own files cannot be made beside it, and whichever version wrote it."""

import shutil
import sqlite3
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from core.store.pages import beside
from core.store.tables import OBSERVATIONS, READINGS, TABLES

_BUSY_SECONDS = 30


def reading_engine(path: Path) -> sa.Engine:
    """An engine that only reads. Every connection sees the file as it is then; tables that an earlier version did not make are empty."""
    copied = _Copied(path)

    def connect() -> sqlite3.Connection:
        link = _connection(path, copied)
        link.isolation_level = None
        link.execute("PRAGMA temp_store=MEMORY")
        there = {name for (name,) in link.execute("SELECT name FROM sqlite_schema")}
        for table in TABLES.sorted_tables:
            if table.name not in there and table not in {READINGS, OBSERVATIONS}:
                link.execute(f"CREATE TEMP TABLE {table.name} ({', '.join(table.c.keys())})")
        return link

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "begin")
    def begin(link: sa.Connection) -> None:
        link.exec_driver_sql("BEGIN")

    return engine


def _connection(path: Path, copied: "_Copied") -> sqlite3.Connection:
    wal, shared = beside(path, "-wal"), beside(path, "-shm")
    if wal.exists() and wal.stat().st_size and not shared.exists():
        # What a dead writer left in its journal belongs to the database; a copy can take it in.
        return sqlite3.connect(copied.file(), timeout=_BUSY_SECONDS)
    still = "" if wal.exists() and shared.exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{still}", uri=True, timeout=_BUSY_SECONDS)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


class _Copied:
    """A copy of a file and its log in a folder of its own, made anew when either changed; the folder goes when nobody needs it any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._making = threading.Lock()
        self._seen: tuple[Any, ...] = ()
        self._folder: Path | None = None
        self._end: weakref.finalize[Any, Any] | None = None

    def file(self) -> Path:
        """The copy of what the file is now."""
        with self._making:
            both = (self._path, beside(self._path, "-wal"))
            seen = tuple((s.st_ino, s.st_size, s.st_mtime_ns) for s in (file.stat() for file in both))
            if self._folder is None or seen != self._seen:
                # Connections to the copy before keep what they have opened.
                if self._end:
                    self._end()
                self._folder = Path(tempfile.mkdtemp(prefix="store-"))
                self._end = weakref.finalize(self, _remove, self._folder)
                for file in both:
                    shutil.copyfile(file, self._folder / file.name)
                self._seen = seen
            return self._folder / self._path.name
