"""Daily candles of BTC/USD and ETH/USD from public exchanges through ccxt.

One venue answers one line: candles of two venues are never joined, and the venue that holds a stored line is asked first. A venue that
cannot reach back to the beginning of a stored line does not replace it. ccxt returns an empty list for web pages and broken JSON, so every
candle is checked here. https://docs.ccxt.com
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, Blocked, NoData, RateLimited, SourceError, Unreachable
from core.observations import frame
from core.sources.http import new_session, reason
from core.sources.source import Ask, Source, by_symbol, instant, joined

_DAY = 86_400_000
# The newest candle of a venue that works opened less than two days ago.
_LATE = 2 * _DAY


@dataclass(frozen=True, slots=True)
class Venue:
    """An exchange: its name in ccxt, its market ids by coin, candles a page, and how many days back it reaches (0: all)."""

    key: str
    markets: tuple[tuple[str, str], ...]
    page: int
    depth: int = 0


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
    failures: list[SourceError] = []
    for venue in chain(ask):
        # A line may only continue on the venue it came from; another one has to bring all of it.
        start = ask.start if ask.held == f"exchanges:{venue.key}" else min(ask.start, ask.first)
        try:
            candles = _candles(venue, pair, start, ask)
            return parse(wanted, venue.key, candles, now=ask.now)
        except SourceError as exc:
            failures.append(exc)
    causes = " ".join(str(exc.args[0]) for exc in failures)
    kinds = {type(exc) for exc in failures}
    raise (kinds.pop() if len(kinds) == 1 else SourceError)(f"No exchange gave {pair}. {causes}") from failures[-1]


def chain(ask: Ask) -> tuple[Venue, ...]:
    """The venues in order: the one that holds the line, those that reach back far enough, the others only for a new line."""
    back = (ask.now.date() - min(ask.start, ask.first)).days
    deep = [v for v in VENUES if not v.depth or back <= v.depth]
    held = [v for v in VENUES if ask.held == f"exchanges:{v.key}"]
    shallow = [] if ask.held else [v for v in VENUES if v not in deep]
    return tuple(dict.fromkeys([*held, *deep, *shallow]))


def parse(wanted: dict[str, Series], venue: str, candles: Sequence[Sequence[Any]], *, now: dt.datetime) -> pd.DataFrame:
    """Observations from ccxt's candles [open instant in ms, open, high, low, close, base volume]; the day under way is left out.

    `wanted` maps "BTC/USD close" and "BTC/USD volume" to series. Raises NoData for no candle, BadPayload for candles that cannot be.
    """
    if not candles:
        raise NoData(f"{venue} sent no candle.")
    for candle in candles:
        _refuse(venue, candle)
    table = np.array([c[:6] for c in candles], dtype="float64")
    opened = table[:, 0].astype("int64")
    if (np.diff(opened) <= 0).any():
        raise BadPayload(f"{venue} sent candles that are not in order.")
    over = opened + _DAY <= int(now.timestamp() * 1000)
    if opened[-1] + _LATE < int(now.timestamp() * 1000):
        raise BadPayload(f"{venue}'s candles stop days ago.")
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
        raise BadPayload(f"{venue} sent a candle with a missing number.")
    opened, first, high, low, close, volume = numbers
    if opened % _DAY or not low <= min(first, close) or not max(first, close) <= high or low <= 0 or volume < 0:
        raise BadPayload(f"{venue} sent a candle that cannot be: {candle[:6]}.")


def _candles(venue: Venue, pair: str, start: dt.date, ask: Ask) -> list[list[Any]]:
    """All daily candles from `start` to now, page after page. Raises SourceError."""
    import ccxt

    exchange = getattr(ccxt, venue.key)({"session": new_session(ask.operator.mirror), "timeout": 8000, "enableRateLimit": True})
    coin, ident = next((c, i) for c, i in venue.markets if c == pair.split("/", maxsplit=1)[0])
    market = {
        "id": ident,
        "symbol": pair,
        "base": coin,
        "quote": "USD",
        "baseId": coin,
        "quoteId": "USD",
        "type": "spot",
        "spot": True,
        "active": True,
    }
    exchange.set_markets([exchange.safe_market_structure(market)])
    since = int(dt.datetime.combine(start, dt.time(), dt.UTC).timestamp() * 1000)
    candles: list[list[Any]] = []
    try:
        while since <= int(ask.now.timestamp() * 1000):
            page = exchange.fetch_ohlcv(pair, "1d", since, None if venue.depth else venue.page)
            fresh = [c for c in page if c[0] is not None and c[0] >= since]
            if not fresh and (candles or venue.depth):
                break
            if not fresh:  # the pages before a market was listed are empty
                since += venue.page * _DAY
                continue
            candles += fresh
            since = int(fresh[-1][0]) + _DAY
    except ccxt.BaseError as exc:
        raise _translated(venue.key, exc) from exc
    except (TypeError, ValueError, KeyError, IndexError) as exc:  # what a malformed answer makes of ccxt's own code
        raise BadPayload(f"{venue.key}'s answer cannot be read ({type(exc).__name__}).") from exc
    return candles


def _translated(venue: str, exc: Exception) -> SourceError:
    """Ccxt tells a region's block from an outage only by the status within its text."""
    import ccxt

    if isinstance(exc, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
        return RateLimited(f"{venue} asked us to slow down.")
    if any(f" {status} " in str(exc) for status in (403, 451)):
        return Blocked(f"{venue} refuses this machine.")
    if isinstance(exc, ccxt.RequestTimeout):
        return Unreachable(f"{venue} did not answer: too slow.")
    if isinstance(exc, ccxt.NetworkError):
        return Unreachable(f"{venue} did not answer: {reason(exc)}.")
    return BadPayload(f"{venue} did not accept the request ({type(exc).__name__}).")


def together(symbol: str) -> str:
    """One call answers close and volume of a pair."""
    return symbol.split(maxsplit=1)[0]


SOURCE = Source(key="exchanges", hosts=("api.kraken.com", "api.coinbase.com", "www.bitstamp.net"), workers=2, fetch=fetch, together=together)
