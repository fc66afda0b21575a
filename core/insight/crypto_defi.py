"""Section 3: crypto prices, stablecoin flows, leverage, value locked and DEX volume."""

import math

import numpy as np

from core.insight.crypto_tables import CHAINS, PROTOCOLS, range_word, tables
from core.insight.desk import Desk, Writer, label
from core.insight.questions import CLOSED, SHED, ask
from core.language import N_, capital, join
from core.metrics.defi import COINS
from core.metrics.gaps import fresh
from core.records import Section
from core.units import Unit
from core.wording import listing, show

# Under this size in USD the stablecoin flow reads as none.
SMALL_FLOW = 1e8
# From this share of all supply (percent) a day's flow is large against the stock.
LARGE_SHARE = 0.5
# A flow is large for a day from this percentile of its year.
LARGE_RANK = 90.0
# Below this one it is unremarkable.
UNREMARKABLE = 70.0
# Marks, in percent, of which the highest that BTC or ETH passed is named: set once, for one that follows the moves could always tell them apart.
MARKS = (2.0, 3.5, 5.0, 10.0, 20.0)
MARKED = N_("The highest of {marks} percent that BTC or ETH passed.", marks=", ".join(f"{m:g}" for m in MARKS))
# A disconnect that came on this share of the days before is no rarity; under so many days nothing is said of it.
COMMON, FEWEST_DAYS = 0.2, 60
# A coin's redemption that is offset by at least this share of issuance elsewhere is rotation.
ROTATION = 0.5


def flow_word(desk: Desk) -> str:
    """Stablecoin flow of the day in a word: rotation, contraction, expansion, quiet or unknown."""
    if not desk.known("stable.net", "stable.issued", "stable.redeemed"):
        return "unknown"
    net, issued, redeemed = (desk.number(f"stable.{k}") for k in ("net", "issued", "redeemed"))
    smaller, larger = sorted((issued, -redeemed))
    if larger >= SMALL_FLOW and smaller >= ROTATION * larger:
        return "rotation"
    if abs(net) < SMALL_FLOW:
        return "quiet"
    return "expansion" if net > 0 else "contraction"


def flow_weight(desk: Desk) -> str:
    """Whether the day's stablecoin flow is small or large against what is outstanding (half a percent)."""
    return "real but small against the stock" if abs(desk.number("stablecoins.change")) < LARGE_SHARE else "real, and large against the stock"


def _prices(w: Writer) -> None:
    d = w.desk
    if not d.known("btc.change", "eth.change"):
        return
    moves = {k: abs(d.number(f"{k}.change")) for k in ("btc", "eth")}
    mark = max((m for m in MARKS if max(moves.values()) >= m), default=0.0)
    prices = "BTC {btc.change}, ETH {eth.change} over the UTC day {btc.change|session}"
    text = N_("{prices}.", prices=prices)
    if mark and d.side("btc.change") == d.side("eth.change"):
        key = w.derive("crypto.mark", "Mark passed", mark, Unit.SHARE, MARKED, "btc.change")
        passed = [label(k) for k in moves if moves[k] >= mark]
        text = N_("{prices}: both passed {mark}." if len(passed) == 2 else "{prices}: only {coin} passed {mark}.", prices=prices, coin=passed[0],
                  mark=f"{{{key}}}")  # fmt: skip
    w.say(
        "reading", "crypto.prices: changes over the UTC day that ended at the cutoff or before",
        text, "Another exchange's close that differs.",
    )  # fmt: skip


