"""What changed most between two report dates."""

import datetime as dt
from typing import Any

import altair as alt

from core.charts import theme
from core.charts.axes import LABEL, names, tips
from core.charts.breaking import lines
from core.charts.known import figure, row_of, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_
from core.memory.compare import Change, changes, leading
from core.metrics import MetricTable
from core.records import Report
from core.units import Unit
from core.wording import day, show


@form
def _bars() -> Any:  # noqa: ANN401
    x = alt.X("value:Q", title="Size of the change (usual changes over as many days)", axis=alt.Axis(tickCount=5),
              scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef("high"), nice=False))  # fmt: skip
    hover = tips(("full", "Figure"), ("before", "Before"), ("after", "After"), ("shown", "Change"), ("size", "In usual changes"),
                 ("session", "Session"))  # fmt: skip
    base = alt.Chart(alt.NamedData("rows")).encode(y=names(), tooltip=hover, color=alt.Color("color:N", scale=None))
    text = base.mark_text(align="left", dx=5, baseline="middle", fontSize=11).encode(x=alt.X("value:Q"), text=LABEL)
    return alt.layer(base.mark_bar(size=12, cornerRadius=2).encode(x=x), text)


def _row(table: MetricTable, row: int, c: Change) -> Row:
    size = c.unusual or 0.0
    return {
        "name": lines(c.label, 24), "full": c.label, "value": size, "before": show(c.a, c.unit), "after": show(c.b, c.unit), "shown": c.shown,
        "size": N_("{times}×", times=f"{size:.1f}"), "label": N_("{change} ({times}×)", change=c.shown, times=f"{size:.1f}"),
        "session": when(figure(table, c.key, row).session), "color": theme.signed(c.change or 0.0),
    }  # fmt: skip


def _height(rows: list[Row]) -> int:
    """Every row of an axis of names is as high as the tallest needs."""
    return (14 + 13 * max(1 + str(r["name"]).count("\n") for r in rows)) * len(rows)


def biggest(table: MetricTable, report: Report, other: dt.date, count: int = 12) -> Picture | None:
    """The most unusual changes from `other` to the report's date; None where nothing changed that can be measured. Raises DateOutOfRange."""
    row = max(row_of(table, report), table.panel.row(other))
    found = leading(changes(table, other, report.date, list(report.figures())), count)
    if not found:
        return None
    rows = [_row(table, row_of(table, report), c) for c in found]
    title = N_("{figure} changed most: {before} to {after}, {times} its usual change", figure=found[0].label, before=rows[0]["before"],
               after=rows[0]["after"], times=rows[0]["size"])  # fmt: skip
    span = abs((report.date - other).days)
    return Picture(
        key="changed", title=title,
        subtitle=subtitle(report, N_("From {a} to {b}; each change in root mean squares of all changes over {span}, up to {last}.",
                                     a=day(other, year=True), b=day(report.date, year=True), span=show(span, Unit.DAYS),
                                     last=day(table.panel.dates[row].item(), year=True))),
        alt=N_("Bars of {n} changes. {title}.", n=len(rows), title=title),
        spec=fill(_bars(), {"rows": rows}, height=_height(rows), synthetic=report.synthetic,
                  values={"high": max(r["value"] for r in rows) * 1.6}),
        table=frame([(r["full"], r["before"], r["after"], r["shown"], r["size"]) for r in rows],
                           columns=["Figure", "Before", "After", "Change", "In usual changes"]),
    )  # fmt: skip
