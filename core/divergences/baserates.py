"""How often a divergence happened before, and what followed: counted only from sessions that ended before the report's own.

An *event* is a session on which the rule fired; events less than five sessions apart count once. Returns are measured from the event's
close over the next 1, 5, 10 and 20 of the gap's own sessions, and only where that many have passed.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.divergences.detect import Detection
from core.metrics import MetricTable
from core.metrics.gaps import fresh
from core.panel import Floats, Positions
from core.units import Unit

HORIZONS = (1, 5, 10, 20)
APART = 5
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Horizon:
    """What followed after `sessions` sessions, in percent: median and quartiles of the weaker leg's return, and its unconditional median.

    `closed` of `n` events had closed their gap; `low` and `high` bound that share (Wilson, 95%, in percent); `usual` is the share of all
    sessions that made such a move.
    """

    sessions: int
    n: int
    median: float
    lower: float
    upper: float
    usual_median: float
    closed: int
    share: float
    low: float
    high: float
    usual: float


@dataclass(frozen=True, slots=True)
class BaseRate:
    """A rule's record up to a report date: sessions watched, sessions fired, separate events, and what followed."""

    watched: int
    fired: int
    events: int
    horizons: tuple[Horizon, ...]

    @property
    def enough(self) -> bool:
        """Whether there are events enough to say anything."""
        return self.events >= FEWEST


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share, in percent (Wilson 1927); (nan, nan) for n = 0.

    >>> [round(x, 1) for x in wilson(7, 10)]
    [39.7, 89.2]
    """
    if n == 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(centre - half) * 100, float(centre + half) * 100


def declustered(positions: Positions, apart: int = APART) -> Positions:
    """Positions kept so that each is at least `apart` after the one kept before it.

    >>> declustered(np.array([3, 4, 8, 12, 13])).tolist()
    [3, 8, 13]
    """
    kept: list[int] = []
    for p in positions.tolist():
        if not kept or p - kept[-1] >= apart:
            kept.append(p)
    return np.array(kept, dtype=np.int64)


def base_rate(table: MetricTable, detection: Detection, row: int) -> BaseRate:
    """The record of a rule at a report row, from the gap's own sessions before the one shown there."""
    own = np.flatnonzero(fresh(table.features, detection.rule.pair))
    shown = own[own <= row]
    own = shown[:-1] if len(shown) else shown
    fired = np.flatnonzero(detection.fires[own])
    events = declustered(fired)
    gap = table.columns[f"gap.{detection.rule.key}"][own]
    levels = [table.columns[f"{s}.close"][own] for s in detection.rule.priced]
    horizons = tuple(_horizon(detection, gap, levels, events, h) for h in HORIZONS) if len(events) >= FEWEST else ()
    return BaseRate(len(own), len(fired), len(events), horizons)


def _forward(level: Floats, h: int) -> Floats:
    """Return in percent over the next h sessions; NaN where they have not passed."""
    out = np.full(len(level), np.nan)
    if len(level) > h:
        out[:-h] = (level[h:] / level[:-h] - 1) * 100
    return out


def _horizon(detection: Detection, gap: Floats, levels: list[Floats], events: Positions, h: int) -> Horizon:
    a, b = (_forward(level, h) for level in levels)
    single = detection.rule.priced[0] == detection.rule.priced[1]
    weaker = a if single else np.where(gap > 0, b, a)
    ended = events[np.isfinite(weaker[events])]
    relative = a if single else a - b
    needed = _needed(detection, gap, levels[0])
    with np.errstate(invalid="ignore"):
        closed = int((np.sign(needed) * relative <= -np.abs(needed))[ended].sum())
    low, high = wilson(closed, len(ended))
    known = np.isfinite(weaker)
    quartiles = np.percentile(weaker[ended], [25, 50, 75]) if len(ended) else np.full(3, np.nan)
    return Horizon(
        sessions=h, n=len(ended), median=float(quartiles[1]), lower=float(quartiles[0]), upper=float(quartiles[2]),
        usual_median=float(np.median(weaker[known])) if known.any() else float("nan"), closed=closed,
        share=closed / len(ended) * 100 if len(ended) else float("nan"), low=low, high=high, usual=_usual(relative, needed[ended]),
    )  # fmt: skip


def _needed(detection: Detection, gap: Floats, level: Floats) -> Floats:
    """Per session: the move (percent, signed) that has to be taken back for its gap to count as closed.

    A gap in percentage points is closed when the legs' later relative move takes all of it back. Where the gap is in standard deviations
    or both legs are priced by one series, it is closed when that price moved back by as much as it had moved on the day.
    """
    if detection.rule.unit is Unit.PP and detection.rule.priced[0] != detection.rule.priced[1]:
        return gap
    return np.concatenate([[np.nan], (level[1:] / level[:-1] - 1) * 100])


def _usual(relative: Floats, needed: Floats) -> float:
    """Share (percent) of all sessions followed by a move as large as the events' median needed, weighted by the events' directions."""
    known, wanted = relative[np.isfinite(relative)], needed[np.isfinite(needed)]
    if not len(wanted) or not len(known):
        return float("nan")
    size, positive = float(np.median(np.abs(wanted))), float((wanted > 0).mean())
    return float(positive * (known <= -size).mean() + (1 - positive) * (known >= size).mean()) * 100
