"""Section 8: the capital-flow map. Measured edges are dollars that a source counted; inferred ones are relative moves and carry no size."""

from core.catalogue import group
from core.divergences import BY_KEY as RULES
from core.divergences.ordinary import ordinary
from core.insight.candidates import by_the_clock
from core.insight.chain_tables import standing
from core.insight.crypto_defi import flow_word
from core.insight.desk import HONG_KONG, Desk, Writer, label
from core.insight.divergence_evidence import QUARTER
from core.language import N_, join, written
from core.metrics.breadth import TRIOS
from core.records import Cell, Edge, FlowGraph, Node, Section
from core.units import Basis, Unit
from core.wording import day, listing, money

CHAINS = tuple(s.key for s in group("tvl_chain"))
_COINS = (("usdt", "USDT"), ("usdc", "USDC"), ("dai", "DAI"), ("usds", "USDS"))
NODES = (
    Node(key="us", label="US equities", group="equities"),
    Node(key="hk", label=HONG_KONG, group="equities"),
    Node(key="cn", label="A-shares", group="equities"),
    Node(key="haven", label="Gold", group="haven"),
    Node(key="dollar", label="Dollar", group="haven"),
    Node(key="fiat", label="Off-ramp (issuers)", group="cash"),
    Node(key="stablecoins", label="Stablecoins", group="crypto"),
    Node(key="wallets", label="Wallets outside DeFi", group="crypto"),
    Node(key="majors", label="BTC and ETH", group="crypto"),
    Node(key="dex", label="DEX activity", group="crypto"),
    *(Node(key=k, label=N_("DeFi on {chain}", chain=label(k).removesuffix(" TVL")), group="defi") for k in CHAINS),
)
# Flows under this size in USD are not drawn.
SMALLEST = 1e7


def _measured(w: Writer, source: str, target: str, key: str, name: str, basis: Basis) -> Edge | None:
    """An edge for a counted change in USD: into `target` when positive, back when negative; the size is never negative."""
    value = w.desk.value(key)
    f = w.desk.figure(key)
    if value is None:
        w.lacks(key)
        return None
    if abs(value) < SMALLEST:
        return None
    w.use(key)
    a, b = (source, target) if value > 0 else (target, source)
    return Edge(source=a, target=b, size=abs(value), basis=Basis.SYNTHETIC if f.basis is Basis.SYNTHETIC else basis,
                label=N_("{name} {value}", name=name, value=money(value, sign=True)), window=N_("UTC day {day}", day=day(f.session)),
                evidence=(key,))  # fmt: skip


def _inferred(w: Writer, a: str, b: str, rule: str) -> Edge | None:
    """A dashed edge from the weaker to the stronger side of a gap whose rule fires, out of the ordinary.

    None for a gap that the closing times explain by half or more. One that a slightly higher threshold would silence is fragile.
    """
    d, key, pair = w.desk, f"gap.{rule}", RULES[rule].pair
    value = d.value(key)
    if value is None:
        w.missing(RULES[rule].label, d.refusal(rule))
        return None
    found = d.detections[rule]
    if not found.fires_on(d.row) or ordinary(d.table, found)[d.row] or by_the_clock(d, key):
        return None
    fragile = not found.fires_on(d.row, found.threshold * QUARTER)
    w.use(key, pair.a.metric, pair.b.metric)
    source, target = (b, a) if value > 0 else (a, b)
    first, second = (day(d.session(leg.series)) for leg in (pair.a, pair.b))
    return Edge(
        source=source, target=target, size=None, basis=Basis.INFERRED,
        label=N_("{a} {move_a}, {b} {move_b} (gap {gap})", a=pair.a.label, move_a=d.show(pair.a.metric), b=pair.b.label,
                 move_b=d.show(pair.b.metric), gap=d.show(key, "size")),
        window=N_("session {first}" if first == second else "sessions {first} and {second}", first=first, second=second),
        evidence=(key, pair.a.metric, pair.b.metric), fragile=bool(fragile),
    )  # fmt: skip


def graph(w: Writer) -> FlowGraph:
    """All places, and the edges that the day's figures support.

    What was counted on a chain came from or went to wallets outside its protocols; which coin it was in, nobody counts here.
    """
    edges = [
        *(_measured(w, "fiat", "stablecoins", f"{k}.flow", name, Basis.MEASURED) for k, name in _COINS),
        *(_measured(w, "wallets", k, f"{k}.adjusted_flow", "TVL change not explained by the price of ETH", Basis.DERIVED) for k in CHAINS),
        _inferred(w, "us", "majors", "us_crypto"),
        _inferred(w, "cn", "hk", "cn_hk_tech"),
        _inferred(w, "hk", "us", "hk_us_broad"),
        _inferred(w, "haven", "us", "gold_equities"),
        _inferred(w, "dollar", "us", "dollar_equities"),
        _inferred(w, "dex", "majors", "dex_price"),
    ]
    return FlowGraph(nodes=NODES, edges=tuple(e for e in edges if e))


_BASES = {Basis.MEASURED: "measured", Basis.DERIVED: "derived from counted dollars", Basis.INFERRED: "inferred"}


