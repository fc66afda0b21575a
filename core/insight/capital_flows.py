"""Section 8: the capital-flow map. Measured edges are dollars that a source counted; inferred ones are relative moves and carry no size."""

from core.catalogue import group
from core.divergences import BY_KEY as RULES
from core.insight.chain_tables import standing
from core.insight.desk import Desk, Writer, label
from core.insight.divergences import said
from core.metrics.breadth import TRIOS
from core.records import Cell, Edge, FlowGraph, Node, Section
from core.units import Basis
from core.wording import money

CHAINS = tuple(s.key for s in group("tvl_chain"))
_COINS = (("usdt", "USDT"), ("usdc", "USDC"), ("dai", "DAI"), ("usds", "USDS"))
NODES = (
    Node(key="us", label="US equities", group="equities"),
    Node(key="hk", label="Hong Kong", group="equities"),
    Node(key="cn", label="A-shares", group="equities"),
    Node(key="haven", label="Gold and dollar", group="haven"),
    Node(key="fiat", label="Off-ramp (bank money)", group="cash"),
    Node(key="stablecoins", label="Stablecoins", group="crypto"),
    Node(key="majors", label="BTC and ETH", group="crypto"),
    *(Node(key=k, label=f"DeFi on {label(k).removesuffix(' TVL')}", group="defi") for k in CHAINS),
    Node(key="dex", label="DEX activity", group="defi"),
)
# Flows under this size in USD are not drawn.
SMALLEST = 1e7
# Relative moves under this many percentage points are not drawn.
SMALLEST_GAP = 0.25


def _measured(w: Writer, source: str, target: str, key: str, name: str) -> Edge | None:
    """An edge for a counted change in USD: into `target` when positive, back when negative; the size is never negative."""
    value = w.desk.value(key)
    f = w.desk.figure(key)
    if value is None:
        w.missing(f.label, f.note)
        return None
    if abs(value) < SMALLEST:
        return None
    w.use(key)
    a, b = (source, target) if value > 0 else (target, source)
    return Edge(source=a, target=b, size=abs(value), basis=Basis.MEASURED if f.basis is not Basis.SYNTHETIC else Basis.SYNTHETIC,
                label=f"{name} {money(value, sign=True)}", window="UTC day", evidence=(key,))  # fmt: skip


def _inferred(w: Writer, a: str, b: str, rule: str) -> Edge | None:
    """A dashed edge from the weaker to the stronger side of a gap worth a quarter of a percentage point or more."""
    key = f"gap.{rule}"
    value = w.desk.value(key)
    if value is None or abs(value) < SMALLEST_GAP:
        return None
    w.use(key)
    source, target = (b, a) if value > 0 else (a, b)
    first, second = RULES[rule].pair.a.label, RULES[rule].pair.b.label
    words = said(w.desk, RULES[rule]) or (f"{first} ahead of {second}" if value > 0 else f"{second} ahead of {first}")
    return Edge(source=source, target=target, size=None, basis=Basis.INFERRED, label=f"{words} ({w.desk.show(key, 'size')})",
                window="latest sessions", evidence=(key,))  # fmt: skip


def graph(w: Writer) -> FlowGraph:
    """Nodes and edges that the day's figures support."""
    edges = [
        *(_measured(w, "fiat", "stablecoins", f"{k}.flow", name) for k, name in _COINS),
        *(_measured(w, "stablecoins", k, f"{k}.adjusted_flow", "price-adjusted TVL") for k in CHAINS),
        _inferred(w, "us", "majors", "us_crypto"),
        _inferred(w, "cn", "hk", "cn_hk_tech"),
        _inferred(w, "hk", "us", "hk_us_broad"),
        _inferred(w, "haven", "us", "gold_equities"),
        _inferred(w, "dex", "majors", "dex_price"),
    ]
    kept = tuple(e for e in edges if e)
    used = {n for e in kept for n in (e.source, e.target)}
    return FlowGraph(nodes=tuple(n for n in NODES if n.key in used), edges=kept)


def _row(edge: Edge, names: dict[str, str]) -> tuple[Cell, ...]:
    size = money(edge.size) if edge.size is not None else "not measured"
    basis = "inferred" if edge.basis is Basis.INFERRED else "measured" if edge.basis is Basis.MEASURED else "synthetic, as if measured"
    return Cell(names[edge.source]), Cell(names[edge.target]), Cell(size, edge.evidence[0]), Cell(basis), Cell(edge.label), Cell(edge.window)


def write(desk: Desk) -> tuple[Section, FlowGraph]:
    """The section and its graph."""
    w = Writer(desk, "capital_flows", "Capital flow map")
    made = graph(w)
    if desk.known("stable.net"):
        verb = "left" if desk.number("stable.net") < 0 else "entered"
        w.say("reading", "capital_flows.measured: circulating supply of four coins, in USD",
              f"Counted in dollars: {{stable.net|size}} {verb} stablecoins.", "A restatement by the source.")  # fmt: skip
    flows = sorted((k for k in CHAINS if desk.known(f"{k}.adjusted_flow")), key=lambda k: -abs(desk.number(f"{k}.adjusted_flow")))
    if flows:
        top = flows[0]
        verb = "came to" if desk.number(f"{top}.adjusted_flow") > 0 else "left"
        w.say("reading", "capital_flows.tvl: TVL change that the chain's usual beta on ETH does not explain",
              f"Largest change of value locked without price: {{{top}.adjusted_flow|size}} {verb} {label(top).removesuffix(' TVL')}.",
              "The two provisional rows of TVL being restated.")  # fmt: skip
    if desk.known("us.mean", "hk.mean", "cn.mean") and {standing(desk, m) for m in TRIOS} == {"current"}:
        ranked = sorted(TRIOS, key=lambda m: -desk.number(f"{m}.mean"))
        names = {"us": "US equities", "hk": "Hong Kong", "cn": "A-shares"}
        w.say("reading", "capital_flows.inferred: order of mean changes; no money is measured between equity markets",
              f"Only inferred: by relative moves, preference runs {', '.join(f'{names[m]} ({{{m}.mean}})' for m in ranked)}.",
              "Flow data, which nobody publishes by the day.")  # fmt: skip
    w.missing("Flows between equity markets", "No source publishes them by the day; relative moves are drawn dashed and without a size.")
    names = {n.key: n.label for n in made.nodes}
    w.table("edges", "Every arrow of the map", ("From", "To", "Size", "Basis", "What it shows", "Window"), [_row(e, names) for e in made.edges])
    w.use("stable.net")
    return w.section(), made
