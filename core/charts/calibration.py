"""Whether what was said with a probability happened as often as was said."""

from typing import Any

import altair as alt

from core.charts import theme
from core.charts.axes import LABEL, tips
from core.charts.known import row_of, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.memory.score import Calibration, calibration
from core.memory.scorecard import gathered, holds
from core.metrics import MetricTable
from core.records import Report


@form
def _reliability() -> Any:  # noqa: ANN401
    scale = alt.Scale(domain=[0, 100])
    x = alt.X("said:Q", title="Probability said (%)", scale=scale, axis=alt.Axis(tickCount=5))
    y = alt.Y("happened:Q", title="Happened (%)", scale=scale, axis=alt.Axis(tickCount=5))
    even = alt.Chart(alt.NamedData("even")).mark_line(strokeDash=[5, 4], strokeWidth=1.5, color=theme.THRESHOLD).encode(x=x, y=y)
    hover = tips(("band", "Probability said"), ("events", "Events"), ("mean", "Mean said"), ("share", "Happened"), ("interval", "95% interval"),
                 ("verdict", "Does it hold?"), ("session", "Sessions to"))  # fmt: skip
    base = alt.Chart(alt.NamedData("rows")).encode(tooltip=hover, color=alt.Color("color:N", scale=None))
    spans = base.mark_rule(strokeWidth=2, opacity=0.5).encode(x=alt.X("said:Q"), y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    size = alt.Size("n:Q", scale=alt.Scale(type="sqrt", domainMin=0, range=[20, 420]), legend=None)
    dots = base.mark_circle(opacity=0.9).encode(x=alt.X("said:Q"), y=alt.Y("happened:Q"), size=size)
    words = base.mark_text(baseline="top", dy=4, fontSize=10).encode(x=alt.X("said:Q"), y=alt.Y("low:Q"), text=LABEL)  # clear of every dot
    return alt.layer(even, spans, dots, words)


def _row(c: Calibration, session: str) -> Row:
    verdict = holds(c)
    color = theme.ORANGE if verdict in {"more", "less"} else theme.MEASURED if verdict == "yes" else theme.NEUTRAL
    return {
        "said": c.said, "happened": c.happened, "low": c.low, "high": c.high, "n": c.n, "label": f"{c.n:,}", "band": f"{c.lower:.0f}–{c.upper:.0f}%",
        "events": f"{c.n:,}", "mean": f"{c.said:.0f}%", "share": f"{c.happened:.0f}%", "interval": f"{c.low:.0f}–{c.high:.0f}%",
        "verdict": verdict, "session": session, "color": color,
    }  # fmt: skip


def reliability(table: MetricTable, report: Report) -> Picture | None:
    """Said against happened, by class of probability, over all rules; None where nothing was scored yet."""
    row = row_of(table, report)
    found = calibration(gathered(table, report.settings, row))
    if not found:
        return None
    rows = [_row(c, when(table.panel.dates[row] - 1)) for c in found]
    judged = [c for c in found if c.n >= 10]
    held = sum(holds(c) == "yes" for c in judged)
    title: str = "Too few events to judge calibration"
    if judged:
        title = N_("In {part} of {all} classes of probability it happened as often as was said", part=held, all=len(judged))
    return Picture(
        key="calibration", title=title,
        subtitle=subtitle(report, "Events of all rules by the probability that was said, against the share that were hits, with 95% intervals; "
                                  "size and number: events. On the dashed line both are equal."),
        alt=N_("{n} classes of probability against the share that happened. {title}.", n=len(rows), title=title),
        spec=fill(_reliability(), {"rows": rows, "even": [{"said": 0, "happened": 0}, {"said": 100, "happened": 100}]}, height=300,
                  synthetic=report.synthetic),
        table=frame([(r["band"], r["events"], r["mean"], r["share"], r["interval"], r["verdict"]) for r in rows],
                           columns=["Probability said", "Events", "Mean said", "Happened", "95% interval", "Does it hold?"]),
    )  # fmt: skip
