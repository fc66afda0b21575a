"""A divergence rule's gap session by session, with its threshold and the sessions on which it fired."""

from typing import Any

import altair as alt

from core.catalogue.breaks import Break
from core.charts import theme
from core.charts.axes import LABEL, SIGNED, TOP, ZERO, dates, tips, zero
from core.charts.gap_history import Gaps, gaps
from core.charts.known import date, iso, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_, capital, join, written
from core.metrics import MetricTable
from core.records import Report
from core.wording import MINUS, day, show


@form
def _chart() -> Any:  # noqa: ANN401
    scale = alt.Scale(domainMin=alt.ExprRef("low"), domainMax=alt.ExprRef("high"), nice=False)
    y = alt.Y("value:Q", title="Gap ({unit})", scale=scale, axis=alt.Axis(labelExpr=SIGNED, tickCount=5, grid=False))
    band = alt.Chart(alt.NamedData("band")).mark_rect(opacity=0.1, color=theme.NEUTRAL).encode(y=alt.Y("from:Q"), y2=alt.Y2("to:Q"))
    limits = alt.Chart(alt.NamedData("limits")).mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=theme.THRESHOLD).encode(y=alt.Y("at:Q"))
    base = alt.Chart(alt.NamedData("rows")).encode(x=dates(), y=y)
    hover = tips(("shown", "Gap"), ("state", "State"), ("session", "Session"), ("source", "Source"))
    today = alt.Chart(alt.NamedData("today")).encode(x=alt.X("date:T"), y=alt.Y("value:Q"))
    path = alt.Chart(alt.NamedData("path")).encode(x=dates(), y=y)
    fires = alt.Chart(alt.NamedData("fires")).encode(x=dates(), y=y)
    turn = alt.Chart(alt.NamedData("breaks")).encode(x=alt.X("at:T"), tooltip=tips(("why", "Regime break"), ("session", "From")))
    left = {"expr": "scale('x', toDate(datum.at)) > width / 2 ? 'right' : 'left'"}
    aside = {"expr": "scale('x', toDate(datum.at)) > width / 2 ? -5 : 5"}
    return alt.layer(
        band, zero("y"), limits.encode(tooltip=tips(("label", "Threshold"))),
        path.mark_line(strokeWidth=1, opacity=0.7, color=theme.NEUTRAL), base.mark_circle(size=45, opacity=0).encode(tooltip=hover),
        fires.mark_circle(size=26, opacity=1, color=theme.THRESHOLD).encode(tooltip=hover),
        turn.mark_rule(strokeWidth=2, color=theme.US), turn.mark_text(align=left, dx=aside, baseline="top", color=theme.US).encode(y=TOP, text=LABEL),
        today.mark_point(filled=True, size=110, opacity=1, color=theme.TODAY).encode(tooltip=hover),
        today.mark_text(align="right", dx=-9, dy={"expr": "datum.value < 0 ? 12 : -12"}, fontWeight="bold", color=theme.TODAY).encode(text=LABEL),
    )  # fmt: skip


def _rows(g: Gaps) -> list[Row]:
    return [
        {"date": iso(s), "value": float(v), "fired": bool(f), "state": "fired" if f else "quiet", "shown": show(float(v), g.unit, sign=True),
         "session": when(s), "source": source}
        for s, v, f, source in zip(g.sessions, g.values, g.fires, g.sources, strict=True)
    ]  # fmt: skip


def _breaks(g: Gaps) -> list[Row]:
    return [{"at": b.session.isoformat(), "why": b.why, "session": when(b.session), "label": "new regime"} for b in g.breaks]


def _subtitle(g: Gaps) -> str:
    """What the picture shows, and the breaks among its sessions."""
    last = day(date(g.sessions[-1]), year=True)
    drawn = N_("{gap}, session by session to {last}; band: within the threshold of {limit}; amber: fired.", gap=capital(g.axis), last=last,
               limit=N_("±{size}", size=g.limit))  # fmt: skip
    if not g.breaks:
        return drawn
    return join(" ", [drawn, N_("A new regime begins on {several}: nothing is counted across it.", several=join("; ", map(_break, g.breaks)))])


def _break(b: Break) -> str:
    """A break as a part of a sentence."""
    why = written(f"{b.why[0].lower()}{b.why[1:].rstrip('.')}", b.why)
    return N_("{date}, {why}", date=day(b.session, year=True), why=why)


def timeline(table: MetricTable, report: Report, rule_key: str, days: int = 250) -> Picture | None:
    """The gap over its last `days` sessions; None where it was never known."""
    g = gaps(table, report, rule_key, days)
    if g is None:
        return None
    rows = _rows(g)
    reach = max(*(abs(r["value"]) for r in rows), g.threshold) * 1.15
    today = [rows[-1] | {"label": rows[-1]["shown"]}] if g.today is not None else []
    title = N_("{rule}: {fired}", rule=g.rule.label, fired=g.fired)
    limits = [{"at": s * g.threshold, "label": N_("{sign}{size}", sign="+" if s > 0 else MINUS, size=g.limit)} for s in (-1, 1)]
    drawn = {"rows": rows, "fires": [r for r in rows if r["fired"]], "path": [{k: r[k] for k in ("date", "value")} for r in rows]}
    band = [{"from": -g.threshold, "to": g.threshold}]
    return Picture(
        key=f"timeline_{rule_key}", title=title,
        subtitle=subtitle(report, _subtitle(g)),
        alt=N_("Line of {n} gaps with the threshold band. {title}.", n=len(rows), title=title),
        spec=fill(_chart(), drawn | {"limits": limits, "today": today, "band": band, "zero": ZERO, "breaks": _breaks(g)}, height=240,
                  synthetic=report.synthetic, values={"low": -reach, "high": reach}, named={"unit": g.unit_name}),
        table=frame([(r["session"], r["shown"], r["state"], r["source"]) for r in reversed(rows)],
                           columns=["Session", "Gap", "State", "Source"]),
    )  # fmt: skip
