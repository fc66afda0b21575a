"""Possible reasons for each rule's gap, each with the test that decides whether it may be given: one record each.

A reason is *supported* where the figures meet its conditions, never more than that: figures that move together do not show a cause.
"""

from core.divergences.rule import Condition, Explanation
from core.metrics import BY_KEY as METRICS
from core.metrics.gap_evidence import CROSS_CURRENCY
from core.metrics.gaps import BY_KEY as PAIRS

# A part of the gap counts from a quarter of it to four times it, and rests on a link that held for a tenth of the gap's variation (a correlation
# of 0.3 to either side). It fits in full from half the gap to twice it, on a link that held for a quarter of the variation.
LEAST_PART, FIRM_PART = 25.0, 50.0
MOST_PART, FIRM_MOST = 400.0, 200.0
LEAST_FIT, FIRM_FIT = 10.0, 25.0
# Spans apart by half, and a stretch a quarter wider than its year, set a gap apart from its usual ones.
UNEQUAL = 1.5
WIDE = 1.25
_FLOW = 2e8
# Positions closed: open interest lower by these shares (percent), in dollars, and in coins, since in dollars it falls with the price alone.
_SHED, _CLOSED_OUT = 3.0, 1.0


def _driven(rule: str, name: str, subject: str, change: str) -> Explanation:
    """How much of the gap would be usual with another market's move."""
    part, gap = f"gap.{rule}.by_{name}", f"gap.{rule}"
    usual = f"with {change}, a gap of {{{part}|signed}} would be usual, and it is {{{gap}|signed}}"
    rests = f"over the past year {{{part}.fit}} of the gap's variation went with it"
    return Explanation(
        name=subject, conditions=(Condition(f"{part}.share", "above", LEAST_PART), Condition(f"{part}.share", "below", MOST_PART),
                    Condition(f"{part}.fit", "above", LEAST_FIT)),
        firm=(Condition(f"{part}.share", "above", FIRM_PART), Condition(f"{part}.share", "below", FIRM_MOST),
              Condition(f"{part}.fit", "above", FIRM_FIT)),
        supported=f"{subject} fits: {usual}; {rests}.", partly=f"{subject} partly fits: {usual}; {rests}.",
        rejected=f"{subject} does not explain it: {usual}; {rests}.",
        refuted_by="The gap staying while that move is taken back.",
    )  # fmt: skip


def _currency(rule: str) -> Explanation:
    part, gap = f"gap.{rule}.fx", f"gap.{rule}"
    moves = f"of a gap of {{{gap}|signed}}, {{{part}|signed}} are USD/CNY {{usdcny.change}} and USD/HKD {{usdhkd.change}}"
    return Explanation(
        name="Currency", conditions=(Condition(f"{part}.share", "above", LEAST_PART),), supported=f"Currency is part of it: {moves}.",
        rejected=f"Currency does not explain it: {moves}.", refuted_by="The gap staying in one common currency.",
    )  # fmt: skip


def _spans(rule: str) -> Explanation:
    pair, key = PAIRS[rule], f"gap.{rule}"
    covered = f"{pair.a.label}'s change covers {{{key}.span_a}}, {pair.b.label}'s {{{key}.span_b}}"
    return Explanation(
        name="Holiday or weekend", conditions=(Condition(f"{key}.span_ratio", "above", UNEQUAL),),
        supported=f"A holiday or weekend lies in one leg alone: {covered}.", rejected=f"No holiday or weekend sets the legs apart: {covered}.",
        refuted_by="The gap staying once both legs have traded through the same days.",
    )  # fmt: skip


def _half_day(rule: str) -> Explanation:
    key = f"gap.{rule}.half"
    return Explanation(
        name="Half day", conditions=(Condition(key, "above", 1),),
        supported=f"A half day is in it: {{{key}}} of the legs closed early, on fewer trades.",
        rejected=f"No half day: {{{key}}} of the legs closed early.", refuted_by="The gap staying after a full session.",
    )  # fmt: skip


def _stretch(rule: str) -> Explanation:
    key = f"gap.{rule}.stretch"
    return Explanation(
        name="Volatile stretch", conditions=(Condition(key, "above", WIDE),),
        supported=f"A volatile stretch: of late this gap was {{{key}}} times as wide as over its year, so its size is less unusual than it looks.",
        rejected=f"No volatile stretch: of late this gap was {{{key}}} times as wide as over its year.",
        refuted_by="A gap of this size in a calm stretch.",
    )  # fmt: skip


