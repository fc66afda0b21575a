"""Every separate time a rule fired: the probability that its implication could have been given then, and what became of it.

An event is a session on which a rule fired, at least five sessions after the rule's event before. Its implication, the one declared for the
direction of its gap, is resolved as declared with the rule. The probability is the share that came true among the rule's earlier events of
that direction whose windows were over by then, with at least ten of them; the rate of any session is the share of all earlier sessions after
which the same came true. Neither looks past the event, and nothing is counted across a regime break.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.divergences import BY_KEY, Resolution, Rule, one
from core.divergences.baserates import FEWEST, declustered
from core.divergences.resolve import outcome
from core.metrics import MetricTable
from core.metrics.gaps import fresh, regime
from core.panel import Floats, Positions
from core.records import Settings


@dataclass(frozen=True, slots=True)
class Events:
    """A rule's events up to a row, oldest first; all arrays have one length.

    `rows` of the table; `ends`, the row that resolved each (−1: its window is not over); `hit` 1, 0 or NaN while open; `probability` and
    `usual` from 0 to 1, NaN where none could be given.
    """

    rule: Rule
    rows: Positions
    ends: Positions
    hit: Floats
    probability: Floats
    usual: Floats

    def states(self) -> list[str]:
        """Per event: hit or miss; open (its window is not over); abstained (over, but without a probability, or not measurable)."""
        scored, hit, over = np.isfinite(self.hit) & np.isfinite(self.probability), self.hit == 1, self.ends >= 0
        return ["hit" if s and h else "miss" if s else "abstained" if o else "open" for s, h, o in zip(scored, hit, over, strict=True)]

    @property
    def scored(self) -> Positions:
        """Positions of the hits and misses: resolved events that had a probability, and a rate of any session to hold it against."""
        return np.flatnonzero(np.isfinite(self.hit) & np.isfinite(self.probability) & np.isfinite(self.usual))


def events(table: MetricTable, rule_key: str, settings: Settings, row: int) -> Events:
    """The events of one rule among the sessions known at a row."""
    rule = BY_KEY[rule_key]
    own = np.flatnonzero(fresh(table.features, rule.pair)[: row + 1])
    regimes = regime(table.features, rule.pair)[own]
    fired = np.flatnonzero(one(table, rule, settings).fires[own])
    at = np.concatenate([np.empty(0, dtype=np.int64), *(declustered(fired[regimes[fired] == r]) for r in np.unique(regimes))])
    above = table.columns[f"gap.{rule_key}"][own][at] > 0
    sides = [(np.flatnonzero(above), rule.if_above.resolution), (np.flatnonzero(~above), rule.if_below.resolution)]
    ends, rest = np.full(len(at), -1), [np.full(len(at), np.nan) for _ in range(3)]
    for mine, wanted in sides:
        made = _side(table, wanted, own, regimes, at[mine])
        ends[mine] = made[0]
        for column, values in zip(rest, made[1:], strict=True):
            column[mine] = values
    return Events(rule, own[at], ends, *rest)


def _side(
    table: MetricTable, wanted: Resolution, own: Positions, regimes: Positions, at: Positions
) -> tuple[Positions, Floats, Floats, Floats]:  # fmt: skip
    """Of the events of one direction: rows that resolve them, hits, probabilities and rates of any session."""
    h = wanted.sessions
    true = _true(outcome(table, wanted, own), regimes, wanted)
    begin = np.searchsorted(regimes, regimes[at])
    ends = np.where(at + h < len(own), own[np.minimum(at + h, len(own) - 1)], -1) if len(own) else at
    among = np.full(len(own), np.nan)
    among[at] = true[at]
    share, count = _share(among, begin, at - h)
    usual, total = _share(true, begin, at - h)
    return ends, true[at], np.where(count >= FEWEST, share, np.nan), np.where(total > 0, usual, np.nan)


def _true(moved: Floats, regimes: Positions, wanted: Resolution) -> Floats:
    """Per own session: 1 where the implication came true, 0 where not, NaN where its window is not over or holds a regime break."""
    h = wanted.sessions
    crossed = np.ones(len(moved), dtype=np.bool_)
    crossed[: max(len(moved) - h, 0)] = regimes[h:] != regimes[: max(len(moved) - h, 0)]
    with np.errstate(invalid="ignore"):
        came = moved > 0 if wanted.side == "up" else moved < 0
    return np.where(np.isfinite(moved) & ~crossed, came.astype(np.float64), np.nan)


def _share(true: Floats, begin: Positions, last: Positions) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Mean of the known values from `begin` up to and with `last`, and how many they are."""
    ones, known = (np.concatenate([[0], np.cumsum(v)]) for v in (np.nan_to_num(true), np.isfinite(true).astype(np.int64)))
    stop = np.maximum(last + 1, begin)
    count = known[stop] - known[begin]
    return (ones[stop] - ones[begin]) / np.maximum(count, 1), count
