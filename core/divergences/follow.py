"""What came after each of a gap's sessions: the later moves of its legs, and the move that would close it."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.divergences.rule import Rule
from core.divergences.shares import Course, course
from core.language import N_
from core.metrics import MetricTable
from core.metrics.gaps import Mask
from core.panel import Floats, Positions


class Known(NamedTuple):
    """The known ones of an array's values in order, and how many of them stand before each place of it, its end included."""

    values: Floats
    before: Positions

    def until(self, end: int) -> Floats:
        """Those that stand before a place."""
        return self.values[: self.before.item(end)]


def known(values: Floats) -> Known:
    """The known ones of an array that may hold NaN.

    >>> found = known(np.array([np.nan, 1.0, 2.0]))
    >>> found.before.tolist(), found.until(2).tolist()
    ([0, 0, 1, 2], [1.0])
    """
    finite = np.isfinite(values)
    return Known(values[finite], np.concatenate([[0], np.cumsum(finite)]))


@dataclass(frozen=True)
class Moves:
    """After each session, over the next sessions: returns in percent and relative moves in percentage points; NaN where they have not passed.

    `relative` is the return of leg a less that of leg b, or of the one price that can tell; `wider` is the same, positive where the session's gap
    went on widening. `needed` is the move of the session itself, which `relative` has to take back for its gap to count as closed.
    """

    weaker: Floats
    relative: Floats
    wider: Floats
    needed: Floats

    @cached_property
    def closed(self) -> Course:
        """Whether what followed closed each session's gap."""
        return course(self.relative, -np.sign(self.needed), np.abs(self.needed))

    @cached_property
    def known(self) -> tuple[Known, Known]:
        """The known ones of `weaker` and `wider`."""
        return known(self.weaker), known(self.wider)


def forward(level: Floats, h: int) -> Floats:
    """Return in percent over the next h entries; NaN where they have not passed.

    >>> forward(np.array([100.0, 110.0, 99.0]), 1).round(2).tolist()
    [10.0, -10.0, nan]
    """
    out = np.full(len(level), np.nan)
    if len(level) > h:
        out[:-h] = (level[h:] / level[:-h] - 1) * 100
    return out


def after(table: MetricTable, name: str, own: Positions, h: int) -> Floats:
    """Return in percent of a series over the next h of given rows; of a metric of changes, what its changes add up to."""
    if "." not in name:
        return forward(table.columns[f"{name}.close"][own], h)
    made = forward(np.exp(np.cumsum(np.log1p(table.columns[name][own] / 100))), h)
    made[: max(len(own) - h, 0)][_holes(table, name, own, h)] = np.nan
    return made


def _holes(table: MetricTable, name: str, own: Positions, h: int) -> Mask:
    """Whether a session is missing between each row and the one h later, so that the changes in between do not add up."""
    series = table.metrics[name].inputs[0]
    ordinals = table.panel.tracks[series].ordinals[table.panel.position(series)[own]]
    return np.asarray(ordinals[h:] - ordinals[: max(len(own) - h, 0)] != h, dtype=np.bool_)


def moves(table: MetricTable, rule: Rule, own: Positions, h: int) -> Moves:
    """What came after the gap's own sessions (rows of the table), over the next h of them."""
    gap = table.columns[f"gap.{rule.key}"][own]
    first, second = rule.priced
    a = after(table, first, own, h)
    b = a if first == second else after(table, second, own, h)
    held = np.where(gap > 0, b, a) if not rule.held else after(table, rule.held, own, h)
    if first != second:
        return Moves(held, a - b, np.sign(gap) * (a - b), gap)
    level = table.columns[f"{first}.close"][own]
    return Moves(held, a, np.sign(gap) * a, np.r_[np.nan, (level[1:] / level[:-1] - 1) * 100][: len(own)])


def followed(table: MetricTable, rule: Rule, own: Positions, h: int) -> Moves:
    """`moves` after all of the gap's own sessions in a regime, kept with the table: every report of the regime looks at a beginning of them.

    What came after session i is known from session i + h on.
    """
    shelf: dict[tuple[str, int, int, int], Moves] = table.features.shared.setdefault("followed", {})
    asked = rule.key, h, own.item(0), len(own)
    if asked not in shelf:
        shelf[asked] = moves(table, rule, own, h)
    return shelf[asked]


def legs(rule: Rule) -> str:
    """Whose return `weaker` is, in words."""
    one = rule.held or (rule.priced[0] if rule.priced[0] == rule.priced[1] else "")
    return N_("{series}'s return", series=SERIES[one].label) if one else "the weaker leg's return"
