"""The capital-flow map: counted dollars as solid arrows of their width, relative moves as thin dashed ones without a size, fragile ones fainter."""

from typing import Any

import altair as alt

from core.charts import theme
from core.charts.axes import LABEL, tips
from core.charts.chain import HEAD
from core.charts.known import provider, when
from core.charts.picture import Picture, Row, fill, form, frame, subtitle
from core.language import N_, join
from core.records import Edge, Report
from core.units import Basis, Unit
from core.wording import MINUS, money, show, sized

# Where each node stands: left to right issuers, stablecoins, wallets, chains; equities in a row of their own. (x, y, label)
_PLACES = {
    "fiat": (0.0, 2.0, "Off-ramp"), "stablecoins": (1.18, 2.0, "Stablecoins"), "wallets": (1.86, 2.0, "Wallets"), "majors": (1.55, 5.4, "BTC + ETH"),
    "tvl_ethereum": (2.7, 0.0, "Ethereum"), "tvl_solana": (2.7, 1.0, "Solana"), "tvl_bsc": (2.7, 2.0, "BSC"), "tvl_tron": (2.7, 3.0, "Tron"),
    "tvl_base": (2.7, 4.0, "Base"),
    "dex": (2.7, 5.4, "DEX activity"), "dollar": (0.55, 6.25, "Dollar"),
    "haven": (0.0, 7.0, "Gold"), "us": (0.95, 7.0, "US equities"), "hk": (1.9, 7.0, "Hong Kong"), "cn": (2.85, 7.0, "A-shares"),
}  # fmt: skip
_WIDEST = 11.0  # pixels of the largest counted flow
_RADIUS = 11.0
_BARS = ("fiat", "stablecoins", "wallets")  # drawn tall, so that every arrow has a landing of its own
_REACH = 1.15  # half the height of such a bar, in rows of the map
_HEIGHT = 460
_ROW = _HEIGHT / 8.2  # pixels of a row
_X = "(scale('x', datum.x2) - scale('x', datum.x))"
_Y = "(scale('y', datum.y2) - scale('y', datum.y))"
_LENGTH = f"sqrt({_X} * {_X} + {_Y} * {_Y})"
_UX, _UY = f"({_X} / {_LENGTH})", f"({_Y} / {_LENGTH})"
_TURN = f"atan2({_Y}, {_X}) * 180 / PI - 90"
# Dashes and opacity of an inferred arrow, and of one that is fragile.
_DASHED = {"inferred": ([3, 4], 1.0), "fragile": ([1, 5], 0.6)}
_KEY: list[Row] = [
    {"x": -0.38, "x2": -0.1, "y": y, "style": style, "label": label}
    for y, style, label in (
        (3.85, "counted", "solid: counted,"), (4.1, "", "width by USD"), (4.5, "inferred", "dashed: relative"), (4.75, "", "move, no money"),
        (5.0, "", "was counted"), (5.4, "fragile", "faint: fragile, a"), (5.65, "", "threshold a quarter"), (5.9, "", "higher silences it"),
    )
]  # fmt: skip


def _shift(prefix: str, pixels: str) -> dict[str, alt.ExprRef]:
    """A point moved along its arrow by `pixels`."""
    names = ("x2Offset", "y2Offset") if prefix == "2" else ("xOffset", "yOffset")
    return {name: alt.ExprRef(f"{unit} * ({pixels})") for name, unit in zip(names, (_UX, _UY), strict=True)}


