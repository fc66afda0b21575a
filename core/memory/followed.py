"""What followed the days most like a report's, against what follows any day, and whether the two can be told apart."""

from dataclasses import dataclass, replace

import numpy as np

from core.divergences.baserates import FEWEST, wilson
from core.memory.similar import HORIZONS, OUTCOMES, Alike, every, forward, spaced
from core.metrics import MetricTable
from core.panel import Floats, Positions

# Chance, in percent, of calling a difference where there is none, over all comparisons of a report together.
LEVEL = 5.0


@dataclass(frozen=True, slots=True)
class Followed:
    """Returns in percent over `sessions` sessions of a series after `n` alike days: median and middle half, and the median after any session.

    For windows not to overlap, the days are here at least `sessions` apart too. `above` of `n` lie above the median of any session; `low` and
    `high` bound that share (Wilson, 95%, in percent). `chance` is the probability, in percent, of a count as lopsided if these were any days
    (exact two-sided sign test, corrected by Holm for all comparisons made); NaN where n is below ten and nothing is said.
    """

    series: str
    sessions: int
    n: int
    median: float
    lower: float
    upper: float
    usual: float
    above: int
    low: float
    high: float
    chance: float

    @property
    def told(self) -> bool:
        """Whether what followed can be told from any day."""
        return self.chance < LEVEL


def followed(table: MetricTable, found: Alike, row: int) -> tuple[Followed, ...]:
    """Every outcome at every horizon, as known at a row."""
    made = [_one(table, found, row, series, h) for series in OUTCOMES for h in HORIZONS]
    corrected = holm([f.chance for f in made])
    return tuple(replace(f, chance=chance) for f, chance in zip(made, corrected, strict=True))


def _one(table: MetricTable, found: Alike, row: int, series: str, h: int) -> Followed:
    """One outcome at one horizon, its chance not yet corrected."""
    rows = found.rows if not len(found.rows) else found.rows[_thinned(found.sessions, h)]
    after = forward(table, series, rows, h, row)
    after, usual = after[np.isfinite(after)], every(table, series, h, row)
    middle = float(np.median(usual)) if len(usual) else float("nan")
    lower, median, upper = _quartiles(after)
    above = int((after > middle).sum())
    low, high = wilson(above, len(after))
    return Followed(
        series=series, sessions=h, n=len(after), median=median, lower=lower, upper=upper, usual=middle, above=above, low=low, high=high,
        chance=sign_test(after, middle) if len(after) >= FEWEST else float("nan"),
    )  # fmt: skip


def _thinned(sessions: Positions, h: int) -> Positions:
    return spaced(np.arange(len(sessions)), sessions, h, len(sessions))


def _quartiles(values: Floats) -> tuple[float, float, float]:
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    low, middle, high = np.percentile(values, [25, 50, 75]).tolist()
    return low, middle, high


def sign_test(values: Floats, middle: float) -> float:
    """Probability, in percent, of a count above `middle` at least as far from half as this one, if each value were as likely above as below.

    Exact and two-sided, from the binomial distribution; values equal to `middle` decide nothing.

    >>> round(sign_test(np.array([1.0] * 9 + [-1.0]), 0.0), 2)
    2.15
    """
    from scipy.special import bdtr

    above, below = int((values > middle).sum()), int((values < middle).sum())
    return float(min(2 * bdtr(min(above, below), above + below, 0.5), 1.0)) * 100


def holm(chances: list[float]) -> list[float]:
    """Probabilities (percent) corrected for being asked all at once (Holm 1979); NaN stays and is not counted.

    >>> holm([1.0, 4.0, float("nan"), 3.0])
    [3.0, 6.0, nan, 6.0]
    """
    values = np.array(chances, dtype=np.float64)
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    steps = np.maximum.accumulate(values[order] * np.arange(len(order), 0, -1))
    values[order] = np.minimum(steps, 100.0)
    return [float(v) for v in values]
