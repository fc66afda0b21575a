"""Two report dates side by side: what changed in every section, the most unusual changes first.

A change is measured against the usual change of the same figure over as many days: the root mean square of its changes over that span, up to
the later of the two dates. So a yield and a token are ranked alike, and so are neighbouring days and far ones.
"""

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np

from core.language import N_, written
from core.metrics import BY_KEY as METRICS
from core.metrics import MetricTable
from core.metrics.trailing import MIN_HISTORY
from core.panel import Floats
from core.records import Cell, Finding, Report, Table
from core.units import Unit
from core.wording import NA, day, listing, show

_STATES = {"fires": "fires", "ordinary": "ordinary", "quiet": "quiet", "refused": "not compared", "missing": "n/a"}
# The unit of a difference of two values.
_DIFFERENCE = {Unit.PERCENT: Unit.PP, Unit.SHARE: Unit.PP, Unit.YIELD: Unit.PP, Unit.PERCENTILE: Unit.COUNT, Unit.SESSIONS: Unit.COUNT,
               Unit.HOURS: Unit.COUNT, Unit.DAYS: Unit.COUNT}  # fmt: skip
_REPEATS = {Unit.SIGMA, Unit.PERCENTILE}
# Statistics of a link, of a coupling or of a reason: they say how a figure is judged, not what a market did.
_INNER = re.compile(
    r"\.(round_level|overlap|aligned|span_\w+|half|stretch|by_\w+|waiting|held|n|lead_sessions|date_corr|pending_\w+)\b"
    r"|[._](beta|follow|corr|corr_low|corr_high|implied|residual_sd|residual_z)$|^crypto\.\w+_n$"
)
_RELATIVE = {Unit.POINTS, Unit.USD, Unit.CNY, Unit.RATE}
LEAD = 15
_CHANGE = written("Change", "Change from one date to the other")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure on both dates. `change` is b − a, in percent for the level of a price; `unusual` is its size in usual changes; None if unknown."""

    key: str
    label: str
    unit: Unit
    a: float | None
    b: float | None
    change: float | None
    shown: str
    unusual: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """A section on both dates: its conclusions, and what changed."""

    key: str
    title: str
    before: str
    after: str
    figures: Table

    @property
    def differs(self) -> bool:
        """Whether the conclusion is another one."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports, `a` first: the biggest changes of all, the rules whose state differs, and every section."""

    biggest: Table
    rules: Table
    parts: tuple[Part, ...]


def changes(table: MetricTable, a: dt.date, b: dt.date, keys: list[str]) -> list[Change]:
    """The metrics among `keys` on two dates, most unusual change first, those without a measure last. Raises DateOutOfRange."""
    rows = table.panel.row(a), table.panel.row(b)
    made = [_change(table, *rows, k) for k in keys if k in table.columns]
    return sorted(made, key=lambda c: (c.change is None, c.unusual is None, -(c.unusual or 0.0)))


def _change(table: MetricTable, a: int, b: int, key: str) -> Change:
    metric, column = METRICS[key], table.columns[key]
    relative = key.endswith(".close") and metric.unit in _RELATIVE
    before, after = table.value(key, a), table.value(key, b)
    difference = None
    if before is not None and after is not None:
        difference = (after / before - 1) * 100 if relative else after - before
    unit = Unit.PERCENT if relative else _DIFFERENCE.get(metric.unit, metric.unit)
    return Change(
        key, metric.label, metric.unit, before, after, difference, show(difference, unit, sign=True),
        _unusual(column[: max(a, b) + 1], abs(b - a), difference, relative=relative),
    )  # fmt: skip


