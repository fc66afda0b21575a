"""Stablecoin issuance and redemption by coin and day, and their net."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import theme
from core.charts.axes import DOLLARS, LABEL, ZERO, dates, tips, zero
from core.charts.known import figure, iso, provider, row_of, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.metrics.defi import COINS
from core.records import Report
from core.units import Unit
from core.wording import NA, day, show


@form
def _chart() -> Any:  # noqa: ANN401
    y = alt.Y("value:Q", title="Issued above, redeemed below (USD a day)", axis=alt.Axis(labelExpr=DOLLARS, tickCount=5),
              scale=alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False))
    hover = tips(("coin", "Coin"), ("shown", "Change"), ("net", "Net of all coins"), ("session", "Session"), ("source", "Source"))
    colors = alt.Scale(domain=list(theme.COINS), range=list(theme.COINS.values()))
    bars = alt.Chart(alt.NamedData("rows")).mark_bar(width={"expr": "max(1.5, width / count * 0.72)"}, opacity=0.85)
    net = alt.Chart(alt.NamedData("net")).encode(x=dates("UTC day"), y=alt.Y("value:Q"))
    last = alt.Chart(alt.NamedData("last")).encode(x=alt.X("date:T"), y=alt.Y("value:Q"))
    return alt.layer(
        bars.encode(x=dates("UTC day"), y=y, color=alt.Color("coin:N", title=None, scale=colors), tooltip=hover),
        zero("y"),
        net.mark_line(strokeWidth=1.2, color=theme.INK),
        net.mark_circle(size=70, opacity=0).encode(tooltip=hover),
        last.mark_point(filled=True, size=80, opacity=1, color=theme.TODAY),
        last.mark_text(align="right", dx=-9, dy={"expr": "datum.value < 0 ? 12 : -12"}, fontWeight="bold", color=theme.TODAY).encode(text=LABEL),
    )  # fmt: skip


def _days(table: MetricTable, row: int, days: int) -> list[Row]:
    """A row per coin and UTC day, oldest first; the net, unknown where a coin is."""
    first = max(0, row + 1 - days)
    sessions = table.panel.sessions("usdt")
    made: list[Row] = []
    for i in range(first, row + 1):
        if np.isnat(sessions[i]) or (i > first and sessions[i] == sessions[i - 1]):
            continue
        net = table.value("stable.net", i)
        for coin in COINS:
            value = table.value(f"{coin}.flow", i) if table.panel.sessions(coin)[i] == sessions[i] else None
            if value is None:
                continue
            source = provider(str(table.panel.tracks[coin].source[table.panel.position(coin)[i]]))
            made.append({
                "date": iso(sessions[i]), "coin": coin.upper(), "value": value, "shown": show(value, Unit.USD, sign=True), "total": net,
                "net": show(net, Unit.USD, sign=True), "session": when(sessions[i]), "source": source,
            })  # fmt: skip
    return made


def _nets(rows: list[Row]) -> list[Row]:
    once = {r["date"]: r for r in rows if r["total"] is not None}
    return [r | {"coin": "Net", "value": r["total"], "shown": r["net"]} for r in once.values()]


def _reach(rows: list[Row]) -> dict[str, float]:
    """Ends of the axis: the tallest stacks, with room for the label of the last day."""
    up: dict[str, float] = {}
    down: dict[str, float] = {}
    for r in rows:
        side = up if r["value"] > 0 else down
        side[r["date"]] = side.get(r["date"], 0.0) + r["value"]
    high, low = max(up.values(), default=0.0), min(down.values(), default=0.0)
    room = max(high - low, 1.0) * 0.12
    return {"low": low - room, "high": high + room}


def _twin(rows: list[Row]) -> pd.DataFrame:
    wide: dict[str, dict[str, str]] = {}
    for r in reversed(rows):
        wide.setdefault(r["session"], {"UTC day": r["session"], "Net": r["net"], "Source": r["source"]})[r["coin"]] = r["shown"]
    columns = ["UTC day", *theme.COINS, "Net", "Source"]
    return frame([[r.get(c, NA) for c in columns] for r in wide.values()], columns=columns)


def flows(table: MetricTable, report: Report, days: int = 60) -> Picture | None:
    """Daily change of supply in USD, stacked by coin, with its net; None where no coin is known."""
    row = row_of(table, report)
    rows = _days(table, row, days)
    if not rows:
        return None
    nets, net = _nets(rows), figure(table, "stable.net", row)
    title: str = "Net flow of the stablecoins is unknown today: a coin is missing"
    if net.value is not None:
        said = "Net {size} of stablecoins on {date}: issued" if net.value > 0 else "Net {size} of stablecoins on {date}: redeemed"
        title = N_(said, size=show(net.value, Unit.USD, sign=True), date=day(net.session))
    last = [nets[-1] | {"label": N_("net {size}", size=nets[-1]["net"])}] if nets and nets[-1]["date"] == rows[-1]["date"] else []
    return Picture(
        key="stablecoin_flows", title=title, table=_twin(rows),
        subtitle=subtitle(report, N_("Change of circulating supply in USD by UTC day and coin, last {n} days; line: their net.", n=days)),
        alt=N_("Stacked bars of daily supply change by coin with their net. {title}.", title=title),
        spec=fill(_chart(), {"rows": rows, "net": nets, "last": last, "zero": ZERO}, height=260, synthetic=report.synthetic,
                  values={"count": max(2, len({r["date"] for r in rows})), **_reach(rows)}),
    )  # fmt: skip
