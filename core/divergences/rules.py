"""The catalogue of divergences: one record each."""

from core.divergences.rule import Explanation, Rule

_FX = Explanation(
    metric="usdcny.rank", side="above", bound=90.0,
    supported="The renminbi made an unusually large move ({usdcny.change}), so part of the gap may be currency.",
    open="Currency does not explain it on this evidence: USD/CNY moved {usdcny.change}.",
)  # fmt: skip
_REDEEMED = Explanation(
    metric="stable.net", side="below", bound=-2e8,
    supported="Stablecoin supply over the four coins changed by {stable.net}: money left the ecosystem.",
    open="Stablecoin supply does not show money leaving: the four coins changed by {stable.net}.",
)  # fmt: skip
_LIQUIDATION = Explanation(
    metric="btc_oi.change", side="below", bound=-3.0,
    supported="BTC open interest fell {btc_oi.change} with price {btc.change}: consistent with forced closing of positions.",
    open="Liquidation is a question, not a finding: open interest does not show it.",
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule(
        key="us_crypto", label="US equities vs crypto", mode="opposed", default=2.0, default_sigma=1.0,
        above="US equities up while crypto falls", below="crypto up while US equities fall",
        explanations=(_REDEEMED, _LIQUIDATION),
        implication="Look for a catalyst inside crypto before blaming macro; a return of the usual correlation would close the gap.",
        refuted_by="The next US session moving the same way as crypto did.", priced=("spx", "btc"),
    ),
    Rule(
        key="cn_hk_broad", label="A-shares vs Hong Kong (broad)", mode="relative", default=1.0, default_sigma=1.0,
        above="mainland shares ahead of Hong Kong", below="Hong Kong ahead of mainland shares", explanations=(_FX,),
        implication="Watch whether Hong Kong follows; mainland strength that Hong Kong does not confirm rests on domestic money alone.",
        refuted_by="Hong Kong catching up within five sessions.", priced=("sse", "hsi"), highest=5.0,
    ),
    Rule(
        key="cn_hk_tech", label="A-shares vs Hong Kong (growth)", mode="relative", default=0.75, default_sigma=0.5,
        above="mainland growth shares ahead of Hong Kong tech", below="Hong Kong tech ahead of mainland growth shares", explanations=(_FX,),
        implication="Watch whether Hong Kong tech follows the mainland; without it the move lacks foreign confirmation.",
        refuted_by="HSTECH making up the gap within five sessions.", priced=("szse", "hstech"), highest=6.0,
    ),
    Rule(
        key="hk_us_broad", label="Hong Kong vs US (broad)", mode="relative", default=1.5, default_sigma=1.0,
        above="Hong Kong ahead of the US", below="Hong Kong behind the US",
        implication="Compare with the overnight lead first: much of a gap on the tape is Hong Kong not having traded on the US close yet.",
        refuted_by="The gap vanishing when Hong Kong is set against the US session it could know.", priced=("hsi", "spx"), highest=6.0,
    ),
    Rule(
        key="hk_us_tech", label="Hong Kong vs US (tech)", mode="relative", default=2.0, default_sigma=1.0,
        above="China tech ahead of US tech", below="China tech behind US tech",
        implication="Compare with the overnight lead first: much of a gap on the tape is Hong Kong not having traded on the US close yet.",
        refuted_by="The gap vanishing when Hong Kong is set against the US session it could know.", priced=("hstech", "ndx"), highest=8.0,
    ),
    Rule(
        key="soe_tech", label="State-owned vs tech in Hong Kong", mode="relative", default=1.0, default_sigma=1.0,
        above="state-owned and value shares ahead of tech", below="tech ahead of state-owned and value shares",
        implication="A rotation inside Hong Kong, not a view on China as a whole.",
        refuted_by="The leadership turning within five sessions.", priced=("hscei", "hstech"), highest=5.0,
    ),
    Rule(
        key="dex_price", label="DEX volume vs token prices", mode="opposed", default=5.0, default_sigma=0.25,
        above="DEX volume up while prices fall", below="DEX volume down while prices rise", explanations=(_LIQUIDATION,),
        implication="Activity persists while prices fall: turnover on the way out, not abandonment; volume must fade before calm returns.",
        refuted_by="DEX volume falling below its weekday's usual level while prices keep falling.", priced=("btc", "btc"), highest=60.0,
    ),
    Rule(
        key="stable_price", label="Stablecoin supply vs price", mode="opposed", default=1.5, default_sigma=1.0,
        above="stablecoin supply above its usual pace while prices fall", below="stablecoin supply below its usual pace while prices rise",
        implication="Supply that grows against price is money waiting; supply that shrinks against price leaves a rally without new money.",
        refuted_by="Supply turning the way of price within five days.", priced=("btc", "btc"), highest=6.0,
    ),
    Rule(
        key="tvl_price", label="DeFi TVL vs ETH", mode="relative", default=2.5, default_sigma=1.0,
        above="value locked ahead of the price", below="value locked behind the price",
        implication="TVL that falls by more than the price means withdrawals; TVL that holds up means deposits stay.",
        refuted_by="The price-adjusted change of TVL having the other sign.", priced=("eth", "eth"), highest=10.0,
    ),
    Rule(
        key="us_breadth", label="S&P 500 vs its sectors", mode="relative", default=0.5, default_sigma=1.5,
        above="the index ahead of its average sector, a narrow move", below="the average sector ahead of the index, broad under the surface",
        implication="A narrow index move leans on few large shares; watch breadth before trusting it.",
        refuted_by="The average sector catching up within five sessions.", priced=("spx", "spx"), highest=3.0,
    ),
    Rule(
        key="cn_breadth", label="SSE Composite vs A-share breadth", mode="opposed", default=1.0, default_sigma=1.0,
        above="the index stronger than the average share", below="the average share stronger than the index",
        implication="Large shares and the crowd disagree; breadth usually tells where turnover is.",
        refuted_by="Index and breadth agreeing in the next session.", priced=("sse", "sse"), highest=4.0,
    ),
    Rule(
        key="vix_spx", label="VIX and S&P 500 in the same direction", mode="together", default=1.0, default_sigma=1.0,
        above="VIX up with the S&P 500, protection bought into a rise", below="VIX down with the S&P 500, protection sold into a fall",
        implication="Options disagree with the index; a rise with a higher VIX is often hedging before an event.",
        refuted_by="VIX and index moving apart in the next session.", priced=("spx", "spx"), highest=4.0,
    ),
    Rule(
        key="btc_eth", label="BTC vs ETH", mode="relative", default=2.0, default_sigma=1.0,
        above="BTC ahead of ETH", below="ETH ahead of BTC",
        implication="BTC ahead of ETH is a defensive mix within crypto; ETH ahead is appetite for risk.",
        refuted_by="The order turning within five days.", priced=("btc", "eth"), highest=10.0,
    ),
    Rule(
        key="small_large", label="Small vs large US companies", mode="relative", default=1.0, default_sigma=1.0,
        above="small companies ahead", below="large companies ahead",
        implication="Small companies react to domestic growth and rates; their lead broadens a rally, their lag narrows it.",
        refuted_by="The order turning within five sessions.", priced=("rut", "spx"), highest=5.0,
    ),
    Rule(
        key="gold_equities", label="Gold vs US equities", mode="opposed", default=1.5, default_sigma=1.0,
        above="gold up while US equities fall", below="US equities up while gold falls",
        implication="Gold against equities is the usual picture of caution or of its end; both ways it should show in VIX and yields too.",
        refuted_by="VIX not confirming the direction.", priced=("gold", "spx"), highest=6.0,
    ),
    Rule(
        key="dollar_equities", label="Dollar vs US equities", mode="opposed", default=1.0, default_sigma=1.0,
        above="the dollar up while US equities fall", below="US equities up while the dollar falls",
        implication="A dollar that rises while equities fall tightens conditions for Hong Kong and for crypto.",
        refuted_by="The dollar giving its move back in the next session.", priced=("dxy", "spx"), highest=4.0,
    ),
)  # fmt: skip
BY_KEY: dict[str, Rule] = {r.key: r for r in RULES}