# By the flow's direction, and whether all stablecoins are known and moved the same way (True), the other way (False) or are not known (None).
_NET = {
    ("contraction", True): "Net outflow from stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}, on "
    "{stablecoins.close} in all ({stablecoins.change}), at the {stable.flow_rank} of the year's daily flows{size}.",
    ("contraction", False): "Net outflow from stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}, over the coins counted, "
    "while all stablecoins together changed by {stablecoins.change}.",
    ("contraction", None): "Net outflow from stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}{size}.",
    ("expansion", True): "Net inflow into stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}, on "
    "{stablecoins.close} in all ({stablecoins.change}), at the {stable.flow_rank} of the year's daily flows{size}.",
    ("expansion", False): "Net inflow into stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}, over the coins counted, "
    "while all stablecoins together changed by {stablecoins.change}.",
    ("expansion", None): "Net inflow into stablecoins of {stable.net|size} ({coin} {change}), not rotation: {weight}{size}.",
}
# By whether all stablecoins are known.
_ROTATION = {
    True: "Rotation between stablecoins, not exit: {stable.redeemed|size} redeemed ({shrunk} {shrank}), {stable.issued|size} issued ({grown} "
    "{grew}), net {stable.net|signed}, or {stablecoins.change} of all supply.",
    False: "Rotation between stablecoins, not exit: {stable.redeemed|size} redeemed ({shrunk} {shrank}), {stable.issued|size} issued ({grown} "
    "{grew}), net {stable.net|signed}.",
}


def _coin_name(coin: str) -> str:
    return label(coin).removesuffix(" supply")


def _stablecoins(w: Writer) -> None:
    d, word = w.desk, flow_word(w.desk)
    rule = "stablecoins.net: sum over the coins counted in USD; rotation if growing coins offset half of the shrinking ones"
    ranked = d.known("stable.flow_rank", "stablecoins.change")
    if word == "rotation":
        shrunk, grown = (_coin(d, side) for side in (-1, 1))
        w.say(
            "reading", rule,
            N_(_ROTATION[ranked], shrunk=_coin_name(shrunk), shrank=f"{{{shrunk}.change}}", grown=_coin_name(grown), grew=f"{{{grown}.change}}"),
            "The growing coins shrinking in the days after.",
        )  # fmt: skip
    elif word in {"contraction", "expansion"}:
        rank = d.value("stable.flow_rank")
        size = "" if rank is None else "; large for a day" if rank >= LARGE_RANK else "; unremarkable for a day" if rank < UNREMARKABLE else ""
        up = 1 if word == "expansion" else -1
        coin = _coin(d, up)
        scale = None if not ranked else d.number("stablecoins.change") * up >= 0
        w.say(
            "reading", rule,
            N_(_NET[word, scale], coin=_coin_name(coin), change=f"{{{coin}.change}}", weight=flow_weight(d), size=size),
            "Issuance of the same size in the days after, or a restatement by the source.", ("stable.issued", "stable.redeemed"),
        )  # fmt: skip
    elif word == "quiet":
        w.say("reading", rule, "Stablecoin supply hardly changed: net {stable.net|signed} over the coins counted.", "A restatement by the source.")


def _coin(desk: Desk, side: int) -> str:
    """The coin that grew (+1) or shrank (−1) by the most dollars."""
    return max(COINS, key=lambda c: side * desk.number(f"{c}.flow") if desk.known(f"{c}.flow") else -math.inf)


