"""A refresh from beginning to end: what is due, wave after wave down each series' chain of sources, until all is there or the time is over.

One failure stays one failure. One refresh at a time, per process and per store. Only the calling thread writes to the store, each answer
in one transaction, so that a refresh can be stopped at any moment and continued later.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from threading import Event as Flag
from threading import Lock

import pandas as pd

from core.catalogue import Series
from core.door import LOOKED_BACK
from core.due import Job, Known, chosen, due, holes, jobs, providers
from core.errors import RefreshBusy
from core.observations import empty
from core.refresh.asking import Answer, answers
from core.refresh.records import Event, Summary, summaries
from core.refresh.settling import Verdict, asked_again, first_needed, judged
from core.sessions import FIRST_DAY
from core.settings import Operator
from core.sources.aside import Aside, Refusal
from core.store import Appended, Outcome, Rest, Store

_ONE = Lock()
_LOCK_MARGIN = 60.0


@dataclass(slots=True)
class _Run:
    """One refresh under way."""

    store: Store
    known: Known
    deadline: float
    total: int
    on_event: Callable[[Event], None]
    stop: Flag
    began: float = field(default_factory=time.monotonic)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def instant(self, moment: float) -> dt.datetime:
        return self.known.now + dt.timedelta(seconds=moment - self.began)


def refresh(
    store: Store, operator: Operator, *, now: dt.datetime, since: dt.date | None = None, keys: Iterable[str] | None = None,
    on_event: Callable[[Event], None] | None = None, stop: Flag | None = None,
) -> Summary:  # fmt: skip
    """Fetch what is due at `now` (aware), or what lacks since a date, for all series or those of `keys`; `on_event` hears of progress.

    Ends within about `operator.refresh_deadline` seconds, or soon after `stop` is set: what was stored by then stays, and the next call asks for
    the rest. Raises RefreshBusy, BadInput for unknown keys, StoreError; a source's failure is never raised but told in the summary.
    """
    wanted = chosen(keys)
    if not _ONE.acquire(blocking=False):
        raise RefreshBusy("A refresh is under way already.")
    try:
        with store.refreshing(operator.refresh_deadline + _LOCK_MARGIN):
            known = _known(store, operator, wanted, now, since)
            asked_of = tuple(s for s in wanted if providers(s, operator))
            return _refresh(store, asked_of, known, on_event or (lambda _: None), stop or Flag())
    finally:
        _ONE.release()


def _known(store: Store, operator: Operator, wanted: tuple[Series, ...], now: dt.datetime, since: dt.date | None) -> Known:
    recent = store.latest([s.key for s in wanted], (now - LOOKED_BACK).date())
    stored = {str(key): rows["session"].to_numpy() for key, rows in recent.groupby("series")}
    aside = Aside(now, [Refusal(*astuple(rest)) for rest in store.rests()])
    return Known(
        now=now, operator=operator, since=since, spans=store.spans(), outcomes=store.outcomes(), reaches=store.reaches(),
        holes=holes(wanted, stored, now), aside=aside,
    )  # fmt: skip


def _refresh(store: Store, wanted: tuple[Series, ...], known: Known, on_event: Callable[[Event], None], stop: Flag) -> Summary:
    asked = due(wanted, known)
    run = _Run(store, known, time.monotonic() + known.operator.refresh_deadline, len(asked), on_event, stop)
    place, wave = 0, jobs(asked, 0, known)
    while wave and not stop.is_set():
        again = _wave(run, wave, anew=True)
        if again:
            _wave(run, again, anew=False)
        place += 1
        failed = [s for s in asked if s.key in run.outcomes and run.outcomes[s.key].status != "ok"]
        wave = jobs(failed, place, known)
    stopped = stop.is_set() and (any(s.key not in run.outcomes for s in asked) or bool(wave))
    return Summary(tuple(summaries(wanted, asked, run.outcomes, known)), time.monotonic() - run.began, stopped)


def _wave(run: _Run, wave: tuple[Job, ...], *, anew: bool) -> tuple[Job, ...]:
    """Ask a wave of questions and settle their answers; those that have to be asked from the beginning come back."""
    again = []
    wave = tuple(_informed(run.store, job) for job in wave)
    if anew:
        for job in wave:
            run.asked[job.source.key] += len(job.ask.series)
    for answer in answers(wave, run.known.aside, began=run.began, deadline=run.deadline, stop=run.stop):
        stored = empty() if answer.error else run.store.latest([s.key for s in answer.job.ask.series], first_needed(answer))
        repeated = asked_again(answer, stored) if anew else None
        if repeated:
            again.append(repeated)
        else:
            _settle(run, answer, judged(answer, stored))
    return tuple(again)


def _informed(store: Store, job: Job) -> Job:
    """A question to a source that is asked day by day names the days that are stored."""
    if not job.source.by_day:
        return job
    rows = store.latest([s.key for s in job.ask.series], FIRST_DAY)
    mine = rows[rows["source"] == job.source.key]
    return replace(job, ask=replace(job.ask, known=frozenset(mine["session"].dt.date)))


def _settle(run: _Run, answer: Answer, verdicts: Mapping[str, Verdict]) -> None:
    """Append what passed, and keep what became of it."""
    passed = [v.observations for v in verdicts.values() if v.observations is not None]
    written = run.store.append(pd.concat(passed, ignore_index=True)) if passed else {}
    source, ask = answer.job.source.key, answer.job.ask
    counts = {key: written.get(key, Appended()) for key in verdicts}
    mine = [
        Outcome(
            source=source, series=key, started=run.instant(answer.started), ended=run.instant(answer.ended), status=verdict.status,
            message=verdict.message, rows=verdict.rows, new_rows=counts[key].new, restated_rows=counts[key].restated,
        )
        for key, verdict in verdicts.items()
    ]  # fmt: skip
    run.store.record(mine)
    run.store.put_aside(Rest(*astuple(refusal)) for refusal in run.known.aside.fresh())
    if ask.start <= ask.first and not answer.job.source.by_day:
        run.store.reached(source, {key: ask.start for key, verdict in verdicts.items() if verdict.status == "ok"})
    run.outcomes |= {o.series: o for o in mine}
    run.done[source] += len(mine)
    worst = next((o for o in mine if o.status != "ok"), mine[0])
    run.on_event(Event(source, len(run.outcomes), run.total, worst.status, worst.message, run.done[source], run.asked[source]))
