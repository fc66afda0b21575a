"""The record of a metric, and what metrics are computed from.

Convention: a metric is one float64 array with a value per report date; unknown is NaN. Percentages are in percent. Rolling statistics
of a session use only sessions up to it; z-scores use only sessions before it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from core.language import N_
from core.metrics.trailing import MIN_HISTORY, rank_all
from core.panel import Floats, Panel
from core.sessions import Instants
from core.tracks import piecewise
from core.units import Basis, Unit

YEAR = {"UTC": 365}
YEAR_OF_SESSIONS = 250
SHORT_HISTORY = f"Not enough history: it needs at least {MIN_HISTORY} sessions."
# Why a high is not known, by calendar; the empty key is every other's.
SHORT_YEAR = {c: N_("Not enough history: a high needs a year of it, {n} sessions.", n=n) for c, n in {**YEAR, "": YEAR_OF_SESSIONS}.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One column of the table of metrics.

    `inputs` are the series that give it its provenance, the one whose session it belongs to first. `method` is one sentence. `compute`
    returns a value per report date. `basis` is `measured` only for a value taken from a source as it is. `sessions` gives the session per
    report date where it is not simply the latest known session of the first input. `unknown` says why there is no value where every input
    is there.
    """

    key: str
    label: str
    unit: Unit
    method: str
    inputs: tuple[str, ...]
    compute: Callable[["Features"], Floats]
    basis: Basis = Basis.DERIVED
    sessions: Callable[["Features"], Instants] | None = None
    unknown: str = SHORT_HISTORY


@dataclass
class Features:
    """A panel with what several metrics share: changes per session, and the metrics computed so far."""

    panel: Panel
    columns: dict[str, Floats] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    _changes: dict[str, Floats] = field(default_factory=dict)
    _ranks: dict[str, Floats] = field(default_factory=dict)

    def change(self, key: str) -> Floats:
        """Per session of a series: its change from the session before in percent, or in its own unit for yields and scores."""
        if key not in self._changes:
            self._changes[key] = _changes(self.panel, key)
        return self._changes[key]

    def rank(self, key: str) -> Floats:
        """Per session of a series: percentile of the size of its change in its trailing year. All series are ranked together."""
        if key not in self._ranks:
            window = year_of(self.panel, key)
            alike = [k for k in self.panel.tracks if year_of(self.panel, k) == window]
            pieces = [self.change(k)[piece] for k in alike for piece in self.panel.tracks[k].segments]
            ranked = iter(rank_all(pieces, window))
            self._ranks |= {k: np.concatenate([next(ranked) for _ in self.panel.tracks[k].segments]) for k in alike}
        return self._ranks[key]

    def within(self, key: str, statistic: Callable[..., Floats], *arrays: Floats) -> Floats:
        """A statistic of per-session arrays of a series, computed within each of its regimes and never across a break."""
        return piecewise(self.panel.tracks[key].segments, statistic, *arrays)

    def rows(self, key: str, values: Floats) -> Floats:
        """Per-session values as known at each report date."""
        return self.panel.rows(key, values)

    def __getitem__(self, metric: str) -> Floats:
        return self.columns[metric]

    @cached_property
    def nothing(self) -> Floats:
        """All unknown."""
        return np.full(len(self.panel.dates), np.nan)


@dataclass(frozen=True)
class MetricTable:
    """All metrics for all report dates of one panel. `columns[key]` is one array over `panel.dates`."""

    panel: Panel
    metrics: Mapping[str, Metric]
    columns: Mapping[str, Floats]
    features: Features

    def value(self, key: str, row: int) -> float | None:
        """The metric at a row; None where it is unknown."""
        v: float = self.columns[key].item(row)
        return v if math.isfinite(v) else None

    def row(self, row: int) -> dict[str, float | None]:
        """Every metric at a row; None where it is unknown."""
        finite, values = math.isfinite, self._side_by_side[:, row].tolist()
        return {key: v if finite(v) else None for key, v in zip(self.columns, values, strict=True)}

    @cached_property
    def _side_by_side(self) -> Floats:
        """Every column in one array: a report wants a value of each at once."""
        return np.stack(list(self.columns.values()))


def year_of(panel: Panel, key: str) -> int:
    """Sessions in a trailing year of a series' calendar."""
    return YEAR.get(panel.tracks[key].series.calendar, YEAR_OF_SESSIONS)


def percent(new: Floats, old: Floats) -> Floats:
    """Change from `old` to `new` in percent; NaN where the old value is zero or unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(old > 0, (new / old - 1) * 100, np.nan)


def _changes(panel: Panel, key: str) -> Floats:
    if key not in panel.tracks:
        return np.empty(0)
    track = panel.tracks[key]
    before = np.where(track.previous >= 0, track.values[track.previous], np.nan)
    return track.values - before if track.series.moves_in_points else percent(track.values, before)
