"""The one table that every dataset hands over: observations, one row per value and vintage.

| column | type | meaning |
|---|---|---|
| series | str | key in the catalogue |
| session | datetime64[us] | date the value belongs to (midnight, no zone) |
| value | float64 | in the series' unit, never NaN |
| available_at | datetime64[us] | UTC instant from which the value could be known |
| fetched_at | datetime64[us] | UTC instant at which we read it |
| source | str | provider, and venue where there are several: `exchanges:kraken` |
| basis | str | `measured`, `published` or `synthetic` |
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.catalogue import Series
from core.sessions import Instants, schedule

COLUMNS = ("series", "session", "value", "available_at", "fetched_at", "source", "basis")
_TYPES = {
    "series": "str", "session": "datetime64[us]", "value": "float64", "available_at": "datetime64[us]", "fetched_at": "datetime64[us]",
    "source": "str", "basis": "str",
}  # fmt: skip


def empty() -> pd.DataFrame:
    """A table of no observations."""
    return pd.DataFrame({c: pd.Series(dtype=t) for c, t in _TYPES.items()})


def frame(series: Series, sessions: Instants, values: np.ndarray, *, fetched_at: np.datetime64, source: str, basis: str) -> pd.DataFrame:
    """Observations of one series; `sessions` are dates. Availability comes from the series' calendar."""
    days = sessions.astype("datetime64[D]")
    return pd.DataFrame(
        {
            "series": pd.Series([series.key] * len(days), dtype="str"),
            "session": days.astype("datetime64[us]"),
            "value": np.asarray(values, dtype="float64"),
            "available_at": available_at(series, days),
            "fetched_at": np.full(len(days), fetched_at, dtype="datetime64[us]"),
            "source": pd.Series([source] * len(days), dtype="str"),
            "basis": pd.Series([basis] * len(days), dtype="str"),
        }
    )


def available_at(series: Series, sessions: Instants) -> Instants:
    """UTC instants from which the values of `sessions` could be known: the close, plus the series' delay."""
    plan = schedule(series.calendar)
    position = np.clip(plan.ordinals(sessions), 0, None)
    return plan.closes[position] + np.timedelta64(series.available_after)


def unsettled(series: Series, sessions: Instants, fetched_at: Instants) -> npt.NDArray[np.bool_]:
    """Which values were read while the upstream still changed them: before `series.provisional` further sessions had ended."""
    plan = schedule(series.calendar)
    position = np.clip(plan.ordinals(sessions), 0, None)
    settled = plan.closes[np.minimum(position + series.provisional, len(plan.closes) - 1)]
    return np.asarray((fetched_at < settled) & bool(series.provisional))
