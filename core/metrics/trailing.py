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


def _before(values: Floats, window: int) -> Floats:
    """Sum of the `window` rows before each one."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    rows = np.arange(len(values))
    return np.asarray(running[rows] - running[np.maximum(rows - window, 0)], dtype=np.float64)


def _products(x: Floats, y: Floats, window: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Of the pairs before each row: their number, both means, and the sum of products of deviations; NaN under MIN_HISTORY pairs."""
    known = np.isfinite(x) & np.isfinite(y)
    a, b = np.where(known, x, 0.0), np.where(known, y, 0.0)
    count = _before(known.astype(np.float64), window)
    count = np.where(count >= MIN_HISTORY, count, np.nan)
    mean_a, mean_b = _before(a, window) / count, _before(b, window) / count
    return count, mean_a, mean_b, _before(a * b, window) - count * mean_a * mean_b


def moments(values: Floats, window: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the `window` rows before each one; a deviation of zero is NaN, since nothing can be measured in it."""
    count, mean, _, squares = _products(values, values, window)
    floor = _NOISE * np.cumsum(np.where(np.isfinite(values), values, 0.0) ** 2)
    return mean, np.sqrt(np.where(squares > floor, squares, np.nan) / (count - 1))


def zscores(values: Floats, window: int) -> Floats:
    """Each value in standard deviations of the `window` rows before it, from their mean."""
    mean, deviation = moments(values, window)
    return (values - mean) / deviation


def slope(y: Floats, x: Floats, window: int) -> tuple[Floats, Floats]:
    """Beta of y on x, and their correlation, over the `window` rows before each one in which both are known."""
    both = np.isfinite(x) & np.isfinite(y)
    y, x = np.where(both, y, np.nan), np.where(both, x, np.nan)
    together = _products(x, y, window)[3]
    freedom = _products(x, x, window)[0] - 1
    spread_x, spread_y = (moments(v, window)[1] ** 2 * freedom for v in (x, y))
    return together / spread_x, together / np.sqrt(spread_x * spread_y)


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
        size, known = np.abs(column), np.isfinite(column)
        line[len(line) - len(column) :] = np.where(known, np.searchsorted(np.sort(size[known]), size), unknown)
    last = np.ascontiguousarray(codes[:, window - 1 :])
    lead, step = np.zeros_like(last), np.empty_like(last)
    for k in range(window):
        np.subtract(codes[:, k : k + longest], last, out=step)
        lead += np.sign(step, out=step)
    return [_shares(line[longest - len(c) :], c, window) for line, c in zip(lead, columns, strict=True)]


def _shares(lead: npt.NDArray[np.signedinteger[Any]], values: Floats, window: int) -> Floats:
    """Mean rank in percent, from how many more of a window's rows lie above a value than below it (unknown ones counted as above)."""
    known = np.isfinite(values)
    count = _before(known.astype(np.float64), window - 1) + 1
    above = lead - (window - count)
    return np.where(known & (count >= MIN_HISTORY), (count - above + 1) / 2 / count * 100, np.nan)
