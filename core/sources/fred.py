"""Daily closes and the 10-year Treasury yield from FRED of the Federal Reserve Bank of St. Louis: the fallback for US lines.

Plain CSV, no key. A day without a value is "." or empty. Index licences keep the equity lines to about ten years.
https://fred.stlouisfed.org
"""

import csv
import datetime as dt
import io

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData, excerpt
from core.language import N_
from core.observations import frame
from core.sources.http import get_text
from core.sources.source import Ask, Source, by_symbol, instant, joined

_URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
# How long after the close of New York the Treasury tells the day's yields.
_LATER = {"DGS10": np.timedelta64(150, "m")}
_DATES = {"observation_date", "DATE"}


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily values of the asked series, from `ask.start` on. Raises SourceError."""
    frames = []
    for symbol, series in by_symbol("fred", ask.series).items():
        text = get_text(_URL, mirror=ask.operator.mirror, params={"id": symbol, "cosd": ask.start.isoformat()})
        frames.append(parse(series, symbol, text, start=ask.start, now=ask.now))
    return joined(frames)


def parse(series: Series, symbol: str, text: str, *, start: dt.date, now: dt.datetime) -> pd.DataFrame:
    """Observations from `fredgraph.csv` that could be known by `now`. Raises BadPayload, and NoData for no value."""
    rows = csv.DictReader(io.StringIO(text))
    names = list(rows.fieldnames or ())
    if len(names) != 2 or names[0] not in _DATES or names[1] != symbol:
        answered = excerpt(", ".join(names[:3]))
        raise BadPayload(N_("FRED answered with the columns {columns} when asked for {symbol}.", columns=answered, symbol=symbol))
    try:
        pairs = [(dt.date.fromisoformat(row[names[0]]), float(row[symbol])) for row in rows if row[symbol] not in {"", ".", None}]
    except (TypeError, ValueError) as exc:
        raise BadPayload(N_("FRED's file of {symbol} cannot be read ({kind}).", symbol=symbol, kind=type(exc).__name__)) from exc
    kept = [(day, value) for day, value in pairs if day >= start]
    days = np.array([day for day, _ in kept], dtype="datetime64[D]")
    read = instant(now).to_datetime64()
    table = frame(series, days, np.array([value for _, value in kept]), fetched_at=read, source="fred", basis="measured")
    table["available_at"] += _LATER.get(symbol, np.timedelta64(0, "m"))
    table = table[table["available_at"] <= read].reset_index(drop=True)
    if table.empty:
        raise NoData(N_("FRED has no value of {symbol} in the time asked for.", symbol=symbol))
    return table


SOURCE = Source(key="fred", hosts=("fred.stlouisfed.org",), workers=1, fetch=fetch)
