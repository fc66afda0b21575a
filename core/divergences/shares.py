"""How often something followed events, against how often it follows any session, with intervals that know of overlapping windows."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import NormalDist

import numpy as np

from core.panel import Floats, Positions

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


def share(pool: Floats, place: Positions, side: Floats, least: Floats) -> Share:
    """How often events were followed by a move of at least their `least`, on their `side` (+1, −1).

    `pool` is what followed every session of which that is known, in order, and `place` says where in it the events stand; `side` and `least` have
    a value per event. The usual share is that of all sessions followed by a move of an event's own side and size, averaged over the events. A move
    of exactly nothing is no move: with `least` 0 it has to be beyond it.
    """
    n = len(place)
    if not n or not len(pool):
        return Share(n, 0, *(5 * (float("nan"),)))
    least = np.maximum(least, _SMALLEST)
    count = int(np.count_nonzero(pool[place] * side >= least))
    usual = _usual(pool, side, least)
    worth = _worth(pool, side, least, place, usual)
    low, high = wilson(count / n * worth, worth)
    return Share(n, count, count / n * 100, low, high, usual * 100, worth)


def _usual(pool: Floats, side: Floats, least: Floats) -> float:
    """The share of all sessions followed by a move of an event's side and size, averaged over the events."""
    ordered, up = np.sort(pool), side > 0
    # What lies at or under a fall is what lies before the next number above it.
    before = ordered.searchsorted(np.where(up, least, np.nextafter(-least, np.inf)))
    met = np.where(up, len(ordered) - before, before * (side < 0)) / len(ordered)
    return float(np.add.reduce(met)) / len(met)


@lru_cache(maxsize=4096)
def _shifts(sessions: int) -> Positions:
    """How far the events are shifted along so many sessions; shared, so never written to."""
    return np.linspace(0, sessions, SHIFTS + 2)[1:-1].astype(np.int64)


def _worth(pool: Floats, side: Floats, least: Floats, place: Positions, usual: float) -> float:
    """The number of independent events whose count would vary by chance as much as that of these does when they are shifted together.

    Shifting keeps their spacing and the overlap of their windows, and undoes only their tie to what followed. Never more than there are.
    """
    n = len(place)
    if usual in {0.0, 1.0} or len(pool) <= SHIFTS:
        return float(n)
    shifted = np.concatenate((pool, pool)).take(place[:, None] + _shifts(len(pool)))
    shifted *= side[:, None]
    counts = np.add.reduce(shifted >= least[:, None], axis=0, dtype=np.int32)
    spread = float(np.add.reduce((counts - n * usual) ** 2)) / SHIFTS
    return n if spread <= 0 else min(float(n), n * n * usual * (1 - usual) / spread)
