"""The strength of every report date's divergences: the widest gap that fired, or one rule's gap, in standard deviations of its year."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.divergences import BY_KEY, RULES, Rule, detect, one
from core.divergences.ordinary import ordinary
from core.metrics import MetricTable
from core.metrics.gaps import fresh
from core.panel import Floats, Positions
from core.records import Cell, Settings, Table
from core.sessions import Instants
from core.units import Unit
from core.wording import day, show

Mask = npt.NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True, slots=True)
class Days:
    """Every report date in order; all arrays have one length.

    `rule` is the position in RULES of the gap that speaks for the date (−1: none fired, or the rule asked for is unknown there); `sigma` is
    the size of that gap in standard deviations of its year, NaN where its history is too short; `fired` counts rules that fired, without those
    that do so on most days (of one rule asked for, whether it fired); `own` marks the dates on which that gap is of a new session, so that a
    Friday seen again on Sunday counts once.
    """

    dates: Instants
    rule: Positions
    sigma: Floats
    fired: Positions
    own: Mask


def days(table: MetricTable, settings: Settings, rule: str = "") -> Days:
    """All report dates by the widest gap that fired, or by the gap of one rule whether it fired or not. Raises BadInput."""
    return _of_one(table, settings, rule) if rule else _of_all(table, settings)


def _of_one(table: MetricTable, settings: Settings, key: str) -> Days:
    rule = BY_KEY[key]
    known = np.isfinite(table.columns[f"gap.{key}"])
    at = np.where(known, RULES.index(rule), NONE)
    fires = one(table, rule, settings).fires
    return Days(table.panel.dates, at, np.abs(table.columns[f"gap.{key}.z"]), fires.astype(np.int64), fresh(table.features, rule.pair))


def _of_all(table: MetricTable, settings: Settings) -> Days:
    fires, sigma = _grids(table, settings)
    fires = fires & ~np.stack([ordinary(table, d) for d in detect(table, settings).values()])
    filled = np.where(fires, np.nan_to_num(sigma, nan=0.0), -1.0)
    top, count = filled.argmax(axis=0), fires.sum(axis=0)
    own = np.stack([fresh(table.features, r.pair) for r in RULES])
    column = np.arange(len(top))
    return Days(
        table.panel.dates, np.where(count > 0, top, NONE), np.where(count > 0, sigma[top, column], np.nan), count, own[top, column] & (count > 0),
    )  # fmt: skip


def _grids(table: MetricTable, settings: Settings) -> tuple[Mask, Floats]:
    """Rules × report dates: what fired, and the size of each gap in σ."""
    found = detect(table, settings)
    return np.stack([found[r.key].fires for r in RULES]), np.abs(np.stack([table.columns[f"gap.{r.key}.z"] for r in RULES]))


def per_year(table: MetricTable, settings: Settings, until: int) -> tuple[list[int], Positions, Positions]:
    """Calendar years up to a row; per rule and year the sessions on which it fired, and the sessions on which its gap was known."""
    years = table.panel.dates[: until + 1].astype("datetime64[Y]").astype(np.int64) + 1970
    found = sorted(set(years.tolist()))
    slot = np.searchsorted(found, years)
    fires, _ = _grids(table, settings)
    own = np.stack([fresh(table.features, r.pair) for r in RULES])[:, : until + 1]
    each = [(np.bincount(slot[f & o], minlength=len(found)), np.bincount(slot[o], minlength=len(found)))
            for f, o in zip(fires[:, : until + 1], own, strict=True)]  # fmt: skip
    return found, np.stack([a for a, _ in each]), np.stack([b for _, b in each])


def shares(table: MetricTable, settings: Settings, until: int) -> dict[str, float]:
    """The share of its own sessions up to a row on which each rule fired, in percent; a rule that was never compared is left out."""
    _, fired, watched = per_year(table, settings, until)
    each = zip(RULES, fired.sum(axis=1).tolist(), watched.sum(axis=1).tolist(), strict=True)
    return {rule.key: n / of * 100 for rule, n, of in each if of}


def strongest(table: MetricTable, settings: Settings, rule: str, until: int, count: int = 15) -> Table:
    """The report dates up to a row on which the widest gaps fired, widest first; a gap is listed once, on the first date that shows it."""
    found = days(table, settings, rule)
    able = (found.fired > 0) & found.own & np.isfinite(found.sigma) & (np.arange(len(found.dates)) <= until)
    rows = np.flatnonzero(able)
    rows = rows[np.argsort(-found.sigma[rows], kind="stable")][:count]
    return Table(
        key="strongest", title="The strongest days",
        columns=("Report of", "Divergence", "Gap", "In its year", "What it said"),
        rows=tuple(_strong(table, RULES[found.rule[r]], int(r), alone=bool(rule)) for r in rows),
        note="Gap in standard deviations of the 250 gaps before it. Each opens the report of its date.",
    )  # fmt: skip


def _strong(table: MetricTable, rule: Rule, row: int, *, alone: bool) -> tuple[Cell, ...]:
    """A row of the table; where only one rule is listed, what its gap said stands in place of its name."""
    gap, z = (table.value(f"gap.{rule.key}{suffix}", row) for suffix in ("", ".z"))
    said = rule.above if gap is not None and gap > 0 else rule.below
    return (
        Cell(day(table.panel.dates[row].item(), year=True)), Cell("" if alone else rule.label), Cell(show(gap, rule.unit, sign=True)),
        Cell(show(z, Unit.SIGMA)), Cell(said if alone else ""),
    )  # fmt: skip
