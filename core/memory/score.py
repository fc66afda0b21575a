"""Scores of probabilities: Brier scores beside the rate of any session, and calibration."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.divergences.baserates import wilson
from core.memory.events import Events
from core.panel import Floats, Positions

# Upper ends of the classes of probability, in percent.
_CLASSES = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0)


@dataclass(frozen=True, slots=True)
class Score:
    """How events ended, and mean squared errors over the `scored` of them (hits and misses); NaN where there is none.

    `better` is the Brier score of the rate of any session less that of the probabilities: above zero, the record helped. `low` and `high`
    bound it (95%, standard error by calendar month, since events of a month share their weather); NaN under ten months.
    """

    hits: int
    misses: int
    open: int
    abstained: int
    brier: float
    usual: float
    better: float
    low: float
    high: float

    @property
    def scored(self) -> int:
        """Events that were scored."""
        return self.hits + self.misses

    @property
    def told(self) -> bool:
        """Whether the two scores can be told apart."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Events whose probability lay from `lower` up to `upper` percent: their number, the mean said, and the share that were hits (Wilson, 95%)."""

    lower: float
    upper: float
    n: int
    said: float
    happened: float
    low: float
    high: float


def _scored(each: list[Events], months: list[Positions]) -> tuple[Floats, Floats, Floats, Positions]:
    """Probability, rate of any session, hit, and month of all scored events together."""
    empty = np.empty(0)
    parts = [(e.probability[e.scored], e.usual[e.scored], e.hit[e.scored], m[e.scored]) for e, m in zip(each, months, strict=True)]
    p, u, o, m = (np.concatenate(column) for column in zip((empty, empty, empty, np.empty(0, dtype=np.int64)), *parts, strict=True))
    return p, u, o, m


def score(each: list[Events], months: list[Positions]) -> Score:
    """The score of some rules' events taken together; `months` numbers the calendar month of each event."""
    counts = Counter(s for e in each for s in e.states())
    ends = counts["hit"], counts["miss"], counts["open"], counts["abstained"]
    p, u, o, month = _scored(each, months)
    nothing = float("nan")
    if not len(p):
        return Score(*ends, nothing, nothing, nothing, nothing, nothing)
    ours, theirs = (p - o) ** 2, (u - o) ** 2
    better, half = float((theirs - ours).mean()), _half_width(theirs - ours, month)
    return Score(*ends, float(ours.mean()), float(theirs.mean()), better, better - half, better + half)


def _half_width(difference: Floats, month: Positions) -> float:
    """Half the width of a 95% interval of the mean, with months as clusters; NaN under ten months."""
    from scipy.special import stdtrit

    names, slot = np.unique(month, return_inverse=True)
    if len(names) < 10:
        return float("nan")
    sums = np.bincount(slot, weights=difference - difference.mean())
    error = np.sqrt((sums**2).sum() * len(names) / (len(names) - 1)) / len(difference)
    return float(stdtrit(len(names) - 1, 0.975) * error)


def calibration(each: list[Events]) -> tuple[Calibration, ...]:
    """Classes of probability that hold events, lowest first."""
    p, _, o, _ = _scored(each, [np.zeros(len(e.rows), dtype=np.int64) for e in each])
    slot = np.searchsorted(_CLASSES, p * 100, side="left")
    return tuple(_class(i, p[slot == i], o[slot == i]) for i in sorted(set(slot.tolist())))


def _class(i: int, p: Floats, o: Floats) -> Calibration:
    low, high = wilson(int(o.sum()), len(o))
    return Calibration(_CLASSES[i] - 10, _CLASSES[i], len(o), float(p.mean()) * 100, float(o.mean()) * 100, low, high)
