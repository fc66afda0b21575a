"""The axes, tooltips and layers that several charts share."""

import altair as alt

_UTC = alt.Scale(type="utc")


def tips(*pairs: tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltip lines from (field of ready text, its title)."""
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in pairs]


SESSION_TIPS = (("shown", "Value"), ("session", "Session"), ("source", "Source"))


def names() -> alt.Y:
    """A vertical axis of names in the order given, broken into lines where they hold line breaks."""
    middle = alt.ExprRef("-6 * (length(split(datum.label, '\\n')) - 1)")
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelOffset=middle, labelLimit=160, labelFlush=False, labelOverlap=False)
    return alt.Y("name:N", sort=None, title=None, axis=axis)


def dates(title: str = "Session") -> alt.X:
    """A horizontal axis of session dates, the same in every time zone."""
    axis = alt.Axis(format="%-d %b %y", grid=False, labelOverlap=True, labelFlush=True, tickCount={"expr": "max(2, floor(width / 90))"})
    return alt.X("date:T", title=title, scale=_UTC, axis=axis)


def labelled() -> alt.Scale:
    """A scale from `low` to `high`, with room of `before` and `after` pixels for the labels beside the outermost marks; all four are parameters."""
    wider = "(high - low) / max(width - before - after, 60)"
    return alt.Scale(domainMin=alt.ExprRef(f"low - before * {wider}"), domainMax=alt.ExprRef(f"high + after * {wider}"), nice=False)


def zero(field: str = "x") -> alt.Chart:
    """A thin line at zero, on the channel named."""
    rule = alt.Chart(alt.NamedData("zero")).mark_rule(opacity=0.6, color="#858b95")
    encoded: alt.Chart = rule.encode(x=alt.X("zero:Q")) if field == "x" else rule.encode(y=alt.Y("zero:Q"))
    return encoded


LABEL = alt.Text("label:N")
TOP = alt.YValue(0)  # type: ignore[no-untyped-call]
START = alt.XValue(4)  # type: ignore[no-untyped-call]
END = alt.XValue("width")  # type: ignore[no-untyped-call]
ZERO = [{"zero": 0}]
# A signed number on an axis, zero without a sign.
SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+,.2~f')"
# Dollars on an axis: 1.5G reads $1.5B.
DOLLARS = "replace(format(datum.value, '$~s'), 'G', 'B')"
