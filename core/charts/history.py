"""Years of report dates as a calendar, coloured by the strength of the day's divergences; a click picks a date."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import theme
from core.charts.axes import tips
from core.charts.known import when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.divergences import BY_KEY, RULES
from core.language import N_
from core.memory.days import NONE, Days, days
from core.metrics import MetricTable
from core.panel import Positions
from core.records import Report
from core.units import Unit
from core.wording import NA, day, sized

# Upper ends of the classes in σ, their names and how solid their colour is.
_CLASSES = ((1.0, "<1σ", 0.26), (2.0, "1–2σ", 0.48), (3.0, "2–3σ", 0.74), (np.inf, "≥3σ", 1.0))
_UNKNOWN = "σ n/a"
# Rows of a year's block: seven weekdays and a space. Its height in pixels.
_BLOCK, _PIXELS = 8.4, 76
_YEARS = 11
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A date by its day of the week, as the renderer writes it.
_DATES = (
    "Sun %-d %b %Y", "Mon %-d %b %Y", "Tue %-d %b %Y", "Wed %-d %b %Y", "Thu %-d %b %Y", "Fri %-d %b %Y", "Sat %-d %b %Y",
)  # fmt: skip
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
def _heat(nothing: str, second: str) -> Any:  # noqa: ANN401
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
    hover = tips(("shown", "Report of"), ("rule", "Divergence"), ("sigma", "Gap in its year"), ("fired", second), ("session", "Sessions to"))
    cells = _placed(alt.Chart(alt.NamedData("cells"))).transform_calculate(
        shown=_date("toDate(datum.date)"), session=_date("toDate(datum.date) - 864e5"), rule="labels[datum.r + 1]",
        sigma="isValid(datum.s) ? format(datum.s, '.1f') + 'σ' : unknown[0]",
        fired="length(answers) ? answers[datum.n > 0 ? 1 : 0] : datum.n",
    ).mark_rect(cursor="pointer", aria=False).encode(**box, color=colors, tooltip=hover)  # fmt: skip
    fires = _placed(alt.Chart(alt.NamedData("fires"))).transform_calculate(middle="datum.w + 0.5", centre="datum.y + 0.46")
    dots = fires.mark_point(filled=True, size=7, opacity=1, color=theme.INK).encode(x=alt.X("middle:Q"), y=alt.Y("centre:Q"))
    ring = _placed(alt.Chart(alt.NamedData("chosen"))).mark_rect(filled=False, stroke=theme.ORANGE, strokeWidth=2.5).encode(
        x=alt.X("left:Q"), x2=alt.X2("right:Q"), y=alt.Y("top:Q"), y2=alt.Y2("bottom:Q")
    )  # fmt: skip
    # Thousands of cells are painted in a third of the time on a canvas; the chart as a whole has its alternative text.
    return alt.layer(cells.add_params(pick), dots, ring).properties(usermeta={"embedOptions": {"renderer": "canvas"}})


def _date(at: str) -> str:
    """The expression that writes an instant's date."""
    return f"utcFormat({at}, dates[utcday({at})])"


def _placed(chart: alt.Chart) -> Any:  # noqa: ANN401
    return chart.transform_calculate(left="datum.w + 0.05", right="datum.w + 0.95", top="datum.y + 0.02", bottom="datum.y + 0.9")


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


def _cells(found: Days, part: slice, grid: _Grid, nothing: str) -> list[Row]:
    columns = (
        np.datetime_as_string(found.dates[part]).tolist(), grid.week.tolist(), grid.line, _kinds(found, part, nothing), found.rule[part].tolist(),
        np.round(found.sigma[part], 2).tolist(), found.fired[part].tolist(),
    )  # fmt: skip
    return [
        {"date": d, "w": w, "y": y, "kind": k, "r": r, "s": s if np.isfinite(s) and r != NONE else None, "n": n}
        for d, w, y, k, r, s, n in zip(*columns, strict=True)
    ]  # fmt: skip


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
    cells = _cells(found, part, grid, nothing)
    title = _title(found, part, rule)
    lines = [i * _BLOCK + 3.5 for i in range(len(grid.years))]
    said = N_(_OF_RULE if rule else _OF_ALL, first=day(found.dates[part][0].item(), year=True), last=day(last, year=True))
    drawn = {"cells": cells, "fires": [{k: c[k] for k in ("w", "y")} for c in cells if rule and c["n"]],
             "chosen": [{k: c[k] for k in ("w", "y")} for c in cells if c["date"] == report.date.isoformat()]}  # fmt: skip
    return Picture(
        key="calendar", title=title, subtitle=subtitle(report, said),
        alt=N_("Calendar heat map of {n} report dates over {years} years. {title}.", n=len(cells), years=len(grid.years), title=title),
        spec=fill(_heat(nothing, "Fired" if rule else "Rules firing"), drawn, height=_PIXELS * len(grid.years), synthetic=report.synthetic,
                  values={"middles": lines, "names": [str(y) for y in grid.years], "tall": len(grid.years) * _BLOCK,
                          "labels": ["none", *(r.label for r in RULES)], "answers": ["no", "yes"] if rule else [], "months": list(_MONTHS),
                          "dates": list(_DATES), "unknown": [NA]}),
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
