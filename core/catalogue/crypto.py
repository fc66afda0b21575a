"""Crypto prices, totals, derivatives, stablecoins, DeFi. Sessions are UTC days."""

import datetime as dt

from core.catalogue.records import Series, SourceRef
from core.language import N_
from core.units import Unit


def _daily(
    key: str, label: str, zh: str, group: str, source: SourceRef, bounds: tuple[float, float], method: str,
    *, unit: Unit = Unit.USD, max_move: float = 80.0, provisional: int = 0, name: str = "",
) -> Series:  # fmt: skip
    return Series(
        key=key, label=label, label_zh=zh, group=group, market="crypto", unit=unit, calendar="UTC", sources=(source,),
        low=bounds[0], high=bounds[1], max_move=max_move, method=method, provisional=provisional, name=name,
    )  # fmt: skip


_CANDLE = (
    "Price of {coin} in USD: last trade of the UTC day on the first exchange of the chain that answers; exchanges are never mixed in one line."
)

PRICES = (
    _daily("btc", "BTC", "比特币", "crypto", SourceRef("exchanges", "BTC/USD close"), (50, 1e7), N_(_CANDLE, coin="BTC")),
    _daily("eth", "ETH", "以太币", "crypto", SourceRef("exchanges", "ETH/USD close"), (1, 1e6), N_(_CANDLE, coin="ETH")),
    _daily(
        "btc_volume", "BTC exchange volume", "比特币成交额", "crypto_volume", SourceRef("exchanges", "BTC/USD volume"), (0, 1e12),
        "Volume of BTC/USD on the price's exchange in USD: base volume times the day's close.", max_move=1e5,
    ),
    _daily(
        "eth_volume", "ETH exchange volume", "以太币成交额", "crypto_volume", SourceRef("exchanges", "ETH/USD volume"), (0, 1e12),
        "Volume of ETH/USD on the price's exchange in USD: base volume times the day's close.", max_move=1e5,
    ),
)  # fmt: skip

TOTALS = tuple(
    Series(
        key=key, label=label, label_zh=zh, group="crypto_total", market="crypto", unit=unit, calendar="UTC",
        sources=(SourceRef("coinmarketcap", history), SourceRef("coingecko", field)), low=low, high=high, max_move=move, snapshot=True,
        method=N_(
            "{label} as its source counts it at the moment of the reading; from CoinGecko the history is what this product has collected.",
            label=label,
        ),
    )
    for key, label, zh, unit, history, field, low, high, move in (
        ("total_cap", "Total crypto market cap", "加密货币总市值", Unit.USD, "totalMarketCap", "total_market_cap.usd", 1e10, 1e14, 60.0),
        ("total_volume", "Crypto 24h volume", "加密货币24小时成交额", Unit.USD, "totalVolume24H", "total_volume.usd", 1e8, 1e13, 1e5),
        ("btc_dominance", "Bitcoin dominance", "比特币市值占比", Unit.SHARE, "btcDominance", "market_cap_percentage.btc", 10.0, 99.0, 40.0),
    )
)  # fmt: skip

SENTIMENT = (
    Series(
        key="fear_greed", label="Fear & Greed", label_zh="恐惧与贪婪指数", group="sentiment", market="crypto", unit=Unit.SCORE,
        calendar="UTC", sources=(SourceRef("feargreed", "value"),), low=0, high=100, max_move=100, moves_in_points=True,
        available_after=dt.timedelta(hours=-23),
        method="Crypto Fear & Greed Index, computed once a day; taken as known one hour after its day begins.",
    ),
)  # fmt: skip

DERIVATIVES = (
    *(
        Series(
            key=f"{coin}_funding", label=N_("{name} funding rate", name=name), label_zh=f"{zh}资金费率", group="derivatives", market="crypto",
            unit=Unit.YIELD, calendar="UTC", sources=(SourceRef("derivatives", f"{name} funding"),), low=-500, high=500, max_move=1e3,
            moves_in_points=True,
            method=N_("Mean funding rate of the {name} perpetual over the UTC day, annualised, in percent; positive: longs pay shorts.", name=name),
        )
        for coin, name, zh in (("btc", "BTC", "比特币"), ("eth", "ETH", "以太币"))
    ),
    *(
        _daily(
            f"{coin}_oi", N_("{name} open interest", name=name), f"{zh}未平仓合约", "derivatives",
            SourceRef("derivatives", f"{name} open interest"), (1e6, 1e12),
            N_("Open interest of the {name} perpetual in USD at the end of the UTC day, one venue.", name=name),
        )
        for coin, name, zh in (("btc", "BTC", "比特币"), ("eth", "ETH", "以太币"))
    ),
)  # fmt: skip

