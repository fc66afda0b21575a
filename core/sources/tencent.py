"""Closes of Hong Kong and mainland indices from Tencent's quote pages: an unofficial interface with a full history.

A row is [date, open, close, high, low, volume], all strings, the close in third place; at most 640 rows a call, so that a long history is
asked in windows.
"""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant, joined

_HOST = "https://web.ifzq.gtimg.cn/appstock/app"
_ROWS = 640
# Fewer than 640 sessions lie in a window of so many days.
_WINDOW = dt.timedelta(days=880)
# Quotes of Hong Kong come 15 minutes late, and closing auctions end some minutes after the close.
_DELAY = np.timedelta64(1, "h")


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily closes of the asked index, from `ask.start` on. Raises SourceError."""
    frames = []
    for symbol, series in by_symbol("tencent", ask.series).items():
        closes: dict[dt.date, float] = {}
        first = ask.start
        while first <= ask.now.date():
            last = min(first + _WINDOW, ask.now.date())
            closes |= parse(symbol, _page(symbol, first, last, ask.operator.mirror), first=first)
            first = last + dt.timedelta(1)
        frames.append(observed(series, symbol, closes, now=ask.now))
    return joined(frames)


def parse(symbol: str, payload: Any, *, first: dt.date) -> dict[dt.date, float]:  # noqa: ANN401 - JSON
    """Closes by session from `fqkline`, none before `first`; an empty window is no fault. Raises BadPayload."""
    try:
        if payload["code"] != 0:
            raise BadPayload("Tencent answered with an error of its own.")
        # An empty window comes as a list in place of the object.
        rows = payload["data"][symbol]["day"] if payload["data"] else []
        closes = {}
        for day, *prices in rows:
            opened, close, high, low = (float(x) for x in prices[:4])
            if not low <= min(opened, close) <= max(opened, close) <= high:
                raise BadPayload(
                    N_("Tencent's row of {symbol} on {day} cannot be: its close lies outside the day's range.", symbol=symbol, day=f"{day}")
                )
            closes[dt.date.fromisoformat(day)] = close
    except (TypeError, ValueError, KeyError) as exc:
        raise BadPayload(N_("Tencent's answer for {symbol} cannot be read ({kind}).", symbol=symbol, kind=type(exc).__name__)) from exc
    if len(rows) > _ROWS:
        raise BadPayload(N_("Tencent sent {n} rows of {symbol} where {most} are the most.", n=len(rows), symbol=symbol, most=_ROWS))
    return {day: close for day, close in closes.items() if day >= first}


def observed(series: Series, symbol: str, closes: dict[dt.date, float], *, now: dt.datetime) -> pd.DataFrame:
    """Observations of the sessions that were over an hour ago. Raises NoData for none."""
    days = np.array(sorted(closes), dtype="datetime64[D]")
    values = np.array([closes[day] for day in sorted(closes)], dtype="float64")
    read = instant(now).to_datetime64()
    table = frame(series, days, values, fetched_at=read, source="tencent", basis="measured")
    table = table[table["available_at"] + _DELAY <= read].reset_index(drop=True)
    if table.empty:
        raise NoData(N_("Tencent has no close of {symbol} in the time asked for.", symbol=symbol))
    return table


def _page(symbol: str, first: dt.date, last: dt.date, mirror: str) -> Any:  # noqa: ANN401 - JSON
    path = "hkfqkline" if symbol.startswith("hk") else "fqkline"
    return get_json(f"{_HOST}/{path}/get", mirror=mirror, params={"param": f"{symbol},day,{first},{last},{_ROWS},qfq"})


SOURCE = Source(key="tencent", hosts=("web.ifzq.gtimg.cn",), workers=2, fetch=fetch)
