"""Levels of several markets rebased to one start, named at the ends of their lines."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.charts import theme
from core.charts.axes import END, LABEL, dates, tips
from core.charts.known import Known, date, iso, known, row_of, short, tiny, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.records import Report
from core.units import Unit
from core.wording import MINUS, day, show

_HEIGHT = 280
_LABEL = 14  # pixels a line's name needs


@form
def _chart() -> Any:  # noqa: ANN401
    y = alt.Y(
        "level:Q", title="Level, start = 100", axis=alt.Axis(tickCount=5),
        scale=alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False, zero=False),
    )  # fmt: skip
    color = alt.Color("color:N", scale=None)
    hover = tips(("name", "Market"), ("shown", "Since the start"), ("value", "Level"), ("session", "Session"), ("source", "Source"))
    base = alt.Chart(alt.NamedData("rows")).encode(x=dates(), y=y, color=color)
    path = alt.Chart(alt.NamedData("path")).encode(x=dates(), y=y, color=color)
    line = path.mark_line(strokeWidth=2).encode(detail=alt.Detail("name:N"))
    spots = base.mark_circle(size=70, opacity=0).encode(tooltip=hover)
    start = alt.Chart(alt.NamedData("start")).mark_rule(opacity=0.6, color=theme.NEUTRAL, strokeDash=[3, 3]).encode(y=alt.Y("level:Q"))
    names = alt.Chart(alt.NamedData("ends")).mark_text(align="left", dx=6, baseline="middle")
    ends = names.encode(x=END, y=alt.Y("place:Q"), text=LABEL, color=color)
    return alt.layer(start, line, spots, ends)


def _window(table: MetricTable, row: int, keys: Sequence[str], days: int) -> list[Known]:
    """What is known of each series within `days` of the cutoff, from its first session in there; at least two sessions."""
    first = table.panel.dates[row] - np.timedelta64(days, "D")
    kept = []
    for key in keys:
        k = known(table, key, row, days + 5)
        inside = k.sessions >= first if k else np.array([], dtype=bool)
        if k and inside.sum() >= 2 and k.values[inside][0] > 0:
            kept.append(Known(key, k.sessions[inside], k.values[inside], k.changes[inside], tuple(np.array(k.sources)[inside])))
    return kept


def _colors(series: list[Known]) -> dict[str, str]:
    """Market colours where every line is another market, an order of colours otherwise."""
    markets = [SERIES[k.key].market for k in series]
    if len(set(markets)) == len(markets):
        return {k.key: theme.MARKETS[m] for k, m in zip(series, markets, strict=True)}
    return {k.key: theme.ORDER[i % len(theme.ORDER)] for i, k in enumerate(series)}


def _rows(k: Known, color: str) -> list[Row]:
    levels = k.values / k.values[0] * 100
    unit = SERIES[k.key].unit
    return [
        {
            "key": k.key, "name": short(k.key), "date": iso(s), "level": float(v), "shown": show(v - 100, Unit.PERCENT), "value": show(raw, unit),
            "session": when(s), "source": o, "color": color,
        }
        for s, v, raw, o in zip(k.sessions, levels, k.values, k.sources, strict=True)
    ]  # fmt: skip


def spread(places: list[float], least: float) -> list[float]:
    """Places moved apart so that neighbours keep `least` distance, in the order given; their middle stays where it was.

    >>> spread([100.0, 101.0], 4.0)
    [98.5, 102.5]
    """
    order = np.argsort(places, kind="stable")
    sorted_places = np.array(places, dtype=np.float64)[order]
    moved = sorted_places.copy()
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + least)
    moved -= (moved - sorted_places).mean() if len(moved) else 0.0
    result = np.empty(len(moved))
    result[order] = moved
    return [float(v) for v in result]


def one_decimal(percent: float) -> str:
    """A change with one decimal, for the end of a line.

    >>> one_decimal(-30.49), one_decimal(0.02)
    ('−30.5%', '0.0%')
    """
    rounded = round(percent, 1)
    return f"{rounded:+.1f}%".replace("-", MINUS) if rounded else "0.0%"


def _ends(last: list[Row], low: float, high: float) -> list[Row]:
    places = spread([r["level"] for r in last], (high - low) * _LABEL / _HEIGHT)
    return [
        {"place": p, "label": N_("{market} {change}", market=tiny(r["key"]), change=one_decimal(r["level"] - 100)), "color": r["color"]}
        for r, p in zip(last, places, strict=True)
    ]


def rebased(table: MetricTable, report: Report, keys: Sequence[str], days: int = 90, *, key: str = "rebased") -> Picture | None:
    """Levels of the series rebased to 100 at their first session of the window; None where none is known."""
    series = _window(table, row_of(table, report), keys, days)
    if not series:
        return None
    colors = _colors(series)
    lines = [_rows(k, colors[k.key]) for k in series]
    last = [rows[-1] for rows in lines]
    levels = [r["level"] for rows in lines for r in rows]
    margin = max(max(levels) - min(levels), 1.0) * 0.06
    low, high = min(levels) - margin, max(levels) + margin
    since = date(min(k.sessions[0] for k in series))
    best, worst = max(last, key=lambda r: r["level"]), min(last, key=lambda r: r["level"])
    ends = {"days": days, "best": best["name"], "first": best["shown"], "worst": worst["name"], "last": worst["shown"]}
    title = N_("{best} {first} over {days} days, {worst} {last}" if len(last) > 1 else "{best} {first} over {days} days", **ends)
    points = [r for rows in lines for r in rows]
    path = [{k: r[k] for k in ("name", "date", "level", "color")} for r in points]
    spec = fill(
        _chart(), {"rows": points, "path": path, "ends": _ends(last, low, high), "start": [{"level": 100}]}, height=_HEIGHT,
        synthetic=report.synthetic, values={"low": low, "high": high},
    )  # fmt: skip
    return Picture(
        key=key, title=title, spec=spec,
        subtitle=subtitle(report, N_("Closes rebased to 100 at each market's first session since {first}; each point is a session of its own market.",
                                     first=day(since, year=True))),
        alt=N_("Lines of {n} markets rebased to 100. {title}.", n=len(series), title=title),
        table=frame(
            [(r[-1]["name"], r[-1]["shown"], r[0]["session"], r[-1]["session"], r[-1]["value"], r[-1]["source"]) for r in lines],
            columns=["Market", "Change", "First session", "Last session", "Last close", "Source"],
        ),
    )  # fmt: skip
