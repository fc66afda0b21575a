"""Possible reasons for each rule's gap, each with the test that decides whether it may be given: one record each.

A reason is *supported* where the figures meet its conditions, never more than that: figures that move together do not show a cause.
"""

from typing import Any

from core.divergences.rule import Condition, Explanation
from core.language import N_
from core.metrics import BY_KEY as METRICS
from core.metrics.gap_parts import CROSS_CURRENCY
from core.metrics.gaps import BY_KEY as PAIRS

# A part of the gap counts from a quarter of it to four times it, and rests on a link that held for a tenth of the gap's variation (a correlation
# of 0.3 to either side). It fits in full from half the gap to twice it, on a link that held for a quarter of the variation. How much of the gap it
# carries is told for a part within the gap, on a link that held for a third of the variation: one point of a looser one tells little by itself.
LEAST_PART, FIRM_PART = 25.0, 50.0
MOST_PART, FIRM_MOST = 400.0, 200.0
LEAST_FIT, FIRM_FIT, TOLD_FIT = 10.0, 25.0, 33.0
_WHOLE = 100.0
# Spans apart by half, and a stretch a quarter wider than its year, set a gap apart from its usual ones.
UNEQUAL = 1.5
WIDE = 1.25
_FLOW = 2e8
# Positions closed: open interest lower by these shares (percent), in dollars, and in coins, since in dollars it falls with the price alone.
_SHED, _CLOSED_OUT = 3.0, 1.0


def _driven(rule: str, name: str, subject: str, change: str) -> Explanation:
    """How much of the gap would be usual with another market's move."""
    part, gap = f"gap.{rule}.by_{name}", f"gap.{rule}"
    slots = {"subject": subject, "change": change, "part": f"{{{part}|signed}}", "gap": f"{{{gap}|signed}}", "fit": f"{{{part}.fit|whole}}"}
    return Explanation(
        name=subject, part=part, conditions=(Condition(f"{part}.share", "above", LEAST_PART), Condition(f"{part}.share", "below", MOST_PART),
                    Condition(f"{part}.fit", "above", LEAST_FIT)),
        firm=(Condition(f"{part}.share", "above", FIRM_PART), Condition(f"{part}.share", "below", FIRM_MOST),
              Condition(f"{part}.fit", "above", FIRM_FIT)),
        supported=N_("{subject} fits: with {change}, a gap of {part} would be usual, and it is {gap}; over the past year {fit} of the gap's "
                     "variation went with it.", **slots),
        partly=N_("{subject} partly fits: with {change}, a gap of {part} would be usual, and it is {gap}; over the past year {fit} of the gap's "
                  "variation went with it.", **slots),
        rejected=N_("{subject} does not explain it: with {change}, a gap of {part} would be usual, and it is {gap}; over the past year {fit} of the "
                    "gap's variation went with it.", **slots),
        refuted_by="The gap staying while that move is taken back.", rejected_unless="The gap closing as that move is taken back.",
    )  # fmt: skip


def _currency(rule: str) -> Explanation:
    part, gap = f"gap.{rule}.fx", f"gap.{rule}"
    slots = {"part": f"{{{part}|signed}}", "gap": f"{{{gap}|signed}}"}
    return Explanation(
        name="Currency", part=part, conditions=(Condition(f"{part}.share", "above", LEAST_PART),),
        supported=N_("Currency is part of it: USD/CNY {usdcny.change} and USD/HKD {usdhkd.change} make {part}, and the gap is {gap}.", **slots),
        rejected=N_("Currency does not explain it: USD/CNY {usdcny.change} and USD/HKD {usdhkd.change} make {part}, and the gap is {gap}.", **slots),
        refuted_by="Fixings of the two currencies that say otherwise.",
        rejected_unless="The gap closing in one common currency.",
    )  # fmt: skip


_NOT_MEASURED = "How much of the gap that carries, no figure here shows."


def _spans(rule: str) -> Explanation:
    pair, key = PAIRS[rule], f"gap.{rule}"
    slots = {"a": pair.a.label, "span_a": f"{{{key}.span_a}}", "b": pair.b.label, "span_b": f"{{{key}.span_b}}"}
    part = f"{key}.by_clock" if pair.aligned else ""
    goes = N_("Aligning the sessions takes {part} away, and the gap is {gap}.", part=f"{{{part}|signed}}", gap=f"{{{key}|signed}}") if part else ""
    return Explanation(
        name="Holiday or weekend", part=part, proof=(Condition(f"{part}.share", "above", 1.0),) if part else (), told=goes,
        untold="Aligning the sessions takes nothing of the gap away." if part else _NOT_MEASURED,
        conditions=(Condition(f"{key}.span_ratio", "above", UNEQUAL),),
        supported=N_("A holiday or weekend lies in one leg alone: {a}'s change covers {span_a}, {b}'s {span_b}.", **slots),
        rejected=N_("No holiday or weekend sets the legs apart: {a}'s change covers {span_a}, {b}'s {span_b}.", **slots),
        refuted_by="The gap staying once both legs have traded through the same days.",
        rejected_unless="The gap closing once both legs have traded through the same days.",
    )  # fmt: skip


