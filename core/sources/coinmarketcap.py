"""History of total crypto market capitalisation, volume and Bitcoin's share, as CoinMarketCap's own website reads it.

An unofficial interface without a key, which may change or close at any time: asked only where the operator chose it by
MARKET_CAP_HISTORY=coinmarketcap. Its count of coins differs from CoinGecko's by several percent, so the two are lines of their own.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant, joined

_URL = "https://api.coinmarketcap.com/data-api/v3/global-metrics/quotes/historical"
_DOLLAR = "2781"
_CHUNK = dt.timedelta(days=300)


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily readings of the asked series, from `ask.start` on. Raises SourceError."""
    wanted = by_symbol("coinmarketcap", ask.series)
    pages = []
    first = dt.datetime.combine(ask.start, dt.time(), dt.UTC)
    while first < ask.now:
        last = min(first + _CHUNK, ask.now)
        params = {"convertId": _DOLLAR, "interval": "1d", "timeStart": f"{first.timestamp():.0f}", "timeEnd": f"{last.timestamp():.0f}"}
        payload = get_json(_URL, mirror=ask.operator.mirror, params=params, headers={"Referer": "https://coinmarketcap.com/"})
        pages.append(parse(wanted, payload, now=ask.now))
        first = last
    table = joined(pages).drop_duplicates(["series", "available_at"], keep="last", ignore_index=True)
    if table.empty:
        raise NoData("CoinMarketCap has no reading in the time asked for.")
    return table


def parse(wanted: Mapping[str, Series], payload: Any, *, now: dt.datetime) -> pd.DataFrame:  # noqa: ANN401 - JSON
    """Observations from `quotes/historical`; `wanted` maps a field such as "totalMarketCap" to its series. A null field gives no row.

    A reading is known from its own instant and belongs to the UTC day that ends with it or contains it. Raises BadPayload.
    """
    try:
        readings = [(instant(pd.Timestamp(row["timestamp"])), {**row, **row["quote"][0]}) for row in payload["data"]["quotes"]]
        taken = {field: [(at, float(row[field])) for at, row in readings if row[field] is not None] for field in wanted}
    except (TypeError, ValueError, KeyError, IndexError) as exc:
        raise BadPayload(N_("CoinMarketCap's answer cannot be read ({kind}).", kind=type(exc).__name__)) from exc
    return joined(_line(wanted[field], sorted(rows), now) for field, rows in taken.items())


def _line(series: Series, rows: list[tuple[pd.Timestamp, float]], now: dt.datetime) -> pd.DataFrame:
    read = instant(now).to_datetime64()
    instants = np.array([at.to_datetime64() for at, _ in rows], dtype="datetime64[us]")
    days = (instants - np.timedelta64(1, "us")).astype("datetime64[D]")
    table = frame(series, days, np.array([value for _, value in rows]), fetched_at=read, source="coinmarketcap", basis="measured")
    table["available_at"] = instants
    return table[table["available_at"] <= read].reset_index(drop=True)


SOURCE = Source(
    key="coinmarketcap", hosts=("api.coinmarketcap.com",), workers=1, fetch=fetch, together=lambda _: "quotes",
    allowed=lambda operator: operator.market_cap_history == "coinmarketcap",
)  # fmt: skip
