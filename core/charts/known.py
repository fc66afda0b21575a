"""What was known of a series at a report's row: the only door through which charts see observations."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.catalogue import supplier
from core.figures import Figures
from core.language import N_, join
from core.metrics import MetricTable
from core.panel import Floats
from core.records import Figure, Report
from core.sessions import Instants
from core.wording import NA, weekday

# Names that fit beside a bar on a phone.
_SHORT = {
    "nasdaq": "Nasdaq Comp.", "btc": "BTC", "eth": "ETH", "xlc": "Communication", "xly": "Consumer discr.", "xlp": "Consumer staples",
    "us10y": "10-year yield", "total_cap": "Crypto market cap", "dex_pancakeswap": "PancakeSwap V3", "dex_aerodrome": "Aerodrome",
    "dex": "All DEXs", "tvl": "All DeFi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A series up to a row, oldest first; all arrays have one length. `changes` are in percent or the series' own unit."""

    key: str
    sessions: Instants
    values: Floats
    changes: Floats
    sources: tuple[str, ...]


def row_of(table: MetricTable, report: Report) -> int:
    """The report's row in the table of metrics."""
    return table.panel.row(report.date)


def known(table: MetricTable, key: str, row: int, count: int = 400) -> Known | None:
    """The last `count` observations of a series known at a row; None where there is none."""
    at = int(table.panel.position(key)[row])
    if at < 0:
        return None
    track = table.panel.tracks[key]
    first = max(track.begin(at), at + 1 - count)
    part = slice(first, at + 1)
    sources = tuple(provider(str(s)) for s in track.source[part])
    return Known(key, track.sessions[part], track.values[part], table.features.change(key)[part], sources)


def figure(table: MetricTable, key: str, row: int) -> Figure:
    """The figure of a metric at a row, with its provenance."""
    return Figures(table, row)[key]


@lru_cache(maxsize=512)
def provider(source: str) -> str:
    """A source as readers know it: `yahoo, exchanges:kraken` → `Yahoo Finance, Kraken`."""
    behind = ((part, supplier(part)) for part in source.split(", "))
    return join(", ", (p.name if p else part for part, p in behind))


def short(key: str) -> str:
    """A series' name, short enough for a phone."""
    return _SHORT.get(key) or SERIES[key].short


def iso(session: np.datetime64) -> str:
    """A session's date as a chart reads it."""
    return str(session.astype("datetime64[D]"))


def date(session: np.datetime64) -> dt.date:
    """A session's date."""
    made: dt.date = session.astype("datetime64[D]").item()
    return made


@lru_cache(maxsize=8192)
def when(session: np.datetime64 | dt.date | None) -> str:
    """A session as a tooltip shows it: `Fri 27 Mar 2026`."""
    if session is None or (isinstance(session, np.datetime64) and np.isnat(session)):
        return NA
    day = session if isinstance(session, dt.date) else date(session)
    return N_("{date} {year}", date=weekday(day), year=day.year)


def tiny(key: str) -> str:
    """A series' name where a few letters must do."""
    return {"sse": "SSE", "szse": "SZSE", "us10y": "10-year", "dxy": "Dollar", "stablecoins": "Stablecoins"}.get(key, short(key))