def _leverage(w: Writer) -> None:
    """What open interest and funding say of the day's move; liquidation is named only where positions fell with price."""
    d = w.desk
    fell = d.side("btc.change") < 0
    if not d.known("btc.change"):
        return
    rule = N_("crypto.leverage: liquidation only if open interest fell with price, by {fell}% in dollars and {closed}% in coins",
              fell=f"{SHED:g}", closed=f"{CLOSED:g}")  # fmt: skip
    if not d.known("btc_oi.change", "btc_oi.coins"):
        w.lacks(next(k for k in ("btc_oi.change", "btc_oi.coins") if not d.known(k)))
        if fell:
            w.say("question", rule, "Liquidation? Open: no open interest is known for {btc.change|session}, the day BTC moved {btc.change}. This "
                  "report answers it once that figure is stored.",
                  N_("Open interest of that day not lower by {dollars} in dollars and {coins} in coins.", dollars=show(SHED, Unit.SHARE),
                     coins=show(CLOSED, Unit.SHARE)))  # fmt: skip
        return
    interest, coins = d.number("btc_oi.change"), d.number("btc_oi.coins")
    both = "BTC open interest {btc_oi.change} in dollars and {btc_oi.coins} in coins"
    if fell and interest <= -SHED and coins <= -CLOSED:
        w.say("reading", rule, N_("Leverage came off: {both}, with price {btc.change}: consistent with liquidation; who was forced is not in these "
                                  "figures.", both=both), "Open interest rebuilt within a day.")  # fmt: skip
    elif fell:
        ask(w, "liquidation")
    elif d.side("btc.change") > 0:
        word = "positions were added" if coins >= CLOSED else "positions were closed" if coins <= -CLOSED else "positions hardly changed"
        w.say("reading", rule, N_("Leverage: {both}; {word} while price moved {btc.change}.", both=both, word=word),
              "Another venue's open interest that differs.")  # fmt: skip
    if d.known("btc_funding.close", "btc_funding.change"):
        payer = "longs pay shorts" if d.number("btc_funding.close") > 0 else "shorts pay longs"
        w.say("reading", "crypto.funding: mean funding rate of the UTC day, annualised",
              N_("BTC funding stands at {btc_funding.close} a year ({btc_funding.change|signed} on the day): {payer}.", payer=payer),
              "Another venue's funding that differs.")  # fmt: skip


def _volume(w: Writer) -> None:
    d = w.desk
    if d.known("total_volume.close", "total_volume.range30"):
        w.say("reading", "crypto.volume: place between the lowest and highest of the 30 days before",
              N_("Crypto 24h volume of {total_volume.close} is in the {range}." if 0 <= d.number("total_volume.range30") <= 100
                 else "Crypto 24h volume of {total_volume.close} is {range}.", range=range_word(d)),
              "Another vendor's count that differs.", ("total_volume.range30",))  # fmt: skip


# By whether protocols that went the same way can be named.
_DISCONNECT = {
    True: "{head}: DEX volume {dex.change}, {direction} ({names}). {often}; against its usual weekday volume stands at {dex.vs_weekday}.",
    False: "{head}: DEX volume {dex.change}, {direction}. {often}; against its usual weekday volume stands at {dex.vs_weekday}.",
}


def _disconnect(w: Writer) -> None:
    d = w.desk
    if not d.known("dex.change", "btc.change", "dex.vs_weekday"):
        return
    rule = "dex.disconnect: DEX volume and BTC opposed beyond the threshold"
    detection = d.detections["dex_price"]
    if not detection.fires_on(d.row):
        w.say("reading", rule, "DEX volume {dex.change}, against its usual weekday {dex.vs_weekday}: no disconnect from price (BTC {btc.change}).",
              "Volume and price parting by more than the threshold the next day.")  # fmt: skip
        return
    own = np.flatnonzero(fresh(d.table.features, detection.rule.pair))
    own = own[own <= d.row][:-1]
    times, days = int(detection.fires[own].sum()), len(own)
    fired = w.derive("base.dex_price.fired", "Days before on which DEX volume and price parted", times, Unit.COUNT,
                     "Sessions before this one on which the rule fired at today's threshold.", "dex.change")  # fmt: skip
    watched = w.derive("base.dex_price.watched", "Days watched before", days, Unit.COUNT,
                       "Sessions before this one on which the gap was known.", "dex.change")  # fmt: skip
    leaders = sorted((p for p in PROTOCOLS[1:] if d.known(f"{p}.change")), key=lambda p: -d.number(f"{p}.close"))[:8]
    risen = [p for p in leaders if d.number(f"{p}.change") * d.number("dex.change") > 0]
    top = sorted(risen, key=lambda p: -abs(d.number(f"{p}.change")))[:3]
    names = join(", ", [N_("{name} {value}", name=label(p).removesuffix(" volume"), value=f"{{{p}.change}}") for p in top])
    direction = "up while prices fell" if d.number("dex.change") > 0 else "down while prices rose"
    head, often = "Key disconnect", "it happened on {fired} of {watched} days before"
    if days < FEWEST_DAYS:
        often = "only {watched} days before can be compared, too few to call it common or not"
    elif times >= days * COMMON:
        head = "A common disconnect"
    w.say(
        "reading", rule,
        N_(_DISCONNECT[bool(names)], head=head, direction=direction, names=names,
           often=capital(N_(often, fired=f"{{{fired}}}", watched=f"{{{watched}}}"))),
        "Volume back on the side of price the next day.", ("btc.change",),
    )  # fmt: skip