def _half_day(rule: str) -> Explanation:
    key = f"gap.{rule}.half"
    return Explanation(
        name="Half day", untold=_NOT_MEASURED, conditions=(Condition(key, "above", 1),),
        supported=N_("A half day is in it: {n} of the legs closed early, on fewer trades.", n=f"{{{key}}}"),
        rejected=N_("No half day: {n} of the legs closed early.", n=f"{{{key}}}"), refuted_by="The gap staying after a full session.",
        rejected_unless="An early close that the calendar does not list.",
    )  # fmt: skip


def _stretch(rule: str) -> Explanation:
    key = f"gap.{rule}.stretch"
    return Explanation(
        name="Volatile stretch", reason=False, conditions=(Condition(key, "above", WIDE),),
        supported=N_("A volatile stretch: of late this gap was {times} times as wide as over its year, so its size is less unusual than it looks.",
                     times=f"{{{key}}}"),
        rejected=N_("No volatile stretch: of late this gap was {times} times as wide as over its year.", times=f"{{{key}}}"),
        refuted_by="Gaps of this size going on once the stretch has calmed.",
        rejected_unless="Gaps as wide as this one in the sessions that follow.",
    )  # fmt: skip


_SETTLED = "A restatement by the source, or the flow turning the next day."


def _carried(rule: str, name: str, what: str) -> dict[str, Any]:
    """How much of the gap is usual with such a change, for a reason that other figures support: told only where that link has held."""
    part = f"gap.{rule}.by_{name}"
    slots = {"what": what, "part": f"{{{part}|signed}}", "fit": f"{{{part}.fit|whole}}"}
    return {
        "part": part, "proof": (Condition(f"{part}.share", "above", 0.0), Condition(f"{part}.share", "below", _WHOLE),
                                Condition(f"{part}.fit", "above", TOLD_FIT)),
        "told": N_("By how they move together it carries {share} of the gap: with such a change in {what} a gap of {part} is usual; over the past "
                   "year {fit} of the gap's variation went with it.", share=f"{{{part}.share|whole}}", **slots),
        "untold": N_("How much of the gap it carries cannot be shown: with such a change in {what} a gap of {part} is usual, and it is {gap}; over "
                     "the past year {fit} of the gap's variation went with it.", gap=f"{{gap.{rule}|signed}}", **slots),
    }  # fmt: skip


_FLOWS = (
    Explanation(
        name="Stablecoin redemptions", when="above", conditions=(Condition("stable.net", "below", -_FLOW),), refuted_by=_SETTLED,
        supported="Stablecoin redemptions go with it: supply over the coins counted changed by {stable.net|signed}, a net redemption.",
        rejected="Stablecoin redemptions do not explain it: supply over the coins counted changed by {stable.net|signed}.",
        **_carried("us_crypto", "coins", "supply"),
    ),
    Explanation(
        name="Stablecoin issuance", when="below", conditions=(Condition("stable.net", "above", _FLOW),), refuted_by=_SETTLED,
        supported="Stablecoin issuance goes with it: supply over the coins counted changed by {stable.net|signed}, a net issuance.",
        rejected="Stablecoin issuance does not explain it: supply over the coins counted changed by {stable.net|signed}.",
        **_carried("us_crypto", "coins", "supply"),
    ),
)  # fmt: skip


def _closing(rule: str, coin: str) -> tuple[Explanation, Explanation]:
    """Positions being closed: open interest falls with price (longs), or while price rises (shorts)."""
    moved = Condition(f"{coin}_oi.coins", "below", -_CLOSED_OUT)
    figures = N_("{coin} open interest {change} with price {price}, so {coins} in coins", coin=coin.upper(), change=f"{{{coin}_oi.change}}",
                 price=f"{{{coin}.change}}", coins=f"{{{coin}_oi.coins}}")  # fmt: skip
    carried = _carried(rule, f"{coin}_oi", "open interest")
    return (
        Explanation(
            name="Liquidation", when="above", refuted_by="Open interest of other venues not falling.",
            rejected_unless="Open interest of other venues falling with price.",
            conditions=(Condition(f"{coin}_oi.change", "below", -_SHED), moved, Condition(f"{coin}.change", "below", 0.0)),
            supported=N_("Liquidation fits: {figures}; that is consistent with positions being closed.", figures=figures),
            rejected=N_("Liquidation is not shown: {figures}.", figures=figures), **carried,
        ),
        Explanation(
            name="Short covering", when="below", refuted_by="Open interest of other venues not falling.",
            rejected_unless="Open interest of other venues falling while price rises.",
            conditions=(moved, Condition(f"{coin}.change", "above", 0.0)),
            supported=N_("Short covering fits: {figures}; that is consistent with positions being closed.", figures=figures),
            rejected=N_("Short covering is not shown: {figures}.", figures=figures), **carried,
        ),
    )  # fmt: skip


