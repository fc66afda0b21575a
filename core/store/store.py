"""The store of observations: append-only, every vintage kept, over SQLAlchemy Core. SQLite by default, PostgreSQL by URL.

Every failure of the database becomes a StoreError. What was shown "as known at" an instant stays as it was shown: nothing is ever stored
with an earlier `fetched_at` than what was stored or shown before.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.errors import StoreError, brief
from core.language import N_
from core.language.kept import kept, recalled
from core.store import manners
from core.store.claim import claim
from core.store.engine import Opened, open_engine
from core.store.failures import DAMAGED, lost, reported
from core.store.records import Appended, Outcome, Rest, Restatement, Span
from core.store.restatements import restatements
from core.store.rows import READING, known, uncollected, unseen, write
from core.store.tables import FACTS, OBSERVATIONS, OUTCOMES, READINGS, REBUILT, SHOWN, date, days, decoded, encoded, instant, micros

T = TypeVar("T")
# How long a reader is told that the store was rebuilt.
_TOLD_FOR = dt.timedelta(days=14)


class Store:
    """The store behind a SQLAlchemy URL; its tables are made when missing. Safe to share between threads.

    Raises StoreError where the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: Opened | None = None
        # The restatements told last, and after which reading and to which limit.
        self._restated: tuple[tuple[int | None, int], tuple[Restatement, ...]] | None = None
        self._open()

    def close(self) -> None:
        """Give the connections back; the store opens new ones when it is used again."""
        if self._opened:
            self._opened.engine.dispose()

    def append(self, observations: pd.DataFrame) -> dict[str, Appended]:
        """Write what is new or restated, in one transaction, and count it by series.

        A session (for snapshots: a session and its instant of availability) whose value equals the vintage before it, from the same source,
        writes nothing. A `fetched_at` before what is stored already, or before an instant that a reader was shown the store at, becomes that
        instant: where a clock was set back, or a reader looked while a refresh was under way, vintages keep the order in which they were stored.
        Raises StoreError, and then nothing was written.
        """
        if observations.empty:
            return {}
        if not np.isfinite(observations["value"]).all():
            raise StoreError("The store cannot be written: an observation has no value.", remedy="Leave out what is not known.")
        coming = encoded(observations)

        def append(link: sa.Connection) -> pd.DataFrame:
            stored = _fact(link, SHOWN), link.scalar(sa.select(sa.func.max(READINGS.c.fetched_at)))
            coming["fetched_at"] = np.maximum(coming["fetched_at"], max(stored[0] + 1, stored[1] or 0))
            fresh = unseen(known(link, coming), coming)
            for reading, rows in fresh.groupby(READING, sort=False):
                write(link, dict(zip(READING, reading, strict=True)), rows)
            return fresh

        with uncollected():
            fresh = self.write(append)
        counts = fresh.groupby("series")["restated"].agg(["size", "sum"])
        written = {key: Appended(int(size) - int(late), int(late)) for key, size, late in counts.itertuples()}
        return {key: written.get(key, Appended()) for key in coming["series"].unique()}

    def load(self, asof: dt.datetime | None = None) -> pd.DataFrame:
        """Every vintage in the columns of core.observations, by series, session and vintage; with `asof` only what was read by then.

        What is loaded for an `asof` that has passed is the same ever after.
        """
        if asof is None:
            return self._frame()
        self._show(micros(asof))
        early = sa.select(READINGS.c.id).where(READINGS.c.fetched_at <= micros(asof))
        return self._frame(OBSERVATIONS.c.reading.in_(early))

    def latest(self, keys: Iterable[str], since: dt.date) -> pd.DataFrame:
        """The newest vintage of every session of some series and each of their sources from `since` on, in the columns of core.observations."""
        mine = sa.select(READINGS.c.id).where(READINGS.c.series.in_(list(keys)))
        rows = self._frame(OBSERVATIONS.c.reading.in_(mine), OBSERVATIONS.c.session >= days(since))
        return rows.drop_duplicates(["series", "source", "session"], keep="last", ignore_index=True)

    def version(self) -> str:
        """A token that changes whenever an observation is written."""
        return self.read(lambda link: str(link.scalar(sa.select(sa.func.max(READINGS.c.id))) or 0))

    def spans(self) -> dict[str, tuple[Span, ...]]:
        """What is stored of every series, line by line; the line that was written last comes last."""
        table = OBSERVATIONS.c
        ends = sa.select(table.reading, sa.func.min(table.session).label("first"), sa.func.max(table.session).label("last"))
        ends_by = ends.group_by(table.reading).subquery()
        by = READINGS.c
        wanted = sa.select(by.series, by.source, ends_by.c.first, ends_by.c.last).join(ends_by, by.id == ends_by.c.reading)
        spans: dict[str, dict[str, Span]] = {}
        for key, source, first, last in self.read(lambda link: link.execute(wanted.order_by(by.id)).all()):
            lines = spans.setdefault(key, {})
            before = lines.pop(source, Span(date(first), date(last), source))
            lines[source] = Span(min(before.first, date(first)), max(before.last, date(last)), source)
        return {key: tuple(lines.values()) for key, lines in spans.items()}

    def last_sessions(self) -> dict[str, dt.date]:
        """The newest stored session of every series."""
        return {key: max(span.last for span in lines) for key, lines in self.spans().items()}

    def restatements(self, limit: int = 50) -> tuple[Restatement, ...]:
        """The newest readings that restated what the same source had said before, newest first; provisional last sessions are left out."""

        def told(link: sa.Connection) -> tuple[Restatement, ...]:
            # What was stored last is read first: should more be stored meanwhile, this answer is not taken for the newest.
            last = link.scalar(sa.select(sa.func.max(READINGS.c.id))), limit
            known = self._restated
            if known is None or known[0] != last:
                self._restated = known = last, restatements(link, limit)
            return known[1]

        return self.read(told)

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Keep what became of the series of a refresh; long messages are cut short."""
        rows: list[dict[str, Any]] = [{f.name: getattr(o, f.name) for f in fields(o)} for o in outcomes]
        for row in rows:
            row |= {"started": micros(row["started"]), "ended": micros(row["ended"]), "message": kept(brief(row["message"]))}
        if rows:
            self.write(lambda link: link.execute(sa.insert(OUTCOMES), rows))

    def outcomes(self) -> tuple[Outcome, ...]:
        """The newest outcome of every series at every source it was asked from, by source and series."""
        newest = sa.select(sa.func.max(OUTCOMES.c.id)).group_by(OUTCOMES.c.source, OUTCOMES.c.series)
        wanted = sa.select(*(OUTCOMES.c[f.name] for f in fields(Outcome))).where(OUTCOMES.c.id.in_(newest))
        rows = self.read(lambda link: link.execute(wanted.order_by(OUTCOMES.c.source, OUTCOMES.c.series)).mappings().all())
        return tuple(
            Outcome(**{**row, "started": instant(row["started"]), "ended": instant(row["ended"]), "message": recalled(row["message"])})
            for row in rows
        )

    def notice(self) -> str:
        """What a reader should know of the store: that its file was damaged and rebuilt, for two weeks; empty where all is well."""
        found = self.read(lambda link: link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == REBUILT)))
        told = json.loads(found) if found else None
        fresh = told and dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(told["at"]) < _TOLD_FOR
        return recalled(str(told["words"])) if told and fresh else ""

    def put_aside(self, rests: Iterable[Rest]) -> None:
        """Keep who is left alone until when; what was known of the same names before is replaced."""
        mine = tuple(rests)
        if mine:
            self.write(lambda link: manners.put_aside(link, mine))

    def rests(self) -> tuple[Rest, ...]:
        """Who was put aside last, and until when, by name; some of it may be over."""
        return self.read(manners.rests)

    def reached(self, source: str, firsts: Mapping[str, dt.date]) -> None:
        """Keep that a source was asked for some series back to a date each, and answered, whether or not it had anything that old."""
        self.write(lambda link: manners.reached(link, source, firsts))

    def reaches(self) -> dict[tuple[str, str], dt.date]:
        """How far back every series was asked for at every source that answered, by series and source."""
        return self.read(manners.reaches)

    @contextmanager
    def refreshing(self, seconds: float) -> Iterator[None]:
        """The right to refresh this store, for one holder at a time; one that died loses it after `seconds` at the latest.

        Raises RefreshBusy, and StoreError where the store cannot be written.
        """
        opened = self._writable()
        with self._reported("written"):
            held = claim(opened.engine, self._writing, seconds)
            held.__enter__()
        try:
            yield
        finally:
            with self._reported("written"):
                held.__exit__(None, None, None)

    def _open(self) -> Opened:
        if self._opened is None:
            with reported("opened", self._url):
                self._opened = open_engine(self._url)
        return self._opened

    def _writable(self) -> Opened:
        opened = self._open()
        if opened.read_only:
            raise StoreError(N_("The store cannot be written: {why}.", why=opened.read_only), remedy="Reports of what is stored still open.")
        return opened

    @contextmanager
    def _reported(self, deed: str) -> Iterator[None]:
        try:
            with reported(deed, self._url):
                yield
        except StoreError as error:
            if error.kind == DAMAGED and self._opened:
                # Opened anew, the file is checked and rebuilt.
                self._opened.engine.dispose()
                self._opened = self._restated = None
            raise

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """The result of work that only reads. Raises StoreError."""
        with self._reported("read"):
            return lost(lambda: self._reading(work))

    def _reading(self, work: Callable[[sa.Connection], T]) -> T:
        with self._open().engine.connect() as link:
            return work(link)

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """The result of work that is done in one transaction, wholly or not at all.

        Where the connection is lost it is done again from its beginning, so it must write nothing twice. Raises StoreError.
        """
        self._writable()
        with self._reported("written"):
            return lost(lambda: self._written(work))

    def _written(self, work: Callable[[sa.Connection], T]) -> T:
        with self._writing() as link:
            return work(link)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._writable().engine.connect().execution_options(writing=True) as link, link.begin():
            if link.dialect.name == "postgresql":
                # Writers come one after the other, so that two of them cannot both find a value missing; readers never wait.
                link.execute(sa.text("LOCK TABLE readings, observations IN SHARE ROW EXCLUSIVE MODE"))
            yield link

    def _show(self, at: int) -> None:
        """See to it that nothing more is stored at or before an instant that has passed, because a reader sees the store as it was then."""
        at = min(at, micros(dt.datetime.now(dt.UTC)))
        shown, newest = self.read(lambda link: (_fact(link, SHOWN), link.scalar(sa.select(sa.func.max(READINGS.c.fetched_at)))))
        if at <= shown or (newest is not None and at < newest) or self._open().read_only:
            return

        def keep(link: sa.Connection) -> None:
            until = max(at, _fact(link, SHOWN))
            link.execute(sa.delete(FACTS).where(FACTS.c.name == SHOWN))
            link.execute(sa.insert(FACTS).values(name=SHOWN, value=str(until)))

        self.write(keep)

    def _frame(self, *conditions: "sa.ColumnElement[bool]") -> pd.DataFrame:
        table, by = OBSERVATIONS.c, READINGS.c
        wanted = sa.select(table.reading, table.session, table.available_at, table.value).where(*conditions)
        readings = sa.select(by.id, by.series, by.source, by.basis, by.fetched_at)
        with uncollected():
            rows, named = self.read(lambda link: (link.execute(wanted).all(), link.execute(readings).all()))
            return decoded(named, rows)


def _fact(link: sa.Connection, name: str) -> int:
    """A fact that is a number; −1 where it was never written."""
    return int(link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == name)) or -1)
