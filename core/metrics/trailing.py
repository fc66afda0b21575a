"""Trailing statistics of plain arrays: each row from what came before it, by running sums, so that ten years cost microseconds.

A window counts rows; unknown values (NaN) inside it are left out, and fewer than MIN_HISTORY known ones give NaN.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.panel import Floats

MIN_HISTORY = 60
# A variance below this share of all squares summed so far is what rounding leaves of a zero.
_NOISE = 1e-12
_SIDE_BY_SIDE = 8


def rolling(values: Floats, window: int, how: str, minimum: int | None = None) -> Floats:
    """A statistic of the `window` rows up to each one: `how` is a method of pandas' Rolling; fewer than `minimum` known values give NaN."""
    return np.asarray(getattr(pd.Series(values).rolling(window, min_periods=minimum or window), how)(), dtype=np.float64)


def _running(values: Floats | npt.NDArray[np.bool_]) -> Floats:
    """Sum of all rows before each one, and of all of them at the end."""
    running = np.zeros(len(values) + 1)
    np.cumsum(values, out=running[1:])
    return running


def _within(running: Floats, window: int) -> Floats:
    """Sum of the `window` rows before each one, from running sums."""
    sums = running[:-1].copy()
    sums[window:] -= running[: max(len(sums) - window, 0)]
    return sums


def _count(known: npt.NDArray[np.bool_], window: int) -> Floats:
    """How many of the `window` rows before each one are known; NaN under MIN_HISTORY."""
    count = _within(_running(known), window)
    count[count < MIN_HISTORY] = np.nan
    return count


def _moments(filled: Floats, count: Floats, window: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation before each row, of values with 0 where they are unknown; see `moments`."""
    mean = _within(_running(filled), window) / count
    running = _running(filled * filled)
    squares = _within(running, window) - count * mean * mean
    squares[~(squares > _NOISE * running[1:])] = np.nan
    return mean, np.sqrt(squares / (count - 1))


def moments(values: Floats, window: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the `window` rows before each one; a deviation of zero is NaN, since nothing can be measured in it."""
    known = np.isfinite(values)
    return _moments(np.where(known, values, 0.0), _count(known, window), window)


def zscores(values: Floats, window: int) -> Floats:
    """Each value in standard deviations of the `window` rows before it, from their mean."""
    mean, deviation = moments(values, window)
    return (values - mean) / deviation


def slope(y: Floats, x: Floats, window: int) -> tuple[Floats, Floats]:
    """Beta of y on x, and their correlation, over the `window` rows before each one in which both are known."""
    both = np.isfinite(x) & np.isfinite(y)
    a, b, count = np.where(both, x, 0.0), np.where(both, y, 0.0), _count(both, window)
    (mean_a, deviation_a), (mean_b, deviation_b) = _moments(a, count, window), _moments(b, count, window)
    together = _within(_running(a * b), window) - count * mean_a * mean_b
    freedom = count - 1
    spread_a, spread_b = deviation_a**2 * freedom, deviation_b**2 * freedom
    return together / spread_a, together / np.sqrt(spread_a * spread_b)


def ranks(values: Floats, window: int) -> Floats:
    """Percentile (0 to 100) of each |value| among the `window` |values| up to and with it; equal ones share their mean rank."""
    return rank_all([values], window)[0]


def rank_all(columns: Sequence[Floats], window: int) -> list[Floats]:
    """`ranks` of several arrays at once: side by side they need far fewer steps than one after the other."""
    together = [_rank_block(columns[i : i + _SIDE_BY_SIDE], window) for i in range(0, len(columns), _SIDE_BY_SIDE)]
    return [ranked for block in together for ranked in block]


def _rank_block(columns: Sequence[Floats], window: int) -> list[Floats]:
    longest = max(len(c) for c in columns)
    kind, unknown = (np.int16, 2**14) if longest < 2**14 else (np.int32, 2**30)
    codes = np.full((len(columns), window - 1 + longest), unknown, dtype=kind)
    for line, column in zip(codes, columns, strict=True):
        known = np.isfinite(column)
        line[len(line) - len(column) :][known] = _places(np.abs(column[known]))
    last = np.ascontiguousarray(codes[:, window - 1 :])
    lead, step = np.zeros_like(last), np.empty_like(last)
    for k in range(window):
        np.subtract(codes[:, k : k + longest], last, out=step)
        lead += np.sign(step, out=step)
    return [_shares(line[longest - len(c) :], c, window) for line, c in zip(lead, columns, strict=True)]


def _places(sizes: Floats) -> npt.NDArray[np.int64]:
    """How many are smaller than each one: where it stands once they are sorted, equal ones in one place."""
    order = np.argsort(sizes)
    ascending, place, placed = sizes[order], np.arange(len(sizes)), np.empty(len(sizes), dtype=np.int64)
    place[1:] *= ascending[1:] != ascending[:-1]
    placed[order] = np.maximum.accumulate(place)
    return placed


def _shares(lead: npt.NDArray[np.signedinteger[Any]], values: Floats, window: int) -> Floats:
    """Mean rank in percent, from how many more of a window's rows lie above a value than below it (unknown ones counted as above)."""
    known = np.isfinite(values)
    count = _within(_running(known), window - 1) + 1
    above = lead - (window - count)
    return np.where(known & (count >= MIN_HISTORY), (count - above + 1) / 2 / count * 100, np.nan)
