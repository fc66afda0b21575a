"""What is worth asking for now. Pure: what is stored and what was asked lately go in, questions come out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.catalogue import SERIES, Series
from core.door import LOOKED_BACK
from core.errors import BadInput
from core.language import N_, join
from core.sessions import TOLERATED, schedule
from core.settings import Operator
from core.sources.aside import Aside
from core.sources.source import Ask, Source
from core.sources.upstreams import SOURCES, chain
from core.store import Outcome, Span

HISTORY = dt.timedelta(days=1826)
# Asked again this far back, so that what an upstream restated is noticed.
OVERLAP = dt.timedelta(days=10)
# A backfill that lacks no more than a long holiday is complete.
_HOLIDAY = dt.timedelta(days=12)
# How long after a value could be known its provider usually has it; before that nobody asks.
GRACE = {
    "yahoo": dt.timedelta(minutes=20),
    "eastmoney": dt.timedelta(minutes=30),
    "tencent": dt.timedelta(minutes=30),
    "fred": dt.timedelta(hours=10),
    "cboe": dt.timedelta(hours=2),
    "stock_connect": dt.timedelta(hours=2),
    "defillama": dt.timedelta(minutes=15),
}
_GRACE = dt.timedelta(minutes=5)
# How long a series is left alone after it was asked, by the outcome's status. A source that refuses is put aside as a whole (core.sources.aside).
PAUSES = {"ok": dt.timedelta(minutes=15), "stale": dt.timedelta(minutes=15), "unreachable": dt.timedelta(minutes=1)}
_PAUSE = dt.timedelta(minutes=5)
# Clocks of two replicas may differ by this much.
_CLOCKS = dt.timedelta(minutes=5)
# A session that is missing, or a value that the upstream still changes, is asked for again after so long.
AGAIN = dt.timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Job:
    """A question for a source."""

    source: Source
    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known when a refresh is planned at `now`, back to `since` where it is a backfill.

    `reaches` is how far back each series was asked for at each source; `holes` are sessions of the last weeks that no line of a series has.
    """

    now: dt.datetime
    operator: Operator
    since: dt.date | None = None
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    reaches: Mapping[tuple[str, str], dt.date] = field(default_factory=dict)
    holes: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    aside: Aside = field(default_factory=Aside)

    def latest(self) -> dict[str, Outcome]:
        """The newest outcome of every series, whichever source it was asked from."""
        return {o.series: o for o in sorted(self.outcomes, key=lambda o: o.ended)}


def chosen(keys: Iterable[str] | None) -> tuple[Series, ...]:
    """The series of those keys that can be asked for; all of them for None. Raises BadInput for an unknown key."""
    if keys is None:
        wanted = SERIES
    else:
        names = set(keys)
        unknown = sorted(names - {s.key for s in SERIES})
        if unknown:
            raise BadInput(N_("There is no series {key}.", key=repr(unknown[0])), remedy="Use the keys of the catalogue.")
        wanted = tuple(s for s in SERIES if s.key in names)
    return tuple(s for s in wanted if any(ref.provider in SOURCES for ref in s.sources))


def providers(series: Series, operator: Operator) -> list[str]:
    """Who can be asked for a series, first choice first."""
    return [ref.provider for ref in chain(series, operator)]


def left_alone(series: Series, known: Known) -> str:
    """Why nobody may be asked for a series now; empty where somebody may."""
    reasons = [known.aside.why(provider) for provider in providers(series, known.operator)]
    return join(" ", [why.message for why in reasons if why]) if all(reasons) else ""


def due(series: Iterable[Series], known: Known) -> tuple[Series, ...]:
    """The series to ask for: somebody may be asked, something can be had, and they were not asked a moment ago."""
    latest = known.latest()
    return tuple(s for s in series if not left_alone(s, known) and _wanted(s, known, latest.get(s.key)))


def jobs(series: Iterable[Series], place: int, known: Known) -> tuple[Job, ...]:
    """The questions to the source at `place` of each series' chain; series that one call answers are one question."""
    calls: dict[tuple[str, str], list[Series]] = {}
    for s in series:
        refs = chain(s, known.operator)
        if place < len(refs):
            calls.setdefault((refs[place].provider, SOURCES[refs[place].provider].together(refs[place].symbol)), []).append(s)
    return tuple(Job(SOURCES[provider], _ask(provider, tuple(group), known)) for (provider, _), group in calls.items())


