"""One change set against another that could have moved it: the usual answer, how sure it is, and what today's left unexplained.

The interval of a correlation is Fisher's: its inverse hyperbolic tangent is close to normal with standard error 1/√(n−3) (R. A. Fisher, 1921).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.metrics.trailing import MIN_HISTORY, moments, rolling, slope
from core.panel import Floats, Positions, Track
from core.tracks import runs

CONFIDENCE = 95
_STEPS = NormalDist().inv_cdf(0.5 + CONFIDENCE / 200)


@dataclass(frozen=True, slots=True)
class Fit:
    """The usual answer at each session, from the sessions before it; all arrays have one length.

    `low` and `high` bound the correlation with 95% confidence; `count` is the number of pairs behind it, 0 where there are none.
    """

    beta: Floats
    correlation: Floats
    low: Floats
    high: Floats
    count: Floats


def fit(y: Floats, x: Floats, window: int) -> Fit:
    """Regression of y on x over the `window` sessions before each one; unknown under 60 pairs, with their number known all the same."""
    beta, correlation = slope(y, x, window)
    known = np.concatenate([[0.0], np.isfinite(x) & np.isfinite(y)])[: len(y)]
    count = rolling(known, window, "sum", 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, half = np.arctanh(correlation), _STEPS / np.sqrt(count - 3)
    return Fit(beta, correlation, np.tanh(middle - half), np.tanh(middle + half), count)


def answers(y: Floats, x: Floats, window: int, pieces: tuple[slice, ...]) -> dict[str, Floats]:
    """All measures of y's answer to x by name, per session, each from within its own one of `pieces`.

    `residual_sd` is the spread of what earlier answers left unexplained, each measured against the beta known before it; `held` the share
    (percent) of answers up to this one that stayed within one such spread.
    """
    found = [_answers(y[piece], x[piece], window) for piece in pieces]
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _answers(y: Floats, x: Floats, window: int) -> dict[str, Floats]:
    found = fit(y, x, window)
    implied = found.beta * x
    residual = y - implied
    spread = moments(residual, window)[1]
    z = residual / spread
    held = rolling(np.where(np.isfinite(z), np.abs(z) <= 1, np.nan) * 100, window, "mean", MIN_HISTORY)
    return {
        "beta": found.beta, "corr": found.correlation, "corr_low": found.low, "corr_high": found.high, "n": found.count, "implied": implied,
        "residual_sd": spread, "residual_z": z, "held": held,
    }  # fmt: skip


def regimes(follower: Track, leader: Track, index: Positions) -> tuple[slice, ...]:
    """Stretches of the follower's sessions in which neither it nor the leader (at `index`, −1 where unknown) has a regime break."""
    led = leader.segment[np.maximum.accumulate(np.clip(index, 0, None))]
    return runs(follower.segment * (int(leader.segment.max()) + 1) + led)


def over_the_same_dates(of: Track, like: Track) -> Floats:
    """Per session of `like`: the move of `of` in percent between the dates of that session and of the one before; NaN without both."""
    new = of.on(like.sessions)
    return of.moved(np.where(like.previous >= 0, new[like.previous], -1), new)