def _unusual(column: Floats, span: int, difference: float | None, *, relative: bool) -> float | None:
    """The size of a change in root mean squares of all changes over as many rows; None with too few of them."""
    if difference is None or span == 0 or len(column) <= span:
        return None
    late, early = column[span:], column[:-span]
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = (late / early - 1) * 100 if relative else late - early
    usual = usual[np.isfinite(usual)]
    size = float(np.sqrt(np.mean(usual**2))) if len(usual) >= MIN_HISTORY else 0.0
    return abs(difference) / size if size > 0 else None


def compare(table: MetricTable, a: Report, b: Report) -> Comparison:
    """Everything that differs between two reports of one table."""
    names = _Names(day(a.date, year=True), day(b.date, year=True))
    held = list(dict.fromkeys(f.key for r in (a, b) for s in r.sections for f in s.figures))
    found = changes(table, a.date, b.date, held)
    return Comparison(
        _table("biggest", "The most unusual changes", names, leading(found)),
        _rules(names, a, b),
        tuple(_part(names, a, b, s.key, found) for s in b.sections),
    )


def leading(found: list[Change], count: int = LEAD) -> list[Change]:
    """The most unusual changes, one of those that rest on the same series. Ranks and z-scores only repeat them; inner statistics are left out too."""
    kept: dict[tuple[str, ...], Change] = {}
    for c in found:
        if c.change and c.unusual is not None and c.unit not in _REPEATS and not _INNER.search(c.key):
            kept.setdefault(METRICS[c.key].inputs, c)
    return list(kept.values())[:count]


@dataclass(frozen=True, slots=True)
class _Names:
    a: str
    b: str


def _part(names: _Names, a: Report, b: Report, key: str, found: list[Change]) -> Part:
    one, other = a.section(key), b.section(key)
    held = {f.key for s in (one, other) for f in s.figures}
    inside = [c for c in found if c.key in held]
    return Part(key, other.title, one.answer, other.answer, _table(key, "What changed, most unusual first", names, inside))


def _table(key: str, title: str, names: _Names, found: list[Change]) -> Table:
    """Changes as a table; figures that are the same on both dates or unknown on both are left out and counted in the note."""
    moved = [c for c in found if c.change or (c.a is None) != (c.b is None)]
    same, unknown = sum(c.change == 0 for c in found), sum(c.a is None and c.b is None for c in found)
    parts = tuple(N_(text, n=n) for text, n in (("{n} unchanged", same), ("{n} unknown on both dates", unknown)) if n)
    return Table(
        key=key, title=title, columns=("Figure", names.a, names.b, _CHANGE, "In usual changes"), rows=tuple(_row(c) for c in moved),
        note=N_("Left out: {what}.", what=listing(parts)) if parts else "",
    )  # fmt: skip


def _row(c: Change) -> tuple[Cell, ...]:
    size = NA if c.unusual is None else f"{c.unusual:.1f}×"
    tone = "" if not c.change else "up" if c.change > 0 else "down"
    return Cell(c.label), Cell(show(c.a, c.unit)), Cell(show(c.b, c.unit)), Cell(c.shown, "", tone), Cell(size)


def _rules(names: _Names, a: Report, b: Report) -> Table:
    before, after = ({f.rule: f for f in r.findings} for r in (a, b))
    differing = [k for k in after if k in before and before[k].state != after[k].state]
    differing.sort(key=lambda k: "fires" not in {before[k].state, after[k].state})
    same = sum(before[k].state == after[k].state == "fires" for k in after if k in before)
    return Table(
        key="rules", title="Divergence rules that say something else", columns=("Divergence", names.a, names.b),
        rows=tuple((Cell(after[k].label), Cell(_said(before[k], a)), Cell(_said(after[k], b))) for k in differing),
        note=N_("{n} fire on both dates.", n=same) if same else "None fires on both dates.",
    )  # fmt: skip


def _said(finding: Finding, report: Report) -> str:
    figure = report.figures().get(finding.gap)
    state = _STATES[finding.state]
    if figure is None or figure.value is None:
        return state
    return N_("{state} {gap}", state=state, gap=show(figure.value, figure.unit, sign=True))