_BY_DAY = "gap.dex_price.by_weekday"
_WEEKDAY = Explanation(
    name="Day of the week", part=_BY_DAY,
    conditions=(Condition(f"{_BY_DAY}.share", "above", LEAST_PART), Condition(f"{_BY_DAY}.share", "below", MOST_PART),
                Condition(f"{_BY_DAY}.fit", "above", LEAST_FIT)),
    supported="The day of the week fits: a change of {gap.dex_price.by_weekday|signed} is usual on it, and the gap is {gap.dex_price|signed}; over "
    "the past year {gap.dex_price.by_weekday.fit|whole} of the gap's variation went with the weekday. Against its usual weekday volume stands at "
    "{dex.vs_weekday}.",
    rejected="The day of the week does not explain it: a change of {gap.dex_price.by_weekday|signed} is usual on it, and the gap is "
    "{gap.dex_price|signed}; over the past year {gap.dex_price.by_weekday.fit|whole} of the gap's variation went with the weekday. Against its usual "
    "weekday volume stands at {dex.vs_weekday}.",
    refuted_by="The next weeks' same weekday at another level.",
)  # fmt: skip
_TVL_BETA = Explanation(
    name="TVL's usual beta", part="gap.tvl_price.beta", conditions=(Condition("gap.tvl_price.beta.share", "above", 50.0),),
    supported="TVL's usual beta on ETH fits: it makes {gap.tvl_price.beta|signed} without any deposit or withdrawal, and the gap is "
    "{gap.tvl_price|signed}.",
    rejected="TVL's usual beta on ETH does not explain it: it makes {gap.tvl_price.beta|signed}, and the gap is {gap.tvl_price|signed}.",
    refuted_by="Another price token giving another remainder.",
)  # fmt: skip


def _deposits(name: str, when: str, bound: float) -> Explanation:
    return Explanation(
        name=name, when=when, part="gap.tvl_price.by_deposits", conditions=(Condition("tvl.adjusted", when, bound),),
        refuted_by="The provisional last days being restated.",
        supported=N_("{name} fit: without the price of ETH, TVL changed by {tvl.adjusted}, and the gap is {gap.tvl_price|signed}.", name=name),
        rejected=N_("{name} do not show: without the price of ETH, TVL changed by {tvl.adjusted}, and the gap is {gap.tvl_price|signed}.", name=name),
    )  # fmt: skip


_DEPOSITS = (_deposits("Deposits", "above", 0.5), _deposits("Withdrawals", "below", -0.5))
_IN_SUPPLY = "gap.stable_price.by_flow"
_LARGE_FLOW = Explanation(
    name="Size of the flow", part=_IN_SUPPLY, conditions=(Condition("stable.flow_rank", "above", 90.0),), refuted_by=_SETTLED,
    supported="The flow is large by itself: it ranks at the {stable.flow_rank} of its year, with {stable.net|signed} over the coins counted.",
    rejected="The flow is no large one: it ranks at the {stable.flow_rank} of its year, with {stable.net|signed} over the coins counted.",
    proof=(Condition(f"{_IN_SUPPLY}.share", "above", 0.0),),
    told="It makes {gap.stable_price.by_flow|signed} of the {gap.stable_price|signed}, {gap.stable_price.by_flow.share|whole} of it; the rest is the "
    "move of BTC.",
    untold="None of the gap is its own: it went the other way.",
)  # fmt: skip
_YIELD, _DOLLAR = ("The 10-year yield", "{us10y.change|signed} in it"), ("The dollar", "{dxy.change} in the dollar index")
_VIX, _CNY = ("Volatility", "VIX {vix.change}"), ("The renminbi", "USD/CNY {usdcny.change}")

_OWN: dict[str, tuple[Explanation, ...]] = {
    "us_crypto": (*_FLOWS, *_closing("us_crypto", "btc"), _driven("us_crypto", "vix", *_VIX), _driven("us_crypto", "dxy", *_DOLLAR)),
    "cn_hk_broad": (_driven("cn_hk_broad", "us_lead", "The US lead", "the S&P 500's {link.us_hk_broad.lead} overnight"),),
    "cn_hk_tech": (_driven("cn_hk_tech", "us_tech_lead", "The US tech lead", "the Nasdaq 100's {link.us_hk_tech.lead} overnight"),),
    "hk_us_broad": (_driven("hk_us_broad", "sse", "Mainland news", "SSE Composite {sse.change}"), _driven("hk_us_broad", "usdcny", *_CNY)),
    "hk_us_tech": (_driven("hk_us_tech", "szse", "Mainland news", "SZSE Component {szse.change}"), _driven("hk_us_tech", "usdcny", *_CNY)),
    "soe_tech": (
        _driven("soe_tech", "us_tech_lead", "The US tech lead", "the Nasdaq 100's {link.us_hk_tech.lead} overnight"),
        _driven("soe_tech", "usdcny", *_CNY),
    ),
    "dex_price": (_WEEKDAY, *_closing("dex_price", "btc")),
    "stable_price": (_LARGE_FLOW, *_closing("stable_price", "btc")),
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
        _driven("btc_eth", "btc", "ETH's usual beta", "BTC {btc.change}"), *_closing("btc_eth", "eth"),
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
