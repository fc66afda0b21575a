"""A year of report dates, coloured by the strongest divergence that fired."""

import datetime as dt
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.charts import theme
from core.charts.axes import tips
from core.charts.picture import Picture, Row, fill, form
from core.datasets import DATASETS
from core.divergences import RULES, detect
from core.metrics import MetricTable
from core.panel import Floats
from core.records import Settings
from core.units import Unit
from core.wording import day, show, weekday

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_YEAR = 365
# Upper ends of the classes in σ, their names and how solid their colour is.
_CLASSES = ((1.0, "<1σ", 0.28), (2.0, "1–2σ", 0.5), (3.0, "2–3σ", 0.75), (np.inf, "≥3σ", 1.0))
_QUIET, _UNKNOWN = "none", "σ n/a"


@form
def _heat() -> Any:  # noqa: ANN401
    kinds = [_QUIET, *(name for _, name, _ in _CLASSES), _UNKNOWN]
    shades = [theme.clear(theme.NEUTRAL, 0.18), *(theme.clear(theme.TODAY, solid) for _, _, solid in _CLASSES), theme.clear(theme.THRESHOLD, 0.5)]
    colors = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=shades), legend=alt.Legend(values=kinds[:-1], columnPadding=8))
    months = alt.Axis(
        values=alt.ExprRef("ticks"), labelExpr="names[indexof(ticks, datum.value)]", grid=False, labelOverlap=True, labelAlign="left"
    )
    span = alt.Scale(domainMin=0, domainMax=alt.ExprRef("weeks"), nice=False)
    x = alt.X("week:Q", title="Week (month of its Monday)", scale=span, axis=months)
    y = alt.Y("weekday:N", sort=list(_DAYS), title="Report date", scale=alt.Scale(domain=list(_DAYS), paddingInner=0.12))
    pick = alt.selection_point(name="date", fields=["date"], on="click", clear=False, toggle=False)
    hover = tips(("shown", "Report of"), ("top", "Strongest"), ("sigma", "Gap"), ("fired", "Rules firing"), ("session", "Sessions to"))
    cells = alt.Chart(alt.NamedData("cells")).mark_rect(cornerRadius=1).encode(x=x, x2=alt.X2("next:Q"), y=y, color=colors, tooltip=hover)
    return alt.layer(cells.add_params(pick))


def _strongest(table: MetricTable, settings: Settings, part: slice) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Per report date: the largest |σ| among the rules that fired, which rule that is (−1: none), and how many fired."""
    found = detect(table, settings)
    fires = np.stack([found[r.key].fires[part] for r in RULES])
    sigma = np.where(fires, np.abs(np.stack([table.columns[f"gap.{r.key}.z"][part] for r in RULES])), np.nan)
    filled = np.where(np.isfinite(sigma), sigma, np.where(fires, 0.0, -1.0))
    top = filled.argmax(axis=0)
    count = fires.sum(axis=0)
    value = np.take_along_axis(sigma, top[None], axis=0)[0]
    return value, np.where(count > 0, top, -1), count


def _kind(value: float, count: int) -> str:
    if not count:
        return _QUIET
    return next((name for end, name, _ in _CLASSES if value < end), _UNKNOWN)


def _cell(date: dt.date, monday: dt.date, value: float, top: int, count: int) -> Row:
    week = (date - monday).days // 7
    return {
        "date": date.isoformat(), "week": week + 0.06, "next": week + 0.94, "weekday": _DAYS[date.weekday()], "kind": _kind(value, count),
        "shown": f"{weekday(date)} {date.year}", "top": RULES[top].label if count else "none fired",
        "sigma": show(value, Unit.SIGMA).removeprefix("+"), "fired": str(count), "session": f"{weekday(date - dt.timedelta(days=1))}",
    }  # fmt: skip


def _months(monday: dt.date, weeks: int) -> tuple[list[int], list[str]]:
    starts = [monday + dt.timedelta(weeks=i) for i in range(weeks)]
    ticks = [i for i in range(weeks) if i and starts[i].month != starts[i - 1].month]
    return ticks, [day(starts[i]).split()[1] + (f" {starts[i].year % 100}" if starts[i].month == 1 else "") for i in ticks]


def calendar(table: MetricTable, settings: Settings, until: dt.date) -> Picture | None:
    """The year of report dates that ends with `until`, by the strongest fired gap in σ; None where no date lies in it."""
    dates = table.panel.dates
    end = int(np.searchsorted(dates, np.datetime64(until), side="right"))
    part = slice(int(np.searchsorted(dates, np.datetime64(until) - _YEAR, side="right")), end)
    if part.start >= part.stop:
        return None
    value, top, count = _strongest(table, settings, part)
    days = [d.item() for d in dates[part]]
    monday = days[0] - dt.timedelta(days=days[0].weekday())
    cells = [_cell(d, monday, float(v), int(t), int(n)) for d, v, t, n in zip(days, value, top, count, strict=True)]
    weeks = (days[-1] - monday).days // 7 + 1
    ticks, names = _months(monday, weeks)
    best = int(np.argmax(np.nan_to_num(value, nan=-1.0)))
    fired = int((count > 0).sum())
    title = f"A divergence fired on {fired} of {len(days)} report dates"
    if fired:
        title += f"; strongest on {day(days[best], year=True)}: {cells[best]['top']} ({cells[best]['sigma']})"
    synthetic = DATASETS[table.panel.dataset].synthetic
    mark = f" {theme.DEMO_MARK}." if synthetic else ""
    return Picture(
        key="calendar", title=title, alt=f"Calendar heat map of {len(days)} report dates. {title}.",
        subtitle=f"Reports of {day(days[0], year=True)} to {day(days[-1], year=True)}: the widest gap that fired, in standard deviations.{mark}",
        spec=fill(_heat(), {"cells": cells}, height=126, synthetic=synthetic, values={"weeks": weeks, "ticks": ticks, "names": names}),
        table=pd.DataFrame([(c["shown"], c["top"], c["sigma"], c["fired"]) for c in reversed(cells)],
                           columns=["Report of", "Strongest that fired", "Gap", "Rules firing"]),
    )  # fmt: skip
