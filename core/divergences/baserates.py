"""How often a divergence happened before, and what followed: counted only from sessions that ended before the report's own.

An *event* is a session on which the rule fired; events less than five sessions apart count once. What followed is measured from the event's
close over the next 1, 5, 10 and 20 of the gap's own sessions, and only where that many have passed. Nothing is counted across a regime break
of a series that the gap rests on: the record begins with the regime of the report's own session.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.catalogue.breaks import Break
from core.divergences.detect import Detection
from core.divergences.follow import Moves, followed
from core.divergences.resolve import outcomes
from core.divergences.rule import Rule
from core.divergences.shares import Share, share, wilson
from core.metrics import MetricTable
from core.metrics.gaps import fresh, regime
from core.panel import Floats, Positions

__all__ = ["APART", "FEWEST", "HORIZONS", "BaseRate", "Horizon", "Share", "Spread", "base_rate", "declustered", "since", "watched", "wilson"]

HORIZONS = (1, 5, 10, 20)
APART = 5
FEWEST = 10
_KEPT = 512


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and middle half of what followed the events, and the median after any session (`usual`); NaN where there is none."""

    median: float
    lower: float
    upper: float
    usual: float


@dataclass(frozen=True, slots=True)
class Horizon:
    """What followed after `sessions` sessions, for the `n` events that far back.

    `weaker` is the return of the weaker leg (or of what is held in its place) in percent; `gap` the move of the gap in percentage points,
    positive where it went on widening; `closed` how often the gap was closed.
    """

    sessions: int
    n: int
    weaker: Spread
    gap: Spread
    closed: Share

    @property
    def enough(self) -> bool:
        """Whether there are events enough to say anything."""
        return self.n >= FEWEST


@dataclass(frozen=True, slots=True)
class BaseRate:
    """A rule's record up to a report date: sessions watched, sessions fired, separate events, and what followed.

    `true` is how often the implication came true after events of the direction of the report's gap; None where that is not known.
    """

    watched: int
    fired: int
    events: int
    horizons: tuple[Horizon, ...]
    true: Share | None

    @property
    def enough(self) -> bool:
        """Whether there are events enough to say anything."""
        return self.events >= FEWEST


def declustered(positions: Positions, apart: int = APART) -> Positions:
    """Positions kept so that each is at least `apart` after the one kept before it.

    >>> declustered(np.array([3, 4, 8, 12, 13])).tolist()
    [3, 8, 13]
    """
    kept, last = [], -apart
    for p in positions.tolist():
        if p - last >= apart:
            kept.append(p)
            last = p
    return np.array(kept, dtype=np.int64)


def watched(table: MetricTable, detection: Detection, row: int) -> Positions:
    """Rows of the gap's own sessions before the one shown at a row, within that one's regime."""
    whole = _in_regime(table, detection.rule, row)
    return whole[: _passed(table, detection.rule, whole, row)]


def _passed(table: MetricTable, rule: Rule, whole: Positions, row: int) -> int:
    """How many of a regime's own sessions came before the one shown at a row."""
    return int(whole.searchsorted(row, side="right")) - math.isfinite(table.columns[f"gap.{rule.key}"].item(row))


def _in_regime(table: MetricTable, rule: Rule, row: int) -> Positions:
    """All rows of the gap's own sessions within the regime of the one shown at a row, those after it too; kept with the table."""
    regimes = regime(table.features, rule.pair)
    shelf: dict[tuple[str, int], Positions] = table.features.shared.setdefault("own sessions", {})
    asked = rule.key, regimes.item(row)
    if asked not in shelf:
        shelf[asked] = np.flatnonzero(fresh(table.features, rule.pair) & (regimes == regimes[row])).astype(np.int64)
    return shelf[asked]


def since(table: MetricTable, rule: Rule, row: int) -> Break | None:
    """The regime break with which the record of a report row begins; None where it begins with the data."""
    shown = {k: table.panel.sessions(k)[row] for k in rule.pair.series}
    found = [b for k, last in shown.items() for b in table.panel.breaks(k) if np.datetime64(b.session) <= last]
    return max(found, key=lambda b: b.session, default=None)


def base_rate(table: MetricTable, detection: Detection, row: int) -> BaseRate:
    """The record of a rule at a report row, from the gap's own sessions before the one shown there.

    Kept with the table: a report, its charts and the next report of the date, with another rule's threshold moved, ask for the same.
    """
    shelf: dict[tuple[object, ...], BaseRate] = table.features.shared.setdefault("base rates", {})
    asked = (detection.rule.key, detection.unit, detection.threshold, detection.flat, row)
    if asked not in shelf:
        if len(shelf) >= _KEPT:
            shelf.clear()
        shelf[asked] = _base_rate(table, detection, row)
    return shelf[asked]


def _base_rate(table: MetricTable, detection: Detection, row: int) -> BaseRate:
    whole = _in_regime(table, detection.rule, row)
    n = _passed(table, detection.rule, whole, row)
    fired = np.flatnonzero(detection.fires[whole[:n]])
    events = declustered(fired)
    if len(events) < FEWEST:
        return BaseRate(n, len(fired), len(events), (), None)
    horizons = tuple([_horizon(followed(table, detection.rule, whole, h), events, n - h, h) for h in HORIZONS])
    return BaseRate(n, len(fired), len(events), horizons, _true(table, detection, whole, events, n, row))


def _horizon(after: Moves, events: Positions, until: int, h: int) -> Horizon:
    """What followed the events after h sessions, from the sessions `until` which that had passed."""
    ended = events[: events.searchsorted(until)]
    ended = ended[after.closed.told[ended]]
    weaker, wider = after.known
    return Horizon(h, len(ended), _spread(after.weaker[ended], weaker.until(until)), _spread(after.wider[ended], wider.until(until)),
                   share(after.closed, ended, until))  # fmt: skip


def _spread(here: Floats, usual: Floats) -> Spread:
    """Of the values after the events, NaN among them, and of the known ones after any session."""
    here = here[np.isfinite(here)]
    if not len(here):
        return Spread(*(4 * (float("nan"),)))
    lower, median, upper = _quantiles(here, 0.25, 0.5, 0.75)
    return Spread(median, lower, upper, *_quantiles(usual, 0.5))


def _quantiles(values: Floats, *at: float) -> list[float]:
    """Quantiles with linear interpolation: numpy's, without its checks, since some hundred are wanted at once."""
    ordered, last = np.sort(values), len(values) - 1
    found = []
    for place in (q * last for q in at):
        low: float = ordered.item(int(place))
        found.append(low + (ordered.item(min(int(place) + 1, last)) - low) * (place - int(place)))
    return found


def _true(table: MetricTable, detection: Detection, whole: Positions, events: Positions, n: int, row: int) -> Share | None:
    """How often the implication of the report's own direction came true after earlier events of that direction, among the first n sessions."""
    gap = table.columns[f"gap.{detection.rule.key}"]
    now = gap.item(row)
    if not math.isfinite(now):
        return None
    wanted = detection.rule.implied(now).resolution
    came = outcomes(table, detection.rule, wanted, whole)
    until = max(n - wanted.sessions, 0)
    ended = events[: events.searchsorted(until)]
    alike = ended[(np.sign(gap[whole[ended]]) == np.sign(now)) & came.told[ended]]
    return share(came, alike, until) if len(alike) >= FEWEST else None
