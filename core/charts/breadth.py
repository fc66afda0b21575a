"""How many A-shares rose and fell, session by session."""

from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import LABEL, ZERO, dates, tips, zero
from core.charts.known import figure, iso, known, row_of, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.metrics.breadth import advance_share
from core.records import Report
from core.units import Unit
from core.wording import day, show


@form
def _bars() -> Any:  # noqa: ANN401
    y = alt.Y("value:Q", title="A-shares: rose above, fell below", axis=alt.Axis(labelExpr="format(abs(datum.value), ',')", tickCount=5),
              scale=alt.Scale(domainMax=alt.ExprRef("high")))
    hover = tips(("side", "Side"), ("shown", "Shares"), ("share", "Rose, of all"), ("session", "Session"), ("source", "Source"))
    bars = alt.Chart(alt.NamedData("rows")).mark_bar(width={"expr": "max(1.5, width / count * 0.72)"})
    last = alt.Chart(alt.NamedData("last")).mark_text(align="right", baseline="top", dx=4, fontWeight="bold", color=theme.UP)
    color = alt.Color("color:N", scale=None)
    return alt.layer(
        bars.encode(x=dates(), y=y, color=color, tooltip=hover), zero("y"), last.encode(x=alt.X("date:T"), y=alt.Y("value:Q"), text=LABEL),
    )  # fmt: skip


def _rows(table: MetricTable, row: int, days: int) -> list[Row]:
    up, down = known(table, "cn_advancers", row, days), known(table, "cn_decliners", row, days)
    if up is None or down is None:
        return []
    at = int(table.panel.position("cn_advancers")[row])
    shares = advance_share(table.features)[at + 1 - len(up.sessions) : at + 1]
    fell = dict(zip(down.sessions.tolist(), down.values, strict=True))
    made = []
    for s, v, share, source in zip(up.sessions, up.values, shares, up.sources, strict=True):
        other = fell.get(s.item())
        if other is None or not np.isfinite(share):
            continue
        same = {"date": iso(s), "session": when(s), "source": source, "share": show(share, Unit.SHARE)}
        made += [
            same | {"side": "rose", "value": float(v), "shown": show(v, Unit.COUNT), "color": theme.UP},
            same | {"side": "fell", "value": -float(other), "shown": show(other, Unit.COUNT), "color": theme.DOWN},
        ]
    return made


def _span(rows: list[Row]) -> int:
    """Calendar days that the rows cover."""
    return int((np.datetime64(rows[-1]["date"]) - np.datetime64(rows[0]["date"])).astype(int)) + 1


def a_share_breadth(table: MetricTable, report: Report, days: int = 60) -> Picture | None:
    """Advancers above and decliners below zero over the last `days` sessions; None where they are not counted."""
    row = row_of(table, report)
    rows = _rows(table, row, days)
    if not rows:
        return None
    rose, fell = rows[-2], rows[-1]
    session = figure(table, "cn_advancers.close", row).session
    title = N_("{share} of A-shares rose on {date}: {up} up, {down} down", share=rose["share"], date=day(session), up=rose["shown"],
               down=fell["shown"])  # fmt: skip
    high = max(r["value"] for r in rows) * 1.16
    last = [rose | {"value": high, "label": N_("{date}: {share} rose", date=day(session), share=rose["share"])}]
    return Picture(
        key="a_share_breadth", title=title,
        subtitle=subtitle(report, N_("Shares that rose and fell in Shanghai and Shenzhen, count per session, last {n} sessions.", n=len(rows) // 2)),
        alt=N_("Diverging bars of advancers and decliners over {n} sessions. {title}.", n=len(rows) // 2, title=title),
        spec=fill(_bars(), {"rows": rows, "last": last, "zero": ZERO}, height=240, synthetic=report.synthetic,
                  values={"count": _span(rows), "high": high}),
        table=frame(
            [(a["session"], a["shown"], b["shown"], a["share"], a["source"]) for a, b in zip(rows[-2::-2], rows[::-2], strict=True)],
            columns=["Session", "Rose", "Fell", "Share that rose", "Source"],
        ),
    )  # fmt: skip
