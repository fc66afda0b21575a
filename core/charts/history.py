"""Years of report dates as a calendar, coloured by the strength of the day's divergences; a click picks a date."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import theme
from core.charts.known import when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.divergences import BY_KEY, RULES
from core.language import N_
from core.memory.days import NONE, Days, days
from core.metrics import MetricTable
from core.panel import Positions
from core.records import Report
from core.units import Unit
from core.wording import day, sized, weekday

# Upper ends of the classes in σ, their names and how solid their colour is.
_CLASSES = ((1.0, "<1σ", 0.26), (2.0, "1–2σ", 0.48), (3.0, "2–3σ", 0.74), (np.inf, "≥3σ", 1.0))
_UNKNOWN = "σ n/a"
# Rows of a year's block: seven weekdays and a space. Its height in pixels.
_BLOCK, _PIXELS = 8.4, 76
_YEARS = 11
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What the tooltip of a day says, ready made: texts that the renderer has to put together cost it half of its time.
_TIP = "Report of {report}\n{said}\nSessions to {session}"
_NOTHING = "No divergence fired"
_WIDEST = "{rule}: {sigma} in its year\nRules firing: {n}"
_ONE = {True: "{rule}: {sigma} in its year\nFired", False: "{rule}: {sigma} in its year\nDid not fire"}
_NOT_COMPARED = "Not compared"
_OF_ALL = (
    "Report dates from {first} to {last}, a row per weekday from Monday down. Colour: the widest gap that fired, in σ of its year. A click on a "
    "day opens its report."
)
_OF_RULE = (
    "Report dates from {first} to {last}, a row per weekday from Monday down. Colour: the size of the gap, in σ of its year; dot: it fired. A "
    "click on a day opens its report."
)
# The week in which each month begins, on average.
_WEEKS = [(dt.date(2023, m, 1).timetuple().tm_yday + 2) / 7 for m in range(1, 13)]


@form
def _heat(nothing: str) -> Any:  # noqa: ANN401
    kinds = [nothing, *(name for _, name, _ in _CLASSES), _UNKNOWN]
    shades = [theme.clear(theme.NEUTRAL, 0.18), *(theme.clear(theme.TODAY, solid) for _, _, solid in _CLASSES), theme.clear(theme.THRESHOLD, 0.3)]
    legend = alt.Legend(columnPadding=8, symbolType="square")
    colors = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=shades), legend=legend)
    span = alt.Scale(domainMin=0, domainMax=53.2, nice=False)
    months = alt.Axis(
        values=_WEEKS, labelExpr="months[round((datum.value * 7 - 3) / 30.5)]", grid=False, labelAlign="left", orient="top",
        labelOverlap=True,
    )  # fmt: skip
    x = alt.X("left:Q", title="Month (weeks begin on Monday)", scale=span, axis=months)
    years = alt.Axis(values=alt.ExprRef("middles"), labelExpr="names[indexof(middles, datum.value)]", grid=False)
    down = alt.Scale(domainMin=0, domainMax=alt.ExprRef("tall"), nice=False, reverse=True)
    y = alt.Y("top:Q", title="Year (Monday to Sunday)", scale=down, axis=years)
    box = {"x": x, "x2": alt.X2("right:Q"), "y": y, "y2": alt.Y2("bottom:Q")}
    pick = alt.selection_point(name="date", fields=["date"], on="click", clear=False, toggle=False)
    shown = alt.Tooltip("said:N", title="Report, divergence and sessions")
    cells = alt.Chart(alt.NamedData("cells")).mark_rect(cursor="pointer", aria=False).encode(**box, color=colors, tooltip=shown)
    fires = alt.Chart(alt.NamedData("fires")).mark_point(filled=True, size=7, opacity=1, color=theme.INK).encode(
        x=alt.X("middle:Q"), y=alt.Y("centre:Q")
    )  # fmt: skip
    ring = alt.Chart(alt.NamedData("chosen")).mark_rect(filled=False, stroke=theme.ORANGE, strokeWidth=2.5).encode(
        x=alt.X("left:Q"), x2=alt.X2("right:Q"), y=alt.Y("top:Q"), y2=alt.Y2("bottom:Q")
    )  # fmt: skip
    # Thousands of cells are painted in a third of the time on a canvas; the chart as a whole has its alternative text.
    return alt.layer(cells.add_params(pick), fires, ring).properties(usermeta={"embedOptions": {"renderer": "canvas"}})


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where each date stands: the week in its year, and the row from the top, newest year first."""

    week: Positions
    line: list[float]
    years: list[int]


