"""Section 3: crypto prices, stablecoin flows, leverage, value locked and DEX volume."""

import math

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.catalogue import group
from core.insight.desk import Desk, Writer, label
from core.insight.questions import CLOSED, SHED, ask
from core.language import N_
from core.metrics.defi import COINS
from core.metrics.gaps import fresh
from core.records import Cell, Section
from core.units import Unit
from core.wording import show

CHAINS = ("tvl", *(s.key for s in group("tvl_chain")))
PROTOCOLS = ("dex", *(s.key for s in group("dex_protocol")))
# Under this size in USD the stablecoin flow reads as none.
SMALL_FLOW = 1e8
# From this share of all supply (percent) a day's flow is large against the stock.
LARGE_SHARE = 0.5
# A flow is large for a day from this percentile of its year.
LARGE_RANK = 90.0
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
    return "small against the stock" if abs(desk.number("stablecoins.change")) < LARGE_SHARE else "large against the stock"


def _prices(w: Writer) -> None:
    d = w.desk
    if not d.known("btc.change", "eth.change"):
        return
    moves = {k: abs(d.number(f"{k}.change")) for k in ("btc", "eth")}
    mark = math.floor(max(moves.values()) * 2) / 2
    tail = ""
    if mark >= 1 and d.side("btc.change") == d.side("eth.change"):
        key = w.derive("crypto.mark", "Half-percent mark passed", mark, Unit.SHARE, "Largest half percent that BTC or ETH passed.", "btc.change")
        passed = [label(k) for k in moves if moves[k] >= mark]
        word = "both passed" if len(passed) == 2 else f"only {passed[0]} passed"
        tail = f": {word} {{{key}}}"
    w.say(
        "reading", "crypto.prices: changes over the UTC day that ended at the cutoff or before",
        f"BTC {{btc.change}}, ETH {{eth.change}} over the UTC day {{btc.change|session}}{tail}.", "Another exchange's close that differs.",
    )  # fmt: skip


def _stablecoins(w: Writer) -> None:
    d, word = w.desk, flow_word(w.desk)
    rule = "stablecoins.net: sum over four coins in USD; rotation if growing coins offset half of the shrinking ones"
    ranked = d.known("stable.flow_rank", "stablecoins.change")
    if word == "rotation":
        shrunk, grown = (_coin(d, side) for side in (-1, 1))
        w.say(
            "reading", rule,
            f"Rotation between stablecoins, not exit: {{stable.redeemed}} redeemed ({label(shrunk).removesuffix(' supply')} {{{shrunk}.change}}), "
            f"{{stable.issued|signed}} issued ({label(grown).removesuffix(' supply')} {{{grown}.change}}), net {{stable.net|signed}}"
            + (", or {stablecoins.change} of all supply." if ranked else "."), "The growing coins shrinking in the days after.",
        )  # fmt: skip
    elif word in {"contraction", "expansion"}:
        rank = d.value("stable.flow_rank")
        size = "" if rank is None else "; large for a day" if rank >= LARGE_RANK else "; unremarkable for a day" if rank < 70 else ""
        scale = ", on {stablecoins.close} in all ({stablecoins.change}), at the {stable.flow_rank} of the year's daily flows" if ranked else ""
        up = 1 if word == "expansion" else -1
        coin = _coin(d, up)
        if ranked and d.number("stablecoins.change") * up < 0:
            scale, size = ", over four coins, while all stablecoins together changed by {stablecoins.change}", ""
        verb = "Net outflow from" if word == "contraction" else "Net inflow into"
        w.say(
            "reading", rule,
            f"{verb} stablecoins of {{stable.net|size}} ({label(coin).removesuffix(' supply')} {{{coin}.change}}), not rotation: real but "
            f"{flow_weight(d)}{scale}{size}.",
            "Issuance of the same size in the days after, or a restatement by the source.", ("stable.issued", "stable.redeemed"),
        )  # fmt: skip
    elif word == "quiet":
        w.say("reading", rule, "Stablecoin supply hardly changed: net {stable.net|signed} over four coins.", "A restatement by the source.")


def _coin(desk: Desk, side: int) -> str:
    """The coin that grew (+1) or shrank (−1) by the most dollars."""
    return max(COINS, key=lambda c: side * desk.number(f"{c}.flow") if desk.known(f"{c}.flow") else -math.inf)


