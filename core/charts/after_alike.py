"""Whether what followed the days most like a report's differs from what follows any day."""

from typing import Any

import altair as alt
import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.charts import theme
from core.charts.axes import LABEL, names, tips
from core.charts.known import row_of, short, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.memory.followed import Followed, followed
from core.memory.similar import LEAST_KNOWN, alike
from core.metrics import MetricTable
from core.records import Report
from core.units import Unit
from core.wording import show


@form
def _intervals() -> Any:  # noqa: ANN401
    x = alt.X("share:Q", title="Alike days that ended above the usual median (%)", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5))
    hover = tips(("market", "Market"), ("after", "After"), ("days", "Days"), ("median", "Median"), ("half", "Middle half"),
                 ("usual", "After any session"), ("shown", "Above that"), ("said", "Can it be told?"), ("session", "Sessions to"))  # fmt: skip
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=hover)
    color = alt.Color("color:N", scale=None)
    half = alt.Chart(alt.NamedData("half")).mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=theme.THRESHOLD).encode(x=alt.X("share:Q"))
    spans = base.mark_rule(strokeWidth=3, opacity=0.45).encode(x=x, x2=alt.X2("high:Q"), color=color).transform_calculate(share="datum.low")
    dots = base.mark_circle(size=70, opacity=1).encode(x=alt.X("share:Q"), color=color)
    words = base.mark_text(align="left", dx=6, fontSize=11).encode(x=alt.X("high:Q"), text=LABEL)
    return alt.layer(half, spans, dots, words)


def _row(f: Followed, session: str) -> Row:
    said = "yes" if f.told else "no, as on any day" if np.isfinite(f.chance) else "too few to say"
    span = show(f.sessions, Unit.SESSIONS)
    return {
        "name": N_("{market}, {span}", market=short(f.series), span=span), "market": SERIES[f.series].label, "after": span, "days": str(f.n),
        "share": f.above / f.n * 100, "low": f.low, "high": f.high, "median": show(f.median, Unit.PERCENT),
        "half": N_("{low} to {high}", low=show(f.lower, Unit.PERCENT), high=show(f.upper, Unit.PERCENT)), "usual": show(f.usual, Unit.PERCENT),
        "shown": N_("{part} of {all}", part=f.above, all=f.n), "said": said, "session": session,
        "label": N_("{median} vs {usual}", median=show(f.median, Unit.PERCENT), usual=show(f.usual, Unit.PERCENT)),
        "color": theme.NEUTRAL if not f.told else theme.UP if f.median > f.usual else theme.DOWN,
    }  # fmt: skip


def above_usual(table: MetricTable, report: Report) -> Picture | None:
    """Per market and horizon: the share of alike days that ended above the median of any session, with its 95% interval; None without any."""
    row = row_of(table, report)
    found = alike(table, row)
    if found.known < LEAST_KNOWN or not len(found.rows):
        return None
    told = [f for f in followed(table, found, row) if f.n]
    rows = [_row(f, when(table.panel.sessions(f.series)[row])) for f in told]
    if not rows:
        return None
    clear = sum(f.told for f in told)
    title: str = "What followed days like this cannot be told from any day"
    if clear:
        title = N_("{part} of {all} outcomes differ from any day", part=clear, all=len(rows))
    return Picture(
        key="after_alike", title=title,
        subtitle=subtitle(report, N_("After the {n} days most like this one: the share above the median of any session, with its 95% "
                                     "interval, and both medians. Grey: as on any day, once corrected for asking so often.", n=len(found.rows))),
        alt=N_("{n} shares with intervals against a line at one half. {title}.", n=len(rows), title=title),
        spec=fill(_intervals(), {"rows": rows, "half": [{"share": 50}]}, height=24 * len(rows), synthetic=report.synthetic),
        table=frame([(r["market"], r["after"], r["days"], r["median"], r["half"], r["usual"], r["shown"], r["said"]) for r in rows],
                           columns=["Market", "After", "Days", "Median", "Middle half", "After any session", "Above that", "Can it be told?"]),
    )  # fmt: skip
