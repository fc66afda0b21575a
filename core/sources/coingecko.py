"""Total crypto market capitalisation, 24-hour volume and Bitcoin's share, as CoinGecko counts them now.

There is no free history: a reading belongs to the UTC date of its own `updated_at`, and could be known from that instant.
https://docs.coingecko.com
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload
from core.language import N_
from core.observations import frame
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant, joined

_GLOBAL = "https://api.coingecko.com/api/v3/global"


def fetch(ask: Ask) -> pd.DataFrame:
    """The current reading of the asked series. Raises SourceError."""
    key = ask.operator.coingecko_key
    payload = get_json(_GLOBAL, mirror=ask.operator.mirror, headers={"x-cg-demo-api-key": key} if key else None)
    return parse(by_symbol("coingecko", ask.series), payload, now=ask.now)


def parse(wanted: Mapping[str, Series], payload: Any, *, now: dt.datetime) -> pd.DataFrame:  # noqa: ANN401 - JSON
    """Observations from `/global`; `wanted` maps a field such as "total_market_cap.usd" to its series. A null field gives no row.

    Raises BadPayload.
    """
    try:
        data = payload["data"]
        updated = pd.Timestamp(int(data["updated_at"]), unit="s").as_unit("us")
        fields = {symbol: data[symbol.split(".")[0]][symbol.split(".")[1]] for symbol in wanted}
        values = {symbol: float(value) for symbol, value in fields.items() if value is not None}
    except (TypeError, ValueError, KeyError, OverflowError) as exc:
        raise BadPayload(N_("CoinGecko's answer lacks what it promises ({kind}).", kind=type(exc).__name__)) from exc
    day, read = np.array([updated.to_datetime64()]).astype("datetime64[D]"), instant(now).to_datetime64()
    return joined(
        frame(wanted[symbol], day, np.array([value]), fetched_at=read, source="coingecko", basis="measured").assign(
            available_at=updated.to_datetime64()
        )
        for symbol, value in values.items()
    )


SOURCE = Source(key="coingecko", hosts=("api.coingecko.com",), workers=1, fetch=fetch, together=lambda _: "global")
