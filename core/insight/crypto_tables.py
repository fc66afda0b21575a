"""The tables of section 3: prices and flows, value locked by chain, DEX volume by protocol."""

from core.catalogue import BY_KEY as SERIES
from core.catalogue import group
from core.insight.desk import Desk, Writer, label
from core.language import N_, written
from core.metrics.defi import COINS
from core.records import Cell

CHAINS = ("tvl", *(s.key for s in group("tvl_chain")))
PROTOCOLS = ("dex", *(s.key for s in group("dex_protocol")))
# A flow that is none.
_FLOWS = {"quiet": written("quiet", "hardly any flow")}


def _reading(w: Writer, name: str, key: str, words: str) -> tuple[Cell, ...]:
    return Cell(name), w.cell(f"{key}.close"), w.cell(f"{key}.change", "signed"), w.session(f"{key}.change"), Cell(words)


def range_word(desk: Desk) -> str:
    """Where the day's volume stands in the range of the 30 days before."""
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


def tables(w: Writer, flow: str) -> None:
    """The section's tables; `flow` is the stablecoin flow of the day in a word."""
    d = w.desk
    funding = d.value("btc_funding.close")
    rows = [
        _reading(w, "BTC", "btc", ""),
        _reading(w, "ETH", "eth", ""),
        _reading(w, "Total market cap", "total_cap", "as CoinGecko counts it"),
        _reading(w, "24h volume", "total_volume", range_word(d)),
        *(_reading(w, SERIES[c].label, c, "flat" if d.known(f"{c}.change") and not d.side(f"{c}.change") else "") for c in COINS),
        (Cell("Net of the coins above"), w.cell("stable.net", "signed"), w.cell("stablecoins.change"), w.session("stable.net"),
         Cell(N_("{flow}; change is of all stablecoins", flow=_FLOWS.get(flow, flow)))),
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