def _leverage(w: Writer) -> None:
    """What open interest and funding say of the day's move; liquidation is named only where positions fell with price."""
    d = w.desk
    fell = d.side("btc.change") < 0
    if not d.known("btc.change"):
        return
    rule = f"crypto.leverage: liquidation only if open interest fell with price, by {SHED:g}% in dollars and {CLOSED:g}% in coins"
    if not d.known("btc_oi.change", "btc_oi.coins"):
        lacking = next(d.figure(k) for k in ("btc_oi.change", "btc_oi.coins") if not d.known(k))
        w.missing(lacking.label, lacking.note)
        if fell:
            w.say("question", rule, "Liquidation? Open: no open interest is known for {btc.change|session}, the day BTC moved {btc.change}. This "
                  "report answers it once that figure is stored.",
                  N_("Open interest of that day not lower by {dollars} in dollars and {coins} in coins.", dollars=show(SHED, Unit.SHARE),
                     coins=show(CLOSED, Unit.SHARE)))  # fmt: skip
        return
    interest, coins = d.number("btc_oi.change"), d.number("btc_oi.coins")
    both = "BTC open interest {btc_oi.change} in dollars and {btc_oi.coins} in coins"
    if fell and interest <= -SHED and coins <= -CLOSED:
        w.say("reading", rule, f"Leverage came off: {both}, with price {{btc.change}}: consistent with liquidation; who was forced is not in these "
              "figures.", "Open interest rebuilt within a day.")  # fmt: skip
    elif fell:
        ask(w, "liquidation")
    elif d.side("btc.change") > 0:
        word = "positions were added" if coins >= CLOSED else "positions were closed" if coins <= -CLOSED else "positions hardly changed"
        w.say("reading", rule, f"Leverage behind the move: {both}; {word} while price moved {{btc.change}}.",
              "Another venue's open interest that differs.")  # fmt: skip
    if d.known("btc_funding.close", "btc_funding.change"):
        payer = "longs pay shorts" if d.number("btc_funding.close") > 0 else "shorts pay longs"
        w.say("reading", "crypto.funding: mean funding rate of the UTC day, annualised",
              f"BTC funding stands at {{btc_funding.close}} a year ({{btc_funding.change|signed}} on the day): {payer}.",
              "Another venue's funding that differs.")  # fmt: skip


def _volume(w: Writer) -> None:
    d = w.desk
    if d.known("total_volume.close", "total_volume.range30"):
        w.say("reading", "crypto.volume: place between the lowest and highest of the 30 days before",
              f"Crypto 24h volume of {{total_volume.close}} is in the {_range_word(d)}." if 0 <= d.number("total_volume.range30") <= 100
              else f"Crypto 24h volume of {{total_volume.close}} is {_range_word(d)}.",
              "Another vendor's count that differs.", ("total_volume.range30",))  # fmt: skip


def _disconnect(w: Writer) -> None:
    d = w.desk
    if not d.known("dex.change", "btc.change", "dex.vs_weekday"):
        return
    rule = "dex.disconnect: DEX volume and BTC opposed beyond the threshold"
    detection = d.detections["dex_price"]
    if not detection.fires[d.row]:
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
    names = ", ".join(f"{label(p).removesuffix(' volume')} {{{p}.change}}" for p in top)
    direction = "up while prices fell" if d.number("dex.change") > 0 else "down while prices rose"
    often = f"it happened on {{{fired}}} of {{{watched}}} days before"
    if days < FEWEST_DAYS:
        often = f"only {{{watched}}} days before can be compared, too few to call it common or not"
    elif times >= days * COMMON:
        often = f"That is no rarity: {often}"
    w.say(
        "reading", rule,
        f"Key disconnect: DEX volume {{dex.change}}, {direction}{f' ({names})' if names else ''}. {often[0].upper()}{often[1:]}; against its usual "
        "weekday volume stands at {dex.vs_weekday}.",
        "Volume back on the side of price the next day.", ("btc.change",),
    )  # fmt: skip


def _locked(w: Writer) -> None:
    """Value locked with and without the price effect, in all and on the chains where most is left of it."""
    d = w.desk
    if not d.known("tvl.change", "tvl.adjusted", "tvl.adjusted_flow"):
        return
    known = sorted((c for c in CHAINS[1:] if d.known(f"{c}.adjusted_flow")), key=lambda c: -abs(d.number(f"{c}.adjusted_flow")))[:2]
    chains = " and ".join(f"{label(c).removesuffix(' TVL')} {{{c}.adjusted_flow|signed}}" for c in known)
    w.say(
        "reading", "tvl.adjusted: change less beta times ETH's move",
        "DeFi TVL {tvl.change}; without the price effect {tvl.adjusted}, or {tvl.adjusted_flow|signed}"
        f"{f'; by chain, {chains}' if chains else ''}.",
        "A restatement: the last two rows of TVL are provisional.",
    )  # fmt: skip


