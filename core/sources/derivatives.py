"""Funding rates and open interest of BTC and ETH perpetuals, day by day, from public derivatives venues.

Funding of a UTC day is the mean of the rates stamped within it, annualised in percent, whatever the venue's interval: one hour at Kraken and
Hyperliquid, mostly eight at OKX. Open interest is that of the day's end in USD. Venues of one line are never joined; Binance and
Bybit refuse machines in the US and are not asked. https://docs.ccxt.com
"""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant
from core.sources.venues import DAY, Venue, client, first_answer, milliseconds, translated

_HOUR = 3_600_000
# Funding is paid at least three times a day; rows further apart are no payments.
_LONGEST = 8 * _HOUR
# A day is known when this share of its payments is.
_COVERED = 0.75
_LATE = 2 * DAY
_ANALYTICS = "https://futures.kraken.com/api/charts/v1/analytics"
_OKX_DAYS = 99

KRAKEN = Venue("kraken", (("BTC", "PF_XBTUSD"), ("ETH", "PF_ETHUSD")), page=2000, depth=365, client="krakenfutures")
KRAKEN_CHARTS = replace(KRAKEN, depth=0)
# All of its history can be read, but at 500 hours a page and under a limit by weight: so many days stay polite.
HYPERLIQUID = Venue("hyperliquid", (("BTC", "0"), ("ETH", "1")), page=500, depth=200)
OKX = Venue("okx", (("BTC", "BTC-USDT-SWAP"), ("ETH", "ETH-USDT-SWAP")), page=100, depth=90)

Rows = Sequence[tuple[Any, Any]]  # (millisecond, number)


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily values of one asked series ("BTC funding", "ETH open interest"), from one venue. Raises SourceError."""
    name, series = next(iter(by_symbol("derivatives", ask.series).items()))
    coin, kind = name.split(maxsplit=1)
    readers, daily = KINDS[kind]

    def read(venue: Venue, start: dt.date) -> pd.DataFrame:
        earliest = max(start, ask.now.date() - dt.timedelta(venue.depth)) if venue.depth else start
        values = daily(venue.key, readers[venue](venue, coin, earliest, ask))
        return observed(series, venue.key, values, start=earliest, now=ask.now)

    return first_answer("derivatives", readers, ask, name, read)


def annualised(venue: str, rows: Rows) -> dict[np.datetime64, float]:
    """Percent a year by UTC day from (stamp in ms, rate of one interval). Stamps may be off by seconds; half-known days are left out.

    Raises NoData for no row, BadPayload for rows that cannot be payments.
    """
    rates = dict(sorted((round(stamp / _HOUR) * _HOUR, rate) for stamp, rate in _finite(venue, rows)))
    if len(rates) < 2:
        raise NoData(N_("{venue} sent fewer than two funding payments.", venue=venue))
    stamps, paid = np.array(list(rates), dtype="int64"), np.array(list(rates.values()))
    gaps = np.diff(stamps, prepend=2 * stamps[0] - stamps[1])
    table = pd.DataFrame({"day": stamps.astype("datetime64[ms]").astype("datetime64[D]").astype("datetime64[us]"), "rate": paid, "gap": gaps})
    by = table.groupby("day").agg(rate=("rate", "mean"), count=("rate", "size"), gap=("gap", "median"))
    if by["gap"].median() > _LONGEST:
        raise BadPayload(N_("{venue}'s funding rates are further apart than payments are.", venue=venue))
    known = by[by["count"] * by["gap"] >= _COVERED * DAY]
    yearly = known["rate"] * (DAY / known["gap"]) * 365 * 100
    return dict(zip(yearly.index.to_numpy().astype("datetime64[us]"), yearly.tolist(), strict=True))


def at_day_end(venue: str, rows: Rows) -> dict[np.datetime64, float]:
    """USD by UTC day from (00:00 UTC in ms, USD at the end of that day). Raises BadPayload for other stamps and amounts."""
    amounts = _finite(venue, rows)
    if any(stamp % DAY or value <= 0 for stamp, value in amounts):
        raise BadPayload(N_("{venue}'s open interest is not given by UTC day, or not positive.", venue=venue))
    return {np.datetime64(int(stamp), "ms").astype("datetime64[us]"): value for stamp, value in sorted(amounts)}


def observed(series: Series, venue: str, values: dict[np.datetime64, float], *, start: dt.date, now: dt.datetime) -> pd.DataFrame:
    """Observations of the days from `start` that are over. Raises NoData for none, BadPayload for a line that stopped days ago."""
    today = np.datetime64(now.astimezone(dt.UTC).date())
    days = np.array([d for d in values if np.datetime64(start) <= d < today], dtype="datetime64[D]")
    if not len(days):
        raise NoData(N_("{venue} sent no day of {series} that is over.", venue=venue, series=series.label))
    if today - days[-1] > np.timedelta64(_LATE, "ms"):
        raise BadPayload(N_("{venue}'s {series} stops days ago.", venue=venue, series=series.label))
    amounts = np.array([values[d.astype("datetime64[us]")] for d in days])
    return frame(series, days, amounts, fetched_at=instant(now).to_datetime64(), source=f"derivatives:{venue}", basis="measured")


def contracts(payload: Any) -> tuple[list[tuple[int, float]], bool]:  # noqa: ANN401 - JSON
    """(ms, contracts at the end) of Kraken's analytics buckets, and whether there are more. Raises BadPayload."""
    try:
        if payload["errors"]:
            raise BadPayload("kraken answered with an error of its own.")
        result = payload["result"]
        pairs = zip(result["timestamp"], result["data"], strict=True)
        return [(int(second) * 1000, float(bucket[3])) for second, bucket in pairs], bool(result["more"])
    except (TypeError, ValueError, KeyError, IndexError) as exc:
        raise BadPayload(N_("kraken's open interest cannot be read ({kind}).", kind=type(exc).__name__)) from exc


