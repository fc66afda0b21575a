"""Changes side by side, strongest first; and gauges against their own usual range."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from core.catalogue import BY_KEY as SERIES
from core.charts import theme
from core.charts.axes import LABEL, SESSION_TIPS, SIGNED, ZERO, labelled, names, tips, zero
from core.charts.breaking import lines
from core.charts.known import figure, provider, row_of, short, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_, join
from core.metrics import MetricTable
from core.records import Figure, Report
from core.units import Unit
from core.wording import NA, arrow, show

BAND = 1.5
_ROSE = {
    "sector": "{up} of {all} sectors rose: {best} {first} first, {worst} {last} last",
    "index": "{up} of {all} indices rose: {best} {first} first, {worst} {last} last",
}


def _figures(table: MetricTable, report: Report, keys: Sequence[str], suffix: str) -> tuple[list[tuple[str, Figure]], list[tuple[str, Figure]]]:
    """The figures known at the report's row, highest first, and those that are not."""
    row = row_of(table, report)
    found = [(k, figure(table, f"{k}.{suffix}", row)) for k in keys]
    have = sorted(((k, f) for k, f in found if f.value is not None), key=lambda p: -_number(p[1]))
    return have, [(k, f) for k, f in found if f.value is None]


def _number(f: Figure) -> float:
    return f.value if f.value is not None else float("nan")


def _row(key: str, f: Figure, flat: float) -> Row:
    value = _number(f)
    return {
        "name": join("\n", [lines(short(key)), *(["(closed since)"] if f.closed else [])]), "value": value, "shown": show(value, f.unit),
        "session": when(f.session),
        "source": provider(f.source), "label": N_("{arrow} {value}", arrow=arrow(value, flat), value=show(value, f.unit)),
        "color": theme.signed(value, flat),
    }  # fmt: skip


def _twin(have: list[tuple[str, Figure]], missing: list[tuple[str, Figure]], column: str) -> pd.DataFrame:
    rows = [(short(k), show(f.value, f.unit), when(f.session), provider(f.source) or NA, f.note) for k, f in [*have, *missing]]
    return frame(rows, columns=["Market", column, "Session", "Source", "Note"])


@form
def _bars(title: str) -> Any:  # noqa: ANN401
    x = alt.X("value:Q", title=title, axis=alt.Axis(tickCount=4, labelExpr=SIGNED), scale=labelled())
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=tips(("name", "Market"), *SESSION_TIPS))
    bars = base.mark_bar(size=13, cornerRadius=2).encode(x=x, color=alt.Color("color:N", scale=None))
    text: dict[str, Any] = {"baseline": "middle", "fontSize": 11}
    above = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=5, **text)
    below = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-5, **text)
    labels = [layer.encode(x=alt.X("value:Q"), text=LABEL, color=alt.Color("color:N", scale=None)) for layer in (above, below)]
    return alt.layer(bars, *labels, zero())


def _reach(values: list[float], *, floor: float = 0.2) -> dict[str, float]:
    """Ends of a value axis, with pixels for the labels beside the bars."""
    low, high = min(0.0, *values), max(0.0, *values)
    return {"low": low, "high": max(high, low + floor), "before": 64 if low < 0 else 6, "after": 64 if high > 0 else 6}


def _kind(keys: Sequence[str]) -> str:
    """What the series are: sector, index, or another market."""
    groups = {SERIES[k].group.rpartition("_")[2] for k in keys}
    return groups.pop() if len(groups) == 1 else ""


