"""The tables, and how observations become rows and come back.

| table | a row is |
|---|---|
| readings | one series as read once: from which source, when, on which basis |
| observations | one value of one session in one reading; a restated value is a row of a later reading, never an overwrite |
| outcomes | what became of one series in one refresh |
| rests | a source or a venue that is left alone until an instant |
| reaches | how far back one source was asked for one series and answered, whether or not it had anything that old |
| refresh_lock | who refreshes now, and until when (seconds since 1970) the claim holds |
| store_facts | what the store knows of itself: see the names below |

`session` is kept as whole days and instants as microseconds since 1970-01-01 UTC: integers are alike in every database, and become numpy
dates without looking at them one by one. What is the same for a whole reading stands in `readings` once: an observation is four numbers.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.observations import COLUMNS, empty

TABLES = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

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

RESTS = sa.Table(
    "rests", TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
)  # fmt: skip

REACHES = sa.Table(
    "reaches", TABLES,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("first", sa.Integer, nullable=False),
)  # fmt: skip

LOCK = sa.Table(
    "refresh_lock", TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires", sa.Double, nullable=False),
)  # fmt: skip


FACTS = sa.Table(
    "store_facts", TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Names of facts: the version of these tables; what tells one store from another, copies included; the instant up to which readers were shown
# "as known at" (microseconds: nothing is stored at or before it any more); when and how a damaged file was rebuilt.
SCHEMA, IDENTITY, SHOWN, REBUILT = "schema", "identity", "shown", "rebuilt"
# 1: without store_facts. 2: with it. 3: with rests and reaches. 4: a message may carry what it was made from (core.language.kept).
# No version changes what an earlier one wrote.
SCHEMA_VERSION = 4


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