def _finite(venue: str, rows: Rows) -> list[tuple[int, float]]:
    for stamp, value in rows:
        if not all(isinstance(x, int | float) and math.isfinite(x) for x in (stamp, value)):
            raise BadPayload(N_("{venue} sent a row with a missing number.", venue=venue))
    return [(int(stamp), float(value)) for stamp, value in rows]


def _perpetual(venue: Venue, coin: str, mirror: str) -> tuple[Any, str]:
    """Ccxt's client and its name of the perpetual."""
    settle = {"kraken": "USD", "hyperliquid": "USDC", "okx": "USDT"}[venue.key]
    symbol = f"{coin}/{settle}:{settle}"
    market = {
        "id": dict(venue.markets)[coin], "symbol": symbol, "base": coin, "quote": settle, "settle": settle, "baseId": coin, "quoteId": settle,
        "settleId": settle, "baseName": coin, "type": "swap", "spot": False, "swap": True, "contract": True, "linear": True, "inverse": False,
        "contractSize": 1, "active": True, "info": {},
    }  # fmt: skip
    return client(venue, market, mirror), symbol


def _all_funding(venue: Venue, coin: str, start: dt.date, ask: Ask) -> Rows:
    """Kraken gives its whole history at once; ccxt reads the rate relative to the price, not the absolute one beside it."""
    exchange, symbol = _perpetual(venue, coin, ask.operator.mirror)
    with translated(venue.key):
        return [(p["timestamp"], p["fundingRate"]) for p in exchange.fetch_funding_rate_history(symbol, milliseconds(start))]


def _forward_funding(venue: Venue, coin: str, start: dt.date, ask: Ask) -> Rows:
    """Oldest first: the next page begins after the last row."""
    exchange, symbol = _perpetual(venue, coin, ask.operator.mirror)
    rows: dict[int, float] = {}
    since = milliseconds(start)
    with translated(venue.key):
        for _ in ask.pages(venue.key, _hourly_pages(venue, since, ask)):
            page = exchange.fetch_funding_rate_history(symbol, since)
            rows |= {p["timestamp"]: p["fundingRate"] for p in page}
            if len(page) < venue.page:
                break
            since = page[-1]["timestamp"] + 1
    return list(rows.items())


