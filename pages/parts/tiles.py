"""A market at a glance: level, change with arrow and sign, the last 30 closes, and the session they end with."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

from core.records import Figure, Report
from core.wording import arrow, day, last_traded, show
from pages.parts import loads
from pages.parts.markup import esc
from pages.parts.provenance import hover

# A grey that reads on both themes; the line tells shape, the words tell direction.
_INK = "#858b95"


def _line(values: Sequence[float]) -> str:
    """A line through values as a picture; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    scale = 22 / (high - low) if high > low else 0
    points = " ".join(f"{i * 100 / (len(values) - 1):.1f},{24 - (v - low) * scale:.1f}" for i, v in enumerate(values))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 26" preserveAspectRatio="none"><polyline fill="none" stroke="{_INK}" '
        f'stroke-width="1.4" vector-effect="non-scaling-stroke" points="{points}"/></svg>'
    )
    return f'<img alt="" src="data:image/svg+xml,{quote(svg)}">'


def _tile(level: Figure, change: Figure, flat: float, line: Sequence[float], date: dt.date) -> str:
    sign = arrow(change.value, flat)
    tone = {"↑": "mi-up", "↓": "mi-down"}.get(sign, "")
    dated = last_traded(change.session, date) if change.closed and change.session else day(change.session)
    when = (change.note or level.note) if change.value is None else dated
    return (
        f'<div class="mi-tile"{hover(change)}><b>{esc(level.label)}</b><span class="v">{esc(show(level.value, level.unit))}</span> '
        f'<span class="c {tone}">{sign} {esc(show(change.value, change.unit, sign=True))}</span>{_line(line)}<small>{esc(when)}</small></div>'
    )


def row(market: loads.Market, report: Report, keys: Sequence[str]) -> str:
    """Tiles of the series that the report speaks of; they wrap."""
    known = report.figures()
    pairs = [(k, known.get(f"{k}.close"), known.get(f"{k}.change")) for k in keys]
    made = [_tile(a, b, report.settings.flat, loads.closes(market, report, k), report.date) for k, a, b in pairs if a and b]
    return f'<div class="mi-tiles">{"".join(made)}</div>'
