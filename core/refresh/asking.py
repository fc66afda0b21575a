"""Ask several sources side by side, a few questions per source at a time, and hand over the answers as they come.

Sources are asked on daemon threads. What has not answered by the deadline is left behind and counted as not reached; its thread ends
before the next call, and at the latest with the time limits of its client.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread

import pandas as pd

from core.due import Job
from core.errors import Blocked, RateLimited, SourceError, Unreachable
from core.language import N_
from core.sources.aside import Aside

_LOG = logging.getLogger(__name__)
# So many calls in a row without any answer, and the rest of a source is not asked.
_PATIENCE = 3
# How soon a stop is noticed, in seconds.
_HEARTBEAT = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a question: observations or an error, and when (seconds of the monotonic clock)."""

    job: Job
    observations: pd.DataFrame | None
    error: SourceError | None
    started: float
    ended: float


@dataclass(slots=True)
class _Line:
    """The queue before one source. It closes when the source refuses us, or answers nothing several times in a row."""

    queue: "SimpleQueue[Job]"
    answers: "SimpleQueue[Answer]"
    over: Event
    aside: Aside
    closed: SourceError | None
    silent: int = 0
    begun: set[int] = field(default_factory=set)

    def work(self) -> None:
        """Ask until the queue is empty or the refresh is over."""
        while not self.over.is_set():
            try:
                job = self.queue.get_nowait()
            except Empty:
                return
            self.begun.add(id(job))
            self.answers.put(self._answer(job))

    def _answer(self, job: Job) -> Answer:
        started = time.monotonic()
        observations, error = None, self.closed
        if error is None:
            try:
                observations = job.source.fetch(replace(job.ask, over=self.over))
            except SourceError as exc:
                error = exc
            except Exception as exc:  # noqa: BLE001 - the one boundary: whatever goes wrong in a source stays that source's failure
                _LOG.exception("Reading %s failed unexpectedly.", job.source.key)
                error = SourceError(N_("Reading {source} failed unexpectedly ({kind}).", source=job.source.key, kind=type(exc).__name__))
            self._learn(job, error)
        return Answer(job, observations, error, started, time.monotonic())

    def _learn(self, job: Job, error: SourceError | None) -> None:
        self.silent = self.silent + 1 if isinstance(error, Unreachable) else 0
        if error is None:
            return
        if isinstance(error, RateLimited | Blocked) or error.retry_after or self.silent >= _PATIENCE:
            self.closed = error
        self.aside.put(job.source.key, error)


def answers(wave: tuple[Job, ...], aside: Aside, *, began: float, deadline: float, stop: Event) -> Iterator[Answer]:
    """The answers to some questions as they come; after the deadline (monotonic), the failures of those that did not; nothing more after a stop."""
    coming: SimpleQueue[Answer] = SimpleQueue()
    over = Event()
    waiting = {id(job): job for job in wave}
    lines = [_opened(source, wave, coming, over, aside) for source in dict.fromkeys(job.source.key for job in wave)]
    try:
        while waiting and not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            try:
                answer = coming.get(timeout=min(left, _HEARTBEAT))
            except Empty:
                continue
            del waiting[id(answer.job)]
            yield answer
    finally:
        over.set()
    if stop.is_set():
        return
    begun = set().union(*(line.begun for line in lines))
    for ident, job in waiting.items():
        words = "No answer within the {n} s of a refresh." if ident in begun else "The {n} s of a refresh were over before it was asked."
        yield Answer(job, None, Unreachable(N_(words, n=f"{deadline - began:.0f}")), began, time.monotonic())


def _opened(source: str, wave: tuple[Job, ...], coming: "SimpleQueue[Answer]", over: Event, aside: Aside) -> _Line:
    queue: SimpleQueue[Job] = SimpleQueue()
    mine = [job for job in wave if job.source.key == source]
    for job in mine:
        queue.put(job)
    line = _Line(queue, coming, over, aside, aside.why(source))
    for _ in range(min(mine[0].source.workers, len(mine))):
        Thread(target=line.work, name=f"refresh-{source}", daemon=True).start()
    return line