def _arrows(x: alt.X, y: alt.Y) -> list[Any]:
    """Shafts and heads: dashed with hollow heads below, solid with filled ones on them."""
    hover = tips(("route", "Flow"), ("shown", "Size"), ("basis", "Basis"), ("what", "What it shows"), ("session", "Session"), ("source", "Source"))
    gap = _RADIUS + 3
    shaft: dict[str, Any] = _shift("", str(gap)) | _shift("2", f"-({gap} + datum.head)")
    tip: dict[str, Any] = {**_shift("", str(-gap)), "angle": alt.ExprRef(_TURN), "shape": HEAD, "opacity": 1}
    ends: dict[str, Any] = {"x": alt.X("x2:Q", axis=None), "y": alt.Y("y2:Q", axis=None), "size": alt.Size("area:Q", scale=None, legend=None)}
    width = alt.StrokeWidth("width:Q", scale=None, legend=None)
    edges = {style: alt.Chart(alt.NamedData(style)).encode(x=x, y=y, tooltip=hover) for style in ("counted", *_DASHED)}
    solid, drawn = edges["counted"], []
    for style, (dash, opacity) in _DASHED.items():
        dashed = edges[style]
        line: dict[str, Any] = {"strokeWidth": 1.3, "color": theme.INFERRED, "opacity": opacity}
        drawn += [
            dashed.mark_rule(strokeDash=dash, **shaft | line).encode(x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q")),
            dashed.mark_point(filled=False, **tip | line).encode(**ends),
        ]
    return [
        *drawn,
        solid.mark_rule(opacity=1, color=theme.MEASURED, **shaft).encode(x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"), strokeWidth=width),
        solid.mark_point(filled=True, color=theme.MEASURED, **tip).encode(**ends),
    ]


def _legend(x: alt.X, y: alt.Y) -> list[Any]:
    key = {style: alt.Chart(alt.NamedData(f"key of {style}")).encode(x=x, y=y) for style in ("counted", *_DASHED, "all")}
    return [
        key["counted"].mark_rule(strokeWidth=4, color=theme.MEASURED).encode(x2=alt.X2("x2:Q")),
        *(
            key[style].mark_rule(strokeDash=dash, strokeWidth=1.3, color=theme.INFERRED, opacity=opacity)
            .encode(x2=alt.X2("x2:Q"))
            for style, (dash, opacity) in _DASHED.items()
        ),
        key["all"].mark_text(align="left", baseline="middle", dx=6, fontSize=10.5, color=theme.INK).encode(x=alt.X("x2:Q", axis=None), text=LABEL),
    ]


@form
def _chart() -> Any:  # noqa: ANN401
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.42, 3.55], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[7.7, -0.5], nice=False))
    nodes = alt.Chart(alt.NamedData("nodes")).encode(x=x, y=y)
    place: dict[str, Any] = {"align": alt.ExprRef("datum.align"), "dx": alt.ExprRef("datum.dx"), "dy": alt.ExprRef("datum.dy"), "baseline": "middle"}
    labels = alt.Chart(alt.NamedData("labels")).encode(x=x, y=y, text=LABEL, color=alt.Color("color:N", scale=None))
    hover = tips(("label", "Place"))
    return alt.layer(
        *_legend(x, y), *_arrows(x, y),
        nodes.transform_filter("datum.tall").mark_rule(strokeWidth=2 * _RADIUS - 4, strokeCap="round", color=theme.NEUTRAL)
        .encode(y=alt.Y("top:Q", axis=None), y2=alt.Y2("bottom:Q"), tooltip=hover),
        nodes.transform_filter("!datum.tall").mark_point(filled=True, size=_RADIUS * _RADIUS * 3.4, opacity=1, color=theme.NEUTRAL)
        .encode(tooltip=hover),
        nodes.mark_text(fontSize=11, color=theme.INK, **place).encode(text=LABEL),
        labels.mark_text(fontSize=10.5, **place),
    )  # fmt: skip


def _row(report: Report, e: Edge, largest: float, names: dict[str, str]) -> Row:
    f = report.figures()[e.evidence[0]]
    (x, y, _), (x2, y2, _) = _PLACES[e.source], _PLACES[e.target]
    measured = e.size is not None
    width = max(1.2, _WIDEST * (e.size or 0.0) / largest)
    head = max(10.0, width * 2.6)
    size = money(e.size) if e.size is not None else sized(f.value or 0.0, f.unit)
    style = "counted" if measured else "fragile" if e.fragile else "inferred"
    inferred = "inferred from relative moves, fragile" if e.fragile else "inferred from relative moves"
    basis = {Basis.INFERRED: inferred, Basis.MEASURED: "measured", Basis.DERIVED: "derived from counted dollars"}.get(
        e.basis, "synthetic, as if measured"
    )
    return {
        "from": e.source, "into": e.target, "x": x, "y": y, "x2": x2, "y2": y2, "measured": measured, "style": style, "width": width,
        "head": head * 0.66 if measured else 9.0, "area": head * head * 0.95, "route": N_("{a} → {b}", a=names[e.source], b=names[e.target]),
        "size": size, "shown": size if measured else N_("{gap}, no size measured", gap=size), "basis": basis, "what": e.label, "window": e.window,
        "session": when(f.session), "source": provider(f.source),
    }  # fmt: skip


def _landed(rows: list[Row]) -> list[Row]:
    """Arrows at the tall bars moved to landings of their own: side by side between the two, spread out towards the chains."""
    between = [r for r in rows if {r["from"], r["into"]} == {"fiat", "stablecoins"}]
    spans = [(r["width"] * 1.6 + 13) / _ROW for r in between]
    top = 2.0 - sum(spans) / 2
    for r, span in zip(between, spans, strict=True):
        r["y"] = r["y2"] = top + span - r["width"] * 0.8 / _ROW
        top += span
    for r in rows:
        for end, far, key in (("y", "y2", "from"), ("y2", "y", "into")):
            if r[key] == "wallets":
                r[end] = 2.0 + (r[far] - 2.0) * 0.42
    return rows