_SETTLED = "A restatement by the source, or the flow turning the next day."
_FLOWS = (
    Explanation(
        name="Stablecoin redemptions", when="above", conditions=(Condition("stable.net", "below", -_FLOW),), refuted_by=_SETTLED,
        supported="Stablecoin redemptions go with it: supply over the four coins changed by {stable.net|signed}, a net redemption; "
        "how much of the gap that is, no figure here shows.",
        rejected="Stablecoin redemptions do not explain it: supply over the four coins changed by {stable.net|signed}.",
    ),
    Explanation(
        name="Stablecoin issuance", when="below", conditions=(Condition("stable.net", "above", _FLOW),), refuted_by=_SETTLED,
        supported="Stablecoin issuance goes with it: supply over the four coins changed by {stable.net|signed}, a net issuance; "
        "how much of the gap that is, no figure here shows.",
        rejected="Stablecoin issuance does not explain it: supply over the four coins changed by {stable.net|signed}.",
    ),
)  # fmt: skip


def _closing(coin: str, name: str, when: str, *, falling: bool) -> Explanation:
    """Positions being closed: open interest falls with price (longs), or while price rises (shorts)."""
    figures = f"{name} open interest {{{coin}_oi.change}} with price {{{coin}.change}}, so {{{coin}_oi.coins}} in coins"
    what = "Liquidation" if falling else "Short covering"
    return Explanation(
        name=what, when=when, refuted_by="Open interest of other venues not falling.",
        conditions=(
            *((Condition(f"{coin}_oi.change", "below", -_SHED),) if falling else ()), Condition(f"{coin}_oi.coins", "below", -_CLOSED_OUT),
            Condition(f"{coin}.change", "below" if falling else "above", 0.0),
        ),
        supported=f"{what} fits: {figures}; that is consistent with positions being closed.", rejected=f"{what} is not shown: {figures}.",
    )  # fmt: skip


_WEEKDAY = Explanation(
    name="Day of the week", conditions=(Condition("dex.vs_weekday", "below", 10.0), Condition("dex.vs_weekday", "above", -10.0)),
    supported="The day of the week fits: against its usual weekday volume stands at {dex.vs_weekday}, so much of the change is the calendar.",
    rejected="The day of the week does not explain it: against its usual weekday volume stands at {dex.vs_weekday}.",
    refuted_by="The next weeks' same weekday at another level.",
)  # fmt: skip
_TVL_BETA = Explanation(
    name="TVL's usual beta", conditions=(Condition("gap.tvl_price.beta.share", "above", 50.0),),
    supported="TVL's usual beta on ETH fits: it makes {gap.tvl_price.beta|signed} of the {gap.tvl_price|signed}, without any deposit or withdrawal.",
    rejected="TVL's usual beta on ETH does not explain it: it makes {gap.tvl_price.beta|signed} of the {gap.tvl_price|signed}.",
    refuted_by="Another price token giving another remainder.",
)  # fmt: skip
_DEPOSITS = (
    Explanation(
        name="Deposits", when="above", conditions=(Condition("tvl.adjusted", "above", 0.5),), refuted_by="The provisional last days being restated.",
        supported="Deposits fit: without the price of ETH, TVL changed by {tvl.adjusted}.",
        rejected="Deposits do not show: without the price of ETH, TVL changed by {tvl.adjusted}.",
    ),
    Explanation(
        name="Withdrawals", when="below", conditions=(Condition("tvl.adjusted", "below", -0.5),),
        refuted_by="The provisional last days being restated.", supported="Withdrawals fit: without the price of ETH, TVL changed by {tvl.adjusted}.",
        rejected="Withdrawals do not show: without the price of ETH, TVL changed by {tvl.adjusted}.",
    ),
)  # fmt: skip
_LARGE_FLOW = Explanation(
    name="Size of the flow", conditions=(Condition("stable.flow_rank", "above", 90.0),), refuted_by=_SETTLED,
    supported="The flow is large by itself: it ranks at the {stable.flow_rank} of its year, with {stable.net|signed} over USDT, USDC, DAI and USDS.",
    rejected="The flow is no large one: it ranks at the {stable.flow_rank} of its year, with {stable.net|signed} over USDT, USDC, DAI and USDS.",
)  # fmt: skip
_BTC_FALLS, _BTC_RISES = _closing("btc", "BTC", "above", falling=True), _closing("btc", "BTC", "below", falling=False)
_YIELD, _DOLLAR = ("The 10-year yield", "{us10y.change|signed} in it"), ("The dollar", "{dxy.change} in the dollar index")
_VIX, _CNY = ("Volatility", "VIX {vix.change}"), ("The renminbi", "USD/CNY {usdcny.change}")

