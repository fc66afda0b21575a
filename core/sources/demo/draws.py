"""Random building blocks of the demo market: fat tails, volatility that clusters, mean reversion, paths through waypoints.

Every name has a stream of its own, so that a new series leaves the others as they were. Returns are natural logarithms.
"""

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.sessions import Instants, schedule

Floats = npt.NDArray[np.float64]
Waypoints = tuple[tuple[str, float], ...]

FIRST = dt.date(2021, 3, 29)
LAST = dt.date(2026, 3, 27)
_SEED = 20261812  # of the seeds tried, one whose 26 March is an ordinary day in every market
_TAIL = 4  # degrees of freedom of Student's t, as usual for daily equity returns
_FARTHEST = 6.0  # standard deviations: the tail is cut there, so that no draw leaves a series' plausible bounds
_CALMEST, _WILDEST = 0.2, 6.0  # bounds of the conditional variance, around its mean of 1


class Line(NamedTuple):
    """One series: `dates` datetime64[D] and as many `values` in the series' unit."""

    dates: Instants
    values: Floats


def stream(name: str) -> np.random.Generator:
    """The random stream of that name, the same on every machine."""
    return np.random.Generator(np.random.PCG64([_SEED, *name.encode()]))


def days(calendar: str) -> Instants:
    """The sessions of a calendar that the demo market covers."""
    every = schedule(calendar).dates
    return every[(every >= np.datetime64(FIRST)) & (every <= np.datetime64(LAST))]


def student(name: str, count: int) -> Floats:
    """Fat-tailed shocks of unit variance (before the far tail is cut)."""
    draws = stream(name).standard_t(_TAIL, count) / math.sqrt(_TAIL / (_TAIL - 2))
    return np.clip(draws, -_FARTHEST, _FARTHEST)


def clustered(name: str, count: int, leverage: float = 0.0) -> Floats:
    """Fat-tailed shocks of mean 0 and variance 1 whose volatility clusters.

    A GJR-GARCH(1,1) recursion (Glosten, Jagannathan, Runkle 1993); `leverage` is how much more a fall adds to tomorrow's variance.
    """
    variance, moves = 1.0, []
    for shock in student(name, count).tolist():
        move = math.sqrt(variance) * shock
        moves.append(move)
        surprise = (0.07 + (leverage if move < 0 else 0.0)) * move * move
        variance = min(max(0.04 + surprise + (0.89 - leverage / 2) * variance, _CALMEST), _WILDEST)
    series = np.array(moves)
    return np.asarray((series - series.mean()) / series.std(), dtype=np.float64)


def reverting(shocks: Floats, memory: float) -> Floats:
    """First-order autoregression around zero: each value is `memory` times the one before, plus its shock."""
    value, path = 0.0, []
    for shock in shocks.tolist():
        value = memory * value + shock
        path.append(value)
    return np.array(path)


def bridge(dates: Instants, returns: Floats, waypoints: Waypoints) -> Floats:
    """Levels that follow `returns` and pass through every (ISO date, level): only the drift between two waypoints is changed."""
    path = np.cumsum(returns)
    at = np.searchsorted(dates, np.array([day for day, _ in waypoints], dtype="datetime64[D]")).clip(0, len(dates) - 1)
    missing = np.log([level for _, level in waypoints]) - path[at]
    return np.asarray(np.exp(path + np.interp(np.arange(len(path)), at, missing)), dtype=np.float64)


def log_returns(levels: Floats) -> Floats:
    """One-session log returns, 0 for the first session."""
    return np.diff(np.log(levels), prepend=math.log(levels[0]))


def placed(line: Line, onto: Instants) -> Floats:
    """Values of a line on other dates, 0 where it has no session."""
    at = np.searchsorted(line.dates, onto).clip(0, len(line.dates) - 1)
    return np.where(line.dates[at] == onto, line.values[at], 0.0)
