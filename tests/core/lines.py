"""Small markets made by hand: a few observations of a few series, and the metrics over them."""

import numpy as np
import pandas as pd

from core import observations
from core.catalogue import BY_KEY
from core.metrics import compute
from core.panel import build
from core.sessions import schedule


def days(first, count=None, last=None, calendar="UTC"):
    """Sessions of a calendar from a date on."""
    dates = schedule(calendar).dates
    dates = dates[dates >= np.datetime64(first)]
    return dates[:count] if last is None else dates[dates <= np.datetime64(last)]


def line(key, sessions, values, fetched="2030-01-01", source="test", basis="measured"):
    """Observations of one series."""
    return observations.frame(
        BY_KEY[key], np.array(sessions, dtype="datetime64[D]"), np.array(values, dtype="float64"),
        fetched_at=np.datetime64(fetched, "us"), source=source, basis=basis,
    )  # fmt: skip


def together(*lines):
    return pd.concat(lines, ignore_index=True) if lines else observations.empty()


def panel_of(*lines, dates, edition="morning", asof=None):
    return build(together(*lines), "test", edition, np.array(dates, dtype="datetime64[D]"), asof)


def table_of(*lines, dates, edition="morning", asof=None):
    return compute(panel_of(*lines, dates=dates, edition=edition, asof=asof))


def wander(key, first, count, seed=0, start=100.0, size=0.01):
    """A random walk on the sessions of a series' calendar."""
    sessions = days(first, count, calendar=BY_KEY[key].calendar)
    steps = np.random.default_rng(seed).normal(0, size, len(sessions))
    return line(key, sessions, start * np.exp(np.cumsum(steps)))
