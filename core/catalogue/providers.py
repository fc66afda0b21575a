"""Providers: terms and attribution as shown wherever their data is used."""

from core.catalogue.records import Provider
from core.language import N_

_ALL = (
    Provider(
        key="yahoo", name="Yahoo Finance", home="https://finance.yahoo.com",
        licence="Personal use under Yahoo's terms of service; no redistribution of raw data.",
        attribution="Index, currency and commodity closes: Yahoo Finance",
    ),
    Provider(
        key="tencent", name="Tencent", home="https://gu.qq.com",
        licence="Public quote pages, unofficial interface; personal use, no redistribution of raw data.",
        attribution="Hong Kong and mainland index closes: Tencent",
    ),
    Provider(
        key="fred", name="FRED", home="https://fred.stlouisfed.org",
        licence="FRED terms of use; index data belong to their owners: S&P Dow Jones Indices, Nasdaq and Cboe.",
        attribution="US closes and the 10-year Treasury yield: FRED, Federal Reserve Bank of St. Louis",
    ),
    Provider(
        key="cboe", name="Cboe", home="https://www.cboe.com/tradable_products/vix/vix_historical_data",
        licence="Cboe's terms for historical index data; personal use.",
        attribution="VIX closes: Cboe Global Markets",
    ),
    Provider(
        key="exchanges", name="Crypto exchanges through ccxt", home="https://docs.ccxt.com",
        licence="Public market data under each exchange's terms.",
        attribution="BTC and ETH candles: public market data of Kraken, Coinbase or Bitstamp",
    ),
    *(
        Provider(
            key=f"exchanges:{key}", name=name, home=home, licence=N_("Public market data under {name}'s terms.", name=name),
            attribution=N_("BTC and ETH candles: public market data of {name}", name=name),
        )
        for key, name, home in (
            ("kraken", "Kraken", "https://www.kraken.com"),
            ("coinbase", "Coinbase", "https://www.coinbase.com"),
            ("bitstamp", "Bitstamp", "https://www.bitstamp.net"),
        )
    ),
    Provider(
        key="defillama", name="DefiLlama", home="https://defillama.com",
        licence="Free API; attribution requested.",
        attribution="Stablecoin supply, TVL and DEX volume: DefiLlama",
    ),
    Provider(
        key="coingecko", name="CoinGecko", home="https://www.coingecko.com",
        licence="CoinGecko API terms; attribution required.",
        attribution="Total market capitalisation and volume: powered by CoinGecko",
    ),
    Provider(
        key="coinmarketcap", name="CoinMarketCap", home="https://coinmarketcap.com",
        licence="Unofficial interface of its website, asked only where the operator chose it; its terms allow personal use.",
        attribution="Total market capitalisation and volume: CoinMarketCap (unofficial history)",
    ),
    Provider(
        key="feargreed", name="alternative.me", home="https://alternative.me/crypto/fear-and-greed-index/",
        licence="Free with attribution beside the figure.",
        attribution="Crypto Fear & Greed Index: alternative.me",
    ),
    Provider(
        key="eastmoney", name="East Money", home="https://quote.eastmoney.com",
        licence="Public quote pages; no redistribution of raw data.",
        attribution="A-share breadth and turnover: East Money",
    ),
    Provider(
        key="stock_connect", name="SSE and SZSE", home="https://www.sse.com.cn",
        licence="Public statistics of the exchanges.",
        attribution="Northbound turnover: Shanghai and Shenzhen stock exchanges",
    ),
    Provider(
        key="tdx", name="TDX quote server", home="https://www.tdx.com.cn",
        licence="Unofficial protocol; the operator names the server and answers for its terms.",
        attribution="A-share breadth: a TDX quote server",
    ),
    Provider(
        key="derivatives", name="Crypto derivatives venues through ccxt", home="https://docs.ccxt.com",
        licence="Public market data under each exchange's terms.",
        attribution="Funding and open interest: public data of Kraken Futures, Hyperliquid or OKX",
    ),
    *(
        Provider(
            key=f"derivatives:{key}", name=name, home=home, licence=N_("Public market data under {name}'s terms.", name=name),
            attribution=N_("Funding and open interest: public data of {name}", name=name),
        )
        for key, name, home in (
            ("kraken", "Kraken Futures", "https://futures.kraken.com"),
            ("hyperliquid", "Hyperliquid", "https://hyperliquid.xyz"),
            ("okx", "OKX", "https://www.okx.com"),
        )
    ),
    Provider(
        key="demo", name="Demo market", home="",
        licence="Synthetic; free of any right.",
        attribution="Demo market: synthetic values from a fixed seed, not real prices",
    ),
    Provider(
        key="reference", name="Published report of 28 March 2026", home="",
        licence="Facts as published.",
        attribution="Figures marked published: typed from the report of 28 March 2026",
    ),
)  # fmt: skip

PROVIDERS: dict[str, Provider] = {p.key: p for p in _ALL}
