"""What is left of English in a text that should be Chinese."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

# Names, codes and units that a Chinese desk writes in Latin letters too.
_NAMES = """
    A A4 AAVE AH API BNB BSC BTC CBOE CC CNH CNY CSV DAI DEX DeFi ETF ETH EUR Excel FX GB GitHub HIBOR HKD HTML HTTP ID JSON JPY K L LTV M MB
    Markdown NFT OFL OI PDF PNG PP PyPI REST S SDK SHA SQL SQLite SVG T TVL URL US USD SPDR USDC USDS USDT UTC VIX XLB XLC XLE XLF XLI XLK XLP
    XLRE XLU XLV XLY B Z
    Arbitrum Avalanche Base Ethereum Hyperliquid Optimism Plasma Polygon Solana Sui Tron Bitcoin Aptos
    Aerodrome Curve Fluid Jupiter Meteora Orca PancakeSwap PumpSwap Pump Raydium THORChain Uniswap V V2 V3 V4
    Binance Bitstamp Bybit Coinbase Kraken OKX Gate Bitfinex
    Alternative.me Cboe CoinGecko CoinMarketCap DefiLlama FRED Tencent TDX Wikipedia Yahoo Finance
    Brier Holm Wilson Mermaid PostgreSQL Streamlit Vega Newey West HAC Theil Spearman Pearson MIT
    AMM Aqua Balancer COMEX DLMM ICE Infinity Orderbook Slipstream Spot StableSwap SushiSwap Tessera V1 ccxt inch
"""
NAMES = frozenset(_NAMES.split())
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.me)?")
# Keys of rules and metrics, addresses, hashes, tickers and code stay as they are.
_CODE = re.compile(
    r"\d(?:\.\d+)?e[+-]\d+|[a-z0-9_]+(?:\.[a-z0-9_]+)+|https?://\S+|\b[0-9a-f]{8,}\b|`[^`]*`"
    r"|\{[^{}]*\}|\b[A-Z]{2,6}=?[A-Z0-9]*\b|\b[a-z0-9]+_[a-z0-9_]+\b"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})[a-z]*\b")
_CHINESE_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_NUMBER = re.compile(r"[+−]?\d+(?:,\d{3})*(?:\.\d+)?")


def english(text: str) -> list[str]:
    """The English words of a text that no Chinese desk would write."""
    return [w for w in _WORD.findall(_CODE.sub(" ", text)) if w not in NAMES]


def numbers(text: str) -> list[str]:
    """The numbers of a text sorted as text, days of the calendar by month and day in either language.

    >>> numbers("on 27 Mar 2026: +0.59%, 3 of 4") == numbers("2026年3月27日4个中有3个：+0.59%")
    True
    """
    text = _ENGLISH_DAY.sub(lambda m: f"3000{_MONTHS.index(m[2]) + 1:02}{int(m[1]):02}", text)
    text = _CHINESE_DAY.sub(lambda m: f"{m[1] or ''} 3000{int(m[2]):02}{int(m[3]):02} ", text)
    return sorted(_NUMBER.findall(text))


def texts(record: Any) -> Iterator[str]:
    """Every text in a tree of records, as the record holds it."""
    if isinstance(record, str):
        yield record
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            yield from texts(getattr(record, field.name))
    elif isinstance(record, dict):
        for value in record.values():
            yield from texts(value)
    elif isinstance(record, tuple | list):
        for value in record:
            yield from texts(value)
