"""The past days most like a report's: nearest by the standardised moves of the day, each with its later sessions over.

A day is the vector of the z-scores in VECTOR as its report showed them. A move counts as the day's only if its market is up to date and its
session lies at most three days before the report's date, so that Friday's still stand on Monday but not through a week of holidays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.metrics import MetricTable
from core.metrics.metric import Features
from core.panel import Floats, Positions
from core.sessions import schedule

# Metric and the series whose session it belongs to.
VECTOR = (
    ("spx.z", "spx"), ("ndx.z", "ndx"), ("rut.z", "rut"), ("vix.z", "vix"), ("us10y.z", "us10y"), ("dxy.z", "dxy"), ("gold.z", "gold"),
    ("usdcny.z", "usdcny"), ("hsi.z", "hsi"), ("hstech.z", "hstech"), ("sse.z", "sse"), ("chinext.z", "chinext"), ("btc.z", "btc"),
    ("eth.z", "eth"), ("stable.flow_z", "stablecoins"), ("tvl.z", "tvl"),
)  # fmt: skip
# Series whose later sessions are told, and how far.
OUTCOMES = ("spx", "hsi", "sse", "btc")
HORIZONS = (1, 5, 10, 20)
LEAST_KNOWN = 10
APART = 5
MOST = 20
# A move beyond this many standard deviations counts as this many, so that no single one decides who is alike.
_WIDEST = 4.0
_OLDEST = np.timedelta64(3, "D")
# Days this far apart stand for two ordinary days.
_UNRELATED = 100

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Alike:
    """The days most like a row's, nearest first. `rows` are rows of the table, `distance` is in σ per move, `sessions` counts New York sessions.

    `known` of the vector's moves are the day's own; fewer than LEAST_KNOWN, and nothing is compared. `candidates` days could have been chosen;
    `ordinary` is the usual distance of two days, which says how alike the nearest really are.
    """

    rows: Positions
    distance: Floats
    sessions: Positions
    known: int
    candidates: int
    ordinary: float


def vectors(table: MetricTable) -> Floats:
    """Report dates × moves, in σ and no wider than four; NaN where a move is not the day's. Made once per table."""
    shelf = table.features.shared
    if "memory: vectors" not in shelf:
        shelf["memory: vectors"] = np.column_stack([_moves(table.features, metric, series) for metric, series in VECTOR])
    found: Floats = shelf["memory: vectors"]
    return found


def _moves(f: Features, metric: str, series: str) -> Floats:
    panel = f.panel
    with np.errstate(invalid="ignore"):
        current = (panel.dates - panel.sessions(series) <= _OLDEST) & (panel.missed(series) == 0)
    return np.where(current, np.clip(f[metric], -_WIDEST, _WIDEST), np.nan)


def apart(one: Floats, other: Floats) -> Floats:
    """Distances of days (last axis: moves): root mean square difference over the moves known on both; NaN where they are too few."""
    difference = one - other
    known = np.isfinite(difference)
    count = known.sum(axis=-1)
    squares = np.where(known, difference, 0.0) ** 2
    return np.where(count >= LEAST_KNOWN, np.sqrt(squares.sum(axis=-1) / np.maximum(count, 1)), np.nan)


def sessions_of(table: MetricTable) -> Positions:
    """For each row: the number of New York's last closed session, by which days are told apart."""
    return schedule("XNYS").last_closed(table.panel.cutoffs)


def forward(table: MetricTable, series: str, rows: Positions, h: int, until: int) -> Floats:
    """Return in percent over the h sessions after each row's last known close, as known at row `until`; NaN where they are not over."""
    if not table.panel.has(series):
        return np.full(len(rows), np.nan)
    track, position = table.panel.tracks[series], table.panel.position(series)
    return _ahead(track.values, track.ordinals, position[rows], h, int(position[until]))


def every(table: MetricTable, series: str, h: int, until: int) -> Floats:
    """The same return after every session of the series that was over at row `until`: what follows any day."""
    if not table.panel.has(series):
        return np.empty(0)
    track, last = table.panel.tracks[series], int(table.panel.position(series)[until])
    found = _ahead(track.values, track.ordinals, np.arange(last + 1), h, last)
    return found[np.isfinite(found)]


def _ahead(values: Floats, ordinals: Positions, start: Positions, h: int, last: int) -> Floats:
    begin = np.maximum(start, 0)
    wanted = ordinals[begin] + h
    end = np.minimum(np.searchsorted(ordinals, wanted), len(values) - 1)
    over = (start >= 0) & (ordinals[end] == wanted) & (end <= last)
    return np.where(over, (values[end] / values[begin] - 1) * 100, np.nan)


def over(table: MetricTable, row: int) -> Mask:
    """Rows before `row` whose longest forward window had ended at its cutoff, in every series that is stored."""
    ended = np.arange(len(table.panel.dates)) < row
    for series in OUTCOMES:
        if table.panel.has(series):
            at, ordinals = table.panel.position(series), table.panel.tracks[series].ordinals
            numbers = np.where(at >= 0, ordinals[at], np.iinfo(np.int64).min // 2)
            ended &= numbers + HORIZONS[-1] <= numbers[row]
    return ended


def alike(table: MetricTable, row: int, count: int = MOST) -> Alike:
    """The days before a row most like it, at least five sessions apart."""
    return nearest(vectors(table), sessions_of(table), over(table, row), row, count)


def nearest(days: Floats, sessions: Positions, allowed: Mask, row: int, count: int) -> Alike:
    """The rows among `allowed` whose vectors lie nearest to that of `row`."""
    known = int(np.isfinite(days[row]).sum())
    distance = np.where(allowed, apart(days, days[row]), np.nan)
    order = np.argsort(distance, kind="stable")[: int(np.isfinite(distance).sum())]
    chosen = spaced(order, sessions, APART, count)
    past = days[:row]
    pairs = apart(past[_UNRELATED:], past[:-_UNRELATED]) if len(past) > _UNRELATED else np.empty(0)
    pairs = pairs[np.isfinite(pairs)]
    return Alike(chosen, distance[chosen], sessions[chosen], known, len(order), float(np.median(pairs)) if len(pairs) else float("nan"))


def spaced(order: Positions, sessions: Positions, least: int, count: int) -> Positions:
    """The first of `order` that are at least `least` sessions from each one taken before them, at most `count`.

    >>> spaced(np.array([4, 3, 0, 1]), np.array([0, 1, 2, 5, 9]), 4, 9).tolist()
    [4, 3, 0]
    """
    kept: list[int] = []
    for i in order.tolist():
        if len(kept) == count:
            break
        if all(abs(int(sessions[i] - sessions[k])) >= least for k in kept):
            kept.append(i)
    return np.array(kept, dtype=np.int64)
