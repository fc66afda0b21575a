"""What is stored: every series as a bar over time, broken where sessions are missing, marked where its source or meaning changes."""

from collections.abc import Iterable
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.catalogue import SERIES, Series
from core.charts import theme
from core.charts.axes import LABEL, START, tips
from core.charts.known import provider, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.records import Report
from core.tracks import Track

_FIRST, _OTHER = "first source of its chain", "a later source of its chain"
_ABSENT = "nothing stored"
_ROW = 15


@form
def _chart() -> Any:  # noqa: ANN401
    legend = alt.Legend(columns=alt.ExprRef("width < 300 ? 1 : 2"))
    color = alt.Color("kind:N", scale=alt.Scale(domain=[_FIRST, _OTHER], range=[theme.MEASURED, theme.THRESHOLD]), legend=legend)
    axis = alt.Axis(format="%b %Y", grid=True, labelOverlap=True, tickCount={"expr": "max(2, floor(width / 110))"})
    x = alt.X("from:T", title="Session (UTC)", scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, labelFontSize=10, labelOverlap=False, labelFlush=False))
    # The first layer names every series, so that one without a bar keeps its row.
    every = alt.Chart(alt.NamedData("every")).mark_text(align="left", fontSize=10).encode(x=START, y=y, text=LABEL)
    held = tips(("name", "Series"), ("span", "Stored"), ("count", "Sessions"), ("source", "Source"))
    bars = alt.Chart(alt.NamedData("bars")).mark_bar(height=7).encode(x=x, x2="to:T", y=y, color=color, tooltip=held)
    holes = alt.Chart(alt.NamedData("holes")).mark_tick(thickness=2, size=11, color=theme.ORANGE).encode(
        x=alt.X("at:T"), y=y, tooltip=tips(("name", "Series"), ("span", "Not stored"), ("count", "Sessions"))
    )  # fmt: skip
    turns = alt.Chart(alt.NamedData("turns")).mark_tick(thickness=2, size=13, color=theme.INK).encode(
        x=alt.X("at:T"), y=y, tooltip=tips(("name", "Series"), ("span", "Regime break"), ("why", "Why"))
    )  # fmt: skip
    return alt.layer(every, bars, holes, turns)


def _ms(day: np.datetime64) -> int:
    return int(day.astype("datetime64[ms]").astype(np.int64))


def _kind(series: Series, source: str) -> str:
    later = source.partition(":")[0] in {ref.provider for ref in series.sources[1:]}
    return _OTHER if later else _FIRST


def _stretches(track: Track, cutoff: np.datetime64) -> Iterable[tuple[int, int]]:
    """Index ranges (first, last) of chosen sessions without a hole between them, known at the cutoff."""
    mine = track.chosen[track.available[track.chosen] <= cutoff]
    if not len(mine):
        return []
    begins = np.flatnonzero(np.r_[True, (track.previous[mine[1:]] < 0) | (track.lines[mine[1:]] != track.lines[mine[:-1]])])
    ends = np.r_[begins[1:], len(mine)] - 1
    return zip(mine[begins].tolist(), mine[ends].tolist(), strict=True)


def _series(series: Series, track: Track, cutoff: np.datetime64) -> tuple[list[Row], list[Row], list[Row]]:
    """Bars, holes and regime breaks of one series."""
    bars: list[Row] = []
    holes: list[Row] = []
    before = -1
    for first, last in _stretches(track, cutoff):
        a, b = track.sessions[first], track.sessions[last]
        count = int(track.ordinals[last] - track.ordinals[first]) + 1
        bars.append({
            "name": series.label, "from": _ms(a), "to": _ms(b + np.timedelta64(1, "D")),
            "span": N_("{low} to {high}", low=when(a), high=when(b)), "count": f"{count:,}",
            "source": provider(str(track.source[first])), "kind": _kind(series, str(track.source[first])),
        })  # fmt: skip
        absent = int(track.ordinals[first] - before - 1) if before >= 0 else 0
        if absent > 0:
            gone = track.plan.dates[[before + 1, int(track.ordinals[first]) - 1]]
            span = when(gone[0]) if absent == 1 else N_("{low} to {high}", low=when(gone[0]), high=when(gone[1]))
            holes.append({"name": series.label, "at": _ms(gone[0]), "span": span, "count": f"{absent:,}"})
        before = int(track.ordinals[last])
    turns = [
        {"name": series.label, "at": _ms(np.datetime64(b.session)), "span": when(np.datetime64(b.session)), "why": b.why}
        for b in track.breaks if np.datetime64(b.session) <= cutoff
    ]  # fmt: skip
    return bars, holes, turns


def coverage(table: MetricTable, report: Report) -> Picture | None:
    """Every series over time as known at the report's cutoff; None where nothing is stored."""
    panel = table.panel
    cutoff = panel.cutoffs[panel.row(report.date)]
    found = [_series(s, panel.tracks[s.key], cutoff) for s in SERIES if panel.has(s.key)]
    bars, holes, turns = ([row for parts in found for row in parts[i]] for i in range(3))
    if not bars:
        return None
    held = list(dict.fromkeys(row["name"] for row in bars))
    every = [{"name": s.label, "label": "" if s.label in held else _ABSENT} for s in SERIES]
    lacking = sum(int(row["count"].replace(",", "")) for row in holes)
    title = N_("{part} of {all} series are stored, without a hole", part=len(held), all=len(SERIES))
    if lacking:
        title = N_("{part} of {all} series are stored; {n} sessions are missing inside them", part=len(held), all=len(SERIES), n=f"{lacking:,}")
    return Picture(
        key="coverage", title=title, alt=N_("Bars of the stored sessions of {n} series. {title}.", n=len(held), title=title),
        subtitle=subtitle(report, "A bar is stored without a hole. Orange ticks: sessions that the calendar has and the store has not. Grey ticks: "
                                  "the source or the meaning of the series changes, and no statistic is computed across."),
        spec=fill(_chart(), {"every": every, "bars": bars, "holes": holes, "turns": turns}, height=_ROW * len(every), synthetic=report.synthetic),
        table=_twin(every, bars, holes, turns),
    )  # fmt: skip


def _twin(every: list[Row], bars: list[Row], holes: list[Row], turns: list[Row]) -> pd.DataFrame:
    rows = [(r["name"], "stored", r["span"], r["count"], r["source"]) for r in bars]
    rows += [(r["name"], "not stored", r["span"], r["count"], "") for r in holes]
    rows += [(r["name"], "regime break", r["span"], "", r["why"]) for r in turns]
    rows += [(r["name"], _ABSENT, "", "", "") for r in every if r["label"]]
    order = {r["name"]: i for i, r in enumerate(every)}
    return frame(sorted(rows, key=lambda r: order[r[0]]), columns=["Series", "What", "Period", "Sessions", "Source, or why"])


