"""How often a rule's gap was closed after earlier events, with its interval, beside how often such a move follows any session."""

import math
from typing import Any

import altair as alt

from core.charts import theme
from core.charts.axes import LABEL, names, tips
from core.charts.known import row_of
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.divergences import BY_KEY, base_rate, one
from core.divergences.baserates import Horizon
from core.language import N_
from core.metrics import MetricTable
from core.records import Report
from core.units import Unit
from core.wording import show

_ROW = 34
# The axis ends at a multiple of this share (percent), so that it stays where it is while a threshold moves.
_STEP = 20
_TOLD = {1: "more often than after any session", -1: "less often than after any session", 0: "no telling it from any session"}


@form
def _chart() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=0, domainMax=alt.ExprRef("high"), nice=False)
    x = alt.X("share:Q", title="Share of events after which the gap was closed (%)", scale=scale, axis=alt.Axis(tickCount=5, grid=False))
    said = (("name", "After"), ("shown", "Gap closed"), ("interval", "95% interval"), ("any", "After any session"), ("lift", "Lift"), ("n", "Events"))
    hover = tips(*said)
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=hover)
    first = alt.Chart(alt.NamedData("first")).encode(y=names())
    return alt.layer(
        base.mark_bar(size=8, cornerRadius=4, opacity=0.4, color=theme.THRESHOLD).encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("upper:Q")),
        base.mark_tick(thickness=3, size=20, color=theme.NEUTRAL).encode(x=alt.X("usual:Q")),
        base.mark_point(filled=True, size=80, opacity=1, color=theme.THRESHOLD).encode(x=x),
        base.mark_text(align="left", dx=8, baseline="middle").encode(x=alt.X("upper:Q"), text=LABEL),
        first.mark_text(align="center", dy=-17, baseline="middle", color=theme.NEUTRAL).encode(x=alt.X("usual:Q"), text=LABEL),
    )  # fmt: skip


def _row(h: Horizon) -> Row:
    c = h.closed
    low, high, usual, mine = (show(v, Unit.SHARE) for v in (c.low, c.high, c.usual, c.share))
    lift = N_("{middle} ({low} to {high})", middle=show(c.lift, Unit.RATIO), low=show(c.lift_low, Unit.RATIO), high=show(c.lift_high, Unit.RATIO))
    return {
        "name": show(h.sessions, Unit.SESSIONS), "sessions": h.sessions, "share": c.share, "low": c.low, "upper": c.high, "usual": c.usual,
        "label": f"{c.share:.0f}%",
        "shown": N_("{share} of {all}", share=mine, all=f"{h.n:,}"), "interval": N_("{low} to {high}", low=low, high=high),
        "any": usual, "lift": lift, "n": f"{h.n:,}", "told": _TOLD[c.told],
    }  # fmt: skip


def closed(table: MetricTable, report: Report, rule_key: str) -> Picture | None:
    """The record of a rule at the reader's threshold, whether it fires or not; None where there are too few events to say anything."""
    rule = BY_KEY[rule_key]
    past = base_rate(table, one(table, rule, report.settings), row_of(table, report))
    rows = [_row(h) for h in past.horizons if h.enough]
    if not rows:
        return None
    five = next((r for r in rows if r["sessions"] == 5), rows[0])
    title = N_("After {time} the gap was closed in {share} of cases, {usual} after any session: {told}", time=five["name"], share=five["label"],
               usual=f"{round(five['usual'])}%", told=five["told"])  # fmt: skip
    return Picture(
        key=f"closed_{rule_key}", title=title,
        subtitle=subtitle(report, N_("{events} separate events among {sessions} sessions before this report's, at this threshold. Dot: share; bar: "
                                     "95% interval; grey mark: after any session.", events=f"{past.events:,}", sessions=f"{past.watched:,}")),
        alt=N_("Dots with intervals for {n} horizons: how often the gap was closed; what it shows stands above it.", n=len(rows)),
        spec=fill(_chart(), {"rows": rows, "first": [rows[0] | {"label": "any session"}]}, height=_ROW * len(rows) + 14, synthetic=report.synthetic,
                  values={"high": min(100, math.ceil(max(max(r["upper"], r["usual"]) for r in rows) * 1.15 / _STEP) * _STEP)},
                  moving=("rows", "first")),
        table=frame([(r["name"], r["n"], r["shown"], r["interval"], r["any"], r["lift"], r["told"]) for r in rows],
                           columns=["After", "Events", "Gap closed", "95% interval", "After any session", "Lift (95%)", "In words"]),
    )  # fmt: skip
