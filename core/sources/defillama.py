"""Stablecoin supply, value locked and DEX volume from DefiLlama.

Every call brings a whole history, which the upstream restates now and then: all of it is handed over, and the store keeps what changed.
The last row is the day under way and is left out. Dates are seconds since 1970, as numbers or as strings.
https://api-docs.defillama.com
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant, joined

_STABLECOINS = "https://stablecoins.llama.fi/stablecoincharts/all"
_API = "https://api.llama.fi"
# The breakdown by protocol carries every protocol of every day: tens of megabytes.
_DEX_BYTES, _DEX_SECONDS = 96 << 20, 45.0

Line = list[tuple[int, float]]


def fetch(ask: Ask) -> pd.DataFrame:
    """Daily values in USD of the asked series, from `ask.first` on. Raises SourceError."""
    wanted = by_symbol("defillama", ask.series)
    kind, name = next(iter(wanted)).split("/", 1)
    mirror = ask.operator.mirror
    if kind == "dex":
        flags = {"excludeTotalDataChart": "false", "excludeTotalDataChartBreakdown": "false"}
        payload = get_json(f"{_API}/overview/dexs", mirror=mirror, params=flags, size=_DEX_BYTES, seconds=_DEX_SECONDS)
        lines = parse_dex(payload, [symbol.split("/", 1)[1] for symbol in wanted])
        return joined(observed(series, lines[symbol.split("/", 1)[1]], ask) for symbol, series in wanted.items())
    if kind == "stablecoin":
        line = parse_stablecoins(get_json(_STABLECOINS, mirror=mirror, params={} if name == "all" else {"stablecoin": name}))
    else:
        line = parse_tvl(get_json(f"{_API}/v2/historicalChainTvl{'' if name == 'all' else '/' + quote(name)}", mirror=mirror))
    return joined(observed(series, line, ask) for series in wanted.values())


def parse_stablecoins(payload: Any) -> Line:  # noqa: ANN401 - JSON
    """(second, USD) from `stablecoincharts`: the sum over the pegs of totalCirculatingUSD; a peg left out counts nothing."""
    return _line((row["date"], _total(row["totalCirculatingUSD"])) for row in _rows(payload))


def parse_tvl(payload: Any) -> Line:  # noqa: ANN401 - JSON
    """(second, USD) from `v2/historicalChainTvl`."""
    return _line((row["date"], row["tvl"]) for row in _rows(payload))


def parse_dex(payload: Any, names: Sequence[str]) -> dict[str, Line]:  # noqa: ANN401 - JSON
    """(second, USD) by protocol from `overview/dexs`; "all" is the total. A protocol the upstream does not name has an empty line."""
    if not isinstance(payload, dict):
        raise BadPayload("DefiLlama's DEX overview is no object.")
    lines = {name: _line((day, by.get(name)) for day, by in _pairs(payload, "totalDataChartBreakdown")) for name in names if name != "all"}
    if "all" in names:
        lines["all"] = _line(_pairs(payload, "totalDataChart"))
    return lines


def observed(series: Series, line: Line, ask: Ask) -> pd.DataFrame:
    """Observations of one line: from `ask.first` to the last day that is over."""
    rows = [(second, value) for second, value in line if _day(second) >= ask.first and _day(second) < ask.now.date()]
    seconds, values = np.array([s for s, _ in rows], dtype="int64"), np.array([v for _, v in rows], dtype="float64")
    days = seconds.astype("datetime64[s]").astype("datetime64[D]")
    return frame(series, days, values, fetched_at=instant(ask.now).to_datetime64(), source="defillama", basis="measured")


def _day(second: int) -> dt.date:
    return dt.datetime.fromtimestamp(second, dt.UTC).date()


def _rows(payload: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    if not isinstance(payload, list) or not all(isinstance(row, dict) for row in payload):
        raise BadPayload("DefiLlama's history is no list of rows.")
    if not payload:
        raise NoData("DefiLlama sent an empty history.")
    return payload


def _pairs(payload: dict[str, Any], key: str) -> list[tuple[Any, Any]]:
    rows = payload.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise BadPayload(N_("DefiLlama's DEX overview has no {part}.", part=key))
    if not rows:
        raise NoData(N_("DefiLlama's DEX overview has an empty {part}.", part=key))
    return [(day, value) for day, value in rows]


def _total(pegs: Any) -> float:  # noqa: ANN401 - JSON
    if not isinstance(pegs, dict):
        raise BadPayload("DefiLlama's stablecoin row has no pegs.")
    return float(sum(value for value in pegs.values() if value is not None))


def _line(pairs: Iterable[tuple[Any, Any]]) -> Line:
    """Sorted (second, value); rows without a value are left out, as unknown is not zero."""
    try:
        return sorted((int(day), float(value)) for day, value in pairs if value is not None)
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        raise BadPayload(N_("DefiLlama's row cannot be read ({kind}).", kind=type(exc).__name__)) from exc


def together(symbol: str) -> str:
    """One overview answers all DEX volumes; everything else is a call of its own."""
    return "dex" if symbol.startswith("dex/") else symbol


SOURCE = Source(key="defillama", hosts=("stablecoins.llama.fi", "api.llama.fi"), workers=4, fetch=fetch, together=together)
