"""The transmission chain in the order of its clocks: which session could know which."""

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import theme
from core.charts.axes import LABEL, TOP, tips
from core.charts.chain_data import LANES, Arrow, Bar, Waiting, arrows, closures, first_instant, sessions_of, waiting
from core.charts.known import row_of
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.figures import Figures
from core.insight.chain import read, rule_for
from core.insight.desk import Desk
from core.language import N_, join
from core.metrics import MetricTable
from core.records import Report
from core.sessions import Instants
from core.wording import day, instant

if TYPE_CHECKING:
    import datetime as dt

# A head whose tip lies at the end of its line, pointing down before it is turned.
HEAD = "M0,0L-0.62,-1.5L0.62,-1.5Z"
_DX = "(scale('x', datum.end) - scale('x', datum.start))"
_DY = "(scale('y', datum.low) - scale('y', datum.high))"
_TURN = f"atan2({_DY}, {_DX}) * 180 / PI - 90"
# The day of an axis label by its day of the week, as the renderer writes it.
_DAYS = ("Sun %-d", "Mon %-d", "Tue %-d", "Wed %-d", "Thu %-d", "Fri %-d", "Sat %-d")
_NO_ARROWS = (
    "Bars: sessions from open to close (UTC) with their change in percent. Arrows: from the US close that an Asian session could know to its open, "
    "coloured by follow-through."
)
_ARROWS = _NO_ARROWS.removesuffix(".") + " (latest: {words})."
_DOTTED = "Dotted, with the usual answer (≈): not yet traded on."
_SOON = np.timedelta64(3, "h")
_HALF = 0.2  # half the height of a bar, in lanes


@form
def _chart() -> Any:  # noqa: ANN401
    time = alt.X(
        "start:Q", title="Time (UTC); a label stands where its day begins",
        scale=alt.Scale(domainMin=alt.ExprRef("first"), domainMax=alt.ExprRef("last"), nice=False, zero=False),
        axis=alt.Axis(values=alt.ExprRef("midnights"), labelExpr="utcFormat(datum.value, days[utcday(datum.value)])", labelAlign="left",
                      labelFlush=False, labelOverlap=True),
    )  # fmt: skip
    y = alt.Y(
        "high:Q", title=None, scale=alt.Scale(domain=[len(LANES) - 0.4, -0.85], nice=False, zero=False),
        axis=alt.Axis(values=list(range(len(LANES))), labelExpr="lanes[datum.value]", grid=False, labelFlush=False),
    )  # fmt: skip
    color = alt.Color("color:N", scale=None)
    bars = alt.Chart(alt.NamedData("bars")).encode(x=time, x2=alt.X2("end:Q"), y=y, y2=alt.Y2("low:Q"))
    hover = tips(("market", "Market"), ("shown", "Change"), ("session", "Session"), ("hours", "Open to close"), ("source", "Source"))
    labels = alt.Chart(alt.NamedData("labels")).mark_text(
        fontSize=11, fontWeight="bold", baseline="middle", align=alt.ExprRef("datum.align"), dx=alt.ExprRef("datum.dx"),
    )  # fmt: skip
    closed = alt.Chart(alt.NamedData("closed")).mark_text(fontSize=10, fontStyle="italic", color=theme.INK, baseline="middle")
    led = (("word", "Follow-through"), ("shown", "Lead → answer"), ("session", "Session"), ("hours", "Close → open"), ("source", "Source"))
    links = alt.Chart(alt.NamedData("arrows")).encode(x=time, y=y, color=color, tooltip=tips(*led))
    told = (("shown", "Not yet traded on"), ("session", "US session"), ("source", "Source"))
    pending = alt.Chart(alt.NamedData("pending")).encode(x=time, y=y, tooltip=tips(*told))
    cutoff = alt.Chart(alt.NamedData("cutoff"))
    return alt.layer(
        bars.mark_rect(cornerRadius=2, opacity=0.9).encode(color=color, tooltip=hover),
        closed.encode(x=alt.X("at:Q"), y=alt.Y("lane:Q"), text=LABEL, tooltip=tips(("market", "Market"), ("session", "Day"), ("label", "State"))),
        pending.mark_rule(strokeWidth=1.5, strokeDash=[2, 3], color=theme.INK).encode(x2=alt.X2("end:Q"), y2=alt.Y2("low:Q")),
        links.mark_rule(strokeWidth=alt.ExprRef("datum.width"), opacity=alt.ExprRef("datum.strength")).encode(x2=alt.X2("end:Q"), y2=alt.Y2("low:Q")),
        links.mark_point(
            filled=True, shape=HEAD, size=alt.ExprRef("datum.head"), opacity=alt.ExprRef("datum.strength"), angle=alt.ExprRef(_TURN),
        ).encode(x=alt.X("end:Q"), y=alt.Y("low:Q")),
        labels.encode(x=alt.X("at:Q"), y=alt.Y("place:Q"), text=LABEL, color=color),
        cutoff.mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=theme.TODAY).encode(x=alt.X("at:Q"), tooltip=tips(("label", "Cutoff"))),
        cutoff.mark_text(align="right", baseline="top", dx=-4, fontSize=11, color=theme.TODAY)
        .encode(x=alt.X("at:Q"), y=TOP, text=alt.Text("name:N")),
    )  # fmt: skip