def _locked(w: Writer) -> None:
    """Value locked with and without the price effect, in all and on the chains where most is left of it."""
    d = w.desk
    if not d.known("tvl.change", "tvl.adjusted", "tvl.adjusted_flow"):
        return
    known = sorted((c for c in CHAINS[1:] if d.known(f"{c}.adjusted_flow")), key=lambda c: -abs(d.number(f"{c}.adjusted_flow")))[:2]
    chains = listing([N_("{name} {value}", name=label(c).removesuffix(" TVL"), value=f"{{{c}.adjusted_flow|signed}}") for c in known])
    w.say(
        "reading", "tvl.adjusted: change less beta times ETH's move",
        N_("DeFi TVL {tvl.change}; without the price effect {tvl.adjusted}, or {tvl.adjusted_flow|signed}; by chain, {chains}.", chains=chains)
        if chains else "DeFi TVL {tvl.change}; without the price effect {tvl.adjusted}, or {tvl.adjusted_flow|signed}.",
        "A restatement: the last two rows of TVL are provisional.",
    )  # fmt: skip


def _market(w: Writer) -> None:
    """The cap of all coins, and of those without BTC, which alone tell whether BTC's move was shared."""
    d = w.desk
    if not d.known("total_cap.change"):
        return
    if not d.known("btc_dominance.close", "btc.change"):
        for f in (f for f in (d.figure("btc_dominance.close"), d.figure("btc.change")) if f.value is None):
            w.missing(f.label, f.note)
        w.say("reading", "crypto.breadth: total cap; without BTC's share of it nothing tells how broad the move was",
              "Total market cap {total_cap.change} to {total_cap.close}.", "A restated cap that says otherwise.")  # fmt: skip
        return
    cap, btc, share = (d.number(k) for k in ("total_cap.change", "btc.change", "btc_dominance.close"))
    before = share / 100 * (1 + cap / 100) / (1 + btc / 100)
    others = w.derive("market.others", "Market cap without BTC, change", (cap - before * btc) / (1 - before), Unit.PERCENT,
                      "Change of the total less BTC's, by BTC's share of the total the day before.", "total_cap.change")  # fmt: skip
    rest = d.number(others)
    if not d.side("btc.change"):
        w.say("reading", "crypto.breadth: total cap; BTC within the flat band has no move to share",
              N_("Total market cap {total_cap.change} to {total_cap.close}, without BTC {others}; BTC itself was flat ({btc.change}).",
                 others=f"{{{others}}}"), "A restated cap that says otherwise.", ("btc_dominance.close",))  # fmt: skip
        return
    word = "shared by the other coins" if rest * btc > 0 and abs(rest) >= abs(btc) / 2 else "not shared by the other coins"
    w.say("reading", "crypto.breadth: total cap without BTC moved the same way as BTC, by at least half as much",
          N_("Total market cap {total_cap.change} to {total_cap.close}, without BTC {others}: BTC's move of {btc.change} was {word}.",
             others=f"{{{others}}}", word=word), "A restated cap that says otherwise.", ("btc_dominance.close",))  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "crypto_defi", "Crypto & DeFi")
    _prices(w)
    _market(w)
    _stablecoins(w)
    _leverage(w)
    _volume(w)
    _disconnect(w)
    _locked(w)
    tables(w, flow_word(desk))
    w.use("stable.issued", "stable.redeemed", "stable.flow_rank", "total_volume.range30", *(f"{c}.flow" for c in COINS))
    return w.section()
