"""Bring the store up to date: what is due is fetched side by side, checked at the door, appended; what became of it is kept.

One failure stays one failure. One refresh at a time, per process and per store. Sources are asked on daemon threads, a few per source; what
has not answered by the deadline is left behind and counted as not reached. Only the calling thread writes to the store.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import pandas as pd

from core.catalogue import Series
from core.door import check
from core.due import Job, chosen, due, jobs
from core.errors import Blocked, NoData, RateLimited, RefreshBusy, SourceError, Unreachable
from core.sessions import FIRST_DAY
from core.settings import Operator
from core.sources.source import Ask
from core.store import Appended, Outcome, Store

_ONE = Lock()
# So many calls in a row without any answer, and the rest of a source is not asked.
_PATIENCE = 3
# A line whose stored values all moved by more than this (percent) was restated as a whole: a split, a new base.
_REBASED = 0.5
_LOCK_MARGIN = 60.0
_BEFORE = dt.timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: `done` of `total` series have been dealt with; the last ones came from `source`, with `status` and a sentence."""

    source: str
    done: int
    total: int
    status: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """What became of one source. `status`: "ok", "partly", "up to date" (nothing was due), or the kind of its failure."""

    source: str
    status: str
    message: str
    ok: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    new_rows: int = 0
    restated_rows: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a refresh, source by source."""

    sources: tuple[SourceSummary, ...]
    seconds: float

    @property
    def new_rows(self) -> int:
        """Rows of sessions seen for the first time."""
        return sum(s.new_rows for s in self.sources)

    @property
    def restated_rows(self) -> int:
        """Further vintages of sessions already known."""
        return sum(s.restated_rows for s in self.sources)

    @property
    def reached(self) -> bool:
        """Whether anything answered, or nothing had to."""
        return any(s.status in {"ok", "partly", "up to date"} for s in self.sources)


@dataclass(frozen=True, slots=True)
class _Answer:
    job: Job
    observations: pd.DataFrame | None
    error: SourceError | None
    started: float
    ended: float


@dataclass(slots=True)
class _Run:
    """One refresh under way."""

    store: Store
    now: dt.datetime
    deadline: float
    total: int
    on_event: Callable[[Event], None]
    began: float = field(default_factory=time.monotonic)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def instant(self, moment: float) -> dt.datetime:
        return self.now + dt.timedelta(seconds=moment - self.began)


def refresh(
    store: Store, operator: Operator, *, now: dt.datetime, since: dt.date | None = None, keys: Iterable[str] | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Summary:  # fmt: skip
    """Fetch what is due at `now` (aware), or what lacks since a date, for all series or those of `keys`; `on_event` hears of progress.

    Ends within about `operator.refresh_deadline` seconds. Raises RefreshBusy, BadInput for unknown keys, StoreError; a source's failure is
    never raised but told in the summary.
    """
    wanted = chosen(keys)
    if not _ONE.acquire(blocking=False):
        raise RefreshBusy("A refresh is under way already.")
    try:
        with store.refreshing(operator.refresh_deadline + _LOCK_MARGIN):
            return _refresh(store, operator, wanted, now, since, on_event or (lambda _: None))
    finally:
        _ONE.release()


def _refresh(
    store: Store, operator: Operator, wanted: tuple[Series, ...], now: dt.datetime, since: dt.date | None, on_event: Callable[[Event], None]
) -> Summary:
    spans = store.spans()
    asked = due(wanted, spans, store.outcomes(), now=now, since=since)
    run = _Run(store, now, time.monotonic() + operator.refresh_deadline, len(asked), on_event)
    place, wave = 0, jobs(asked, 0, spans, now=now, since=since, operator=operator)
    while wave:
        again = [job for answer in _answers(run, wave) if (job := _settle(run, answer))]
        place += not again
        failed = [s for s in asked if run.outcomes[s.key].status != "ok"] if not again else []
        wave = tuple(again) or jobs(failed, place, spans, now=now, since=since, operator=operator)
    return Summary(tuple(_summaries(wanted, run)), time.monotonic() - run.began)


def _answers(run: _Run, wave: tuple[Job, ...]) -> Iterator[_Answer]:
    """The answers of a wave as they come; after the deadline, the failures of those that did not."""
    answers: SimpleQueue[_Answer] = SimpleQueue()
    wave = tuple(_informed(run.store, job) for job in wave)
    waiting = {id(job): job for job in wave}
    for source in {job.source.key: job.source for job in wave}.values():
        queue: SimpleQueue[Job] = SimpleQueue()
        mine = [job for job in wave if job.source.key == source.key]
        for job in mine:
            queue.put(job)
        line = _Line(queue, answers, run.deadline)
        for _ in range(min(source.workers, len(mine))):
            Thread(target=line.work, name=f"refresh-{source.key}", daemon=True).start()
    while waiting:
        try:
            answer = answers.get(timeout=max(0.0, run.deadline - time.monotonic()))
        except Empty:
            break
        del waiting[id(answer.job)]
        yield answer
    late = Unreachable(f"No answer within the {run.deadline - run.began:.0f} s of a refresh.")
    for job in waiting.values():
        yield _Answer(job, None, late, run.began, time.monotonic())


def _informed(store: Store, job: Job) -> Job:
    """A question to a source that is asked day by day names the days that are stored."""
    if not job.source.by_day:
        return job
    rows = store.latest([s.key for s in job.ask.series], FIRST_DAY)
    mine = rows[rows["source"] == job.source.key]
    return replace(job, ask=replace(job.ask, known=frozenset(mine["session"].dt.date)))


@dataclass(slots=True)
class _Line:
    """The queue before one source. It closes when the source refuses us, or answers nothing several times in a row."""

    queue: "SimpleQueue[Job]"
    answers: "SimpleQueue[_Answer]"
    deadline: float
    silent: int = 0
    closed: SourceError | None = None

    def work(self) -> None:
        """Ask until the queue is empty or the time is over."""
        while time.monotonic() < self.deadline:
            try:
                job = self.queue.get_nowait()
            except Empty:
                return
            self.answers.put(self._answer(job))

    def _answer(self, job: Job) -> _Answer:
        started = time.monotonic()
        observations, error = None, self.closed
        if error is None:
            try:
                observations = job.source.fetch(job.ask)
            except SourceError as exc:
                error = exc
            except Exception as exc:  # noqa: BLE001 - the one boundary: whatever goes wrong in a source stays that source's failure
                error = SourceError(f"Reading {job.source.key} failed unexpectedly ({type(exc).__name__}).")
            self.silent = self.silent + 1 if isinstance(error, Unreachable) else 0
            if isinstance(error, RateLimited | Blocked) or self.silent >= _PATIENCE:
                self.closed = error
        return _Answer(job, observations, error, started, time.monotonic())


def _settle(run: _Run, answer: _Answer) -> Job | None:
    """Check, append and record one answer; a question that has to be asked again from the beginning comes back."""
    ask, rows = answer.job.ask, answer.observations
    results: dict[str, tuple[str, str, int]] = {}
    accepted = []
    if rows is not None:
        stored = run.store.latest([s.key for s in ask.series], ask.start - _BEFORE)
        if ask.start > ask.first and _rebased(rows[rows["session"] >= pd.Timestamp(ask.start)], stored) and _partial(rows, ask):
            return replace(answer.job, ask=replace(ask, start=ask.first))
    for series in ask.series:
        try:
            if answer.error:
                raise answer.error
            mine = rows[rows["series"] == series.key] if rows is not None else pd.DataFrame()
            if mine.empty:
                raise NoData(f"{answer.job.source.key} sent nothing for {series.label}.")
            checked = check(
                series, mine, now=ask.now, start=ask.start, anchor=_anchor(stored, mine), dense=not answer.job.source.by_day
            )  # fmt: skip
        except SourceError as exc:
            results[series.key] = (exc.kind, str(exc.args[0]), 0)
        else:
            accepted.append(checked.observations)
            results[series.key] = ("ok", " ".join(checked.remarks), len(checked.observations))
    written = run.store.append(pd.concat(accepted, ignore_index=True)) if accepted else {}
    _record(run, answer, results, written)
    return None


def _record(run: _Run, answer: _Answer, results: Mapping[str, tuple[str, str, int]], written: Mapping[str, Appended]) -> None:
    for key, (status, message, count) in results.items():
        rows = written.get(key, Appended())
        run.outcomes[key] = Outcome(
            source=answer.job.source.key, series=key, started=run.instant(answer.started), ended=run.instant(answer.ended), status=status,
            message=message, rows=count, new_rows=rows.new, restated_rows=rows.restated,
        )  # fmt: skip
    mine = [run.outcomes[key] for key in results]
    run.store.record(mine)
    worst = next((o for o in mine if o.status != "ok"), mine[0])
    run.on_event(Event(answer.job.source.key, len(run.outcomes), run.total, worst.status, worst.message))


def _rebased(rows: pd.DataFrame, stored: pd.DataFrame) -> bool:
    """Whether what is stored (its two newest sessions aside) moved as a whole in the new answer."""
    both = rows.merge(stored, on=["series", "source", "session"], suffixes=("", "_before")).iloc[:-2]
    change = (both["value"] / both["value_before"] - 1).abs() * 100
    return len(change) >= 3 and bool((change > _REBASED).all())


def _partial(rows: pd.DataFrame, ask: Ask) -> bool:
    return bool(rows["session"].min() >= pd.Timestamp(ask.start))


def _anchor(stored: pd.DataFrame, rows: pd.DataFrame) -> float | None:
    """The value that the same source gave for the session before the first of `rows`."""
    first = rows.iloc[0]
    line = (stored["series"] == first["series"]) & (stored["source"] == first["source"])
    before = stored[line & (stored["session"] < rows["session"].min())]
    return float(before["value"].iloc[-1]) if len(before) else None


def _summaries(wanted: tuple[Series, ...], run: _Run) -> Iterator[SourceSummary]:
    """One summary per source, in the order of the catalogue."""
    by_source: dict[str, list[Outcome]] = {}
    for series in wanted:
        outcome = run.outcomes.get(series.key)
        by_source.setdefault(outcome.source if outcome else series.sources[0].provider, []).extend([outcome] if outcome else [])
    for source, outcomes in by_source.items():
        good = [o for o in outcomes if o.status == "ok"]
        bad = [o for o in outcomes if o.status != "ok"]
        kinds = {o.status for o in bad}
        status = "up to date" if not outcomes else "ok" if not bad else "partly" if good else kinds.pop() if len(kinds) == 1 else "failed"
        yield SourceSummary(
            source=source, status=status, message=" ".join(dict.fromkeys(o.message for o in bad or good if o.message)),
            ok=tuple(o.series for o in good), failed=tuple(o.series for o in bad),
            new_rows=sum(o.new_rows for o in outcomes), restated_rows=sum(o.restated_rows for o in outcomes),
            seconds=max(((o.ended - run.now).total_seconds() for o in outcomes), default=0.0),
        )  # fmt: skip