def _ms(at: np.datetime64) -> int:
    return int(at.astype("datetime64[ms]").astype(np.int64))


def _clock(at: np.datetime64) -> str:
    moment: dt.datetime = at.astype("datetime64[s]").item()
    return N_("{date} {time}", date=day(moment.date(), year=True), time=f"{moment:%H:%M}")


def _bar(b: Bar) -> Row:
    return {
        "start": _ms(b.opens), "end": _ms(b.closes), "high": b.lane - _HALF, "low": b.lane + _HALF, "color": b.color, "market": LANES[b.lane].name,
        "shown": b.shown, "session": b.session,
        "hours": N_("{a} → {b} UTC (half day)" if b.early else "{a} → {b} UTC", a=_clock(b.opens), b=_clock(b.closes)),
        "source": b.source,
    }  # fmt: skip


def _label(b: Bar, cutoff: np.datetime64, *, place: str) -> Row:
    """The change beside its bar: above for the leader; below, from the open on, where arrows come from above and the left.

    A session that closed just before the cutoff keeps its label off the cutoff's line. `place` is `plain`, or where a week is drawn `raised` to
    clear the label of the next session and `left` to clear that of the next lead too.
    """
    led, near = b.lane in {1, 2}, b.closes > cutoff - _SOON
    if led and near:
        return {"at": _ms(cutoff), "place": b.lane, "label": b.shown, "color": b.color, "align": "left", "dx": 4}
    at, align, dx = (b.opens, "left", 2) if led else (b.opens + (b.closes - b.opens) // 2, "center", 0)
    if b.lane == 0 and b.closes > cutoff - 2 * _SOON:
        at, align, dx = cutoff, "right", -4
    elif place == "left":
        at, align, dx = b.closes, "right", 6
    return {
        "at": _ms(at), "place": b.lane + (-0.36 - 0.24 * (place != "plain") if b.lane == 0 else 0.38), "color": b.color,
        "label": N_("{change} ½", change=b.shown) if b.early else b.shown, "align": align, "dx": dx,
    }  # fmt: skip


def _labels(bars: list[Bar], leads: set[np.datetime64], cutoff: np.datetime64, *, crowded: bool) -> list[Row]:
    """The labels that have room: all, or over a week each lane's last and the leads."""
    ends = {b.lane: b for b in bars}
    if not crowded:
        return [_label(b, cutoff, place="plain") for b in bars]
    told = [b for b in bars if b.lane == 0 and b.closes in leads and b is not ends[0]]
    return [
        *(_label(b, cutoff, place="plain") for b in ends.values()),
        *(_label(b, cutoff, place="left" if b is not told[-1] else "raised") for b in told),
    ]  # fmt: skip


def _arrow(a: Arrow) -> Row:
    return {
        "start": _ms(a.start), "end": _ms(a.end), "high": _HALF + 0.03, "low": a.lane - _HALF - 0.03, "color": theme.FOLLOW[a.word], "word": a.word,
        "shown": a.shown, "session": a.session, "hours": N_("{a} → {b} UTC", a=_clock(a.start), b=_clock(a.end)), "source": a.source,
        "width": 2.2 if a.latest else 1.2, "strength": 1 if a.latest else 0.55, "head": 150 if a.latest else 70,
    }  # fmt: skip


def _pending(w: Waiting, cutoff: np.datetime64) -> Row:
    return {
        "start": _ms(w.start), "end": _ms(cutoff), "high": _HALF + 0.03, "low": w.lane, "shown": w.shown, "session": w.session, "source": w.source,
    }  # fmt: skip


def _expected(w: Waiting, cutoff: np.datetime64) -> Row:
    """The usual answer, behind the cutoff's line."""
    return {"at": _ms(cutoff), "place": w.lane, "color": theme.INK, "label": w.label, "align": "left", "dx": 4}


def _midnights(first: np.datetime64, last: np.datetime64) -> Instants:
    begin = first.astype("datetime64[D]") + (1 if first > first.astype("datetime64[D]") else 0)
    return np.arange(begin, last.astype("datetime64[D]") + 1)


def _twin(bars: list[Row], links: list[Row]) -> pd.DataFrame:
    rows = [(b["hours"], b["market"], b["session"], b["shown"], "", b["source"]) for b in sorted(bars, key=lambda b: (b["end"], b["market"]))]
    rows += [(a["hours"], a["market"], a["session"], a["shown"], a["word"], a["source"]) for a in links]
    return frame(rows, columns=["From → to", "Market or link", "Session", "Change", "Follow-through", "Source"])


def chain(table: MetricTable, report: Report) -> Picture | None:
    """Sessions of the last days before the cutoff as bars from open to close, and what each Asian session could know; None without any."""
    row = row_of(table, report)
    cutoff = table.panel.cutoffs[row]
    found, ahead = arrows(table, row, report.settings.flat), waiting(table, row)
    first = first_instant(table, row, found)
    bars = [b for lane in range(len(LANES)) for b in sessions_of(table, row, lane, first)]
    if not bars:
        return None
    shown = {(b.lane, b.opens) for b in bars} | {(0, b.closes) for b in bars if b.lane == 0}
    links = [a for a in found if (a.lane, a.end) in shown and (0, a.start) in shown]
    drawn = [_bar(b) for b in bars]
    arrow_rows = [_arrow(a) | {"market": N_("{a} → {b}", a=LANES[0].name, b=LANES[a.lane].name)} for a in links]
    labels = _labels(bars, {a.start for a in links if a.latest}, cutoff, crowded=(cutoff - first) / np.timedelta64(1, "D") > 4.6)
    title = rule_for(read(Desk(table, row, report.settings, {}, Figures(table, row)))).word
    words = join(", ", (N_("{market} {answer}", market=LANES[a.lane].name, answer=a.word) for a in links if a.latest))
    return Picture(
        key="chain", title=title, table=_twin(drawn, arrow_rows),
        subtitle=subtitle(report, join(" ", [
            N_(_ARROWS, words=words) if words else _NO_ARROWS, *([_DOTTED] if ahead else []),
            "Hong Kong and the mainland trade at the same hours, so no arrow joins them.",
        ])),
        alt=join(" ", [
            N_("Time line of sessions in four lanes up to {cutoff}. {title}.", cutoff=instant(report.cutoff), title=title),
            N_("Follow-through: {words}.", words=words) if words else "No lead is known.",
            *([N_("Not yet traded on: {expected}.", expected=join("; ", (w.shown for w in ahead)))] if ahead else []),
        ]),
        spec=fill(_chart(), {
            "bars": drawn, "labels": [*labels, *(_expected(w, cutoff) for w in ahead)], "arrows": arrow_rows,
            "pending": [_pending(w, cutoff) for w in ahead], "closed": closures(table, row, first),
            "cutoff": [{"at": _ms(cutoff), "label": instant(report.cutoff), "name": "cutoff"}],
        }, height=300, synthetic=report.synthetic,
            values={"first": _ms(first), "last": _ms(cutoff + (cutoff - first) // 6),
                    "lanes": [lane.name for lane in LANES], "days": list(_DAYS),
                    "midnights": [_ms(m) for m in _midnights(first, cutoff - np.timedelta64(1, "h"))]}),
    )  # fmt: skip