_OWN: dict[str, tuple[Explanation, ...]] = {
    "us_crypto": (*_FLOWS, _BTC_FALLS, _BTC_RISES, _driven("us_crypto", "vix", *_VIX), _driven("us_crypto", "dxy", *_DOLLAR)),
    "cn_hk_broad": (_driven("cn_hk_broad", "us_lead", "The US lead", "the S&P 500's {link.us_hk_broad.lead} overnight"),),
    "cn_hk_tech": (_driven("cn_hk_tech", "us_tech_lead", "The US tech lead", "the Nasdaq 100's {link.us_hk_tech.lead} overnight"),),
    "hk_us_broad": (_driven("hk_us_broad", "sse", "Mainland news", "SSE Composite {sse.change}"), _driven("hk_us_broad", "usdcny", *_CNY)),
    "hk_us_tech": (_driven("hk_us_tech", "szse", "Mainland news", "SZSE Component {szse.change}"), _driven("hk_us_tech", "usdcny", *_CNY)),
    "soe_tech": (
        _driven("soe_tech", "us_tech_lead", "The US tech lead", "the Nasdaq 100's {link.us_hk_tech.lead} overnight"),
        _driven("soe_tech", "usdcny", *_CNY),
    ),
    "dex_price": (_WEEKDAY, _BTC_FALLS, _BTC_RISES),
    "stable_price": (_LARGE_FLOW, _BTC_FALLS, _BTC_RISES),
    "tvl_price": (_TVL_BETA, *_DEPOSITS),
    "us_breadth": (
        _driven("us_breadth", "tech_tilt", "Composition", "technology {us.tech_tilt|signed} against the mean sector"),
        _driven("us_breadth", "us10y", *_YIELD),
    ),
    "cn_breadth": (
        _driven("cn_breadth", "large_tilt", "Composition", "CSI 300 {cn.large_tilt|signed} against the SSE Composite"),
        _driven("cn_breadth", "chinext_sse", "The lead of growth shares", "ChiNext {cn.chinext_sse|signed} against the SSE Composite"),
    ),
    "vix_spx": (_driven("vix_spx", "us10y", *_YIELD),),
    "btc_eth": (
        _driven("btc_eth", "btc", "ETH's usual beta", "BTC {btc.change}"), _closing("eth", "ETH", "above", falling=True),
        _closing("eth", "ETH", "below", falling=False),
    ),
    "small_large": (
        _driven("small_large", "us10y", *_YIELD),
        _driven("small_large", "ndx_spx", "Composition", "the Nasdaq 100 {us.ndx_spx|signed} against the S&P 500"),
    ),
    "gold_equities": (_driven("gold_equities", "dxy", *_DOLLAR), _driven("gold_equities", "us10y", *_YIELD)),
    "dollar_equities": (_driven("dollar_equities", "us10y", *_YIELD), _driven("dollar_equities", "usdcny", *_CNY)),
    "bonds_equities": (_driven("bonds_equities", "dxy", *_DOLLAR), _driven("bonds_equities", "vix", *_VIX)),
    "cn_growth": (_driven("cn_growth", "us_cn_lead", "The US tech lead", "the Nasdaq 100's {link.us_cn_tech.lead} overnight"),),
}  # fmt: skip


def _of(rule: str) -> tuple[Explanation, ...]:
    """A rule's own reasons, then those that calendars and the gap's own width give."""
    made = [*_OWN[rule]]
    if rule in CROSS_CURRENCY:
        made.insert(0, _currency(rule))
    if f"gap.{rule}.span_ratio" in METRICS:
        made.append(_spans(rule))
    if f"gap.{rule}.half" in METRICS:
        made.append(_half_day(rule))
    return (*made, _stretch(rule))


EXPLANATIONS: dict[str, tuple[Explanation, ...]] = {rule: _of(rule) for rule in PAIRS}
