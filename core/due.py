"""What is worth asking for now. Pure: what is stored and what was asked lately go in, questions come out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.catalogue import SERIES, Series
from core.errors import BadInput
from core.sessions import schedule
from core.settings import Operator
from core.sources.source import Ask, Source
from core.sources.upstreams import SOURCES, chain
from core.store import Outcome, Span

HISTORY = dt.timedelta(days=1826)
# Asked again this far back, so that what an upstream restated is noticed.
OVERLAP = dt.timedelta(days=10)
# A backfill that lacks no more than a long holiday is complete.
_HOLIDAY = dt.timedelta(days=12)
# How long a series is left alone after it was asked, by the outcome's status.
PAUSES = {
    "ok": dt.timedelta(minutes=15),
    "rate limited": dt.timedelta(minutes=10),
    "blocked": dt.timedelta(hours=2),
}
_PAUSE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A question for a source."""

    source: Source
    ask: Ask


def chosen(keys: Iterable[str] | None) -> tuple[Series, ...]:
    """The series of those keys that can be asked for; all of them for None. Raises BadInput for an unknown key."""
    if keys is None:
        wanted = SERIES
    else:
        names = set(keys)
        unknown = sorted(names - {s.key for s in SERIES})
        if unknown:
            raise BadInput(f"There is no series {unknown[0]!r}.", remedy="Use the keys of the catalogue.")
        wanted = tuple(s for s in SERIES if s.key in names)
    return tuple(s for s in wanted if any(ref.provider in SOURCES for ref in s.sources))


def due(
    series: Iterable[Series], spans: Mapping[str, tuple[Span, ...]], outcomes: Iterable[Outcome], *, now: dt.datetime, since: dt.date | None
) -> tuple[Series, ...]:
    """The series to ask for: not up to date, or not reaching back to `since`, and not asked a moment ago."""
    resting = {o.series for o in outcomes if dt.timedelta(0) <= now - o.ended < PAUSES.get(o.status, _PAUSE)}
    return tuple(s for s in series if s.key not in resting and (_behind(s, spans, now) or _short(s, spans, since)))


def jobs(
    series: Iterable[Series], place: int, spans: Mapping[str, tuple[Span, ...]], *, now: dt.datetime, since: dt.date | None, operator: Operator
) -> tuple[Job, ...]:
    """The questions to the source at `place` of each series' chain; series that one call answers are one question."""
    calls: dict[tuple[str, str], list[Series]] = {}
    for s in series:
        refs = chain(s, operator)
        if place < len(refs):
            calls.setdefault((refs[place].provider, SOURCES[refs[place].provider].together(refs[place].symbol)), []).append(s)
    return tuple(Job(SOURCES[provider], _ask(provider, tuple(group), spans, now, since, operator)) for (provider, _), group in calls.items())


def _behind(series: Series, spans: Mapping[str, tuple[Span, ...]], now: dt.datetime) -> bool:
    if series.snapshot or series.key not in spans:
        return True
    plan = schedule(series.calendar)
    known = np.datetime64(now.astimezone(dt.UTC).replace(tzinfo=None), "us") - np.timedelta64(series.available_after)
    newest: dt.date = plan.dates[plan.last_closed(np.array([known]))[0]].item()
    return max(span.last for span in spans[series.key]) < newest


def _short(series: Series, spans: Mapping[str, tuple[Span, ...]], since: dt.date | None) -> bool:
    return since is not None and not series.snapshot and all(span.first > since + _HOLIDAY for span in spans.get(series.key, ()))


def _own(provider: str, series: Series, spans: Mapping[str, tuple[Span, ...]]) -> Span | None:
    """A provider's line of a series; of several venues' lines the one that reaches back furthest."""
    lines = [span for span in spans.get(series.key, ()) if span.source.split(":")[0] == provider]
    return min(lines, key=lambda span: span.first, default=None)


def _ask(
    provider: str, series: tuple[Series, ...], spans: Mapping[str, tuple[Span, ...]], now: dt.datetime, since: dt.date | None, operator: Operator
) -> Ask:
    """What a provider is asked: what its own line lacks, or all of it where it has none."""
    beginning = since or now.date() - HISTORY
    starts, firsts = [], []
    lines = [_own(provider, s, spans) for s in series]
    for s, span in zip(series, lines, strict=True):
        new = span is None or (since is not None and not s.snapshot and span.first > since + _HOLIDAY)
        starts.append(beginning if span is None or new else span.last - OVERLAP)
        firsts.append(beginning if span is None else min(span.first, beginning) if new else span.first)
    held = {span.source for span in lines if span}
    return Ask(series=series, start=min(starts), first=min(firsts), held=held.pop() if len(held) == 1 else "", now=now, operator=operator)
