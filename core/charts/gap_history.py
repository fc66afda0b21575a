"""A divergence rule's gap on its own sessions, as known at a report."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.charts.known import provider, row_of
from core.divergences import BY_KEY, Rule, one
from core.metrics import MetricTable
from core.metrics.gaps import fresh
from core.panel import Floats
from core.records import Report
from core.sessions import Instants
from core.units import Unit


@dataclass(frozen=True, slots=True)
class Gaps:
    """A rule's gap on its own sessions up to a row, in what the threshold is in; all arrays have one length."""

    rule: Rule
    unit: Unit
    threshold: float
    sessions: Instants
    values: Floats
    fires: npt.NDArray[np.bool_]
    sources: list[str]
    today: float | None
    fires_today: bool

    @property
    def unit_name(self) -> str:
        """The unit as an axis names it."""
        return {Unit.PP: "percentage points", Unit.SIGMA: "σ"}.get(self.unit, str(self.unit))

    @property
    def axis(self) -> str:
        """The title of an axis of this gap."""
        what = "sum" if self.rule.pair.combine == "plus" else "less"
        legs = f"{self.rule.pair.a.label} {'plus' if what == 'sum' else 'less'} {self.rule.pair.b.label}"
        return f"{legs} ({self.unit_name})"


def gaps(table: MetricTable, report: Report, rule_key: str, count: int | None = None) -> Gaps | None:
    """The rule's gap up to the report's row, its last `count` sessions; None where it was never known."""
    rule, row, panel = BY_KEY[rule_key], row_of(table, report), table.panel
    found = one(table, rule, report.settings)
    sigma = report.settings.threshold_unit == "sigma"
    values = table.columns[f"gap.{rule_key}.z" if sigma else f"gap.{rule_key}"]
    own = np.flatnonzero(_fresh(table, rule)[: row + 1] & np.isfinite(values[: row + 1]))
    if not len(own):
        return None
    own = own if count is None else own[-count:]
    legs = (rule.pair.a.series, rule.pair.b.series)
    sessions = np.maximum(panel.sessions(legs[0])[own], panel.sessions(legs[1])[own])
    used = [panel.tracks[k].source[panel.position(k)[own]] for k in legs] if count else []
    sources = [provider(", ".join(sorted({str(s) for s in both}))) for both in zip(*used, strict=True)]
    now = values[row]
    return Gaps(
        rule, Unit.SIGMA if sigma else rule.unit, found.threshold, sessions, values[own], found.fires[own], sources,
        float(now) if np.isfinite(now) else None, bool(found.fires[row]),
    )  # fmt: skip


def _fresh(table: MetricTable, rule: Rule) -> npt.NDArray[np.bool_]:
    """The report dates that are the gap's own sessions, found once per table."""
    shelf = table.features.shared
    key = f"charts:fresh:{rule.key}"
    if key not in shelf:
        shelf[key] = fresh(table.features, rule.pair)
    found: npt.NDArray[np.bool_] = shelf[key]
    return found