def _grid(found: Days, part: slice) -> _Grid:
    dates = found.dates[part]
    year = dates.astype("datetime64[Y]")
    of_year = (dates - year.astype("datetime64[D]")).astype(np.int64)
    wday = (dates.astype(np.int64) + 3) % 7
    first = (year.astype("datetime64[D]").astype(np.int64) + 3) % 7
    number = year.astype(np.int64) + 1970
    years = sorted(set(number.tolist()), reverse=True)
    block = number.max() - number
    return _Grid((of_year + first) // 7, np.round(block * _BLOCK + wday, 1).tolist(), years)


def _kinds(found: Days, part: slice, nothing: str) -> list[str]:
    names = np.array([*(name for _, name, _ in _CLASSES), _UNKNOWN], dtype=object)
    ends = [end for end, _, _ in _CLASSES[:-1]]
    sigma = found.sigma[part]
    at = np.where(np.isfinite(sigma), np.searchsorted(ends, np.nan_to_num(sigma), side="right"), len(_CLASSES))
    return [nothing if r == NONE else str(k) for r, k in zip(found.rule[part], names[at], strict=True)]


def _cells(found: Days, part: slice, grid: _Grid, nothing: str, *, alone: bool) -> list[Row]:
    """A box per date, with what its tooltip says."""
    columns = (
        found.dates[part].tolist(), grid.week.tolist(), grid.line, _kinds(found, part, nothing), found.rule[part].tolist(),
        found.sigma[part].tolist(), found.fired[part].tolist(),
    )  # fmt: skip
    return [
        {"date": d.isoformat(), **_box(w, y), "kind": k, "said": _said(d, r, s, n, alone=alone)}
        for d, w, y, k, r, s, n in zip(*columns, strict=True)
    ]  # fmt: skip


def _box(week: int, line: float) -> Row:
    return {"left": round(week + 0.05, 2), "right": round(week + 0.95, 2), "top": round(line + 0.02, 2), "bottom": round(line + 0.9, 2)}


def _said(date: dt.date, rule: int, sigma: float, fired: int, *, alone: bool) -> str:
    if rule == NONE:
        said = _NOT_COMPARED if alone else _NOTHING
    else:
        said = N_(_ONE[fired > 0] if alone else _WIDEST, rule=RULES[rule].label, sigma=sized(sigma, Unit.SIGMA), n=fired)
    return N_(_TIP, report=_written(date), said=said, session=_written(date - dt.timedelta(days=1)))


@lru_cache(maxsize=8192)
def _written(date: dt.date) -> str:
    return N_("{date} {year}", date=weekday(date), year=date.year)


def calendar(table: MetricTable, report: Report, rule: str = "", until: dt.date | None = None) -> Picture | None:
    """Report dates of up to eleven calendar years to `until` (default: the report's date), whose own date is ringed.

    Without a rule each date has the colour of the widest gap that fired; with one, the colour of that rule's gap, and a dot where it fired.
    None where there is no date.
    """
    found = days(table, report.settings, rule)
    last = until or report.date
    end = int(np.searchsorted(found.dates, np.datetime64(last), side="right"))
    first = np.datetime64(dt.date(last.year - _YEARS + 1, 1, 1))
    part = slice(int(np.searchsorted(found.dates, first)), end)
    if part.start >= part.stop:
        return None
    nothing = "not compared" if rule else "none fired"
    grid = _grid(found, part)
    cells = _cells(found, part, grid, nothing, alone=bool(rule))
    title = _title(found, part, rule)
    lines = [i * _BLOCK + 3.5 for i in range(len(grid.years))]
    said = N_(_OF_RULE if rule else _OF_ALL, first=day(found.dates[part][0].item(), year=True), last=day(last, year=True))
    fired = np.flatnonzero(found.fired[part] > 0).tolist() if rule else []
    own = (report.date - found.dates[part.start].item()).days
    drawn = {"cells": cells, "fires": [{"middle": int(grid.week[i]) + 0.5, "centre": round(grid.line[i] + 0.46, 2)} for i in fired],
             "chosen": [_box(int(grid.week[own]), grid.line[own])] if 0 <= own < len(cells) else []}  # fmt: skip
    return Picture(
        key="calendar", title=title, subtitle=subtitle(report, said),
        alt=N_("Calendar heat map of {n} report dates over {years} years. {title}.", n=len(cells), years=len(grid.years), title=title),
        spec=fill(_heat(nothing), drawn, height=_PIXELS * len(grid.years), synthetic=report.synthetic,
                  values={"middles": lines, "names": [str(y) for y in grid.years], "tall": len(grid.years) * _BLOCK, "months": list(_MONTHS)}),
        table=_twin(found, part, rule),
    )  # fmt: skip


def _title(found: Days, part: slice, rule: str) -> str:
    fired, sigma = found.fired[part] > 0, found.sigma[part]
    who = BY_KEY[rule].label if rule else "A divergence"
    counts = {"who": who, "n": f"{fired.sum():,}", "all": f"{len(fired):,}"}
    able = np.where(fired & np.isfinite(sigma), sigma, -1.0)
    best = int(np.argmax(able))
    if able[best] < 0:
        return N_("{who} fired on {n} of {all} report dates", **counts)
    strongest = {"date": day(found.dates[part][best].item(), year=True), "sigma": sized(sigma[best], Unit.SIGMA)}
    if rule:
        return N_("{who} fired on {n} of {all} report dates; strongest on {date} ({sigma})", **counts, **strongest)
    text = "{who} fired on {n} of {all} report dates; strongest on {date} ({rule}, {sigma})"
    return N_(text, **counts, **strongest, rule=RULES[found.rule[part][best]].label)


def _twin(found: Days, part: slice, rule: str) -> pd.DataFrame:
    """The dates on which anything fired, newest first."""
    rows = np.flatnonzero(found.fired[part] > 0)[::-1] + part.start
    made = []
    for r in rows.tolist():
        date = found.dates[r].item()
        made.append((when(date), RULES[found.rule[r]].label, sized(found.sigma[r], Unit.SIGMA), "yes" if rule else str(found.fired[r])))
    return frame(made, columns=["Report of", "Divergence", "Gap in its year", "Fired" if rule else "Rules firing"])