def _hourly_pages(venue: Venue, since: int, ask: Ask) -> int:
    """Pages that payments of every hour fill, the shortest interval there is."""
    return (int(ask.now.timestamp() * 1000) - since) // (venue.page * _HOUR) + 1


def _backward_funding(venue: Venue, coin: str, start: dt.date, ask: Ask) -> Rows:
    """Newest first: `after` asks for what is older."""
    exchange, symbol = _perpetual(venue, coin, ask.operator.mirror)
    rows: dict[int, float] = {}
    oldest, since = int(ask.now.timestamp() * 1000), milliseconds(start)
    with translated(venue.key):
        for _ in ask.pages(venue.key, _hourly_pages(venue, since, ask)):
            page = exchange.fetch_funding_rate_history(symbol, None, venue.page, {"after": str(oldest)}) if oldest > since else []
            if not page:
                break
            rows |= {p["timestamp"]: p["fundingRate"] for p in page}
            if page[0]["timestamp"] >= oldest:
                raise BadPayload(N_("{venue} sent the same page twice.", venue=venue.key))
            oldest = page[0]["timestamp"]
    return list(rows.items())


def _kraken_interest(venue: Venue, coin: str, start: dt.date, ask: Ask) -> Rows:
    """Contracts of one coin each at the end of a day, times the venue's own mark price at that moment."""
    exchange, symbol = _perpetual(venue, coin, ask.operator.mirror)
    held: dict[int, float] = {}
    since, until, more = milliseconds(start), int(ask.now.timestamp() * 1000), True
    for _ in ask.pages(venue.key, (until - since) // (venue.page * DAY) + 1):
        params = {"since": str(since // 1000), "to": str(until // 1000), "interval": "86400"}
        payload = get_json(f"{_ANALYTICS}/{dict(venue.markets)[coin]}/open-interest", mirror=ask.operator.mirror, params=params)
        page, more = contracts(payload)
        more = more and bool(page)
        held |= dict(page)
        since = page[-1][0] + DAY if page else until + 1
        if not more or since > until:
            break
    with translated(venue.key):
        marks = {c[0]: c[4] for c in exchange.fetch_ohlcv(symbol, "1d", milliseconds(start), venue.page, {"price": "mark"})}
    return [(stamp, amount * marks[stamp]) for stamp, amount in held.items() if marks.get(stamp)]


def _okx_interest(venue: Venue, coin: str, start: dt.date, ask: Ask) -> Rows:
    """Days of UTC (`1Dutc`; plain days end at 16:00 UTC), about a hundred of them; a row is stamped with the beginning of its day."""
    exchange, symbol = _perpetual(venue, coin, ask.operator.mirror)
    since = milliseconds(max(start, ask.now.date() - dt.timedelta(_OKX_DAYS)))
    with translated(venue.key):
        rows = exchange.fetch_open_interest_history(symbol, "1d", since, venue.page, {"period": "1Dutc"})
    return [(row["timestamp"], row["openInterestValue"]) for row in rows]


Reader = Callable[[Venue, str, dt.date, Ask], Rows]
Daily = Callable[[str, Rows], dict[np.datetime64, float]]
# What can be asked for: who is asked for it, in order, and what the rows mean.
KINDS: dict[str, tuple[dict[Venue, Reader], Daily]] = {
    "funding": ({KRAKEN: _all_funding, HYPERLIQUID: _forward_funding, OKX: _backward_funding}, annualised),
    "open interest": ({KRAKEN_CHARTS: _kraken_interest, OKX: _okx_interest}, at_day_end),
}

SOURCE = Source(key="derivatives", hosts=("futures.kraken.com", "api.hyperliquid.xyz", "www.okx.com"), workers=2, fetch=fetch)
