"""A divergence rule's gap on its own sessions, as known at a report."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.catalogue.breaks import Break
from core.charts.known import provider, row_of
from core.divergences import BY_KEY, Rule, one
from core.divergences.baserates import declustered
from core.language import N_
from core.metrics import MetricTable
from core.metrics.gaps import fresh, regime
from core.panel import Floats
from core.records import Report
from core.sessions import Instants
from core.units import Unit
from core.wording import limit, show

# How often a rule fired, by whether it fires in this report, and whether that is one event.
_FIRED = {
    (False, False): "fired on {n} of {all} sessions ({share}), {events} separate events",
    (False, True): "fired on {n} of {all} sessions ({share}), {events} separate event",
    (True, False): "fired on {n} of {all} sessions ({share}), {events} separate events (with this report's)",
    (True, True): "fired on {n} of {all} sessions ({share}), {events} separate event (with this report's)",
}


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
    breaks: tuple[Break, ...]

    @property
    def events(self) -> int:
        """How many separate events the sessions that fired are."""
        return len(declustered(np.flatnonzero(self.fires)))

    @property
    def fired(self) -> str:
        """How often the rule fired, in words."""
        n, of, events = int(self.fires.sum()), len(self.values), self.events
        return N_(_FIRED[self.fires_today, events == 1], n=f"{n:,}", all=f"{of:,}", share=show(n / of * 100, Unit.SHARE), events=f"{events:,}")

    @property
    def limit(self) -> str:
        """The threshold as a size, without a sign."""
        return limit(self.threshold, self.unit)

    @property
    def unit_name(self) -> str:
        """The unit as an axis names it."""
        return {Unit.PP: "percentage points", Unit.SIGMA: "σ"}.get(self.unit, str(self.unit))

    @property
    def axis(self) -> str:
        """The title of an axis of this gap."""
        legs = "{a} plus {b}" if self.rule.pair.combine == "plus" else "{a} less {b}"
        return N_("{gap} ({unit})", gap=N_(legs, a=self.rule.pair.a.label, b=self.rule.pair.b.label), unit=self.unit_name)


def gaps(table: MetricTable, report: Report, rule_key: str, count: int | None = None) -> Gaps | None:
    """The rule's gap up to the report's row; None where it was never known.

    With `count` its last sessions of any regime, with the breaks between them; without, all sessions of the regime that the report is in.
    """
    rule, row, panel = BY_KEY[rule_key], row_of(table, report), table.panel
    found = one(table, rule, report.settings)
    sigma = report.settings.threshold_unit == "sigma"
    values = table.columns[f"gap.{rule_key}.z" if sigma else f"gap.{rule_key}"]
    own = np.flatnonzero(fresh(table.features, rule.pair)[: row + 1] & np.isfinite(values[: row + 1]))
    if not len(own):
        return None
    regimes = regime(table.features, rule.pair)
    own = own[regimes[own] == regimes[row]] if count is None else own[-count:]
    if not len(own):
        return None
    legs = (rule.pair.a.series, rule.pair.b.series)
    sessions = np.maximum(panel.sessions(legs[0])[own], panel.sessions(legs[1])[own])
    used = [panel.tracks[k].source[panel.position(k)[own]] for k in legs] if count else []
    sources = [provider(", ".join(sorted({str(s) for s in both}))) for both in zip(*used, strict=True)]
    now = values[row]
    return Gaps(
        rule, Unit.SIGMA if sigma else rule.unit, found.threshold, sessions, values[own], found.fires[own], sources,
        float(now) if np.isfinite(now) else None, bool(found.fires[row]), _breaks(table, rule, sessions),
    )  # fmt: skip


def _breaks(table: MetricTable, rule: Rule, sessions: Instants) -> tuple[Break, ...]:
    """The regime breaks of the gap's series among some sessions, oldest first; the same break of many series counts once."""
    found = [b for key in rule.pair.series for b in table.panel.breaks(key) if sessions[0] < np.datetime64(b.session) <= sessions[-1]]
    return tuple(sorted({(b.session, b.why): b for b in found}.values(), key=lambda b: b.session))