def _row(edge: Edge, names: dict[str, str]) -> tuple[Cell, ...]:
    size = money(edge.size) if edge.size is not None else "not measured"
    basis = _BASES.get(edge.basis, "synthetic, as if measured")
    basis = N_("{basis}, fragile", basis=basis) if edge.fragile else basis
    return Cell(names[edge.source]), Cell(names[edge.target]), Cell(size, edge.evidence[0]), Cell(basis), Cell(edge.label), Cell(edge.window)


def _floor(w: Writer) -> str:
    """The size from which a flow is drawn and spoken of, as a figure."""
    return w.derive("flow.smallest", "Smallest flow that is drawn", SMALLEST, Unit.USD, "Set for all reports: smaller flows are noise.", "stable.net")


def _counted(w: Writer) -> None:
    """What was counted in dollars: stablecoins against their issuers, and value locked on the chain that changed most."""
    d, word = w.desk, flow_word(w.desk)
    if word == "rotation":
        w.say("reading", "capital_flows.measured: circulating supply of the coins counted, in USD",
              "Counted in dollars: {stable.redeemed|size} redeemed and {stable.issued|size} issued, so coins were swapped rather than cashed, net "
              "{stable.net|signed}.", "A restatement by the source.")  # fmt: skip
    elif d.known("stable.net") and abs(d.number("stable.net")) < SMALLEST:
        w.say("reading", "capital_flows.measured: circulating supply of the coins counted, in USD",
              N_("Counted in dollars: next to nothing, net {stable.net|signed} over the stablecoins counted, under the {least} of an arrow.",
                 least=f"{{{_floor(w)}}}"), "A restatement by the source.")  # fmt: skip
    elif d.known("stable.net"):
        w.say("reading", "capital_flows.measured: circulating supply of the coins counted, in USD",
              "Counted in dollars: {stable.net|size} left stablecoins." if d.number("stable.net") < 0
              else "Counted in dollars: {stable.net|size} entered stablecoins.", "A restatement by the source.")  # fmt: skip
    flows = sorted((k for k in CHAINS if d.known(f"{k}.adjusted_flow")), key=lambda k: -abs(d.number(f"{k}.adjusted_flow")))
    if len(flows) > 1:
        top = f"{flows[0]}.adjusted_flow"
        if abs(d.number(top)) < SMALLEST:
            text = N_("On no chain did value locked change by more than {least} beyond what the price of ETH explains.", least=f"{{{_floor(w)}}}")
        else:
            text = N_("Largest change of value locked not explained by the price of ETH: {chain} {change}.",
                      chain=label(flows[0]).removesuffix(" TVL"), change=f"{{{top}|signed}}")  # fmt: skip
        w.say("reading", "capital_flows.tvl: TVL change that the chain's usual beta on ETH does not explain", text,
              "The two provisional rows of TVL being restated.", [f"{k}.adjusted_flow" for k in flows])  # fmt: skip


_ORDERED = "Only inferred, from the mean of three indices each, latest sessions side by side: preference runs {order}."
_ALIKE = "From the mean of three indices each, latest sessions side by side, no preference can be inferred: {order}."


def _preference(w: Writer) -> None:
    if w.desk.known("us.mean", "hk.mean", "cn.mean") and {standing(w.desk, m) for m in TRIOS} == {"current"}:
        ranked = sorted(TRIOS, key=lambda m: -w.desk.number(f"{m}.mean"))
        names = {"us": "US equities", "hk": HONG_KONG, "cn": "A-shares"}
        order = join(", ", [N_("{name} ({change})", name=names[m], change=f"{{{m}.mean}}") for m in ranked])
        us, hk = (w.desk.figure(f"{m}.mean").available_at for m in ("us", "hk"))
        later = ["The US session closed after Asia's, which could not know it."] if us and hk and us > hk else []
        first, *_, last = (w.desk.number(f"{m}.mean") for m in ranked)
        told = _ALIKE if first - last < w.desk.settings.flat else _ORDERED
        said = N_(told, order=order)
        w.say("reading", "capital_flows.inferred: order of mean changes; no money is measured between equity markets", join(" ", [said, *later]),
              "Flow data, which nobody publishes by the day.")  # fmt: skip


def write(desk: Desk) -> tuple[Section, FlowGraph]:
    """The section and its graph."""
    w = Writer(desk, "capital_flows", "Capital flow map")
    made = graph(w)
    _counted(w)
    _preference(w)
    w.missing("Flows between equity markets", "No source publishes them by the day; relative moves are drawn dashed and without a size.")
    linked = {n for e in made.edges for n in (e.source, e.target)}
    alone = [n.label for n in NODES if n.key not in linked]
    if alone:
        w.missing(N_("Arrows at {places}", places=listing(alone)),
                  N_("Nothing there was measured, or it was under {least}, or no rule fires there.", least=money(SMALLEST)))  # fmt: skip
    names = {n.key: n.label for n in made.nodes}
    w.table("edges", "Every arrow of the map", (written("From", "Flows from"), written("To", "Flows to"), "Size", "Basis", "What it shows", "Window"),
            [_row(e, names) for e in made.edges],
            "Wallets outside DeFi: where value locked comes from and goes to; its change is what the chain's usual beta on ETH does not "
            "explain.")  # fmt: skip
    w.use("stable.net")
    return w.section(), made
