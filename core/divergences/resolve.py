"""Resolving implications: what the series named by a resolution did over its sessions, and whether that came true."""

from dataclasses import dataclass

import numpy as np

from core.divergences.follow import after
from core.divergences.rule import Resolution, Rule
from core.divergences.shares import Course, course
from core.metrics import MetricTable
from core.metrics.gaps import fresh, regime
from core.panel import Floats, Positions


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an implication came out: the move in percent (percentage points for one series against another), when, and whether it came true."""

    moved: float
    row: int
    true: bool


def outcome(table: MetricTable, wanted: Resolution, own: Positions) -> Floats:
    """The move that resolves an implication, from each of the gap's own sessions (rows of the table); NaN where it has not come yet."""
    moved = after(table, wanted.series, own, wanted.sessions)
    return moved - after(table, wanted.against, own, wanted.sessions) if wanted.against else moved


def outcomes(table: MetricTable, rule: Rule, wanted: Resolution, own: Positions) -> Course:
    """Whether `outcome` came true after each of the gap's own sessions in a regime, kept with the table: every report looks at a beginning of it.

    How session i came out is known from session i + `wanted.sessions` on.
    """
    shelf: dict[tuple[str, Resolution, int, int], Course] = table.features.shared.setdefault("outcomes", {})
    asked = rule.key, wanted, own.item(0), len(own)
    if asked not in shelf:
        side = np.full(len(own), 1.0 if wanted.side == "up" else -1.0)
        shelf[asked] = course(outcome(table, wanted, own), side, np.zeros(len(own)))
    return shelf[asked]


def resolved(table: MetricTable, rule: Rule, row: int, until: int) -> Outcome | None:
    """How the implication of a report row came out, as known at the row `until`; None where it has not come yet or cannot be told.

    It cannot be told where the gap is unknown, and across a regime break.
    """
    gap = table.columns[f"gap.{rule.key}"][row]
    own = np.flatnonzero(fresh(table.features, rule.pair)[: until + 1])
    at = int(np.searchsorted(own, row, side="right")) - 1
    wanted = rule.implied(gap).resolution
    if at < 0 or not np.isfinite(gap) or at + wanted.sessions >= len(own):
        return None
    moved, end = float(outcome(table, wanted, own[at : at + wanted.sessions + 1])[0]), int(own[at + wanted.sessions])
    regimes = regime(table.features, rule.pair)
    if not np.isfinite(moved) or regimes[end] != regimes[own[at]]:
        return None
    return Outcome(moved, end, wanted.met(moved))
