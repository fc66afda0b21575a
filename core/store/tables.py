"""The tables, and how observations become rows and come back.

| table | a row is |
|---|---|
| readings | one series as read once: from which source, when, on which basis |
| observations | one value of one session in one reading; a restated value is a row of a later reading, never an overwrite |
| outcomes | what became of one series in one refresh |
| refresh_lock | who refreshes now, and until when (seconds since 1970) the claim holds |

`session` is kept as whole days and instants as microseconds since 1970-01-01 UTC: integers are alike in every database, and become numpy
dates without looking at them one by one. What is the same for a whole reading stands in `readings` once: an observation is four numbers.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.observations import COLUMNS, empty

TABLES = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BUSY_SECONDS = 30

READINGS = sa.Table(
    "readings", TABLES,
    sa.Column("id", _ID, primary_key=True, autoincrement=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.BigInteger, nullable=False),
)  # fmt: skip

OBSERVATIONS = sa.Table(
    "observations", TABLES,
    sa.Column("reading", sa.ForeignKey(READINGS.c.id), primary_key=True),
    sa.Column("session", sa.Integer, primary_key=True),
    sa.Column("available_at", sa.BigInteger, primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

OUTCOMES = sa.Table(
    "outcomes", TABLES,
    sa.Column("id", _ID, primary_key=True, autoincrement=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("started", sa.BigInteger, nullable=False),
    sa.Column("ended", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("new_rows", sa.Integer, nullable=False),
    sa.Column("restated_rows", sa.Integer, nullable=False),
    sa.Index("outcomes_by_series", "source", "series"),
)  # fmt: skip

LOCK = sa.Table(
    "refresh_lock", TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires", sa.Double, nullable=False),
)  # fmt: skip


def open_engine(url: str) -> sa.Engine:
    """The engine behind a URL, with the tables made where they are missing. Raises SQLAlchemy's errors, OSError and ImportError."""
    where = sa.make_url(url)
    if where.get_backend_name() != "sqlite":
        engine = sa.create_engine(where, pool_pre_ping=True)
    else:
        if where.database:
            Path(where.database).parent.mkdir(parents=True, exist_ok=True)
        engine = _sqlite(where)
    TABLES.create_all(engine)
    return engine


def _sqlite(where: sa.URL) -> sa.Engine:
    engine = sa.create_engine(where, connect_args={"timeout": _BUSY_SECONDS})

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


def micros(instant: dt.datetime) -> int:
    """Microseconds since 1970 of an instant; one without a zone is UTC."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
    return (aware - _EPOCH) // dt.timedelta(microseconds=1)


def instant(value: int) -> dt.datetime:
    """The UTC instant of a number of microseconds since 1970."""
    return _EPOCH + dt.timedelta(microseconds=value)


def date(value: int) -> dt.date:
    """The date of a number of days since 1970."""
    return dt.date.fromordinal(_EPOCH.toordinal() + value)


def days(value: dt.date) -> int:
    """Days since 1970 of a date."""
    return value.toordinal() - _EPOCH.toordinal()


def encoded(observations: pd.DataFrame) -> pd.DataFrame:
    """Observations with dates and instants as integers."""
    table = pd.DataFrame({name: observations[name].to_numpy() for name in COLUMNS})
    table["session"] = table["session"].to_numpy().astype("datetime64[D]").astype("int64")
    for name in ("available_at", "fetched_at"):
        table[name] = table[name].to_numpy().astype("datetime64[us]").astype("int64")
    return table


def decoded(readings: Sequence[Sequence[Any]], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Observations from READINGS as (id, series, source, basis, fetched_at) and OBSERVATIONS as (reading, session, available_at, value).

    In order of series, session and vintage.
    """
    if not rows:
        return empty()
    idents, series, source, basis, fetched = zip(*readings, strict=True)
    reading, session, available, value = (np.array(column) for column in zip(*rows, strict=True))
    at = np.argsort(idents)[np.searchsorted(np.sort(idents), reading)]
    rank = np.unique(np.array(series, dtype="str"), return_inverse=True)[1]
    fetched_at = np.array(fetched, dtype="int64")[at]
    order = np.lexsort((available, reading, fetched_at, session, rank[at]))
    at = at[order]
    return pd.DataFrame(
        {
            "series": pd.array(series, dtype="str").take(at),
            "session": session[order].astype("datetime64[D]").astype("datetime64[us]"),
            "value": value[order].astype("float64"),
            "available_at": available[order].astype("datetime64[us]"),
            "fetched_at": fetched_at[order].astype("datetime64[us]"),
            "source": pd.array(source, dtype="str").take(at),
            "basis": pd.array(basis, dtype="str").take(at),
        }
    )
