"""One link of the chain: the follower's change against the overnight lead it could know."""

import datetime as dt
from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import LABEL, SIGNED, ZERO, tips, zero
from core.charts.known import figure, known, provider, row_of, short, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_, join
from core.metrics import MetricTable
from core.metrics.metric import YEAR_OF_SESSIONS
from core.metrics.transmission import LINKS, Link, lead
from core.records import Report
from core.units import Unit
from core.wording import day, show

_BY_KEY = {k.key: k for k in LINKS}
_AHEAD = "Bar: what it has yet to trade on, and the range of its usual answer."


@form
def _scatter() -> Any:  # noqa: ANN401
    x = alt.X("lead:Q", title="{leader}: overnight lead (%)", axis=alt.Axis(tickCount=6, labelExpr=SIGNED))
    y = alt.Y("change:Q", title="{follower}: change (%)", axis=alt.Axis(tickCount=5, labelExpr=SIGNED))
    hover = tips(("shown_lead", "{leader} lead"), ("shown", "{follower}"), ("session", "Session"), ("source", "Source"))
    past = alt.Chart(alt.NamedData("past")).mark_circle(size=26, opacity=0.34, color=theme.NEUTRAL).encode(x=x, y=y, tooltip=hover)
    fit = alt.Chart(alt.NamedData("fit")).mark_line(strokeWidth=2, color=theme.MEASURED).encode(x=alt.X("lead:Q"), y=alt.Y("change:Q"))
    slope = alt.Chart(alt.NamedData("slope")).mark_text(align="right", dy=-9, fontWeight="bold", color=theme.MEASURED)
    ahead = alt.Chart(alt.NamedData("next")).encode(x=alt.X("lead:Q"), tooltip=hover)
    reach = ahead.mark_rule(strokeWidth=3, opacity=0.55, color=theme.MEASURED).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    spot = ahead.mark_point(size=90, strokeWidth=2, opacity=1, color=theme.MEASURED).encode(y=alt.Y("change:Q"))
    today = alt.Chart(alt.NamedData("today")).encode(x=alt.X("lead:Q"), y=alt.Y("change:Q"), tooltip=hover)
    dot = today.mark_circle(size=130, opacity=1, color=theme.TODAY)
    flip = {"expr": "scale('x', datum.lead) > width / 2 ? 'right' : 'left'"}
    side = {"expr": "scale('x', datum.lead) > width / 2 ? -10 : 10"}
    text = today.mark_text(align=flip, dx=side, dy=-10, fontWeight="bold", color=theme.TODAY).encode(text=LABEL)
    return alt.layer(zero("x"), zero("y"), past, fit, slope.encode(x=alt.X("lead:Q"), y=alt.Y("change:Q"), text=LABEL), reach, spot, dot, text)


def _points(table: MetricTable, link: Link, row: int) -> list[Row]:
    follower = known(table, link.follower, row, YEAR_OF_SESSIONS)
    if follower is None or known(table, link.leader, row, 1) is None:
        return []
    at = int(table.panel.position(link.follower)[row])
    move = lead(table.features, link).move[at + 1 - len(follower.sessions) : at + 1]
    return [
        {
            "lead": float(x), "change": float(y), "shown_lead": show(x, Unit.PERCENT), "shown": show(y, Unit.PERCENT),
            "session": when(s), "source": o, "day": str(s),
        }
        for x, y, s, o in zip(move, follower.changes, follower.sessions, follower.sources, strict=True)
        if np.isfinite(x) and np.isfinite(y)
    ]  # fmt: skip


def _title(leader: str, follower: str, today: list[Row], implied: float | None, low: float | None) -> str:
    if not today:
        return N_("{follower}'s latest session had no lead from the {leader}", follower=follower, leader=leader)
    told = N_("{follower} {change} after a lead of {lead} from the {leader}", follower=follower, change=today[0]["shown"],
              lead=today[0]["shown_lead"], leader=leader)  # fmt: skip
    if low is None or implied is None:
        return N_("{answer}: too short a history for a usual answer", answer=told)
    return N_("{answer}: usual answer {usual}" if low > 0 else "{answer}: no lead found", answer=told, usual=show(implied, Unit.PERCENT))


def _next(table: MetricTable, link: Link, row: int) -> list[Row]:
    """What the follower has yet to trade on, with the range of its usual answer; nothing where the link is not proven."""
    move, implied, low, high, proven = (
        table.value(f"link.{link.key}.{m}", row) if f"link.{link.key}.{m}" in table.columns else None
        for m in ("pending", "pending_implied", "pending_low", "pending_high", "corr_low")
    )
    if move is None or implied is None or low is None or high is None or proven is None or proven <= 0:
        return []
    source = figure(table, f"link.{link.key}.pending", row)
    return [{
        "lead": move, "change": implied, "low": low, "high": high, "shown_lead": show(move, Unit.PERCENT),
        "session": N_("after {date}", date=when(source.session)),
        "shown": N_("{middle}, {low} to {high}", middle=show(implied, Unit.PERCENT), low=show(low, Unit.PERCENT), high=show(high, Unit.PERCENT)),
        "source": provider(source.source),
    }]  # fmt: skip


def link_scatter(table: MetricTable, report: Report, link_key: str) -> Picture | None:
    """The follower's change against its overnight lead over the last 250 sessions, the line of its beta, and today; None without both."""
    link, row = _BY_KEY[link_key], row_of(table, report)
    points = _points(table, link, row)
    if not points:
        return None
    leader, follower = short(link.leader), short(link.follower)
    latest = str(table.panel.sessions(link.follower)[row])
    today = [p | {"label": N_("{date} {change}", date=day(dt.date.fromisoformat(p["day"])), change=p["shown"])} for p in points if p["day"] == latest]
    ahead = _next(table, link, row)
    beta, correlation = (table.value(f"link.{link_key}.{m}", row) for m in ("beta", "corr"))
    ends = [min(p["lead"] for p in points), max(p["lead"] for p in points)]
    fit = [{"lead": x, "change": beta * x} for x in ends] if beta is not None else []
    slope = [fit[1] | {"label": f"β {show(beta, Unit.RATIO)}"}] if fit else []
    title = _title(leader, follower, today, *(table.value(f"link.{link_key}.{m}", row) for m in ("implied", "corr_low")))
    drawn = N_("One dot a session of the {follower}, {n} sessions; line: beta {beta}, correlation {correlation}. The lead is the move of {leader} "
               "sessions that closed before it opened.", follower=follower, leader=leader, n=len(points), beta=show(beta, Unit.RATIO),
               correlation=show(correlation, Unit.RATIO))  # fmt: skip
    return Picture(
        key=f"link_{link_key}", title=title,
        subtitle=subtitle(report, join(" ", [drawn, *([_AHEAD] if ahead else [])])),
        alt=N_("Scatter of {n} sessions: {follower}'s change against its overnight lead from the {leader}, both in percent. {title}.",
               n=len(points), follower=follower, leader=leader, title=title),
        spec=fill(_scatter(), {"past": points, "fit": fit, "slope": slope, "today": today, "next": ahead, "zero": ZERO}, height=300,
                  synthetic=report.synthetic, named={"leader": leader, "follower": follower}),
        table=frame([(p["session"], p["shown_lead"], p["shown"], p["source"]) for p in reversed(points)],
                           columns=["Session", N_("{leader} lead", leader=leader), N_("{follower} change", follower=follower), "Source"]),
    )  # fmt: skip
