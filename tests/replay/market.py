"""The replay's own market: every value is a plain function of a name and a date, so any figure can be computed by hand.

A level is base × (1 + (ordinal mod 10) / 1000), where ordinal is `date.toordinal()`: no day moves by more than 0.9 %.
"""

import datetime as dt

from core.sessions import schedule

# symbol: base level, calendar, exchange's zone, instrument
YAHOO = {
    "^GSPC": (6400.0, "XNYS", "INDEX"), "^NDX": (23000.0, "XNYS", "INDEX"), "^DJI": (45000.0, "XNYS", "INDEX"),
    "^IXIC": (21000.0, "XNYS", "INDEX"), "^RUT": (2400.0, "XNYS", "INDEX"), "^VIX": (20.0, "XNYS", "INDEX"),
    "^TNX": (4.0, "XNYS", "INDEX"), "^HSI": (25000.0, "XHKG", "INDEX"), "^HSCE": (9000.0, "XHKG", "INDEX"),
    "HSTECH.HK": (5000.0, "XHKG", "INDEX"), "000001.SS": (3900.0, "XSHG", "INDEX"), "399001.SZ": (13000.0, "XSHG", "INDEX"),
    "399006.SZ": (3000.0, "XSHG", "INDEX"), "000300.SS": (4500.0, "XSHG", "INDEX"), "DX-Y.NYB": (99.0, "NY17", "INDEX"),
    "GC=F": (4400.0, "NY17", "FUTURE"), "CNY=X": (7.0, "NY17", "CURRENCY"), "HKD=X": (7.8, "NY17", "CURRENCY"),
    **dict.fromkeys(("XLK", "XLF", "XLV", "XLY", "XLC", "XLI", "XLP", "XLE", "XLU", "XLRE", "XLB"), (100.0, "XNYS", "ETF")),
}  # fmt: skip
COINS = {"BTC": 66000.0, "ETH": 2000.0}
VENUES = {"kraken": 1.0, "coinbase": 1.001, "bitstamp": 1.002}
STABLECOINS = {"1": 1.8e11, "2": 7.5e10, "5": 5e9, "209": 8e9}
EUROS = 4e8
TVL = {"": 9e10, "Ethereum": 5e10, "Solana": 6e9, "BSC": 5.5e9, "Tron": 4e9, "Base": 3.5e9}
DEX = {
    "Uniswap V4": 1e9, "Uniswap V3": 8e8, "PancakeSwap AMM V3": 7e8, "Aerodrome Slipstream": 4e8, "Fluid DEX": 5e8, "Orca DEX": 3e8,
    "Raydium AMM": 2e8, "Curve DEX": 1e8, "Uniswap V2": 9e7, "PancakeSwap AMM": 8e7, "PancakeSwap Infinity": 7e7, "PancakeSwap StableSwap": 6e6,
    "Aerodrome V1": 5e7, "Meteora DLMM": 1.5e8, "PumpSwap": 1.2e8, "Hyperliquid Spot Orderbook": 1.1e8, "Balancer V3": 4e7, "SushiSwap V3": 3e6,
    "1inch Aqua": 6e7, "Tessera V": 5e7, "All the others": 171e6,
}  # fmt: skip
DEX_SINCE = {"Uniswap V4": dt.date(2025, 1, 31)}
FIRST = dt.date(2020, 1, 1)


def level(base: float, day: dt.date) -> float:
    """The value of a line on a date."""
    return base * (1 + day.toordinal() % 10 / 1000)


def volume(day: dt.date) -> float:
    """Coins traded on a date."""
    return 500.0 + day.toordinal() % 7


def greed(day: dt.date) -> int:
    """Fear & Greed of a date."""
    return 20 + day.toordinal() % 60


def days(first: dt.date, now: dt.datetime) -> list[dt.date]:
    """UTC days from `first` to the one under way."""
    return [first + dt.timedelta(n) for n in range((now.date() - first).days + 1)]


def sessions(calendar: str, first: dt.date, now: dt.datetime) -> list[tuple[dt.date, dt.datetime, dt.datetime]]:
    """(date, open, close) of the sessions from `first` that have opened by `now`; instants are UTC."""
    plan = schedule(calendar)
    rows = zip(plan.dates.tolist(), plan.opens.tolist(), plan.closes.tolist(), strict=True)
    moments = ((day, opened.replace(tzinfo=dt.UTC), closed.replace(tzinfo=dt.UTC)) for day, opened, closed in rows if day >= first)
    return [row for row in moments if row[1] <= now]


def funding(coin: str, moment: dt.datetime) -> float:
    """The perpetual's funding rate of one hour: rises by a tenth through ten days; ETH pays double."""
    return 1e-5 * (1 + moment.date().toordinal() % 10 / 10) * (2 if coin == "ETH" else 1)


def contracts(coin: str, day: dt.date) -> float:
    """Coins held in perpetuals at the end of a date."""
    return level({"BTC": 5000.0, "ETH": 60000.0}[coin], day)


# The mainland's exchanges: shares listed, those that rise at least, those that stay, turnover in CNY, northbound turnover in CNY.
EXCHANGES = {"000001": (2350, 1000, 50, 1.0e12, 130e9), "399106": (2920, 1200, 80, 1.1e12, 160e9)}


def breadth(exchange: str, day: dt.date) -> tuple[int, int, int]:
    """Shares of an exchange that rose, fell and stayed on a date: ten more rise every day through ten days."""
    listed, rising, flat, *_ = EXCHANGES[exchange]
    up = rising + 10 * (day.toordinal() % 10)
    return up, listed - flat - up, flat
