"""Daily closes of volatility indices from Cboe, which computes them: one CSV file with all history, dates as MM/DD/YYYY.

https://www.cboe.com/tradable_products/vix/vix_historical_data
"""

import csv
import datetime as dt
import io

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sources.http import get_text
from core.sources.source import Ask, Source, by_symbol, instant, joined

_URL = "https://cdn.cboe.com/api/global/us_indices/daily_prices"
_COLUMNS = ["DATE", "OPEN", "HIGH", "LOW", "CLOSE"]
# The index is computed until a quarter of an hour after the close.
_DELAY = np.timedelta64(30, "m")


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily closes of the asked index, from `ask.start` on. Raises SourceError."""
    return joined(
        parse(series, symbol, get_text(f"{_URL}/{symbol}_History.csv", mirror=ask.operator.mirror), start=ask.start, now=ask.now)
        for symbol, series in by_symbol("cboe", ask.series).items()
    )


def parse(series: Series, symbol: str, text: str, *, start: dt.date, now: dt.datetime) -> pd.DataFrame:
    """Observations of the sessions from `start` that are over. Raises BadPayload, and NoData for none."""
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames != _COLUMNS:
        raise BadPayload(N_("Cboe's file of {symbol} has other columns than {columns}.", symbol=symbol, columns=", ".join(_COLUMNS)))
    try:
        pairs = [(dt.datetime.strptime(row["DATE"], "%m/%d/%Y").replace(tzinfo=dt.UTC).date(), float(row["CLOSE"])) for row in rows]
    except (TypeError, ValueError) as exc:
        raise BadPayload(N_("Cboe's file of {symbol} cannot be read ({kind}).", symbol=symbol, kind=type(exc).__name__)) from exc
    kept = [(day, value) for day, value in pairs if day >= start]
    days = np.array([day for day, _ in kept], dtype="datetime64[D]")
    read = instant(now).to_datetime64()
    table = frame(series, days, np.array([value for _, value in kept]), fetched_at=read, source="cboe", basis="measured")
    table = table[table["available_at"] + _DELAY <= read].reset_index(drop=True)
    if table.empty:
        raise NoData(N_("Cboe has no close of {symbol} in the time asked for.", symbol=symbol))
    return table


SOURCE = Source(key="cboe", hosts=("cdn.cboe.com",), workers=1, fetch=fetch)
