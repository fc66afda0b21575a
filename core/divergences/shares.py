"""How often something followed events, against how often it follows any session, with intervals that know of overlapping windows."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from core.metrics.gaps import Mask
from core.panel import Floats, Positions

Ranks = npt.NDArray[np.int32]

# Shifts of the events along the same sessions that tell how much their count varies by chance.
SHIFTS = 99
# A move of nothing is no move, so the least that counts is the smallest there is.
_SMALLEST = float(np.nextafter(0, 1))


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n` events were followed by it: a `share` of them with its 95% interval, against the `usual` share after any session.

    All in percent, `lift` and its interval are ratios. `worth` is the number of independent events that n amount to. Both intervals are Wilson's
    (1927) at that number, so the lift's excludes 1 exactly where the share's excludes the usual one.
    """

    n: int
    count: int
    share: float
    low: float
    high: float
    usual: float
    worth: float

    @property
    def lift(self) -> float:
        """Share over usual share."""
        return _over(self.share, self.usual)

    @property
    def lift_low(self) -> float:
        """Lower end of the lift's interval."""
        return _over(self.low, self.usual)

    @property
    def lift_high(self) -> float:
        """Upper end of the lift's interval."""
        return _over(self.high, self.usual)

    @property
    def told(self) -> int:
        """+1 where it followed more often than after any session, −1 less often, 0 where the two cannot be told apart."""
        return 1 if self.low > self.usual else -1 if self.high < self.usual else 0


def _over(share: float, usual: float) -> float:
    return share / usual if usual > 0 else float("nan")


@cache
def _deviations(confidence: float) -> float:
    """Standard deviations on either side of the mean that hold that share of a normal distribution."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share, in percent (Wilson 1927); (nan, nan) for n = 0. Unlike scipy's, n need not be a whole number.

    >>> [round(x, 1) for x in wilson(7, 10)]
    [39.7, 89.2]
    """
    if n == 0:
        return float("nan"), float("nan")
    z = _deviations(confidence)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(centre - half) * 100, float(centre + half) * 100


@dataclass(frozen=True)
class Course:
    """What followed each session, and the move that each waits for, both as ranks: then counting over any beginning of the sessions is quick.

    `ranks` are the places of the known moves among all of them by size, in the order of the sessions, and `before` says how many of them stand
    before each session, the end included. A session's move is met where `rank ^ flips` is at least `bars`. `told` says of which sessions it is
    known whether theirs was.
    """

    ranks: Ranks
    before: Positions
    bars: Ranks
    flips: Ranks
    told: Mask


def course(moved: Floats, side: Floats, least: Floats) -> Course:
    """From what followed each session, NaN where unknown, and the side (+1, −1, or 0 for one that nothing meets) and least size of what it waits for.

    A move of exactly nothing is no move: with `least` 0 it has to be beyond it.
    """
    known, up, bound = np.isfinite(moved), side > 0, np.maximum(least, _SMALLEST)
    ordered = np.sort(moved[known])
    # What lies at or under a fall is what lies before the next number above it.
    place = ordered.searchsorted(np.where(up, bound, np.nextafter(-bound, np.inf)))
    return Course(
        ranks=ordered.searchsorted(moved[known]).astype(np.int32), before=np.concatenate([[0], np.cumsum(known)]),
        bars=np.where(up, place, np.where(side < 0, -place, len(ordered))).astype(np.int32), flips=np.where(side < 0, -1, 0).astype(np.int32),
        told=known & np.isfinite(least),
    )  # fmt: skip


def share(of: Course, events: Positions, until: int) -> Share:
    """How often events (sessions of which it is told, before the session `until`) were followed by the move that they waited for.

    The usual share is that of all sessions before `until` followed by a move of an event's own side and size, averaged over the events.
    """
    n, pool = len(events), of.ranks[: of.before.item(until)]
    if not n or not len(pool):
        return Share(n, 0, *(5 * (float("nan"),)))
    place, bars, flips = of.before[events], of.bars[events], of.flips[events]
    count = int(np.count_nonzero((pool[place] ^ flips) >= bars))
    usual = _usual(of, pool, bars, flips)
    worth = _worth(pool, bars, flips, place, usual)
    low, high = wilson(count / n * worth, worth)
    return Share(n, count, count / n * 100, low, high, usual * 100, worth)


def _usual(of: Course, pool: Ranks, bars: Ranks, flips: Ranks) -> float:
    """The share of all sessions followed by a move of an event's side and size, averaged over the events."""
    under = np.zeros(len(of.ranks) + 1, dtype=np.int64)
    np.cumsum(np.bincount(pool, minlength=len(of.ranks)), out=under[1:])
    lower = under[np.abs(bars)]
    return float(np.add.reduce(np.where(flips, lower, len(pool) - lower) / len(pool))) / len(bars)


@lru_cache(maxsize=4096)
def _shifts(sessions: int) -> Positions:
    """How far the events are shifted along so many sessions; shared, so never written to."""
    return np.linspace(0, sessions, SHIFTS + 2)[1:-1].astype(np.int64)


def _worth(pool: Ranks, bars: Ranks, flips: Ranks, place: Positions, usual: float) -> float:
    """The number of independent events whose count would vary by chance as much as that of these does when they are shifted together.

    Shifting keeps their spacing and the overlap of their windows, and undoes only their tie to what followed. Never more than there are.
    """
    n = len(place)
    if usual in {0.0, 1.0} or len(pool) <= SHIFTS:
        return float(n)
    shifted = np.concatenate((pool, pool)).take(place[:, None] + _shifts(len(pool)))
    shifted ^= flips[:, None]
    counts = np.add.reduce(shifted >= bars[:, None], axis=0, dtype=np.int32)
    spread = float(np.add.reduce((counts - n * usual) ** 2)) / SHIFTS
    return n if spread <= 0 else min(float(n), n * n * usual * (1 - usual) / spread)