_SUPPLY = "Circulating supply over all chains in US dollars, by UTC day; recent rows may be restated."
_SUPPLY_OF_ALL = "Circulating supply over all chains in US dollars, by UTC day; recent rows may be restated; sum over all pegs."

STABLECOINS = (
    *(
        _daily(
            key, N_("{name} supply", name=name), f"{name}流通量", "stablecoin", SourceRef("defillama", f"stablecoin/{ident}"), bounds, _SUPPLY,
            max_move=50, provisional=1, name=name,
        )
        for key, name, ident, bounds in (
            ("usdt", "USDT", "1", (1e8, 2e12)),
            ("usdc", "USDC", "2", (1e8, 2e12)),
            ("dai", "DAI", "5", (1e7, 2e11)),
            ("usds", "USDS", "209", (1e6, 2e11)),
        )
    ),
    _daily(
        "stablecoins", "All stablecoins supply", "稳定币总流通量", "stablecoin", SourceRef("defillama", "stablecoin/all"), (1e9, 5e12),
        _SUPPLY_OF_ALL, max_move=20, provisional=1, name="All stablecoins",
    ),
)  # fmt: skip

_TVL = "Total value locked in USD by UTC day, without liquid staking and double counting; the last two rows are provisional."

# Chains whose TVL is priced mainly in their own token: the token whose move is taken out for the price-adjusted change.
CHAINS = (
    ("ethereum", "Ethereum", "以太坊"),
    ("solana", "Solana", "Solana"),
    ("bsc", "BSC", "币安智能链"),
    ("tron", "Tron", "波场"),
    ("base", "Base", "Base"),
)

TVL = (
    _daily("tvl", "DeFi TVL", "DeFi总锁仓量（TVL）", "tvl", SourceRef("defillama", "tvl/all"), (1e8, 1e13), _TVL, provisional=2, name="DeFi"),
    *(
        _daily(
            f"tvl_{key}", N_("{name} TVL", name=name), f"{zh}锁仓量", "tvl_chain", SourceRef("defillama", f"tvl/{name}"), (1e3, 1e13), _TVL,
            max_move=2e3, provisional=2, name=name,
        )
        for key, name, zh in CHAINS
    ),
)  # fmt: skip

_DEX = "24-hour volume in USD by UTC day; the unfinished day is left out."

# Twenty of the largest, by the names DefiLlama gives them.
DEX_PROTOCOLS = (
    ("uniswap_v4", "Uniswap V4"),
    ("uniswap_v3", "Uniswap V3"),
    ("pancakeswap", "PancakeSwap AMM V3"),
    ("aerodrome", "Aerodrome Slipstream"),
    ("fluid", "Fluid DEX"),
    ("orca", "Orca DEX"),
    ("raydium", "Raydium AMM"),
    ("curve", "Curve DEX"),
    ("uniswap_v2", "Uniswap V2"),
    ("pancakeswap_v2", "PancakeSwap AMM"),
    ("pancakeswap_infinity", "PancakeSwap Infinity"),
    ("pancakeswap_stable", "PancakeSwap StableSwap"),
    ("aerodrome_v1", "Aerodrome V1"),
    ("meteora", "Meteora DLMM"),
    ("pumpswap", "PumpSwap"),
    ("hyperliquid_spot", "Hyperliquid Spot Orderbook"),
    ("balancer_v3", "Balancer V3"),
    ("sushiswap_v3", "SushiSwap V3"),
    ("oneinch_aqua", "1inch Aqua"),
    ("tessera", "Tessera V"),
)

DEX = (
    _daily(
        "dex", "DEX volume", "DEX成交量", "dex", SourceRef("defillama", "dex/all"), (1e6, 1e12), _DEX, max_move=2e3, provisional=1, name="DEX",
    ),
    *(
        _daily(
            f"dex_{key}", N_("{name} volume", name=name), f"{name}成交量", "dex_protocol", SourceRef("defillama", f"dex/{name}"), (0, 1e12),
            _DEX, max_move=1e6, provisional=1, name=name,
        )
        for key, name in DEX_PROTOCOLS
    ),
)  # fmt: skip

CRYPTO: tuple[Series, ...] = PRICES + TOTALS + SENTIMENT + DERIVATIVES + STABLECOINS + TVL + DEX
