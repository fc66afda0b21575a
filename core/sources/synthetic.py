"""The demo market: five years of every series of the catalogue, ending with the sessions of 27 March 2026. No real prices.

Drawn from a fixed seed, so every call gives the same table on every machine and day. `fetched_at` equals `available_at`, as if each
value had been read the moment it could be known: every vintage of the past then shows what its reader could have seen.
"""

import numpy as np
import pandas as pd

from core.catalogue import SERIES, Series
from core.observations import available_at
from core.sessions import Instants
from core.sources.demo import america, china, crypto, onchain
from core.sources.demo.draws import Floats, Line, days
from core.units import Basis, Unit

SOURCE = "demo"
_DECIMALS = {Unit.RATE: 4, Unit.YIELD: 3, Unit.COUNT: 0, Unit.SCORE: 0}
# A snapshot is read at this time of its UTC day, so that the report cut at midnight knows it.
_SNAPSHOT = np.timedelta64(23 * 60 + 59, "m")


def observations() -> pd.DataFrame:
    """Every observation of the demo market in the catalogue's order, basis `synthetic`; a series ends with its last session."""
    market = _market()
    lengths = [len(market[s.key].dates) for s in SERIES]
    known = np.concatenate([_known_at(s, market[s.key].dates) for s in SERIES])
    return pd.DataFrame(
        {
            "series": _words([s.key for s in SERIES], lengths),
            "session": np.concatenate([market[s.key].dates for s in SERIES]).astype("datetime64[us]"),
            "value": np.concatenate([_rounded(s, market[s.key].values) for s in SERIES]),
            "available_at": known,
            "fetched_at": known.copy(),
            "source": _words([SOURCE], [len(known)]),
            "basis": _words([str(Basis.SYNTHETIC)], [len(known)]),
        }
    )


def _market() -> dict[str, Line]:
    """Levels of every series: the US first, then what follows it in time and what rests on it."""
    states = america.united_states()
    lines = states | america.currencies(states["spx"]) | china.china(states)
    lines |= crypto.prices(days("UTC"), states["spx"])
    move = crypto.tide(lines)
    lines |= onchain.stablecoins(move) | onchain.value_locked(move) | onchain.exchange_activity(move)
    lines |= crypto.totals(lines, lines["stablecoins"].values, move) | crypto.exchange_volumes(lines, move)
    return lines | crypto.sentiment(move) | crypto.derivatives(lines, move)


def _words(each: list[str], times: list[int]) -> pd.Series:
    """A text column in which every word stands that many times."""
    return pd.Series(each, dtype="str").repeat(times).reset_index(drop=True)


def _known_at(series: Series, sessions: Instants) -> Instants:
    if series.snapshot:
        return np.asarray(sessions.astype("datetime64[us]") + _SNAPSHOT, dtype="datetime64[us]")
    return available_at(series, sessions)


def _rounded(series: Series, values: Floats) -> Floats:
    """As many decimals as its upstream gives; amounts above a million in whole dollars or renminbi."""
    decimals = 0 if values[-1] > 1e6 else _DECIMALS.get(series.unit, 2)
    return np.round(values, decimals)
