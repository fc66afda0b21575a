"""A divergence rule's gap in its own history: where the threshold cuts it, and where today stands."""

from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import LABEL, SIGNED, TOP, tips
from core.charts.gap_history import Gaps, gaps
from core.charts.known import date, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.panel import Floats
from core.records import Report
from core.units import Unit
from core.wording import MINUS, day, show

_BINS = 41
# What the picture shows, by how a rule asks its legs to move.
_SUBTITLES = {
    "relative": "At {limit} it {fired}, since {first}. Amber: fired; the outermost bars hold all beyond.",
    "opposed": "At {limit} it {fired}, since {first}. Amber: fired; the outermost bars hold all beyond; it counts only where the legs move against "
    "each other.",
    "together": "At {limit} it {fired}, since {first}. Amber: fired; the outermost bars hold all beyond; it counts only where the legs move the "
    "same way.",
}


@form
def _histogram() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False, zero=False)
    x = alt.X("from:Q", title="{gap}", scale=scale, axis=alt.Axis(labelExpr=SIGNED, grid=False, tickCount={"expr": "max(3, floor(width / 90))"}))
    hover = tips(("range", "Gap"), ("shown", "Sessions"), ("state", "Of these"), ("session", "Latest session"))
    shade = alt.Chart(alt.NamedData("shade")).mark_rect(opacity=0.07, color=theme.THRESHOLD)
    bars = alt.Chart(alt.NamedData("bars")).mark_rect(stroke=None)
    limits = alt.Chart(alt.NamedData("limits")).encode(x=alt.X("at:Q"))
    today = alt.Chart(alt.NamedData("today")).encode(x=alt.X("at:Q"))
    inward = "(scale('x', datum.at) > width - 100 || (scale('x', datum.at) > 100 && scale('x', datum.at) < width / 2))"
    flip, side = {"expr": f"{inward} ? 'right' : 'left'"}, {"expr": f"{inward} ? -6 : 6"}
    return alt.layer(
        shade.encode(x=x, x2=alt.X2("to:Q")),
        bars.encode(x=x, x2=alt.X2("to:Q"), y=alt.Y("low:Q", title="Sessions", axis=alt.Axis(tickCount=4),
                    scale=alt.Scale(domainMax=alt.ExprRef("tall"), nice=False)), y2=alt.Y2("high:Q"), color=alt.Color("color:N", scale=None),
                    tooltip=hover),
        limits.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=theme.THRESHOLD)
        .encode(y=alt.Y("zero:Q"), y2=alt.Y2("top:Q"), tooltip=tips(("label", "Threshold"))),
        today.mark_rule(strokeWidth=2.5, color=theme.TODAY).encode(tooltip=tips(("shown", "Gap"), ("session", "Session"))),
        today.mark_text(align=flip, dx=side, baseline="top", fontWeight="bold", color=theme.TODAY).encode(y=TOP, text=LABEL),
    )  # fmt: skip


def _bins(g: Gaps, edges: Floats) -> list[Row]:
    """Stacked counts per bin: quiet sessions at the bottom, fired ones on them."""
    place = np.clip(np.searchsorted(edges, g.values, side="right") - 1, 0, len(edges) - 2)
    latest = np.full(len(edges) - 1, -1)
    np.maximum.at(latest, place, np.arange(len(place)))
    quiet = np.bincount(place[~g.fires], minlength=len(edges) - 1)
    fired = np.bincount(place[g.fires], minlength=len(edges) - 1)
    made: list[Row] = []
    for i in np.flatnonzero(quiet + fired):
        span = _span(g, edges, int(i))
        for low, n, color, state in ((0, quiet[i], theme.NEUTRAL, "quiet"), (quiet[i], fired[i], theme.THRESHOLD, "fired")):
            if n:
                made.append({
                    "from": float(edges[i]), "to": float(edges[i + 1]), "low": int(low), "high": int(low + n), "color": color, "range": span,
                    "shown": show(float(n), Unit.COUNT), "state": state, "session": when(g.sessions[latest[i]]),
                })  # fmt: skip
    return made


def _span(g: Gaps, edges: Floats, i: int) -> str:
    """A bin's range in words; the outermost hold everything beyond them."""
    low, high = show(edges[i], g.unit, sign=True), show(edges[i + 1], g.unit, sign=True)
    return N_("{high} and below" if i == 0 else "{low} and above" if i == len(edges) - 2 else "{low} to {high}", low=low, high=high)


def _now(g: Gaps) -> tuple[str, list[Row]]:
    """What today's gap is, in words and as a mark."""
    if g.today is None:
        return N_("{rule}: not compared today", rule=g.rule.label), []
    shown = show(g.today, g.unit, sign=True)
    mark = {"at": g.today, "shown": shown, "session": when(g.sessions[-1]), "label": N_("{date}: {gap}", date=day(date(g.sessions[-1])), gap=shown)}
    said = "{rule} fires: gap {gap}, threshold {limit}" if g.fires_today else "{rule} is quiet: gap {gap}, threshold {limit}"
    return N_(said, rule=g.rule.label, gap=shown, limit=g.limit), [mark]


def distribution(table: MetricTable, report: Report, rule_key: str) -> Picture | None:
    """The gap's history up to the report with the threshold and today in it; None where the gap was never known."""
    g = gaps(table, report, rule_key)
    if g is None:
        return None
    reach = max(float(np.quantile(np.abs(g.values), 0.99)), g.threshold * 1.15, abs(g.today or 0.0)) * 1.05 or 1.0
    edges = np.linspace(-reach, reach, _BINS + 1)
    bars = _bins(g, edges)
    top = max(b["high"] for b in bars)
    title, today = _now(g)
    sides = ((-1, -reach, -g.threshold), (1, g.threshold, reach))
    return Picture(
        key=f"distribution_{rule_key}", title=title,
        subtitle=subtitle(report, N_(_SUBTITLES[g.rule.mode], limit=N_("±{size}", size=g.limit), fired=g.fired,
                                     first=day(date(g.sessions[0]), year=True))),
        alt=N_("Histogram of {n} gaps, {gap}, with the threshold and today's gap marked; what it shows stands above it.", n=f"{len(g.values):,}",
               gap=g.axis),
        spec=fill(_histogram(), {
            "shade": [{"from": a, "to": b} for _, a, b in sides], "bars": bars, "today": today,
            "limits": [{"at": s * g.threshold, "zero": 0, "top": top, "label": N_("{sign}{size}", sign="+" if s > 0 else MINUS, size=g.limit)}
                       for s, _, _ in sides],
        }, height=220, synthetic=report.synthetic, values={"low": -reach, "high": reach, "tall": top * 1.14},
            named={"gap": g.axis}, moving=("bars", "limits", "shade")),
        table=frame([(b["range"], b["state"], b["shown"], b["session"]) for b in bars],
                           columns=["Gap", "State", "Sessions", "Latest session"]),
    )  # fmt: skip
