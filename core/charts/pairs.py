"""Two readings of the same thing, one line each: a hollow and a filled dot, and the way between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from core.charts import theme
from core.charts.axes import SIGNED, ZERO, labelled, names, tips, zero
from core.charts.breaking import lines
from core.charts.known import provider, when
from core.charts.picture import Row, Spec, fill, form, frame
from core.records import Figure, Report
from core.units import Unit
from core.wording import gaps, in_bps, show

_BPS = "basis points"


@dataclass(frozen=True, slots=True)
class Both:
    """A name and its two readings; either may be unknown."""

    name: str
    first: Figure
    second: Figure

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return self.first.value is not None or self.second.value is not None


@form
def _chart(title: str, first: str, second: str) -> Any:  # noqa: ANN401
    x = alt.X("value:Q", title=title, scale=labelled(), axis=alt.Axis(tickCount=4, labelExpr=SIGNED))
    hover = tips(("name", "Of"), ("kind", "Reading"), ("shown", "Value"), ("session", "Session"), ("source", "Source"))
    between = alt.Chart(alt.NamedData("between")).mark_rule(strokeWidth=2, opacity=0.45, color=theme.NEUTRAL)
    dots = alt.Chart(alt.NamedData("dots")).mark_point(size=95, strokeWidth=2, opacity=1)
    kinds = [first, second]
    color = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=[theme.NEUTRAL, theme.MEASURED]))
    shape = alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=["circle", "diamond"]))
    fills = alt.Fill("kind:N", title=None, scale=alt.Scale(domain=kinds, range=["transparent", theme.MEASURED]))
    labels = alt.Chart(alt.NamedData("dots")).transform_filter("datum.second").mark_text(
        align=alt.ExprRef("datum.side"), dx=alt.ExprRef("datum.side == 'left' ? 10 : -10"), baseline="middle", fontSize=11, fontWeight="bold",
        color=theme.MEASURED,
    )  # fmt: skip
    return alt.layer(
        zero(), between.encode(y=names(), x=alt.X("value:Q"), x2=alt.X2("to:Q")),
        dots.encode(y=names(), x=x, color=color, shape=shape, fill=fills, tooltip=hover),
        labels.encode(y=names(), x=alt.X("value:Q"), text=alt.Text("shown:N")),
    )  # fmt: skip


def _dot(pair: Both, f: Figure, kind: str, *, second: bool) -> Row:
    """One dot; `side` is how its label is set, on the side away from the other dot."""
    other = pair.first if second else pair.second
    right = other.value is None or f.value is None or f.value >= other.value
    return {
        "name": lines(pair.name), "kind": kind, "second": second, "value": f.value, "side": "left" if right else "right",
        "shown": show(f.value, f.unit, sign=True),
        "session": when(f.session), "source": provider(f.source),
    }  # fmt: skip


def spec(pairs: Sequence[Both], report: Report, *, title: str, first: str, second: str) -> Spec:
    """The chart of `pairs`, in their order; `title` of the axis, and the names of the two readings.

    Of differences the title has a slot for the `unit` that axis and labels share: basis points where every one is below one percentage point.
    """
    dots = [_dot(p, f, k, second=k == second) for p in pairs for f, k in ((p.first, first), (p.second, second)) if f.value is not None]
    between = [
        {"name": lines(p.name), "value": p.first.value, "to": p.second.value}
        for p in pairs
        if p.first.value is not None and p.second.value is not None
    ]
    unit = _alike(dots, between) if pairs[0].first.unit is Unit.PP else ""
    values, least = [d["value"] for d in dots], 20 if unit == _BPS else 0.2
    return fill(
        _chart(title, first, second), {"dots": dots, "between": between, "zero": ZERO}, height=38 * len(pairs), synthetic=report.synthetic,
        values={"low": min(0.0, *values), "high": max(0.0, *values, min(values) + least), "before": 66, "after": 66}, named={"unit": unit},
    )  # fmt: skip


def _alike(dots: list[Row], between: list[Row]) -> str:
    """Puts all differences and their labels into one unit, and says which."""
    values = [d["value"] for d in dots]
    for row, shown in zip(dots, gaps(values), strict=True):
        row["shown"] = shown
    if not in_bps(values):
        return "percentage points"
    for row in (*dots, *between):
        row |= {k: row[k] * 100 for k in ("value", "to") if k in row}
    return _BPS


def twin(pairs: Sequence[Both], *, of: str, first: str, second: str) -> pd.DataFrame:
    """The table twin of such a chart."""
    rows = [
        (p.name, show(p.first.value, p.first.unit, sign=True), show(p.second.value, p.second.unit, sign=True), when(p.first.session),
         provider(p.first.source or p.second.source), p.first.note or p.second.note)
        for p in pairs
    ]  # fmt: skip
    return frame(rows, columns=[of, first, second, "Session", "Source", "Note"])
