"""The Crypto Fear & Greed Index of alternative.me.

All values are strings, newest first, stamped 00:00 UTC of the day they are computed for; a few early days are missing.
https://alternative.me/crypto/fear-and-greed-index/
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
from core.sources.source import Ask, Source, instant

_URL = "https://api.alternative.me/fng/"


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily values (0 to 100) from `ask.start` on. Raises SourceError."""
    days = (ask.now.date() - ask.start).days + 1
    payload = get_json(_URL, mirror=ask.operator.mirror, params={"limit": str(days)})
    return parse(ask.series[0], payload, now=ask.now)


def parse(series: Series, payload: Any, *, now: dt.datetime) -> pd.DataFrame:  # noqa: ANN401 - JSON
    """Observations from `/fng/` that count as known by `now`, oldest first. Raises BadPayload, and NoData for an empty list."""
    try:
        complaint = (payload.get("metadata") or {}).get("error")
        rows = sorted((int(row["timestamp"]), float(row["value"])) for row in payload["data"] or ())
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        raise BadPayload(N_("alternative.me's answer cannot be read ({kind}).", kind=type(exc).__name__)) from exc
    if complaint:
        raise BadPayload("alternative.me answered with an error of its own.")
    if not rows:
        raise NoData("alternative.me sent no value.")
    days = np.array([second for second, _ in rows], dtype="int64").astype("datetime64[s]").astype("datetime64[D]")
    values = np.array([value for _, value in rows])
    table = frame(series, days, values, fetched_at=instant(now).to_datetime64(), source="feargreed", basis="measured")
    return table[table["available_at"] <= instant(now)].reset_index(drop=True)


SOURCE = Source(key="feargreed", hosts=("api.alternative.me",), workers=1, fetch=fetch)
