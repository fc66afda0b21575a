"""Daily candles of BTC/USD and ETH/USD from public exchanges through ccxt.

Venues that reach back to the beginning of a line are asked before those that do not. ccxt returns an empty list for web pages and broken
JSON, so every candle is checked here. https://docs.ccxt.com
"""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData, excerpt
from core.language import N_
from core.observations import frame
from core.sources.source import Ask, Source, by_symbol, instant, joined
from core.sources.venues import DAY, Venue, client, first_answer, milliseconds, translated

# The newest candle of a venue that works opened less than two days ago.
_LATE = 2 * DAY


VENUES = (
    # Kraken's id is the key of its answer, not the pair one would ask for.
    Venue("kraken", (("BTC", "XXBTZUSD"), ("ETH", "XETHZUSD")), page=720, depth=719),
    Venue("coinbase", (("BTC", "BTC-USD"), ("ETH", "ETH-USD")), page=300),
    Venue("bitstamp", (("BTC", "btcusd"), ("ETH", "ethusd")), page=1000),
)


def fetch(ask: Ask) -> pd.DataFrame:
    """Closes in USD and volumes in USD of the asked pair, from one venue. Raises the SourceError of the last venue when none answers."""
    wanted = by_symbol("exchanges", ask.series)
    pair = next(iter(wanted)).split()[0]

    def read(venue: Venue, start: dt.date) -> pd.DataFrame:
        return parse(wanted, venue.key, _candles(venue, pair, start, ask), now=ask.now)

    return first_answer("exchanges", VENUES, ask, pair, read)


def parse(wanted: dict[str, Series], venue: str, candles: Sequence[Sequence[Any]], *, now: dt.datetime) -> pd.DataFrame:
    """Observations from ccxt's candles [open instant in ms, open, high, low, close, base volume]; the day under way is left out.

    `wanted` maps "BTC/USD close" and "BTC/USD volume" to series. Raises NoData for no candle, BadPayload for candles that cannot be.
    """
    if not candles:
        raise NoData(N_("{venue} sent no candle.", venue=venue))
    for candle in candles:
        _refuse(venue, candle)
    table = np.array([c[:6] for c in candles], dtype="float64")
    opened = table[:, 0].astype("int64")
    if (np.diff(opened) <= 0).any():
        raise BadPayload(N_("{venue} sent candles that are not in order.", venue=venue))
    over = opened + DAY <= int(now.timestamp() * 1000)
    if opened[-1] + _LATE < int(now.timestamp() * 1000):
        raise BadPayload(N_("{venue}'s candles stop days ago.", venue=venue))
    days = opened[over].astype("datetime64[ms]").astype("datetime64[D]")
    close = table[over, 4]
    columns = {"close": close, "volume": table[over, 5] * close}
    read = instant(now).to_datetime64()
    return joined(
        frame(series, days, columns[symbol.split()[1]], fetched_at=read, source=f"exchanges:{venue}", basis="measured")
        for symbol, series in wanted.items()
    )


def _refuse(venue: str, candle: Sequence[Any]) -> None:
    numbers = [x for x in candle[:6] if isinstance(x, int | float) and math.isfinite(x)]
    if len(numbers) < 6:
        raise BadPayload(N_("{venue} sent a candle with a missing number.", venue=venue))
    opened, first, high, low, close, volume = numbers
    if opened % DAY or not low <= min(first, close) or not max(first, close) <= high or low <= 0 or volume < 0:
        raise BadPayload(N_("{venue} sent a candle that cannot be: {candle}.", venue=venue, candle=excerpt(candle[:6])))


def _candles(venue: Venue, pair: str, start: dt.date, ask: Ask) -> list[list[Any]]:
    """All daily candles from `start` to now, page after page. Raises SourceError."""
    coin, ident = next((c, i) for c, i in venue.markets if c == pair.split("/", maxsplit=1)[0])
    market = {
        "id": ident, "symbol": pair, "base": coin, "quote": "USD", "baseId": coin, "quoteId": "USD", "type": "spot", "spot": True, "active": True,
    }  # fmt: skip
    exchange = client(venue, market, ask.operator.mirror)
    candles: list[list[Any]] = []
    since, until = milliseconds(start), int(ask.now.timestamp() * 1000)
    with translated(venue.key):
        for _ in ask.pages(venue.key, (until - since) // (venue.page * DAY) + 1):
            if since > until:
                break
            page = exchange.fetch_ohlcv(pair, "1d", since, None if venue.depth else venue.page)
            fresh = [c for c in page if c[0] is not None and c[0] >= since]
            if not fresh and (candles or venue.depth):
                break
            if not fresh:  # the pages before a market was listed are empty
                since += venue.page * DAY
                continue
            candles += fresh
            since = int(fresh[-1][0]) + DAY
    return candles


def together(symbol: str) -> str:
    """One call answers close and volume of a pair."""
    return symbol.split(maxsplit=1)[0]


SOURCE = Source(key="exchanges", hosts=("api.kraken.com", "api.coinbase.com", "www.bitstamp.net"), workers=2, fetch=fetch, together=together)
