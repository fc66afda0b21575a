"""Who a sentence speaks about: the names that series go by in prose, and the series that a figure is about."""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.catalogue import BY_KEY as SERIES
from core.catalogue import group
from core.metrics import BY_KEY as METRICS
from core.metrics.breadth import SECTORS, TRIOS
from core.metrics.defi import COINS
from core.metrics.transmission import LINKS

_US, _HK, _CN = ({*TRIOS["us"], "nasdaq", "rut"}, set(TRIOS["hk"]), {*TRIOS["cn"], "csi300"})
_ALIASES: dict[str, set[str]] = {
    "US equities": _US, "US": _US, "equities": _US, "Hong Kong": _HK, "A-shares": _CN, "Mainland shares": _CN, "mainland": _CN,
    "Domestic shares": _CN, "mainland growth shares": {"szse", "chinext"}, "SSE": {"sse"}, "SZSE": {"szse"}, "HSI": {"hsi"},
    "Hong Kong tech": {"hstech"}, "China tech": {"hstech"}, "US tech": {"ndx"}, "state-owned and value shares": {"hscei"},
    "Small companies": {"rut"}, "large companies": {"spx"}, "average sector": set(SECTORS), "mean sector": set(SECTORS), "sectors": set(SECTORS),
    "yield": {"us10y"}, "dollar": {"dxy"}, "renminbi": {"usdcny"}, "gold": {"gold"},
    "crypto": {"btc", "eth", "total_cap"}, "prices": {"btc", "eth"}, "price": {"btc", "eth"}, "open interest": {"btc_oi", "eth_oi"},
    "funding": {"btc_funding", "eth_funding"}, "stablecoins": {*COINS, "stablecoins"}, "stablecoin supply": {*COINS, "stablecoins"},
    "value locked": {"tvl"}, "TVL": {"tvl"}, "market cap": {"total_cap"}, "turnover": {"cn_turnover"}, "breadth": {"cn_advancers"},
    "24h volume": {"total_volume"}, "DEX volume": {"dex"},
}  # fmt: skip
_FLOWS = {"stable.net", "stable.issued", "stable.redeemed", "stable.flow_rank", "stable.flow_z"}
# Words with digits that are nobody's figure.
_NOBODY = ("52-week", "30-day", "24h", "price effect", "without price")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: where it begins and ends, and the series it stands for."""

    start: int
    end: int
    series: frozenset[str]


def _names() -> dict[str, frozenset[str]]:
    made: dict[str, set[str]] = {s.label: {s.key} for s in SERIES.values()}
    for kind, tail in (("stablecoin", " supply"), ("tvl_chain", " TVL"), ("dex_protocol", " volume")):
        made |= {s.label.removesuffix(tail): {s.key} for s in group(kind)}
    for name, series in _ALIASES.items():
        made |= {name: series, f"{name[0].upper()}{name[1:]}": series, f"{name[0].lower()}{name[1:]}" if name[1:2].islower() else name: series}
    made |= {name: set() for name in _NOBODY}
    return {k: frozenset(v) for k, v in made.items()}


_NAMES = _names()
_MENTION = re.compile(rf"(?<![\w.])(?:{'|'.join(re.escape(n) for n in sorted(_NAMES, key=len, reverse=True))})(?!\w)")


def mentions(text: str) -> list[Mention]:
    """The names in a text, in order; the longest one where several begin at a place."""
    return [Mention(m.start(), m.end(), _NAMES[m[0]]) for m in _MENTION.finditer(text)]


@lru_cache(maxsize=2048)
def about(key: str) -> frozenset[str]:
    """The series that a figure is about; empty for a figure that is no metric of series (a threshold, a count of days)."""
    first, _, rest = key.partition(".")
    if first in SERIES:
        return frozenset({first})
    if key in _FLOWS:
        return frozenset({*COINS, "stablecoins"})
    if first == "link":
        link = next(k for k in LINKS if k.key == rest.rpartition(".")[0])
        side = {"lead": {link.leader}, "pending": {link.leader}, "implied": {link.follower}, "actual": {link.follower}}
        return frozenset(side.get(rest.rpartition(".")[2], {link.leader, link.follower}))
    return frozenset(METRICS[key].inputs) if key in METRICS else frozenset()


@lru_cache(maxsize=2048)
def sides(key: str) -> tuple[str, str] | None:
    """The two series whose difference a figure is, the one it is taken from first; None for any other figure."""
    metric = METRICS.get(key)
    if metric is None or not key.startswith(("hk.", "cn.", "us.", "lead.", "gap.")) or " less " not in metric.label:
        return None
    if key.endswith((".z", ".rank", ".overlap")):
        return None
    return metric.inputs[0], metric.inputs[1]


def leads(key: str) -> tuple[str, str] | None:
    """Leader and follower of a figure of a link; None for any other figure."""
    if not key.startswith("link."):
        return None
    link = next(k for k in LINKS if k.key == key.split(".")[1])
    return link.leader, link.follower