def _node(key: str) -> Row:
    """A place and its name: beside a chain, above the majors, whose arrows go down and right, below all others."""
    x, y, label = _PLACES[key]
    beside, tall = key.startswith("tvl_") or key == "dollar", key in _BARS
    dy = 0.0 if key == "dollar" else -7.0 if beside else -_RADIUS - 9 if key == "majors" else _RADIUS + 11 + (_REACH * _ROW if tall else 0)
    return {
        "x": x, "y": y, "top": y - _REACH, "bottom": y + _REACH, "tall": tall, "label": label, "dx": _RADIUS + 6 if beside else 0, "dy": dy,
        "align": "left" if beside else "center",
    }  # fmt: skip


def _label(e: Edge, row: Row) -> Row:
    """The size beside its arrow: under the chain's name for value locked, over the middle of the arrow elsewhere."""
    color = theme.MEASURED if row["measured"] else theme.INFERRED
    chain = next((n for n in (e.source, e.target) if n.startswith("tvl_")), "")
    if row["measured"] and chain:
        text = N_("+{size}" if chain == e.target else f"{MINUS}{{size}}", size=row["size"])
        return {"x": _PLACES[chain][0], "y": _PLACES[chain][1], "label": text, "color": color, "dx": _RADIUS + 6, "dy": 7, "align": "left"}
    text = N_("gap {size}", size=row["size"])
    if row["measured"]:
        text = N_("{coin} {size}", coin=e.evidence[0].partition(".")[0].upper(), size=row["size"])
    flat = row["y"] == row["y2"]
    rise = -7 - (row["width"] / 2 if row["measured"] else 2)
    return {
        "x": (row["x"] + row["x2"]) / 2, "y": (row["y"] + row["y2"]) / 2, "label": text, "color": color, "align": "center" if flat else "left",
        "dx": 0 if flat else 10, "dy": rise if flat else 0,
    }  # fmt: skip


def _title(report: Report, rows: list[Row]) -> str:
    counted = [(r, e) for r, e in zip(rows, report.flows.edges, strict=True) if e.size is not None]
    if not counted:
        return "No flow was counted in dollars; relative moves only"
    top, edge = max(counted, key=lambda p: p[1].size or 0.0)
    return N_("Largest counted flow: {size}, {route}", size=show(edge.size, Unit.FLOW), route=top["route"])


def _told(row: Row) -> str:
    """A flow as a part of a sentence."""
    return N_("{route}: {size}, fragile" if row["style"] == "fragile" else "{route}: {size}", route=row["route"], size=row["shown"])


def _by_style(name: str, rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by the style that they are drawn in: a layer that holds all of them would send each row to the browser six times."""
    return {name + style: [r for r in rows if r["style"] == style] for style in ("counted", *_DASHED)}


def flow_map(report: Report) -> Picture | None:
    """The report's flows as a directed graph; None where it has none."""
    edges = tuple(e for e in report.flows.edges if e.source in _PLACES and e.target in _PLACES)
    if not edges:
        return None
    names = {n.key: n.label for n in report.flows.nodes}
    largest = max((e.size or 0.0 for e in edges), default=0.0) or 1.0
    rows = _landed([_row(report, e, largest, names) for e in edges])
    labels = [_label(e, r) for e, r in zip(edges, rows, strict=True)]
    nodes = [_node(n.key) for n in report.flows.nodes if n.key in _PLACES]
    title = _title(report, rows)
    counted = sum(r["measured"] for r in rows)
    return Picture(
        key="flow_map", title=title,
        subtitle=subtitle(report, "Solid: change counted in USD, width by size. Dashed: inferred from relative moves, from the weaker "
                                  "to the stronger side; nobody measured money there, so it has no size. Faint and dotted: fragile, for a "
                                  "threshold a quarter higher would silence it."),
        alt=N_("Directed graph of {counted} counted and {inferred} inferred flows. {flows}.", counted=counted, inferred=len(rows) - counted,
               flows=join("; ", map(_told, rows))),
        spec=fill(_chart(), {**_by_style("", rows), **_by_style("key of ", _KEY), "key of all": _KEY, "nodes": nodes, "labels": labels},
                  height=_HEIGHT, synthetic=report.synthetic),
        table=frame([(r["route"], r["shown"], r["basis"], r["what"], r["window"], r["session"], r["source"]) for r in rows],
                           columns=["Flow", "Size", "Basis", "What it shows", "Window", "Session", "Source"]),
    )  # fmt: skip
