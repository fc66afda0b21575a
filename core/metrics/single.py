"""Metrics of one series: level, change, how unusual the change is, and how far the level is from its highs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalogue import SERIES, Series
from core.language import N_
from core.metrics.metric import SHORT_HISTORY, SHORT_YEAR, Features, Metric, percent, year_of
from core.metrics.trailing import rolling, zscores
from core.panel import Floats
from core.units import Basis, Unit

_WEEK = 5
_POINT_UNITS = {Unit.YIELD: Unit.PP, Unit.SCORE: Unit.COUNT}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """A metric that every series of some kind has."""

    suffix: str
    label: str
    method: str
    compute: Callable[[Features, str], Floats]
    unit: Callable[[Series], Unit]
    basis: Basis = Basis.DERIVED
    applies: Callable[[Series], bool] = lambda _: True
    unknown: Callable[[Series], str] = lambda _: SHORT_HISTORY


def _level(f: Features, key: str) -> Floats:
    return f.panel.tracks[key].values


def _zscore(f: Features, key: str) -> Floats:
    return f.within(key, lambda change: zscores(change, year_of(f.panel, key)), f.change(key))


def _rank(f: Features, key: str) -> Floats:
    return f.rank(key)


def _five(f: Features, key: str) -> Floats:
    track = f.panel.tracks[key]
    first = np.arange(len(track.values))
    for _ in range(_WEEK):
        first = np.where(first >= 0, track.previous[first], -1)
    old = np.where(first >= 0, track.values[first], np.nan)
    return track.values - old if track.series.moves_in_points else percent(track.values, old)


def _from_high(f: Features, key: str) -> Floats:
    window = year_of(f.panel, key)
    return f.within(key, lambda values: (values / rolling(values, window, "max") - 1) * 100, _level(f, key))


def _from_record(f: Features, key: str) -> Floats:
    year = year_of(f.panel, key)

    def below(values: Floats) -> Floats:
        return np.where(np.arange(len(values)) >= year - 1, (values / np.maximum.accumulate(values) - 1) * 100, np.nan)

    return f.within(key, below, _level(f, key))


def _flow(f: Features, key: str) -> Floats:
    track = f.panel.tracks[key]
    return np.where(track.previous >= 0, track.values - track.values[track.previous], np.nan)


def _year_needed(s: Series) -> str:
    return SHORT_YEAR.get(s.calendar, SHORT_YEAR[""])


def _priced(s: Series) -> bool:
    return s.group.endswith("_index") or s.group in {"us_sector", "macro", "crypto", "tvl", "stablecoin", "fx"}


_MEASURES = (
    _Measure(suffix="close", label="{label}", method="{method}", compute=_level, unit=lambda s: s.unit, basis=Basis.MEASURED),
    _Measure(
        suffix="change", label="{label} change", compute=lambda f, k: f.change(k),
        method="Change of {label} from the session before; unknown where that session is not stored.",
        unit=lambda s: _POINT_UNITS.get(s.unit, Unit.PERCENT) if s.moves_in_points else Unit.PERCENT,
    ),
    _Measure(
        suffix="z", label="{label} change against its history", compute=_zscore, unit=lambda _: Unit.SIGMA,
        method="Change of {label} less its mean, in standard deviations, both over the trailing year of sessions before it (at least 60).",
    ),
    _Measure(
        suffix="rank", label="Size of {label}'s change in its year", compute=_rank, unit=lambda _: Unit.PERCENTILE,
        method="Percentile of the size of {label}'s change among those of the trailing year (at least 60 sessions).",
    ),
    _Measure(
        suffix="week", label="{label} over 5 sessions", compute=_five,
        method="Change of {label} from five sessions before; unknown where one of the sessions between is not stored.",
        unit=lambda s: _POINT_UNITS.get(s.unit, Unit.PERCENT) if s.moves_in_points else Unit.PERCENT,
    ),
    _Measure(
        suffix="from_high", label="{label} from 52-week high", compute=_from_high, unit=lambda _: Unit.PERCENT, applies=_priced, unknown=_year_needed,
        method="Level of {label} against its highest close of the trailing year of sessions, itself included; 0 means a new high.",
    ),
    _Measure(
        suffix="from_record", label="{label} from highest stored close", compute=_from_record, unit=lambda _: Unit.PERCENT, applies=_priced,
        unknown=_year_needed, method="Level of {label} against its highest close since the stored history begins; needs a year of history.",
    ),
    _Measure(
        suffix="flow", label="{label} change in USD", compute=_flow, unit=lambda _: Unit.FLOW,
        applies=lambda s: s.group in {"stablecoin", "tvl", "tvl_chain"},
        method="Difference of {label} from the UTC day before, in US dollars.",
    ),
)  # fmt: skip


def _metric(series: Series, m: _Measure) -> Metric:
    def compute(f: Features) -> Floats:
        return f.rows(series.key, m.compute(f, series.key)) if f.panel.has(series.key) else f.nothing

    return Metric(
        key=f"{series.key}.{m.suffix}", label=N_(m.label, label=series.label), unit=m.unit(series), inputs=(series.key,), basis=m.basis,
        method=N_(m.method, label=series.label, method=series.method), compute=compute, unknown=m.unknown(series),
    )  # fmt: skip


METRICS: tuple[Metric, ...] = tuple(_metric(s, m) for s in SERIES for m in _MEASURES if m.applies(s))
