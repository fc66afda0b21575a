"""The store of observations: append-only, every vintage kept, over SQLAlchemy Core. SQLite by default, PostgreSQL by URL.

Every failure of the database becomes a StoreError.
"""

import datetime as dt
import gc
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.catalogue import BY_KEY
from core.errors import RefreshBusy, StoreError
from core.store.records import Appended, Outcome, Restatement, Span
from core.store.restatements import restatements
from core.store.tables import LOCK, OBSERVATIONS, OUTCOMES, READINGS, date, days, decoded, encoded, instant, micros, open_engine

_SNAPSHOTS = frozenset(key for key, series in BY_KEY.items() if series.snapshot)
_READING = ["series", "source", "basis", "fetched_at"]
_ROWS = 500
_KNOWN = ("series", "source", "session", "value", "available_at", "fetched_at")


class Store:
    """The store behind a SQLAlchemy URL; its tables are made when missing. Safe to share between threads.

    Raises StoreError where the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        with _reported("opened"):
            self._engine = open_engine(url)

    def close(self) -> None:
        """Give the connections back; the store opens new ones when it is used again."""
        self._engine.dispose()

    def append(self, observations: pd.DataFrame) -> dict[str, Appended]:
        """Write what is new or restated, in one transaction, and count it by series.

        A session (for snapshots: a session and its instant of availability) whose value equals the vintage before it, from the same source,
        writes nothing.
        Raises StoreError, and then nothing was written.
        """
        if observations.empty:
            return {}
        if not np.isfinite(observations["value"]).all():
            raise StoreError("The store cannot be written: an observation has no value.", remedy="Leave out what is not known.")
        coming = encoded(observations)
        with _uncollected(), _reported("written"), self._writing() as link:
            fresh = _unseen(_known(link, coming), coming)
            for reading, rows in fresh.groupby(_READING, sort=False):
                _write(link, dict(zip(_READING, reading, strict=True)), rows)
        counts = fresh.groupby("series")["restated"].agg(["size", "sum"])
        written = {key: Appended(int(size) - int(late), int(late)) for key, size, late in counts.itertuples()}
        return {key: written.get(key, Appended()) for key in coming["series"].unique()}

    def load(self, asof: dt.datetime | None = None) -> pd.DataFrame:
        """Every vintage in the columns of core.observations, by series, session and vintage; with `asof` only what was read by then."""
        if asof is None:
            return self._frame()
        early = sa.select(READINGS.c.id).where(READINGS.c.fetched_at <= micros(asof))
        return self._frame(OBSERVATIONS.c.reading.in_(early))

    def latest(self, keys: Iterable[str], since: dt.date) -> pd.DataFrame:
        """The newest vintage of every session of some series and each of their sources from `since` on, in the columns of core.observations."""
        mine = sa.select(READINGS.c.id).where(READINGS.c.series.in_(list(keys)))
        rows = self._frame(OBSERVATIONS.c.reading.in_(mine), OBSERVATIONS.c.session >= days(since))
        return rows.drop_duplicates(["series", "source", "session"], keep="last", ignore_index=True)

    def version(self) -> str:
        """A token that changes whenever an observation is written."""
        with _reported("read"), self._engine.connect() as link:
            return str(link.scalar(sa.select(sa.func.max(READINGS.c.id))) or 0)

    def spans(self) -> dict[str, tuple[Span, ...]]:
        """What is stored of every series, line by line; the line that was written last comes last."""
        table = OBSERVATIONS.c
        ends = sa.select(table.reading, sa.func.min(table.session).label("first"), sa.func.max(table.session).label("last"))
        ends_by = ends.group_by(table.reading).subquery()
        by = READINGS.c
        wanted = sa.select(by.series, by.source, ends_by.c.first, ends_by.c.last).join(ends_by, by.id == ends_by.c.reading)
        spans: dict[str, dict[str, Span]] = {}
        with _reported("read"), self._engine.connect() as link:
            for key, source, first, last in link.execute(wanted.order_by(by.id)):
                lines = spans.setdefault(key, {})
                before = lines.pop(source, Span(date(first), date(last), source))
                lines[source] = Span(min(before.first, date(first)), max(before.last, date(last)), source)
        return {key: tuple(lines.values()) for key, lines in spans.items()}

    def last_sessions(self) -> dict[str, dt.date]:
        """The newest stored session of every series."""
        return {key: max(span.last for span in lines) for key, lines in self.spans().items()}

    def restatements(self, limit: int = 50) -> tuple[Restatement, ...]:
        """The newest readings that restated what the same source had said before, newest first; provisional last sessions are left out."""
        with _reported("read"), self._engine.connect() as link:
            return restatements(link, limit)

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Keep what became of the series of a refresh."""
        rows: list[dict[str, Any]] = [{f.name: getattr(o, f.name) for f in fields(o)} for o in outcomes]
        for row in rows:
            row |= {"started": micros(row["started"]), "ended": micros(row["ended"])}
        if rows:
            with _reported("written"), self._writing() as link:
                link.execute(sa.insert(OUTCOMES), rows)

    def outcomes(self) -> tuple[Outcome, ...]:
        """The newest outcome of every series at every source it was asked from, by source and series."""
        newest = sa.select(sa.func.max(OUTCOMES.c.id)).group_by(OUTCOMES.c.source, OUTCOMES.c.series)
        wanted = sa.select(*(OUTCOMES.c[f.name] for f in fields(Outcome))).where(OUTCOMES.c.id.in_(newest))
        with _reported("read"), self._engine.connect() as link:
            rows = link.execute(wanted.order_by(OUTCOMES.c.source, OUTCOMES.c.series)).mappings().all()
        return tuple(Outcome(**{**row, "started": instant(row["started"]), "ended": instant(row["ended"])}) for row in rows)

    @contextmanager
    def refreshing(self, seconds: float) -> Iterator[None]:
        """The right to refresh this store, for one holder at a time; one that died loses it after `seconds`. Raises RefreshBusy."""
        holder, now = uuid.uuid4().hex, time.time()
        with _reported("written"), self._writing() as link:
            link.execute(sa.delete(LOCK).where(LOCK.c.expires < now))
            if link.scalar(sa.select(LOCK.c.holder)) is not None:
                raise RefreshBusy("The store is being refreshed already.")
            link.execute(sa.insert(LOCK).values(name="refresh", holder=holder, expires=now + seconds))
        try:
            yield
        finally:
            with _reported("written"), self._writing() as link:
                link.execute(sa.delete(LOCK).where(LOCK.c.holder == holder))

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._engine.connect().execution_options(writing=True) as link, link.begin():
            if link.dialect.name == "postgresql":
                # Writers come one after the other, so that two of them cannot both find a value missing; readers never wait.
                link.execute(sa.text("LOCK TABLE readings, observations, refresh_lock IN SHARE ROW EXCLUSIVE MODE"))
            yield link

    def _frame(self, *conditions: "sa.ColumnElement[bool]") -> pd.DataFrame:
        table, by = OBSERVATIONS.c, READINGS.c
        wanted = sa.select(table.reading, table.session, table.available_at, table.value).where(*conditions)
        with _uncollected():
            with _reported("read"), self._engine.connect() as link:
                rows = link.execute(wanted).all()
                readings = link.execute(sa.select(by.id, by.series, by.source, by.basis, by.fetched_at)).all()
            return decoded(readings, rows)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Many rows at once without the garbage collector, which would walk all of them again and again: more than half of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _reported(deed: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as exc:
        cause = getattr(exc, "orig", None) or exc
        reason = (str(cause).splitlines() or [""])[0]
        raise StoreError(f"The store cannot be {deed}: {type(cause).__name__}: {reason}.") from exc
    except (OSError, ImportError) as exc:
        raise StoreError(f"The store cannot be {deed}: {exc}.") from exc


def _known(link: sa.Connection, coming: pd.DataFrame) -> pd.DataFrame:
    """Every stored vintage that a row of `coming` could repeat."""
    table, by = OBSERVATIONS.c, READINGS.c
    wanted = sa.select(by.series, by.source, table.session, table.value, table.available_at, by.fetched_at).join(READINGS, table.reading == by.id)
    near = (by.series.in_(coming["series"].unique().tolist()), table.session >= int(coming["session"].min()))
    return pd.DataFrame(link.execute(wanted.where(*near).order_by(by.id)).all(), columns=_KNOWN)


def _write(link: sa.Connection, reading: dict[str, Any], rows: pd.DataFrame) -> None:
    """One reading and its observations."""
    ident = link.scalar(sa.insert(READINGS).values(reading).returning(READINGS.c.id))
    columns = (rows[name].tolist() for name in ("session", "available_at", "value"))
    values = [(ident, *row) for row in zip(*columns, strict=True)]
    mark = "?" if link.dialect.paramstyle == "qmark" else "%s"
    for start in range(0, len(values), _ROWS):
        # Many rows in one statement: the driver lets other threads run between statements, and gets its turn back late.
        chunk = values[start : start + _ROWS]
        places = ", ".join([f"({mark}, {mark}, {mark}, {mark})"] * len(chunk))
        insert = f"INSERT INTO observations (reading, session, available_at, value) VALUES {places}"  # noqa: S608 - placeholders only
        link.exec_driver_sql(insert, tuple(chain.from_iterable(chunk)))


def _unseen(known: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """The rows of `coming` whose value differs from the vintage before, with a column `restated`."""
    both = pd.concat([known, coming], ignore_index=True) if len(known) else coming.copy()
    line = pd.factorize(both["series"] + "\t" + both["source"])[0]
    moment = np.where(both["series"].isin(_SNAPSHOTS), both["available_at"], 0)
    order = np.lexsort((both.index, both["fetched_at"], moment, both["session"], line))
    key = np.column_stack((line, both["session"], moment))[order]
    value = both["value"].to_numpy()[order]
    again = np.concatenate([[False], (key[1:] == key[:-1]).all(axis=1)])
    repeats = again & np.concatenate([[False], value[1:] == value[:-1]])
    fresh: pd.DataFrame = both.iloc[order].assign(restated=again)[~repeats].sort_index()
    return fresh.loc[fresh.index >= len(known)]
