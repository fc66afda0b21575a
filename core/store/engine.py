"""Opening a database: tables, their version, a file that may only be read, and a file that is damaged.

A SQLite file is checked whole when it is opened (core.store.damage); one that may not be written is opened for reading.
"""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.errors import StoreError
from core.language import N_
from core.store import damage
from core.store.owned import refuse_foreign
from core.store.reader import reading_engine
from core.store.server import server_engine
from core.store.tables import FACTS, IDENTITY, READINGS, SCHEMA, SCHEMA_VERSION, TABLES

_BUSY_SECONDS = 30
_MAKING = 5_701_228_390_117


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine, and why nothing can be written through it (empty where it can)."""

    engine: sa.Engine
    read_only: str = ""


def open_engine(url: str) -> Opened:
    """The database behind a URL, with its tables made where they are missing.

    Raises StoreError for an address that cannot be read and for tables of another version; SQLAlchemy's errors, OSError and ImportError.
    """
    try:
        # No file and no server has a NUL in its name; an empty address is refused as one.
        where = sa.make_url("" if "\0" in url else url)
    except (sa.exc.ArgumentError, ValueError):
        # The reason would quote a piece of the address, which may be a piece of its password.
        raise StoreError(
            "The store cannot be opened: its address is no database URL.",
            remedy="Write STORE_URL as sqlite:////folder/store.sqlite or postgresql+psycopg://user:password@host/database; "
            "escape @ : / in the password as %40 %3A %2F.",
        ) from None
    opened = _file(where) if where.get_backend_name() == "sqlite" else Opened(server_engine(where))
    try:
        if not opened.read_only:
            _make_tables(opened.engine)
        _check_version(opened.engine)
    except BaseException:
        opened.engine.dispose()
        raise
    return opened


def _file(where: sa.URL) -> Opened:
    if not where.database or where.database == ":memory:":
        return Opened(_sqlite(sa.create_engine(where)))
    # The file itself, not a link to it: what is rebuilt or made must not take the link's place.
    path = Path(os.path.realpath(where.database))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
    refuse_foreign(path)
    if why := _unwritable(path):
        if not path.exists():
            raise StoreError(N_("The store cannot be opened: {why}.", why=why))
        return Opened(reading_engine(path), why)
    if damage.damaged(path):
        damage.rebuild(path, _new)
    return Opened(_sqlite(sa.create_engine(where.set(database=str(path)), connect_args={"timeout": _BUSY_SECONDS})))


def _new(path: Path) -> None:
    """A new store in a file."""
    engine = _sqlite(sa.create_engine(f"sqlite:///{path}"))
    _make_tables(engine)
    engine.dispose()


def _unwritable(path: Path) -> str:
    """Why a SQLite file cannot be written; empty where it can. A folder that is read-only is enough: the journal stands beside the file."""
    file, folder = "the file {place} may only be read by this user", "the folder {place} may only be read by this user"
    for place, why in ((path, file), (path.parent, folder)):
        if place.exists() and not os.access(place, os.W_OK):
            return N_(why, place=str(place))
    return ""


def _sqlite(engine: sa.Engine) -> sa.Engine:
    @sa.event.listens_for(engine, "connect")
    def prepare(link: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection has no common type
        link.isolation_level = None  # the driver must not begin transactions of its own
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("PRAGMA synchronous=NORMAL")

    @sa.event.listens_for(engine, "begin")
    def begin(link: sa.Connection) -> None:
        # A writer takes the write lock before it reads, so that what it compared cannot change under it.
        link.exec_driver_sql("BEGIN IMMEDIATE" if link.get_execution_options().get("writing") else "BEGIN")

    return engine


def _make_tables(engine: sa.Engine) -> None:
    """The tables and facts that are missing, in one transaction, by one process at a time. A store that is complete is not written."""
    if (_version(engine) or 0) >= SCHEMA_VERSION:
        return
    with engine.connect().execution_options(writing=True) as link, link.begin():
        if link.dialect.name == "postgresql":
            link.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
        _refuse_others(link)
        TABLES.create_all(link)
        named = set(link.scalars(sa.select(FACTS.c.name)))
        missing = {SCHEMA: str(SCHEMA_VERSION), IDENTITY: uuid.uuid4().hex}
        for name in missing.keys() - named:
            link.execute(sa.insert(FACTS).values(name=name, value=missing[name]))
        link.execute(sa.update(FACTS).where(FACTS.c.name == SCHEMA).values(value=str(SCHEMA_VERSION)))


def _refuse_others(link: sa.Connection) -> None:
    """Raise StoreError where a table has one of our names but is not ours."""
    there = sa.inspect(link)
    for table in TABLES.sorted_tables:
        if there.has_table(table.name) and not set(table.c.keys()) <= {column["name"] for column in there.get_columns(table.name)}:
            raise StoreError(
                N_("The database holds a table {name} that is not of this product; nothing was changed.", name=table.name),
                remedy="Point STORE_URL at a database, or a schema, of its own.",
            )


def _version(engine: sa.Engine) -> int | None:
    """The version that the tables say they have; None where they do not say."""
    with engine.connect() as link:
        there = sa.inspect(link)
        if not there.has_table(FACTS.name) or "value" not in {column["name"] for column in there.get_columns(FACTS.name)}:
            return None
        value = link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == SCHEMA))
        return int(value) if value is not None else None


def _check_version(engine: sa.Engine) -> None:
    """Raise StoreError where a newer version of this product made the tables, or nobody did and nobody may."""
    version = _version(engine)
    if version is None:
        with engine.connect() as link:
            if sa.inspect(link).has_table(READINGS.name):
                return
        raise StoreError("The store cannot be opened: it is empty and may only be read.", remedy="Let the user who runs this app write there.")
    if version > SCHEMA_VERSION:
        raise StoreError(
            N_("The store cannot be opened: a newer version of this product wrote it (tables {theirs}, known here {ours}).",
               theirs=version, ours=SCHEMA_VERSION),
            remedy="Update this installation, or point STORE_URL at another store. Nothing was changed.",
        )
