"""The capital-flow map: counted dollars as solid arrows of their width, relative moves as thin dashed ones without a size."""

from typing import Any

import altair as alt
import pandas as pd

from core.charts import theme
from core.charts.axes import tips
from core.charts.chain import HEAD
from core.charts.known import provider, when
from core.charts.picture import Picture, Row, fill, form, subtitle
from core.records import Edge, Report
from core.units import Basis, Unit
from core.wording import money, show

# Where each node stands: left to right cash, stablecoins, majors, DeFi; equities in a row of their own. (x, y, label)
_PLACES = {
    "fiat": (0.0, 2.0, "Bank money"), "stablecoins": (1.25, 2.0, "Stablecoins"), "majors": (1.55, 5.25, "BTC + ETH"),
    "tvl_ethereum": (2.75, 0.0, "Ethereum"), "tvl_solana": (2.75, 1.0, "Solana"), "tvl_bsc": (2.75, 2.0, "BSC"), "tvl_tron": (2.75, 3.0, "Tron"),
    "tvl_base": (2.75, 4.0, "Base"), "dex": (2.75, 5.25, "DEX activity"),
    "haven": (0.0, 7.0, "Gold + dollar"), "us": (0.95, 7.0, "US equities"), "hk": (1.9, 7.0, "Hong Kong"), "cn": (2.85, 7.0, "A-shares"),
}  # fmt: skip
_WIDEST = 13.0
_LANE = 17.0  # pixels between parallel arrows
_RADIUS = 11.0
_X = "(scale('x', datum.x2) - scale('x', datum.x))"
_Y = "(scale('y', datum.y2) - scale('y', datum.y))"
_LENGTH = f"sqrt({_X} * {_X} + {_Y} * {_Y})"
_UX, _UY = f"({_X} / {_LENGTH})", f"({_Y} / {_LENGTH})"


def _off(along: str, across: str) -> alt.ExprRef:
    """Pixels from a node's centre: `along` the arrow past the node's rim, `across` it to its own lane."""
    return alt.ExprRef(f"{along} + {across}")


@form
def _chart() -> Any:  # noqa: ANN401
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.42, 3.55], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[7.7, -0.5], nice=False))
    pad = f"({_RADIUS} + 3)"
    across_x, across_y = f"(-{_UY} * datum.lane)", f"({_UX} * datum.lane)"
    hover = tips(("route", "Flow"), ("shown", "Size"), ("basis", "Basis"), ("what", "What it shows"), ("session", "Session"), ("source", "Source"))
    edges = alt.Chart(alt.NamedData("edges")).encode(x=x, y=y, tooltip=hover)
    start = {"xOffset": _off(f"{_UX} * {pad}", across_x), "yOffset": _off(f"{_UY} * {pad}", across_y)}
    back = f"({pad} + datum.head)"
    end = {"x2Offset": _off(f"-{_UX} * {back}", across_x), "y2Offset": _off(f"-{_UY} * {back}", across_y)}
    tip = {"xOffset": _off(f"-{_UX} * {pad}", across_x), "yOffset": _off(f"-{_UY} * {pad}", across_y)}
    turn = alt.ExprRef(f"atan2({_Y}, {_X}) * 180 / PI - 90")
    solid, dashed = edges.transform_filter("datum.measured"), edges.transform_filter("!datum.measured")
    ends = {"x": alt.X("x2:Q", axis=None), "y": alt.Y("y2:Q", axis=None)}
    size = alt.Size("area:Q", scale=None, legend=None)
    nodes = alt.Chart(alt.NamedData("nodes")).encode(x=x, y=y)
    labels = alt.Chart(alt.NamedData("labels")).encode(x=x, y=y, text="label:N", color=alt.Color("color:N", scale=None))
    return alt.layer(
        dashed.mark_rule(strokeDash=[3, 4], strokeWidth=1.3, color=theme.INFERRED, **start, **end).encode(x2="x2:Q", y2="y2:Q"),
        dashed.mark_point(filled=False, shape=HEAD, strokeWidth=1.3, opacity=1, color=theme.INFERRED, angle=turn, **tip).encode(size=size, **ends),
        solid.mark_rule(opacity=0.85, color=theme.MEASURED, **start, **end).encode(
            x2="x2:Q", y2="y2:Q", strokeWidth=alt.StrokeWidth("width:Q", scale=None, legend=None)),
        solid.mark_point(filled=True, shape=HEAD, opacity=1, color=theme.MEASURED, angle=turn, **tip).encode(size=size, **ends),
        nodes.mark_point(filled=True, size=_RADIUS * _RADIUS * 3.4, opacity=1).encode(color=alt.Color("color:N", scale=None), tooltip=tips(("label", "Place"))),
        nodes.mark_text(baseline="top", dy=_RADIUS + 4, fontSize=11, color=theme.INK).encode(text="label:N"),
        labels.mark_text(baseline="middle", fontSize=10.5, xOffset=alt.ExprRef("datum.dx"), yOffset=alt.ExprRef("datum.dy")),
    )  # fmt: skip


