"""A damaged SQLite file: noticed, copied aside under a name that says so, and rebuilt from what can still be read (core.store.salvage)."""

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from core.errors import StoreError
from core.language import N_
from core.language.kept import kept
from core.store.pages import MAGIC, beside
from core.store.salvage import salvage
from core.store.tables import REBUILT

_CORRUPT = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}


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
        if file.read(16) != MAGIC:
            # Not even shown to the database, which might do away with the log.
            return True
    try:
        with closing(sqlite3.connect(path, timeout=30)) as link:
            return bool(link.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return True
        raise StoreError(N_("The store cannot be opened: {why}.", why=str(error))) from error


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
        raise StoreError(N_("The store's file is damaged and could not be rebuilt: {why}.", why=str(error))) from error


def _rebuild(path: Path, fresh: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}")
    for end in ("", "-wal"):
        if beside(path, end).exists():
            shutil.copy2(beside(path, end), beside(aside, end))
    found = salvage(path)
    words = N_(
        "The store's file was damaged and was set aside as {name} on {date}. {observations} observations of {readings} readings could be read "
        "and are in use; what is missing there cannot be shown.",
        name=aside.name, date=f"{now:%Y-%m-%d}", observations=f"{len(found.observations):,}", readings=f"{len(found.readings):,}",
    )  # fmt: skip
    with closing(sqlite3.connect(fresh, isolation_level=None)) as link:
        link.execute("BEGIN")
        link.executemany("INSERT INTO readings (id, series, source, basis, fetched_at) VALUES (?, ?, ?, ?, ?)", found.readings.values())
        link.executemany("INSERT INTO observations (reading, session, available_at, value) VALUES (?, ?, ?, ?)", found.observations.values())
        link.executemany(f"INSERT INTO outcomes VALUES ({', '.join('?' * 10)})", found.outcomes.values())  # noqa: S608 - placeholders only
        link.executemany("INSERT INTO rests VALUES (?, ?, ?, ?)", found.rests.values())
        link.executemany("INSERT INTO reaches VALUES (?, ?, ?)", found.reaches.values())
        facts = {**found.facts, REBUILT: json.dumps({"at": now.isoformat(), "words": kept(words)})}
        link.executemany("INSERT OR REPLACE INTO store_facts VALUES (?, ?)", facts.items())
        link.execute("COMMIT")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # A log that belongs to the old pages must not be played into the new ones.
    for end in ("-wal", "-shm"):
        beside(path, end).unlink(missing_ok=True)
    fresh.replace(path)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        beside(path, end).unlink(missing_ok=True)
