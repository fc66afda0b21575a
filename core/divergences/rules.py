"""The catalogue of divergences: one record each."""

from core.divergences.explanations import EXPLANATIONS
from core.divergences.rule import Implication, Resolution, Rule


def _up(text: str, series: str, against: str = "", sessions: int = 5) -> Implication:
    return Implication(text, Resolution(series, "up", against, sessions))


def _down(text: str, series: str, against: str = "", sessions: int = 5) -> Implication:
    return Implication(text, Resolution(series, "down", against, sessions))


RULES: tuple[Rule, ...] = (
    Rule(
        key="us_crypto", label="US equities vs crypto", mode="opposed", default=2.0, default_sigma=1.0,
        above="US equities up while crypto falls", below="crypto up while US equities fall",
        if_above=_down("Look for a reason inside crypto before blaming macro. If it is there, BTC goes on trailing the S&P 500.", "btc", "spx"),
        if_below=_up("Crypto may have buyers of its own. If they stay, BTC goes on beating the S&P 500.", "btc", "spx"),
        refuted_by="The next US session moving the same way as crypto did.", priced=("spx", "btc"), explanations=EXPLANATIONS["us_crypto"],
    ),
    Rule(
        key="cn_hk_broad", label="A-shares vs Hong Kong (broad)", mode="relative", default=1.0, default_sigma=1.0,
        above="mainland shares ahead of Hong Kong", below="Hong Kong ahead of mainland shares",
        if_above=_up("Either news on China, or money at home alone. If it is news, Hong Kong catches up.", "hsi", "sse"),
        if_below=_up("Either news on China, or money in Hong Kong alone. If it is news, the mainland catches up.", "sse", "hsi"),
        refuted_by="The other market catching up within five sessions.", priced=("sse", "hsi"), highest=5.0,
        explanations=EXPLANATIONS["cn_hk_broad"],
    ),
    Rule(
        key="cn_hk_tech", label="A-shares vs Hong Kong (growth)", mode="relative", default=0.75, default_sigma=0.5,
        above="mainland growth shares ahead of Hong Kong tech", below="Hong Kong tech ahead of mainland growth shares",
        if_above=_up("The move lacks Hong Kong's confirmation. If it is news on Chinese tech, HSTECH catches up.", "hstech", "szse"),
        if_below=_up("Hong Kong tech moves alone. If it is news on Chinese growth, Shenzhen catches up.", "szse", "hstech"),
        refuted_by="The other market catching up within five sessions.", priced=("szse", "hstech"), highest=6.0,
        explanations=EXPLANATIONS["cn_hk_tech"],
    ),
    Rule(
        key="hk_us_broad", label="Hong Kong vs US (broad)", mode="relative", default=1.5, default_sigma=1.0,
        above="Hong Kong ahead of the US", below="Hong Kong behind the US",
        if_above=_down("Hong Kong has yet to trade on the US close. If that is all, it falls in the next session.", "hsi", sessions=1),
        if_below=_up("Hong Kong has yet to trade on the US close. If that is all, it rises in the next session.", "hsi", sessions=1),
        refuted_by="Hong Kong closing the gap in its next session.", priced=("hsi", "spx"), highest=6.0,
        explanations=EXPLANATIONS["hk_us_broad"],
    ),
    Rule(
        key="hk_us_tech", label="Hong Kong vs US (tech)", mode="relative", default=2.0, default_sigma=1.0,
        above="China tech ahead of US tech", below="China tech behind US tech",
        if_above=_down("HSTECH has yet to trade on the US close. If that is all, it falls in the next session.", "hstech", sessions=1),
        if_below=_up("HSTECH has yet to trade on the US close. If that is all, it rises in the next session.", "hstech", sessions=1),
        refuted_by="Hong Kong closing the gap in its next session.", priced=("hstech", "ndx"), highest=8.0,
        explanations=EXPLANATIONS["hk_us_tech"],
    ),
    Rule(
        key="soe_tech", label="State-owned vs tech in Hong Kong", mode="relative", default=1.0, default_sigma=1.0,
        above="state-owned and value shares ahead of tech", below="tech ahead of state-owned and value shares",
        if_above=_up("Perhaps a rotation in Hong Kong rather than a view on China. If it is one, state-owned shares stay ahead.", "hscei", "hstech"),
        if_below=_up("It may be appetite for tech inside Hong Kong. If it lasts, tech stays ahead.", "hstech", "hscei"),
        refuted_by="The leadership turning within five sessions.", priced=("hscei", "hstech"), highest=5.0, explanations=EXPLANATIONS["soe_tech"],
    ),
    Rule(
        key="dex_price", label="DEX volume vs token prices", mode="opposed", default=5.0, default_sigma=0.25,
        above="DEX volume up while prices fall", below="DEX volume down while prices rise",
        if_above=_down("Trading grew into the fall, so sellers may be in a hurry. If they are not done, BTC falls on.", "btc"),
        if_below=_down("A rise on thinner trade. If buyers are missing, BTC gives it back.", "btc"),
        refuted_by="DEX volume and prices going the same way the next day.", priced=("dex", "btc"), held="btc", highest=60.0,
        explanations=EXPLANATIONS["dex_price"],
    ),
    Rule(
        key="stable_price", label="Stablecoin supply vs price", mode="opposed", default=1.5, default_sigma=1.0,
        above="stablecoin supply above its usual pace while prices fall", below="stablecoin supply below its usual pace while prices rise",
        if_above=_up("Money may be waiting beside the market. If it is put to use, BTC rises.", "btc"),
        if_below=_down("A rise on less new money than usual. If money is what is missing, BTC gives it back.", "btc"),
        refuted_by="Supply turning the way of price within five days.", priced=("btc", "btc"), highest=6.0,
        explanations=EXPLANATIONS["stable_price"],
    ),
    Rule(
        key="tvl_price", label="DeFi TVL vs ETH", mode="relative", default=2.5, default_sigma=1.0,
        above="value locked ahead of the price of ETH", below="value locked behind the price of ETH",
        if_above=_up("Deposits held, or their tokens fell less than ETH. If deposits held, TVL stays ahead of ETH.", "tvl", "eth"),
        if_below=_down("Withdrawals, or tokens that rose less than ETH. If money left, TVL goes on trailing ETH.", "tvl", "eth"),
        refuted_by="TVL and ETH drawing level within five days.", priced=("tvl", "eth"), held="eth", highest=10.0,
        explanations=EXPLANATIONS["tvl_price"],
    ),
    Rule(
        key="us_breadth", label="S&P 500 vs its sectors", mode="relative", default=0.5, default_sigma=1.5,
        above="the index ahead of its average sector", below="the average sector ahead of the index",
        if_above=_down("The index beat its average sector. If that is a narrow lead, it gives the move back.", "spx"),
        if_below=_up("The average sector did better than the index. If a few large companies held it back, it makes that up and rises.", "spx"),
        refuted_by="The average sector and the index drawing level within five sessions.", priced=("spx", "us.sector_mean"), held="spx",
        highest=3.0, explanations=EXPLANATIONS["us_breadth"],
    ),
    Rule(
        key="cn_breadth", label="SSE Composite vs A-share breadth", mode="opposed", default=1.0, default_sigma=1.0,
        above="the index stronger than the average share", below="the average share stronger than the index",
        if_above=_down("Large shares hold the index up while breadth is below its usual. If the crowd is right, the index follows it down.", "sse"),
        if_below=_up("Breadth beats its usual under a weak index. If the crowd is right, the index follows it up.", "sse"),
        refuted_by="Index and breadth agreeing in the next session.", priced=("sse", "sse"), highest=4.0, explanations=EXPLANATIONS["cn_breadth"],
    ),
    Rule(
        key="cn_growth", label="Growth vs broad A-shares", mode="relative", default=1.5, default_sigma=1.0,
        above="ChiNext ahead of the broad mainland market", below="ChiNext behind the broad mainland market",
        if_above=_up("It may be appetite for risk on the mainland. If it lasts, ChiNext stays ahead.", "chinext", "sse"),
        if_below=_down("It may be caution on the mainland. If it lasts, ChiNext goes on trailing.", "chinext", "sse"),
        refuted_by="The order turning within five sessions.", priced=("chinext", "sse"), highest=6.0, explanations=EXPLANATIONS["cn_growth"],
    ),
    Rule(
        key="vix_spx", label="VIX and S&P 500 in the same direction", mode="together", default=1.0, default_sigma=1.0,
        above="VIX up with the S&P 500, more risk priced into a rise", below="VIX down with the S&P 500, less risk priced into a fall",
        if_above=_down("Options priced more risk into the rise. If they are right, the S&P 500 falls.", "spx"),
        if_below=_up("Options priced less risk into the fall. If they are right, the S&P 500 rises.", "spx"),
        refuted_by="VIX and index moving apart in the next session.", priced=("spx", "spx"), highest=4.0, explanations=EXPLANATIONS["vix_spx"],
    ),
    Rule(
        key="small_large", label="Small vs large US companies", mode="relative", default=1.0, default_sigma=1.0,
        above="small companies ahead", below="large companies ahead",
        if_above=_up("The market may be broadening, or rates helping the indebted. If it lasts, small companies stay ahead.", "rut", "spx"),
        if_below=_down("The market may be narrowing to large companies. If it lasts, small ones go on trailing.", "rut", "spx"),
        refuted_by="The order turning within five sessions.", priced=("rut", "spx"), highest=5.0, explanations=EXPLANATIONS["small_large"],
    ),
    Rule(
        key="btc_eth", label="BTC vs ETH", mode="relative", default=2.0, default_sigma=1.0,
        above="BTC ahead of ETH", below="ETH ahead of BTC",
        if_above=_up("It may be caution within crypto. If it lasts, BTC stays ahead.", "btc", "eth"),
        if_below=_down("It may be appetite for risk within crypto. If it lasts, ETH stays ahead.", "btc", "eth"),
        refuted_by="The order turning within five days.", priced=("btc", "eth"), highest=10.0, explanations=EXPLANATIONS["btc_eth"],
    ),
    Rule(
        key="gold_equities", label="Gold vs US equities", mode="opposed", default=1.5, default_sigma=1.0,
        above="gold up while US equities fall", below="US equities up while gold falls",
        if_above=_up("Caution, if VIX and yields show it too. If it lasts, gold stays ahead of the S&P 500.", "gold", "spx"),
        if_below=_down("Caution ends, if VIX and yields show it too. If so, gold goes on trailing the S&P 500.", "gold", "spx"),
        refuted_by="Gold giving its move back in the next session.", priced=("gold", "spx"), highest=6.0, explanations=EXPLANATIONS["gold_equities"],
    ),
    Rule(
        key="dollar_equities", label="Dollar vs US equities", mode="opposed", default=1.0, default_sigma=1.0,
        above="the dollar up while US equities fall", below="US equities up while the dollar falls",
        if_above=_down("Dollars may be scarce, which would weigh on Hong Kong and crypto too. If so, the S&P 500 falls on.", "spx"),
        if_below=_up("Dollars may be easy, which would help Hong Kong and crypto too. If so, the S&P 500 rises on.", "spx"),
        refuted_by="The dollar giving its move back in the next session.", priced=("dxy", "spx"), highest=4.0,
        explanations=EXPLANATIONS["dollar_equities"],
    ),
    Rule(
        key="bonds_equities", label="Bond yields vs US equities", mode="opposed", default=2.0, default_sigma=1.5,
        above="bonds and US equities sold together, yields up", below="bonds and US equities bought together, yields down",
        if_above=_down("Rates may be driving equities, with bonds no shelter. If rates go on, the S&P 500 falls on.", "spx"),
        if_below=_up("Falling yields may be carrying equities. If rates go on, the S&P 500 rises on.", "spx"),
        refuted_by="Yields and equities moving the same way in the next session.", priced=("spx", "spx"), highest=6.0,
        explanations=EXPLANATIONS["bonds_equities"],
    ),
)  # fmt: skip
BY_KEY: dict[str, Rule] = {r.key: r for r in RULES}
