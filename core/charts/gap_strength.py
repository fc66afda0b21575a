"""All divergence rules side by side: today's gap in standard deviations, firing or not, or why it is not compared."""

from typing import Any

import altair as alt

from core.charts import theme
from core.charts.axes import LABEL, SIGNED, ZERO, names, tips, zero
from core.charts.breaking import lines
from core.charts.known import figure, provider, row_of, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.metrics import MetricTable
from core.records import Finding, Report
from core.units import Unit
from core.wording import show

_STATES = {"fires": "fires", "ordinary": "ordinary", "quiet": "quiet", "refused": "not compared", "missing": "n/a"}


@form
def _chart() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False)
    x = alt.X("value:Q", title="Gap in standard deviations of its year (σ)", scale=scale, axis=alt.Axis(labelExpr=SIGNED, tickCount=5))
    color = alt.Color("color:N", scale=None)
    hover = tips(("name", "Rule"), ("state", "State"), ("gap", "Gap"), ("shown", "Against its year"), ("session", "Session"), ("source", "Source"))
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=hover)
    text: dict[str, Any] = {"baseline": "middle", "fontSize": 11}
    right, left = base.transform_filter("datum.value >= 0"), base.transform_filter("datum.value < 0")
    labels = [
        right.mark_text(align="left", dx=5, **text).encode(x=alt.X("value:Q"), text=LABEL, color=color),
        left.mark_text(align="right", dx=-5, **text).encode(x=alt.X("value:Q"), text=LABEL, color=color),
    ]
    return alt.layer(base.mark_bar(size=12, cornerRadius=2).encode(x=x, color=color), *labels, zero())


def _row(table: MetricTable, row: int, f: Finding) -> Row:
    z, gap = figure(table, f"{f.gap}.z", row), figure(table, f.gap, row)
    compared = gap.value is not None
    color = theme.THRESHOLD if f.state == "fires" else theme.NEUTRAL
    label = _STATES[f.state] if not compared else show(z.value, Unit.SIGMA)
    if compared and f.state == "fires":
        label = N_("{sigma} fires", sigma=label)
    return {
        "name": lines(f.label, 20), "value": z.value if compared and z.value is not None else 0.0, "color": color, "label": label,
        "state": _STATES[f.state],
        "gap": show(gap.value, gap.unit, sign=True), "shown": show(z.value, Unit.SIGMA), "session": when(gap.session), "source": provider(gap.source),
        "fires": f.state == "fires", "why": "" if compared else f.why, "compared": compared,
        "order": (not compared, -abs(z.value or 0.0)), "full": f.label,
    }  # fmt: skip


def strength(table: MetricTable, report: Report) -> Picture | None:
    """Today's gap of every rule in σ, widest first, those not compared last; None where nothing can be compared."""
    row = row_of(table, report)
    rows = sorted((_row(table, row, f) for f in report.findings), key=lambda r: r.pop("order"))
    compared = [r for r in rows if r["compared"]]
    if not compared:
        return None
    fired = [r for r in rows if r["fires"]]
    title = N_("None of {all} divergence rules fires", all=len(rows))
    if fired:
        title = N_("{part} of {all} divergence rules fire, led by {rule} ({sigma})", part=len(fired), all=len(rows), rule=fired[0]["full"],
                   sigma=fired[0]["shown"])  # fmt: skip
    reach = max(2.0, *(abs(r["value"]) for r in rows)) * 1.55
    tall = sum(12 + 13 * (1 + r["name"].count("\n")) for r in rows)
    return Picture(
        key="divergence_strength", title=title,
        subtitle=subtitle(report, "Each rule's gap at the report's date in standard deviations of the 250 gaps before; amber: fires, each "
                                  "rule by its own threshold."),
        alt=N_("Bars of {n} gaps in standard deviations; {left} are not compared. {title}.", n=len(compared), left=len(rows) - len(compared),
               title=title),
        spec=fill(_chart(), {"rows": rows, "zero": ZERO}, height=tall, synthetic=report.synthetic, values={"low": -reach, "high": reach}),
        table=frame([(r["full"], r["state"], r["gap"], r["shown"], r["session"], r["why"]) for r in rows],
                           columns=["Rule", "State", "Gap", "Against its year", "Session", "Why not compared"]),
    )  # fmt: skip
