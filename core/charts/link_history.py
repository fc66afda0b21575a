"""How steady a link is: its rolling correlation and beta on the true lead, and what comparing by date would have shown instead."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import END, LABEL, SIGNED, ZERO, dates, tips, zero
from core.charts.known import iso, provider, row_of, short, when
from core.charts.lines import spread
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_, capital
from core.metrics import MetricTable
from core.metrics.links import measures
from core.metrics.metric import YEAR_OF_SESSIONS
from core.metrics.transmission import LINKS, Link
from core.panel import Floats
from core.records import Report
from core.units import Unit
from core.wording import NA, show

_BY_KEY = {k.key: k for k in LINKS}
_TITLES = {
    False: "{follower} and {leader}: correlation {corr} on its lead, {other} by date",
    True: "{follower} and {leader}: correlation {corr} on its lead, {other} side by side",
}
_SUBTITLES = {
    False: "Rolling over {n} sessions, every fifth session drawn. Solid with its 95% interval: on the true lead; dashed: by date; dotted: beta on "
    "the lead. By date, the {leader} closes after the {follower}.",
    True: "Rolling over {n} sessions, every fifth session drawn. Solid with its 95% interval: on the true lead; dashed: side by side; dotted: beta "
    "on the lead. Its lead is the {leader}'s close of the day before; side by side, at the same hours, is no lead.",
}
_YEARS, _STEP, _HEIGHT, _LABEL = 3, 5, 300, 14


@dataclass(frozen=True, slots=True)
class _Line:
    """A measure drawn as a line: its name in the data, its colour, and whether it is dashed."""

    name: str
    color: str
    dash: tuple[int, ...]


_LINES = (_Line("corr", theme.MEASURED, ()), _Line("date_corr", theme.ORANGE, (4, 3)), _Line("beta", theme.NEUTRAL, (1, 3)))


@form
def _chart() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False, zero=False)
    y = alt.Y("value:Q", title="Correlation, beta", scale=scale, axis=alt.Axis(tickCount=5, labelExpr=SIGNED))
    hover = tips(
        ("session", "Session"), ("corr", "On the lead"), ("date_corr", "By date"), ("beta", "Beta"), ("n", "Behind them"), ("source", "Source"),
    )  # fmt: skip
    band = alt.Chart(alt.NamedData("band")).mark_area(opacity=0.16, color=theme.MEASURED)
    paths = [
        alt.Chart(alt.NamedData(line.name)).mark_line(strokeWidth=2, color=line.color, strokeDash=list(line.dash) or [1, 0]).encode(x=dates(), y=y)
        for line in _LINES
    ]
    spots = alt.Chart(alt.NamedData("spots")).mark_circle(size=70, opacity=0).encode(x=dates(), y=y, tooltip=hover)
    turns = alt.Chart(alt.NamedData("breaks")).mark_rule(strokeDash=[2, 2], color=theme.THRESHOLD)
    names = alt.Chart(alt.NamedData("ends")).mark_text(align="left", dx=6, baseline="middle", fontWeight="bold")
    return alt.layer(
        band.encode(x=dates(), y=alt.Y("from:Q"), y2=alt.Y2("to:Q")), zero("y"), *paths, spots,
        turns.encode(x=alt.X("date:T"), tooltip=tips(("label", "Break"), ("session", "Session"))),
        names.encode(x=END, y=alt.Y("place:Q"), text=LABEL, color=alt.Color("color:N", scale=None)),
    )  # fmt: skip


def _known(values: Floats, at: np.ndarray[Any, Any], sessions: list[str]) -> list[Row]:
    return [{"date": s, "value": float(v)} for s, v in zip(sessions, values[at], strict=True) if np.isfinite(v)]


def _interval(found: dict[str, Floats], i: int) -> str:
    middle, low, high = (show(float(found[m][i]), Unit.RATIO) for m in ("corr", "corr_low", "corr_high"))
    return middle if middle == NA else N_("{middle} ({low} to {high})", middle=middle, low=low, high=high)


def _spots(table: MetricTable, link: Link, at: list[int], found: dict[str, Floats]) -> list[Row]:
    track = table.panel.tracks[link.follower]
    return [
        {
            "date": iso(track.sessions[i]), "value": float(found["corr"][i]), "corr": _interval(found, i), "session": when(track.sessions[i]),
            "date_corr": show(float(found["date_corr"][i]), Unit.RATIO), "beta": show(float(found["beta"][i]), Unit.RATIO),
            "n": show(float(found["n"][i]), Unit.SESSIONS), "source": provider(str(track.source[i])),
        }
        for i in at if np.isfinite(found["corr"][i])
    ]  # fmt: skip


def _breaks(table: MetricTable, link: Link, first: str, last: str) -> list[Row]:
    """Regime breaks of either side within the picture; no statistic runs across one."""
    return [
        {"date": b.session.isoformat(), "label": b.why, "session": when(b.session)}
        for key in (link.leader, link.follower)
        for b in table.panel.breaks(key)
        if first < b.session.isoformat() <= last
    ]


def _names(link: Link) -> dict[str, str]:
    by_date = "side by side" if link.side_by_side else "by date"
    return {"corr": "on its lead", "date_corr": by_date, "beta": "beta"}


def _ends(found: dict[str, Floats], i: int, names: dict[str, str], reach: float) -> list[Row]:
    told = [line for line in _LINES if np.isfinite(found[line.name][i])]
    places = spread([float(found[line.name][i]) for line in told], reach * _LABEL / _HEIGHT)
    return [
        {"place": p, "label": N_("{measure} {value}", measure=names[line.name], value=show(float(found[line.name][i]), Unit.RATIO)),
         "color": line.color}
        for line, p in zip(told, places, strict=True)
    ]


def link_history(table: MetricTable, report: Report, link_key: str) -> Picture | None:
    """Correlation on the true lead with its interval, correlation by date and beta, rolling, over three years; None without two points."""
    link, row = _BY_KEY[link_key], row_of(table, report)
    found, last = measures(table.features, link), int(table.panel.position(link.follower)[row])
    if not found or last < 0:
        return None
    track = table.panel.tracks[link.follower]
    first = max(track.begin(last), last - _YEARS * YEAR_OF_SESSIONS)
    at = np.arange(last, first - 1, -_STEP)[::-1]
    spots = _spots(table, link, at.tolist(), found)
    if len(spots) < 2:
        return None
    sessions = [iso(s) for s in track.sessions[at]]
    band = [{"date": s, "from": float(found["corr_low"][i]), "to": float(found["corr_high"][i])}
            for s, i in zip(sessions, at, strict=True) if np.isfinite(found["corr_low"][i])]  # fmt: skip
    lines = {line.name: _known(found[line.name], at, sessions) for line in _LINES}
    reached = [0.0, *(p["value"] for rows in lines.values() for p in rows), *(b[k] for b in band for k in ("from", "to"))]
    room = (max(reached) - min(reached)) * 0.08
    names, (leader, follower) = _names(link), (short(link.leader), short(link.follower))
    now = {m: show(float(found[m][last]), Unit.RATIO) for m in ("corr", "date_corr")}
    title = N_(_TITLES[link.side_by_side], follower=follower, leader=leader, corr=now["corr"], other=now["date_corr"])
    return Picture(
        key=f"link_history_{link_key}", title=title,
        subtitle=subtitle(report, N_(_SUBTITLES[link.side_by_side], n=YEAR_OF_SESSIONS, leader=leader, follower=follower)),
        alt=N_("Lines of the rolling correlation on the true lead, the correlation by date and the beta, {n} points. {title}.", n=len(spots),
               title=title),
        spec=fill(_chart(), {**lines, "band": band, "spots": spots, "breaks": _breaks(table, link, sessions[0], sessions[-1]), "zero": ZERO,
                             "ends": _ends(found, last, names, max(reached) - min(reached) + 2 * room)},
                  height=_HEIGHT, synthetic=report.synthetic, values={"low": min(reached) - room, "high": max(reached) + room}),
        table=frame([(s["session"], s["corr"], s["date_corr"], s["beta"], s["n"], s["source"]) for s in reversed(spots)],
                           columns=["Session", "On the lead (95% interval)", capital(names["date_corr"]), "Beta", "Sessions", "Source"]),
    )  # fmt: skip
