"""How often each divergence rule fired, year by year."""

from typing import Any

import altair as alt
import numpy as np

from core.charts import theme
from core.charts.axes import LABEL, names, tips
from core.charts.breaking import lines
from core.charts.known import row_of
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.divergences import RULES
from core.language import N_
from core.memory.days import per_year
from core.metrics import MetricTable
from core.records import Report
from core.wording import NA, day

# The share of sessions, in percent, from which a rule fires often.
_OFTEN = 15


@form
def _grid() -> Any:  # noqa: ANN401
    x = alt.X("year:O", title="Year", axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False))
    # Up to _OFTEN a breath of colour under the usual ink; from there solid colour under dark ink, which reads on it in both themes.
    shades = [theme.clear(theme.THRESHOLD, 0.04), theme.clear(theme.THRESHOLD, 0.16), theme.STRAW, theme.THRESHOLD]
    scale = alt.Scale(domain=[0, _OFTEN, _OFTEN, 40], clamp=True, range=shades)
    ink = alt.condition(alt.datum.share >= _OFTEN, alt.value(theme.DARK), alt.value(theme.INK))
    color = alt.Color("share:Q", scale=scale, legend=None)
    hover = tips(("full", "Rule"), ("year", "Year"), ("fired", "Sessions on which it fired"), ("watched", "Sessions compared"), ("shown", "Share"))
    base = alt.Chart(alt.NamedData("rows")).encode(x=x, y=names(), tooltip=hover)
    return alt.layer(base.mark_rect(cornerRadius=2).encode(color=color), base.mark_text(fontSize=11).encode(text=LABEL, color=ink))


def per_rule(table: MetricTable, report: Report) -> Picture | None:
    """Sessions on which each rule fired, per calendar year up to the report; None where no gap was ever known."""
    years, fired, watched = per_year(table, report.settings, row_of(table, report))
    if not watched.sum():
        return None
    rows: list[Row] = []
    for i in np.argsort(-fired.sum(axis=1), kind="stable"):
        for k, year in enumerate(years):
            n, of = int(fired[i, k]), int(watched[i, k])
            share = n / of * 100 if of else 0.0
            rows.append({
                "name": lines(RULES[i].label, 22), "full": RULES[i].label, "year": str(year), "share": round(share, 1), "label": str(n) if of else NA,
                "fired": f"{n}", "watched": f"{of}", "shown": f"{share:.0f}%" if of else NA,
            })  # fmt: skip
    most = int(np.argmax(fired.sum(axis=1)))
    title = N_("{rule} fired most often, on {part} of {all} sessions", rule=RULES[most].label, part=f"{fired[most].sum():,}",
               all=f"{watched[most].sum():,}")  # fmt: skip
    tall = sum(14 + 12 * (1 + lines(r.label, 22).count("\n")) for r in RULES)
    first = day(table.panel.dates[0].item(), year=True)
    return Picture(
        key="fired_per_year", title=title,
        subtitle=subtitle(report, N_("Sessions of its own on which each rule fired, by year, from {first} to {last}; colour: share of the sessions "
                                     "compared.", first=first, last=day(report.date, year=True))),
        alt=N_("Grid of {rules} rules by {years} years with the number of sessions on which each fired. {title}.", rules=len(RULES),
               years=len(years), title=title),
        spec=fill(_grid(), {"rows": rows}, height=tall, synthetic=report.synthetic),
        table=frame([(r["full"], r["year"], r["fired"], r["watched"], r["shown"]) for r in rows],
                           columns=["Rule", "Year", "Sessions on which it fired", "Sessions compared", "Share"]),
    )  # fmt: skip