def _reading(w: Writer, name: str, key: str, words: str) -> tuple[Cell, ...]:
    return Cell(name), w.cell(f"{key}.close"), w.cell(f"{key}.change", "signed"), w.session(f"{key}.change"), Cell(words)


def _range_word(desk: Desk) -> str:
    if not desk.known("total_volume.range30"):
        return "30-day range not known yet"
    place = desk.number("total_volume.range30")
    return "above its 30-day range" if place > 100 else "upper part of its 30-day range" if place >= 60 else (
        "below its 30-day range" if place < 0 else "lower part of its 30-day range" if place <= 40 else "middle of its 30-day range"
    )  # fmt: skip


def _mood(desk: Desk) -> str:
    value = desk.value("fear_greed.close")
    bands = ((25, "extreme fear"), (45, "fear"), (55, "neutral"), (75, "greed"), (101, "extreme greed"))
    return "" if value is None else next(word for top, word in bands if value < top)


def _tables(w: Writer) -> None:
    d = w.desk
    funding = d.value("btc_funding.close")
    rows = [
        _reading(w, "BTC", "btc", ""),
        _reading(w, "ETH", "eth", ""),
        _reading(w, "Total market cap", "total_cap", "as CoinGecko counts it"),
        _reading(w, "24h volume", "total_volume", _range_word(d)),
        *(_reading(w, SERIES[c].label, c, "flat" if d.known(f"{c}.change") and not d.side(f"{c}.change") else "") for c in COINS),
        (Cell("Net of the four stablecoins"), w.cell("stable.net", "signed"), w.cell("stablecoins.change"), w.session("stable.net"),
         Cell(f"{flow_word(d)}; change is of all stablecoins")),
        _reading(w, "Fear & Greed", "fear_greed", _mood(d)),
        _reading(w, "BTC funding, annualised", "btc_funding", "" if funding is None else "longs pay" if funding > 0 else "shorts pay"),
        _reading(w, "BTC open interest", "btc_oi", ""),
    ]  # fmt: skip
    w.table("metrics", "Crypto", ("Metric", "Reading", "Change", "Session", "In words"), rows)
    w.table(
        "tvl", "Value locked, and what is left of its change without price",
        ("Chain", "TVL", "Change", "Without price", "Without price, USD", "Session"),
        [(Cell(label(k).removesuffix(" TVL")), w.cell(f"{k}.close"), w.cell(f"{k}.change"), w.cell(f"{k}.adjusted"),
          w.cell(f"{k}.adjusted_flow", "signed"), w.session(f"{k}.change")) for k in CHAINS],
        "Without price: the change less what the chain's usual beta on ETH explains (365 days, at least 60); in USD times the TVL of the day before.",
    )  # fmt: skip
    ranked = ["dex", *sorted(PROTOCOLS[1:], key=lambda p: (-d.number(f"{p}.close") if d.known(f"{p}.close") else 0, p))]
    w.table(
        "dex", "DEX volume", ("Protocol", "Volume", "1-day change", "Against its weekday", "Session"),
        [(Cell(label(k).removesuffix(" volume") if k != "dex" else "All DEXs"), w.cell(f"{k}.close"), w.cell(f"{k}.change"),
          w.cell(f"{k}.vs_weekday"), w.session(f"{k}.change")) for k in ranked],
    )  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "crypto_defi", "Crypto & DeFi")
    _prices(w)
    if desk.known("total_cap.change"):
        broad = (
            "broad-based"
            if desk.number("total_cap.change") * desk.number("btc.change") > 0
            and abs(desk.number("total_cap.change")) >= abs(desk.number("btc.change")) / 2
            else "not shared by the whole market"
        )
        w.say("reading", "crypto.breadth: total cap moved the same way by at least half as much as BTC",
              f"Total market cap {{total_cap.change}} to {{total_cap.close}}: {broad}.", "A restated cap that says otherwise.",
              ("btc.change",))  # fmt: skip
    _stablecoins(w)
    _leverage(w)
    _volume(w)
    _disconnect(w)
    _locked(w)
    _tables(w)
    w.use("stable.issued", "stable.redeemed", "stable.flow_rank", "total_volume.range30", *(f"{c}.flow" for c in COINS))
    return w.section()
