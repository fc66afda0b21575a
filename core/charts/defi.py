"""Value locked with and without its price effect, DEX volume, and crypto volume within its month."""

from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import DOLLARS, LABEL, SESSION_TIPS, tips
from core.charts.known import figure, iso, known, row_of, short, when
from core.charts.pairs import Both, spec, twin
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.metrics.defi import DEX, TVL
from core.records import Report
from core.units import Unit
from core.wording import show

_RAW, _ADJUSTED = "Change", "Without price effect"
_DAY, _WEEKDAY = "1-day change", "Against its weekday"
_MONTH = 30
# Protocols in the chart of DEX volume; its table holds all.
_LARGEST = 8


def _pairs(table: MetricTable, report: Report, keys: tuple[str, ...], suffixes: tuple[str, str]) -> list[Both]:
    row = row_of(table, report)
    return [Both(short(k), figure(table, f"{k}.{suffixes[0]}", row), figure(table, f"{k}.{suffixes[1]}", row)) for k in keys]


def tvl_changes(table: MetricTable, report: Report) -> Picture | None:
    """Change of TVL in total and by chain in percent, raw and without what its beta on ETH explains; None where neither is known."""
    pairs = _pairs(table, report, TVL, ("change", "adjusted"))
    have = [p for p in pairs if p.known]
    if not have:
        return None
    first = have[0]
    name = "Value locked in DeFi" if first.name == short("tvl") else N_("Value locked on {chain}", chain=first.name)
    title = N_("{what} {change} in a day, {adjusted} without the price effect", what=name, change=show(first.first.value, Unit.PERCENT),
               adjusted=show(first.second.value, Unit.PERCENT))  # fmt: skip
    return Picture(
        key="tvl_changes", title=title, table=twin(pairs, of="Chain", first=_RAW, second=_ADJUSTED),
        subtitle=subtitle(report, "Change of value locked over a UTC day, in percent. Hollow: as counted; filled: without the part that "
                                  "the usual beta on ETH explains."),
        alt=N_("Paired dots for {n} chains in percent. {title}.", n=len(have), title=title),
        spec=spec(have, report, title="Change of value locked (%)", first=_RAW, second=_ADJUSTED),
    )  # fmt: skip


def _largest(table: MetricTable, report: Report) -> set[str]:
    """The names of the protocols with the highest volume of the day."""
    row = row_of(table, report)
    found = [(short(k), figure(table, f"{k}.close", row).value) for k in DEX[1:]]
    return {name for name, value in sorted(found, key=lambda p: -(p[1] or 0.0))[:_LARGEST]}


def dex_changes(table: MetricTable, report: Report) -> Picture | None:
    """DEX volume by protocol: change from the day before, and against the same weekday's mean, in percent; None where neither is known."""
    pairs = _pairs(table, report, DEX, ("change", "vs_weekday"))
    total = pairs[0]
    rest = sorted((p for p in pairs[1:] if p.known), key=lambda p: -(p.first.value if p.first.value is not None else -np.inf))
    largest = _largest(table, report)
    have = [p for p in (total, *rest) if p.known and (p is total or p.name in largest)]
    if not have:
        return None
    title = N_("DEX volume {change} in a day, {usual} against its weekday", change=show(total.first.value, Unit.PERCENT),
               usual=show(total.second.value, Unit.PERCENT))  # fmt: skip
    drawn = have[1:] if total.known else have
    if drawn and drawn[0].first.value is not None:
        first = show(drawn[0].first.value, Unit.PERCENT)
        title = N_("{finding}; {protocol} {change} first", finding=title, protocol=drawn[0].name, change=first)
    return Picture(
        key="dex_changes", title=title, table=twin([total, *rest], of="Protocol", first=_DAY, second=_WEEKDAY),
        subtitle=subtitle(report, "Volume of the UTC day in percent. Hollow: against the day before; filled: against the mean of the same "
                                  "weekday in the four weeks before. Drawn: all and the largest by volume."),
        alt=N_("Paired dots for {n} lines of DEX volume in percent. {title}.", n=len(have), title=title),
        spec=spec(have, report, title="Change of volume (%)", first=_DAY, second=_WEEKDAY),
    )  # fmt: skip


@form
def _strip() -> Any:  # noqa: ANN401
    x = alt.X(
        "value:Q", title="Crypto 24h volume (USD)", scale=alt.Scale(zero=False, padding=24), axis=alt.Axis(labelExpr=DOLLARS, tickCount=4, grid=False)
    )
    span = alt.Chart(alt.NamedData("span")).mark_rule(strokeWidth=8, opacity=0.25, color=theme.NEUTRAL, strokeCap="round")
    past = alt.Chart(alt.NamedData("past")).mark_tick(thickness=2, size=18, color=theme.NEUTRAL, opacity=0.7)
    today = alt.Chart(alt.NamedData("today")).encode(x=x, tooltip=tips(*SESSION_TIPS))
    flip = {"expr": "scale('x', datum.value) > width * 0.7 ? 'right' : scale('x', datum.value) < width * 0.3 ? 'left' : 'center'"}
    return alt.layer(
        span.encode(x=x, x2=alt.X2("to:Q")), past.encode(x=x, tooltip=tips(*SESSION_TIPS)),
        today.mark_point(filled=True, size=150, opacity=1, color=theme.TODAY),
        today.mark_text(dy=-20, align=flip, fontWeight="bold", color=theme.TODAY).encode(text=LABEL),
    )  # fmt: skip


def _place(percent: float) -> str:
    """What is said of a volume at a place in its range."""
    if 0 <= percent <= 100:
        return "Crypto volume of {volume} is {place} of the way up its {n}-day range"
    return "Crypto volume of {volume} is above its {n}-day range" if percent > 100 else "Crypto volume of {volume} is below its {n}-day range"


def volume_range(table: MetricTable, report: Report) -> Picture | None:
    """Crypto's 24h volume between the lowest and highest of the 30 days before; None without today's or under 20 days."""
    row = row_of(table, report)
    k, place = known(table, "total_volume", row, _MONTH + 1), figure(table, "total_volume.range30", row)
    if k is None or place.value is None:
        return None
    rows: list[Row] = [
        {"value": float(v), "shown": show(v, Unit.USD), "session": when(s), "source": o, "date": iso(s)}
        for v, s, o in zip(k.values, k.sessions, k.sources, strict=True)
    ]
    past, today = rows[:-1], rows[-1] | {"label": rows[-1]["shown"]}
    low, high = min(r["value"] for r in past), max(r["value"] for r in past)
    title = N_(_place(place.value), volume=today["shown"], n=_MONTH, place=f"{place.value:.0f}%")
    return Picture(
        key="volume_range", title=title,
        subtitle=subtitle(report, N_("24-hour volume in USD against the {n} days before, {low} to {high}.", n=len(past), low=show(low, Unit.USD),
                                     high=show(high, Unit.USD))),
        alt=N_("Strip of {n} days of volume with today's marked. {title}.", n=len(past), title=title),
        spec=fill(_strip(), {"span": [{"value": low, "to": high}], "past": past, "today": [today]}, height=64, synthetic=report.synthetic),
        table=frame([(r["session"], r["shown"], r["source"]) for r in reversed(rows)], columns=["Session", "24h volume", "Source"]),
    )  # fmt: skip
