"""Which rules fire on which report dates, for all dates at once."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.divergences.rule import Rule
from core.divergences.rules import RULES
from core.errors import BadInput
from core.language import N_, join
from core.metrics import MetricTable
from core.metrics.gaps import LEAST_OVERLAP, Mask
from core.panel import Floats
from core.records import Settings
from core.units import Unit
from core.wording import day, listing, show, weekday

UNITS = ("pp", "sigma")
# Masks of a rule and a flat band that are kept with a table.
_KEPT = 512


@dataclass(frozen=True)
class Detection:
    """One rule over all report dates.

    `size` is |gap| in what the threshold is in, which `unit` names; `moved` says where the legs move as the rule's mode asks, and `flat` by how
    little they may to be flat.
    """

    rule: Rule
    unit: str
    flat: float
    threshold: float
    size: Floats
    moved: Mask

    @cached_property
    def fires(self) -> Mask:
        """The report dates on which the rule fires."""
        return self.at(self.threshold)

    def fires_on(self, row: int, threshold: float | None = None) -> bool:
        """Whether the rule fires on one report date, at its own threshold or another one."""
        least = self.threshold if threshold is None else threshold
        return bool(self.moved[row]) and self.size.item(row) >= least

    def at(self, threshold: float) -> Mask:
        """The report dates on which the rule would fire at another threshold. An unknown gap never fires."""
        with np.errstate(invalid="ignore"):
            return np.asarray((self.size >= threshold) & self.moved, dtype=np.bool_)


def threshold(rule: Rule, settings: Settings) -> float:
    """The threshold in force: the reader's, or the rule's default in the unit chosen. Raises BadInput."""
    if settings.threshold_unit not in UNITS:
        raise BadInput(N_("Thresholds cannot be in {unit}.", unit=repr(settings.threshold_unit)), remedy="Use pp or sigma.")
    chosen = dict(settings.thresholds).get(rule.key)
    if chosen is None:
        return rule.default_sigma if settings.threshold_unit == "sigma" else rule.default
    if not (math.isfinite(chosen) and chosen >= 0):
        raise BadInput(N_("The threshold of {rule} is {value}.", rule=rule.label, value=str(chosen)), remedy="Use a number of 0 or more.")
    return chosen


def direction(table: MetricTable, rule: Rule, flat: float) -> Mask:
    """Report dates on which the legs move as the rule's mode asks."""
    a, b = table.columns[rule.pair.a.metric], table.columns[rule.pair.b.metric]
    if rule.mode == "relative":
        return np.isfinite(a) & np.isfinite(b)
    side_a, side_b = side(a, rule.pair.a.metric, flat), side(b, rule.pair.b.metric, flat)
    wanted = side_a * side_b
    return np.asarray(wanted < 0 if rule.mode == "opposed" else wanted > 0)


def side(values: Floats, metric: str, flat: float) -> Floats:
    """−1, 0 (flat or unknown) or +1; for z-scores the flat band is a tenth of a standard deviation."""
    band = 0.1 if metric.endswith("z") else flat
    return np.where(np.abs(values) >= band, np.sign(values), 0)


def _moved(table: MetricTable, rule: Rule, flat: float) -> Mask:
    """The same, kept with the table for the next reader of the same flat band."""
    shelf: dict[tuple[str, float], Mask] = table.features.shared.setdefault("moved", {})
    if (rule.key, flat) not in shelf:
        if len(shelf) >= _KEPT:
            shelf.clear()
        shelf[rule.key, flat] = direction(table, rule, flat)
    return shelf[rule.key, flat]


def _size(table: MetricTable, column: str) -> Floats:
    shelf: dict[str, Floats] = table.features.shared.setdefault("size", {})
    if column not in shelf:
        shelf[column] = np.abs(table.columns[column])
    return shelf[column]


def detect(table: MetricTable, settings: Settings) -> dict[str, Detection]:
    """Every rule over every report date of the table."""
    return {r.key: one(table, r, settings) for r in RULES}


def one(table: MetricTable, rule: Rule, settings: Settings) -> Detection:
    """One rule over every report date."""
    least = threshold(rule, settings)
    column = f"gap.{rule.key}.z" if settings.threshold_unit == "sigma" else f"gap.{rule.key}"
    return Detection(rule, settings.threshold_unit, settings.flat, least, _size(table, column), _moved(table, rule, settings.flat))


def refused(table: MetricTable, rule: Rule, row: int) -> str:
    """Why the legs of a rule may not be compared at a row, in a sentence that names their sessions; empty where they may, or a leg is unknown."""
    stale = _stale(table, rule, row)
    share = table.columns[f"gap.{rule.key}.overlap"][row]
    if stale or not np.isfinite(share) or share >= LEAST_OVERLAP:
        return stale
    a, b = (table.panel.sessions(leg.series)[row].item() for leg in (rule.pair.a, rule.pair.b))
    apart = "{a}'s session of {session_a} and {b}'s of {session_b} did not happen at the same time, so they are not compared."
    partly = "{a}'s session of {session_a} and {b}'s of {session_b} did not happen at the same time ({share} shared), so they are not compared."
    return N_(partly if share >= 1 else apart, a=rule.pair.a.label, session_a=weekday(a), b=rule.pair.b.label, session_b=weekday(b),
              share=show(share, Unit.SHARE))  # fmt: skip


def _stale(table: MetricTable, rule: Rule, row: int) -> str:
    """A sentence for each leg that is behind its own calendar."""
    said, panel = [], table.panel
    for leg in (rule.pair.a, rule.pair.b):
        missed = int(panel.missed(leg.series)[row])
        if missed and panel.position(leg.series)[row] >= 0:
            have = panel.sessions(leg.series)[row].item()
            text = "{leg} is stale: its last session is {date} and {n} later session has closed since." if missed == 1 else (
                "{leg} is stale: its last session is {date} and {n} later sessions have closed since."
            )  # fmt: skip
            said.append(N_(text, leg=leg.label, date=day(have, year=True), n=missed))
    return join(" ", said)


def refusal(table: MetricTable, rule: Rule, row: int) -> str:
    """Why a gap is unknown at a row, in a sentence; empty where it is known."""
    if np.isfinite(table.columns[f"gap.{rule.key}"][row]):
        return ""
    absent = [leg.label for leg in (rule.pair.a, rule.pair.b) if not np.isfinite(table.columns[leg.metric][row])]
    return refused(table, rule, row) or N_("No change is known for {legs}.", legs=listing(absent) or "its legs")
