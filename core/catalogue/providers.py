"""Providers: terms and attribution as shown wherever their data is used."""

from core.catalogue.records import Provider

_ALL = (
    Provider(
        key="yahoo", name="Yahoo Finance", home="https://finance.yahoo.com",
        licence="Personal use under Yahoo's terms of service; no redistribution of raw data.",
        attribution="Index, currency and commodity closes: Yahoo Finance",
    ),
    Provider(
        key="exchanges", name="Crypto exchanges through ccxt", home="https://docs.ccxt.com",
        licence="Public market data under each exchange's terms.",
        attribution="BTC and ETH candles: public market data of Kraken, Coinbase and Bitstamp",
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
        key="derivatives", name="Crypto derivatives venues through ccxt", home="https://docs.ccxt.com",
        licence="Public market data under each exchange's terms.",
        attribution="Funding and open interest: public data of Kraken Futures and OKX",
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