def _row(report: Report, e: Edge, lane: float, largest: float, names: dict[str, str]) -> Row:
    figures = report.figures()
    f = figures[e.evidence[0]]
    (x, y, _), (x2, y2, _) = _PLACES[e.source], _PLACES[e.target]
    measured = e.size is not None
    width = max(1.2, _WIDEST * (e.size or 0.0) / largest) if measured else 1.3
    head = max(9.0, width * 1.9)
    shown = money(e.size) if e.size is not None else f"{show(abs(f.value or 0.0), f.unit).lstrip('+')}, no size measured"
    basis = "inferred from relative moves" if not measured else "measured" if e.basis is not Basis.SYNTHETIC else "synthetic, as if measured"
    return {
        "x": x, "y": y, "x2": x2, "y2": y2, "measured": measured, "width": width, "lane": lane, "head": head * 0.72 if measured else 9.0,
        "area": head * head * 0.95, "route": f"{names[e.source]} → {names[e.target]}", "shown": shown, "basis": basis, "what": e.label,
        "window": e.window, "session": when(f.session), "source": provider(f.source),
    }  # fmt: skip


def _lanes(edges: tuple[Edge, ...]) -> list[float]:
    """Pixels by which each arrow leaves the straight line, so that arrows between the same two nodes lie side by side."""
    pairs: dict[frozenset[str], list[int]] = {}
    for i, e in enumerate(edges):
        pairs.setdefault(frozenset((e.source, e.target)), []).append(i)
    lanes = [0.0] * len(edges)
    for members in pairs.values():
        for k, i in enumerate(members):
            side = 1.0 if _PLACES[edges[i].source][0] <= _PLACES[edges[i].target][0] else -1.0
            lanes[i] = side * (k - (len(members) - 1) / 2) * _LANE
    return lanes


def _label(e: Edge, row: Row) -> Row:
    """The size beside its arrow: over the middle between cash and stablecoins, beside the chain for value locked, at the middle elsewhere."""
    color = theme.MEASURED if row["measured"] else theme.INFERRED
    chain = next((n for n in (e.source, e.target) if n.startswith("tvl_")), "")
    if row["measured"] and chain:
        text = f"{'+' if chain == e.target else '−'}{row['shown']}"
        return {"x": _PLACES[chain][0], "y": _PLACES[chain][1], "label": text, "color": color, "dx": 42, "dy": 0}
    down = row["lane"] * (1 if row["x"] <= row["x2"] else -1)
    text = e.label.split(" ")[0] + " " + row["shown"] if row["measured"] else row["shown"].split(",")[0]
    flat = row["y"] == row["y2"]
    return {"x": (row["x"] + row["x2"]) / 2, "y": (row["y"] + row["y2"]) / 2, "label": text, "color": color, "dx": 0 if flat else 22,
            "dy": down - 9 - (row["width"] / 2 if row["measured"] else 0) if flat else 0}  # fmt: skip


def _title(report: Report, rows: list[Row]) -> str:
    counted = [(r, e) for r, e in zip(rows, report.flows.edges, strict=True) if e.size is not None]
    if not counted:
        return "No flow was counted in dollars; relative moves only"
    top, edge = max(counted, key=lambda p: p[1].size or 0.0)
    return f"Largest counted flow: {show(edge.size, Unit.USD)} {top['route']}"


def flow_map(report: Report) -> Picture | None:
    """The report's flows as a directed graph; None where it has none."""
    edges = tuple(e for e in report.flows.edges if e.source in _PLACES and e.target in _PLACES)
    if not edges:
        return None
    names = {n.key: n.label for n in report.flows.nodes}
    largest = max((e.size or 0.0 for e in edges), default=0.0) or 1.0
    rows = [_row(report, e, lane, largest, names) for e, lane in zip(edges, _lanes(edges), strict=True)]
    colors = {"equities": theme.US, "haven": theme.CN, "cash": theme.NEUTRAL, "crypto": theme.CRYPTO, "defi": theme.MEASURED}
    nodes = [{"x": _PLACES[n.key][0], "y": _PLACES[n.key][1], "label": _PLACES[n.key][2], "color": theme.NEUTRAL} for n in report.flows.nodes if n.key in _PLACES]
    del colors
    title = _title(report, rows)
    counted = sum(r["measured"] for r in rows)
    return Picture(
        key="flow_map", title=title,
        subtitle=subtitle(report, "Solid: change counted in USD, width by size. Dashed: inferred from relative moves, from the weaker to the stronger "
                                  "side; nobody measured money there, so it has no size."),
        alt=f"Directed graph of {counted} counted and {len(rows) - counted} inferred flows. " + "; ".join(f"{r['route']}: {r['shown']}" for r in rows) + ".",
        spec=fill(_chart(), {"edges": rows, "nodes": nodes, "labels": [_label(e, r) for e, r in zip(edges, rows, strict=True)]}, height=460,
                  synthetic=report.synthetic),
        table=pd.DataFrame([(r["route"], r["shown"], r["basis"], r["what"], r["window"], r["session"], r["source"]) for r in rows],
                           columns=["Flow", "Size", "Basis", "What it shows", "Window", "Session", "Source"]),
    )  # fmt: skip
