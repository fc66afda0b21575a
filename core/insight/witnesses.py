"""What else would have moved if a headline were the whole story: series that can confirm it or contradict it."""

from dataclasses import dataclass, replace

from core.insight.desk import Desk
from core.insight.subjects import about
from core.language import N_
from core.metrics import BY_KEY as METRICS
from core.units import Unit

# Smallest move that testifies, by unit; percentages use the reader's flat band, and volume against its weekday a band of its own.
_LEAST = {Unit.FLOW: 1e8, Unit.PP: 0.01, Unit.SIGMA: 0.1, Unit.COUNT: 3}
_LEAST_VOLUME = 10.0
# What the legs of a divergence are called beside a witness that speaks of one of them.
_LEGS = {"spx": "equities", "btc": "BTC", "gold": "gold", "dxy": "dollar", "us10y": "yield", "sse": "mainland shares", "szse": "mainland shares",
         "dex": "DEX volume"}  # fmt: skip
_WITH_ARTICLE = {"dxy", "us10y"}
# How a witness stands to a leg, by whether that rose.
_BARE = {
    ("although", True): "{told}, although {leg} rose", ("although", False): "{told}, although {leg} fell",
    ("with", True): "{told}, with {leg}", ("with", False): "{told}, with {leg}",
    ("as", True): "{told}, as rising {leg} would have it", ("as", False): "{told}, as falling {leg} would have it",
}  # fmt: skip
_THE = {
    ("although", True): "{told}, although the {leg} rose", ("although", False): "{told}, although the {leg} fell",
    ("with", True): "{told}, with the {leg}", ("with", False): "{told}, with the {leg}",
    ("as", True): "{told}, as the rising {leg} would have it", ("as", False): "{told}, as the falling {leg} would have it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Witness:
    """A figure that usually has the headline's sign (`sign` +1) or the other one (−1), and its name in a sentence; its value may be `bracketed`.

    Where it speaks of one leg of a divergence alone, `leg` is that leg's series, and `sign` is against the leg's own move. A difference is one of
    `name` less `less`.
    """

    metric: str
    sign: int
    name: str
    leg: str = ""
    less: str = ""
    bracketed: bool = False

    def testimony(self, desk: Desk, *, agrees: bool) -> str:
        """Name, figure and which leg it speaks of, for a template."""
        if self.less:
            ahead = "{name} ahead of {other} by {gap}" if desk.number(self.metric) > 0 else "{name} behind {other} by {gap}"
            return N_(ahead, name=self.name, other=self.less, gap=f"{{{self.metric}|size}}")
        style = "|signed" if METRICS[self.metric].unit in {Unit.FLOW, Unit.PP, Unit.COUNT} else ""
        value = f"{{{self.metric}{style}}}"
        told = N_("{name} ({value})" if self.bracketed else "{name} {value}", name=self.name, value=value)
        if not self.leg:
            return told
        up = desk.number(f"{self.leg}.change") > 0
        words = _THE if self.leg in _WITH_ARTICLE else _BARE
        return N_(words[("although" if not agrees else "with" if self.sign > 0 else "as"), up], told=told, leg=_LEGS[self.leg])


_VIX, _GOLD, _DOLLAR = Witness("vix.change", -1, "VIX"), Witness("gold.change", -1, "gold"), Witness("dxy.change", -1, "the dollar")
_SUPPLY, _LOCKED = Witness("stable.net", 1, "the stablecoin flow"), Witness("tvl.adjusted", 1, "DeFi TVL without price")
_SPX, _BTC, _ETH, _YIELD = (Witness(f"{k}.change", 1, n) for k, n in (
    ("spx", "S&P 500"), ("btc", "BTC"), ("eth", "ETH"), ("us10y", "the 10-year yield")))  # fmt: skip
_SMALL, _CAP, _MOOD = (Witness(k, 1, n) for k, n in (
    ("rut.change", "Russell 2000"), ("total_cap.change", "total market cap"), ("fear_greed.change", "Fear & Greed")))  # fmt: skip
_CNY, _VOLUME = Witness("usdcny.change", 1, "USD/CNY"), Witness("dex.vs_weekday", 1, "DEX volume against its weekday")


def _against(*usual: Witness) -> tuple[Witness, ...]:
    return tuple(replace(w, sign=-w.sign) for w in usual)


def _less(metric: str, sign: int, name: str, other: str) -> Witness:
    return Witness(metric, sign, name, less=other)


def _on_lead(rule: str) -> Witness:
    return Witness(f"gap.{rule}.aligned", 1, "the gap on the overnight lead", bracketed=True)


def _with(leg: str, *witnesses: Witness) -> tuple[Witness, ...]:
    """Witnesses of one leg's move, which they usually share or, as VIX does with equities, oppose."""
    return tuple(replace(w, leg=leg) for w in witnesses)


# By what leads: a series that moved, or a divergence rule, whose sign is that of its gap.
WITNESSES: dict[str, tuple[Witness, ...]] = {
    "together": (_VIX, _SMALL, _SUPPLY, _LOCKED, _MOOD, _DOLLAR),
    "spx": (_VIX, _SMALL, _BTC, _DOLLAR),
    "hsi": (Witness("link.us_hk_broad.implied", 1, "the move that its US lead implied", bracketed=True), Witness("sse.change", 1, "SSE Composite")),
    "sse": (Witness("hsi.change", 1, "Hang Seng"), Witness("csi300.change", 1, "CSI 300")),
    "btc": (_CAP, _SPX, _SUPPLY, _LOCKED, _MOOD),
    "vix": (*_against(_SPX, _SMALL), Witness("dxy.change", 1, "the dollar")),
    "us10y": (Witness("dxy.change", 1, "the dollar"), _GOLD),
    "dxy": (_YIELD, _GOLD, _CNY),
    "gold": (_DOLLAR, *_against(_YIELD)),
    "tvl": (_ETH, _LOCKED, _SUPPLY),
    "stablecoins": (_BTC, _LOCKED, _CAP),
    "us_crypto": (*_with("spx", _VIX), *_with("btc", _SUPPLY, _LOCKED, _CAP, _VOLUME)),
    "cn_hk_broad": (_less("gap.cn_hk_tech", 1, "SZSE", "HSTECH"), *_with("sse", *_against(_CNY))),
    "cn_hk_tech": (_less("gap.cn_hk_broad", 1, "SSE", "Hang Seng"), *_with("szse", *_against(_CNY))),
    "hk_us_broad": (_on_lead("hk_us_broad"), _less("gap.hk_us_tech", 1, "HSTECH", "Nasdaq 100")),
    "hk_us_tech": (_on_lead("hk_us_tech"), _less("gap.hk_us_broad", 1, "Hang Seng", "S&P 500")),
    "soe_tech": (_less("hk.soe_broad", 1, "HSCEI", "Hang Seng"), _less("hk.tech_broad", -1, "HSTECH", "Hang Seng")),
    "dex_price": (_VOLUME, *_with("dex", Witness("total_volume.change", 1, "crypto 24h volume"))),
    "stable_price": (_SUPPLY, _LOCKED),
    "tvl_price": (_LOCKED, _SUPPLY),
    "us_breadth": (_less("us.ndx_spx", 1, "Nasdaq 100", "S&P 500"), _less("gap.small_large", -1, "Russell 2000", "S&P 500")),
    "cn_breadth": (_less("cn.szse_sse", -1, "SZSE", "SSE"),),
    "vix_spx": (_less("gap.us_breadth", 1, "S&P 500", "its average sector"),),
    "btc_eth": (Witness("btc_dominance.change", 1, "Bitcoin dominance"),),
    "small_large": (_less("gap.us_breadth", -1, "S&P 500", "its average sector"),),
    "gold_equities": (*_with("spx", _VIX), *_with("gold", *_against(_YIELD), _DOLLAR)),
    "dollar_equities": (*_with("dxy", _YIELD, _GOLD), *_with("spx", _VIX)),
    "bonds_equities": (*_with("spx", _VIX), *_with("us10y", *_against(_DOLLAR))),
    "cn_growth": (_less("cn.szse_sse", 1, "SZSE Component", "SSE Composite"),),
}  # fmt: skip


def new_today(desk: Desk, series: str) -> bool:
    """Whether a series has a session that the report of the day before did not have, and is not behind its calendar."""
    panel, row = desk.table.panel, desk.row
    at = panel.position(series)
    return bool(at[row] >= 0 and (row == 0 or at[row] != at[row - 1]) and panel.missed(series)[row] == 0)


def heard(desk: Desk, key: str, sign: int, said: str = "") -> tuple[list[Witness], list[Witness]]:
    """The witnesses that agree with a headline of that sign, and those that contradict it.

    Silent and older ones are left out, and those whose figures the template `said` has named already.
    """
    agree: list[Witness] = []
    contradict: list[Witness] = []
    for w in WITNESSES[key]:
        value = desk.value(w.metric)
        of = desk.side(f"{w.leg}.change") if w.leg else sign
        silent = value is None or f"{{{w.metric}" in said or abs(value) < _least(desk, w.metric) or not of
        if value is None or silent or not any(new_today(desk, k) for k in about(w.metric)):
            continue
        (agree if (value > 0) == (w.sign * of > 0) else contradict).append(w)
    return agree, contradict


def _least(desk: Desk, metric: str) -> float:
    """From which size on a figure testifies."""
    unit = METRICS[metric].unit
    if metric.endswith(".vs_weekday"):
        return _LEAST_VOLUME
    return desk.settings.flat if unit is Unit.PERCENT or metric.startswith("gap.") else _LEAST.get(unit, 0.5)
