"""Closes of indices, funds, currencies and commodities from Yahoo Finance through yfinance.

Only the chart interface is asked, once per series: no cookie, no crumb, no file on disk. A daily bar belongs to the date of its stamp
on the exchange's own clock. Quirks handled here: the last bar of a running session has no marker; a wrong symbol, a coarser granularity or a
history of one bar come with HTTP 200. https://github.com/ranaroussi/yfinance
"""

import datetime as dt
import logging
import tempfile
import time
import warnings
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData, RateLimited, SourceError, Unreachable, excerpt
from core.language import N_
from core.observations import frame
from core.sources.http import asked_pause, redirected, refuse_page, refuse_status, short_pause
from core.sources.pace import take_turn
from core.sources.source import Ask, Source, by_symbol, instant, joined

HOST = "query2.finance.yahoo.com"
_SECONDS, _BYTES = 15, 8 << 20
_TOO_LARGE = 63  # curl's codes
_REASONS = {6: "the host name is unknown here", 7: "connection refused", 52: "the connection was dropped", 56: "the connection was dropped"}
# Quotes may come 15 to 20 minutes late; until then a session that ended by the clock may lack its last trades.
_DELAY = dt.timedelta(hours=1)
_LONDON = "Europe/London"
_ZONES = {
    "XNYS": ("America/New_York",),
    "XHKG": ("Asia/Hong_Kong",),
    "XSHG": ("Asia/Shanghai",),
    "NY17": ("America/New_York", _LONDON),
}
_KEYS = ("symbol", "dataGranularity", "exchangeTimezoneName", "regularMarketTime", "currentTradingPeriod", "validRanges")
_PREPARED = Lock()
# What Yahoo offers of a line that it keeps no history of.
_SCRAPS = {"1d", "5d"}


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily closes of the asked series, from `ask.start` on. Raises SourceError."""
    frames = []
    for symbol, series in by_symbol("yahoo", ask.series).items():
        bars, meta = _history(symbol, series, ask)
        frames.append(parse(series, symbol, bars, meta, now=ask.now))
    return joined(frames)


def parse(series: Series, symbol: str, bars: pd.DataFrame, meta: Mapping[str, Any], *, now: dt.datetime) -> pd.DataFrame:
    """Observations from yfinance's frame of daily bars (index: exchange time; column Close) and Yahoo's metadata.

    `meta` holds instants as pandas Timestamps. Raises BadPayload for another symbol, zone or granularity, NoData for no close or no history.
    """
    if meta.get("symbol") != symbol:
        raise BadPayload(N_("Yahoo answered {other} when asked for {symbol}.", other=excerpt(meta.get("symbol")), symbol=symbol))
    if meta.get("dataGranularity") != "1d":
        steps = excerpt(meta.get("dataGranularity"))
        raise BadPayload(N_("Yahoo answered {symbol} in steps of {steps} instead of days.", symbol=symbol, steps=steps))
    if meta.get("exchangeTimezoneName") not in _ZONES[series.calendar]:
        raise BadPayload(N_("Yahoo dates {symbol} on the clock of {zone}.", symbol=symbol, zone=excerpt(meta.get("exchangeTimezoneName"))))
    if meta.get("validRanges") and set(meta["validRanges"]) <= _SCRAPS:
        raise NoData(N_("Yahoo keeps no history of {symbol}.", symbol=symbol))
    closes = bars["Close"].dropna()
    if closes.empty:
        raise NoData(N_("Yahoo has no close of {symbol} in the time asked for.", symbol=symbol))
    days = pd.DatetimeIndex(closes.index).tz_localize(None).normalize().as_unit("us")
    table = frame(
        series, days.to_numpy(), closes.to_numpy(dtype="float64"), fetched_at=instant(now).to_datetime64(), source="yahoo", basis="measured"
    )  # fmt: skip
    table = table.drop_duplicates("session", keep="last", ignore_index=True)
    over = pd.Timestamp(table["available_at"].iloc[-1], tz="UTC")
    return table.iloc[:-1] if days[-1] == _today(meta) and _running(meta, over, now) else table


def _today(meta: Mapping[str, Any]) -> pd.Timestamp | None:
    """Date of the trading period that Yahoo calls current, on the exchange's clock."""
    start = ((meta.get("currentTradingPeriod") or {}).get("regular") or {}).get("start")
    return None if start is None else pd.Timestamp(start).tz_localize(None).normalize()