def holes(series: Iterable[Series], sessions: Mapping[str, np.ndarray], now: dt.datetime) -> dict[str, tuple[dt.date, ...]]:
    """The sessions of the last weeks that are missing between a series' first and last stored ones; `sessions` are those it has."""
    found = {}
    for s in series:
        have = sessions.get(s.key)
        if have is not None and len(have) and not s.snapshot and s.calendar not in TOLERATED and not _grows(s):
            first = max(have.min().astype("datetime64[D]").item(), (now - LOOKED_BACK).date())
            if lacking := schedule(s.calendar).missing(have, first, have.max().astype("datetime64[D]").item()):
                found[s.key] = lacking
    return found


def _grows(series: Series) -> bool:
    """Whether single days are all that can be asked for, so that a missing one is either filled in its turn or never."""
    return all(SOURCES[ref.provider].by_day for ref in series.sources if ref.provider in SOURCES)


def _wanted(series: Series, known: Known, last: Outcome | None) -> bool:
    if _short(series, known):
        return last is None or last.status == "ok" or _elapsed(known, last) >= PAUSES.get(last.status, _PAUSE)
    if last is not None and _elapsed(known, last) < PAUSES.get(last.status, _PAUSE):
        return False
    doubtful = series.key in known.holes or series.provisional > 0
    return _behind(series, known) or (doubtful and (last is None or _elapsed(known, last) >= AGAIN))


def _elapsed(known: Known, last: Outcome) -> dt.timedelta:
    """Time since an outcome; one dated well after now counts as long ago, so that a clock set back stops nothing."""
    gone = known.now - last.ended
    return gone if gone > -_CLOCKS else dt.timedelta.max


def _behind(series: Series, known: Known) -> bool:
    if series.snapshot or series.key not in known.spans:
        return True
    plan = schedule(series.calendar)
    wait = series.available_after + GRACE.get(providers(series, known.operator)[0], _GRACE)
    moment = np.datetime64(known.now.astimezone(dt.UTC).replace(tzinfo=None), "us") - np.timedelta64(wait)
    newest: dt.date = plan.dates[plan.last_closed(np.array([moment]))[0]].item()
    return max(span.last for span in known.spans[series.key]) < newest


def _short(series: Series, known: Known) -> bool:
    """Whether nobody of the chain was asked back to the beginning of a backfill."""
    return known.since is not None and not series.snapshot and not any(_reaches_back(p, series, known) for p in providers(series, known.operator))


def _reaches_back(provider: str, series: Series, known: Known) -> bool:
    span, asked = _own(provider, series, known), known.reaches.get((series.key, provider))
    first = min((day for day in (span and span.first - _HOLIDAY, asked) if day), default=None)
    return known.since is None or (first is not None and first <= known.since)


def _own(provider: str, series: Series, known: Known) -> Span | None:
    """A provider's line of a series; of several venues' lines the one that reaches back furthest."""
    lines = [span for span in known.spans.get(series.key, ()) if span.source.split(":")[0] == provider]
    return min(lines, key=lambda span: span.first, default=None)


def _ask(provider: str, series: tuple[Series, ...], known: Known) -> Ask:
    """What a provider is asked: what its own line lacks, or all of it where it has none."""
    beginning = known.since or known.now.date() - HISTORY
    starts, firsts = [], []
    lines = [_own(provider, s, known) for s in series]
    for s, span in zip(series, lines, strict=True):
        whole = span is None or (not s.snapshot and not _reaches_back(provider, s, known))
        starts.append(beginning if span is None or whole else min([span.last - OVERLAP, *known.holes.get(s.key, ())]))
        firsts.append(beginning if span is None else min(span.first, beginning) if whole else span.first)
    held = {span.source for span in lines if span}
    return Ask(
        series=series, start=min(starts), first=min(firsts), held=held.pop() if len(held) == 1 else "", now=known.now,
        operator=known.operator, aside=known.aside,
    )  # fmt: skip
