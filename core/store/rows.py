"""Rows on their way into the tables: what is stored already, what of it is new, and how it is written."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.catalogue import BY_KEY
from core.store.tables import OBSERVATIONS, READINGS

READING = ["series", "source", "basis", "fetched_at"]
_SNAPSHOTS = frozenset(key for key, series in BY_KEY.items() if series.snapshot)
_ROWS = 500
_KNOWN = ("series", "source", "session", "value", "available_at", "fetched_at")


@contextmanager
def uncollected() -> Iterator[None]:
    """Many rows at once without the garbage collector, which would walk all of them again and again: more than half of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def known(link: sa.Connection, coming: pd.DataFrame) -> pd.DataFrame:
    """Every stored vintage that a row of `coming` could repeat."""
    table, by = OBSERVATIONS.c, READINGS.c
    wanted = sa.select(by.series, by.source, table.session, table.value, table.available_at, by.fetched_at).join(READINGS, table.reading == by.id)
    near = (by.series.in_(coming["series"].unique().tolist()), table.session >= int(coming["session"].min()))
    return pd.DataFrame(link.execute(wanted.where(*near).order_by(by.id)).all(), columns=_KNOWN)


def write(link: sa.Connection, reading: dict[str, Any], rows: pd.DataFrame) -> None:
    """One reading and its observations."""
    ident = link.scalar(sa.insert(READINGS).values(reading).returning(READINGS.c.id))
    columns = (rows[name].tolist() for name in ("session", "available_at", "value"))
    fill(link, OBSERVATIONS, ("reading", "session", "available_at", "value"), [(ident, *row) for row in zip(*columns, strict=True)])


def fill(link: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows of the named columns."""
    mark = "?" if link.dialect.paramstyle == "qmark" else "%s"
    place = f"({', '.join([mark] * len(names))})"
    columns = ", ".join(link.dialect.identifier_preparer.quote(name) for name in names)
    for start in range(0, len(rows), _ROWS):
        # Many rows in one statement: the driver lets other threads run between statements, and gets its turn back late.
        chunk = rows[start : start + _ROWS]
        insert = f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([place] * len(chunk))}"  # noqa: S608 - names of our own tables
        link.exec_driver_sql(insert, tuple(chain.from_iterable(chunk)))


def unseen(before: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """The rows of `coming` whose value differs from the vintage before, with a column `restated`."""
    both = pd.concat([before, coming], ignore_index=True) if len(before) else coming.copy()
    line = pd.factorize(both["series"] + "\t" + both["source"])[0]
    moment = np.where(both["series"].isin(_SNAPSHOTS), both["available_at"], 0)
    order = np.lexsort((both.index, both["fetched_at"], moment, both["session"], line))
    key = np.column_stack((line, both["session"], moment))[order]
    value = both["value"].to_numpy()[order]
    again = np.concatenate([[False], (key[1:] == key[:-1]).all(axis=1)])
    repeats = again & np.concatenate([[False], value[1:] == value[:-1]])
    fresh: pd.DataFrame = both.iloc[order].assign(restated=again)[~repeats].sort_index()
    return fresh.loc[fresh.index >= len(before)]