def _running(meta: Mapping[str, Any], over: pd.Timestamp, now: dt.datetime) -> bool:
    """Whether the price of the current period is not, or no longer, the close of the session that ends at `over`."""
    end, quoted, at = meta["currentTradingPeriod"]["regular"]["end"], meta.get("regularMarketTime"), pd.Timestamp(now)
    over = min(over, end)
    if at < over or quoted is None:
        return at < over
    # Markets that hardly pause (currencies, gold) carry the next session's price under this date until midnight.
    beyond = quoted > over + _DELAY and at < end
    return beyond or (quoted < over and at < over + _DELAY)


def _history(symbol: str, series: Series, ask: Ask) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Yfinance's bars and metadata. Raises SourceError."""
    import yfinance as yf
    from curl_cffi.requests import exceptions as curl
    from yfinance.exceptions import YFPricesMissingError, YFRateLimitError

    ticker = yf.Ticker(symbol, session=_session(ask.operator.mirror))
    # Known beforehand; yfinance would ask for it in a request of its own, whose failure it remembers for the life of the process.
    ticker._tz = _LONDON if symbol.endswith("=X") else _ZONES[series.calendar][0]  # noqa: SLF001
    try:
        bars = ticker.history(start=ask.start.isoformat(), interval="1d", auto_adjust=False, actions=False, timeout=_SECONDS)
        answered = ticker.history_metadata
        meta = {key: answered[key] for key in _KEYS if key in answered}
    except SourceError:
        raise
    except YFRateLimitError as exc:
        raise RateLimited(N_("{host} asked us to slow down (HTTP 429).", host="Yahoo")) from exc
    except YFPricesMissingError as exc:
        raise NoData(N_("Yahoo has no prices of {symbol} for the time asked for.", symbol=symbol)) from exc
    except curl.Timeout as exc:
        raise Unreachable(N_("{host} did not answer: {reason}.", host="Yahoo", reason="too slow")) from exc
    except curl.RequestException as exc:
        if exc.code == _TOO_LARGE:
            raise BadPayload(N_("{host} sent more than {n} MB.", host="Yahoo", n=_BYTES >> 20)) from exc
        reason = _REASONS.get(int(exc.code), type(exc).__name__)
        raise Unreachable(N_("{host} did not answer: {reason}.", host="Yahoo", reason=reason)) from exc
    except Exception as exc:  # yfinance lets through whatever a malformed answer makes of its own code
        raise BadPayload(N_("Yahoo's answer for {symbol} cannot be read ({kind}).", symbol=symbol, kind=type(exc).__name__)) from exc
    return bars, meta


@lru_cache(maxsize=4)
def _session(mirror: str) -> Any:  # noqa: ANN401 - a class made inside, because its base is imported only here
    """The session for all series; yfinance keeps one per process anyway. Only the chart interface passes."""
    import curl_cffi
    import yfinance as yf
    from curl_cffi.requests import Response, Session
    from curl_cffi.requests.exceptions import ConnectionError as Refused

    class ChartOnly(Session):  # type: ignore[type-arg]
        def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
            if "/v8/finance/chart/" not in url:
                raise Refused("charts need no cookie", 0)
            answer = self._paced(method, url, *args, **kwargs)
            if (pause := short_pause(answer.status_code, answer.headers)) is not None:
                time.sleep(pause)
                answer = self._paced(method, url, *args, **kwargs)
            if answer.status_code != 404:  # a 404 carries Yahoo's own words
                refuse_status("Yahoo", answer.status_code, asked_pause(answer.headers))
            refuse_page("Yahoo", answer.content)
            return answer

        def _paced(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
            take_turn(HOST)
            answer: Response = super().request(method, redirected(url, mirror), *args, **kwargs)
            return answer

    with _PREPARED:
        yf.set_tz_cache_location(_scratch().name)
        yf.config.debug.hide_exceptions = False
        # Failures are raised, so its log says them twice; its use of pandas is its own affair.
        logging.getLogger("yfinance").setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", category=pd.errors.Pandas4Warning, module="yfinance")
    return ChartOnly(impersonate="chrome", curl_options={curl_cffi.CurlOpt.MAXFILESIZE_LARGE: _BYTES})


@lru_cache(maxsize=1)
def _scratch() -> "tempfile.TemporaryDirectory[str]":
    """Where yfinance may keep what it remembers: one directory per process, gone with it."""
    return tempfile.TemporaryDirectory(prefix="yfinance-", ignore_cleanup_errors=True)


SOURCE = Source(key="yahoo", hosts=(HOST,), workers=4, fetch=fetch)