def ranked_changes(table: MetricTable, report: Report, keys: Sequence[str], *, key: str = "ranked") -> Picture | None:
    """Latest change of each series in percent, highest first; None where none is known."""
    have, missing = _figures(table, report, [k for k in keys if f"{k}.change" in table.columns], "change")
    if not have:
        return None
    flat = report.settings.flat
    rows = [_row(k, f, flat) for k, f in have]
    up = sum(_number(f) >= flat for _, f in have)
    (best, first), (worst, last) = have[0], have[-1]
    counted = _ROSE.get(_kind([k for k, _ in have]), "{up} of {all} markets rose: {best} {first} first, {worst} {last} last")
    title = N_(counted, up=up, all=len(have), best=short(best), first=show(first.value, first.unit), worst=short(worst),
               last=show(last.value, last.unit))  # fmt: skip
    return Picture(
        key=key, title=title, subtitle=subtitle(report, "Change of the latest session known at the cutoff, in percent, highest first."),
        alt=N_("Bars of {n} changes in percent. {title}.", n=len(have), title=title), table=_twin(have, missing, "Change"),
        spec=fill(_bars("Change (%)"), {"rows": rows, "zero": ZERO}, height=_height(rows), synthetic=report.synthetic,
                  values=_reach([r["value"] for r in rows])),
    )  # fmt: skip


def _height(rows: list[Row], step: int = 24) -> int:
    tallest = max(r["name"].count("\n") for r in rows)
    height: int = (step + 8 * tallest) * len(rows)
    return height


@form
def _dots() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False)
    x = alt.X("value:Q", title="Change in standard deviations of its year (σ)", scale=scale, axis=alt.Axis(tickCount=5, labelExpr=SIGNED))
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=tips(("name", "Gauge"), ("change", "Change"), *SESSION_TIPS))
    band = alt.Chart(alt.NamedData("band")).mark_rect(opacity=0.14, color=theme.NEUTRAL).encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"))
    stems = base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.X2Datum(0), color=alt.Color("color:N", scale=None))
    heads = base.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("value:Q"), color=alt.Color("color:N", scale=None))
    text: dict[str, Any] = {"baseline": "middle", "fontSize": 11}
    above = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=9, **text)
    below = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-9, **text)
    labels = [layer.encode(x=alt.X("value:Q"), text=LABEL, color=alt.Color("color:N", scale=None)) for layer in (above, below)]
    return alt.layer(band, zero(), stems, heads, *labels)


def unusual(table: MetricTable, report: Report, keys: Sequence[str], *, key: str = "unusual") -> Picture | None:
    """Each gauge's latest change in standard deviations of its own year, with the band of ±1.5σ; None where none is known."""
    have, missing = _figures(table, report, [k for k in keys if f"{k}.z" in table.columns], "z")
    if not have:
        return None
    row = row_of(table, report)
    rows = []
    for k, f in have:
        change = figure(table, f"{k}.change", row)
        outside = abs(_number(f)) > BAND
        rows.append(_row(k, f, 0.0) | {
            "change": show(change.value, change.unit), "color": theme.TODAY if outside else theme.NEUTRAL,
            "label": N_("{sigma} ({change})", sigma=show(f.value, Unit.SIGMA), change=show(change.value, change.unit, sign=True)),
        })  # fmt: skip
    beyond = [(k, f) for k, f in have if abs(_number(f)) > BAND]
    widest = sorted(beyond, key=lambda p: -abs(_number(p[1])))
    title = N_("None of {n} gauges moved beyond its usual range", n=len(have))
    if beyond:
        told = (N_("{market} {change}", market=short(k), change=show(f.value, Unit.SIGMA)) for k, f in widest)
        title = N_("Beyond its usual range: {gauges}", gauges=join(", ", told))
    reach = max(2.0, *(abs(r["value"]) for r in rows))
    return Picture(
        key=key, title=title, table=_twin(have, missing, "σ of its year"),
        subtitle=subtitle(report, N_("Latest change in standard deviations of the trailing year's changes; shaded: ±{band}σ.", band=str(BAND))),
        alt=N_("Dot plot of {n} gauges in standard deviations. {title}.", n=len(have), title=title),
        spec=fill(_dots(), {"rows": rows, "zero": ZERO, "band": [{"from": -BAND, "to": BAND}]}, height=_height(rows, 32), synthetic=report.synthetic,
                  values={"low": -reach * 1.75, "high": reach * 1.75}),
    )  # fmt: skip
