"""Metrics that set one index against another of the same session, and an index against round numbers."""

from collections.abc import Callable

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.metric import Features, Metric
from core.panel import Floats
from core.units import Unit

# Within one market: (key, ahead, against).
WITHIN = (
    ("hk.soe_broad", "hscei", "hsi"),
    ("hk.tech_broad", "hstech", "hsi"),
    ("cn.szse_sse", "szse", "sse"),
    ("cn.chinext_sse", "chinext", "sse"),
    ("us.ndx_spx", "ndx", "spx"),
)
# Across markets on the tape (latest session of each, side by side): (key, one, other).
TAPE = (
    ("hk.hsi_dow", "hsi", "dow"),
    ("hk.hscei_spx", "hscei", "spx"),
    ("hk.hstech_ndx", "hstech", "ndx"),
    ("cn.sse_hsi", "sse", "hsi"),
    ("cn.szse_hstech", "szse", "hstech"),
)
ROUND_LEVELS = {"sse": 500.0, "szse": 1_000.0, "chinext": 250.0}


def _within(a: str, b: str) -> Callable[[Features], Floats]:
    return lambda f: np.where(f.panel.sessions(a) == f.panel.sessions(b), f[f"{a}.change"] - f[f"{b}.change"], np.nan)


def _tape(a: str, b: str) -> Callable[[Features], Floats]:
    def difference(f: Features) -> Floats:
        current = (f.panel.missed(a) == 0) & (f.panel.missed(b) == 0)
        return np.where(current, f[f"{a}.change"] - f[f"{b}.change"], np.nan)

    return difference


def _nearest(key: str, step: float) -> Callable[[Features], Floats]:
    return lambda f: np.maximum(np.round(f[f"{key}.close"] / step), 1) * step


def _distance(key: str) -> Callable[[Features], Floats]:
    return lambda f: (f[f"{key}.round_level"] / f[f"{key}.close"] - 1) * 100


def _label(key: str) -> str:
    return SERIES[key].label


METRICS: tuple[Metric, ...] = (
    *(
        Metric(
            key=key, label=N_("{a} less {b}", a=_label(a), b=_label(b)), unit=Unit.PP, inputs=(a, b), compute=_within(a, b),
            method=N_("Change of {a} less change of {b} in the same session.", a=_label(a), b=_label(b)),
        )
        for key, a, b in WITHIN
    ),
    *(
        Metric(
            key=key, label=N_("{a} less {b} (tape)", a=_label(a), b=_label(b)), unit=Unit.PP, inputs=(a, b), compute=_tape(a, b),
            method=N_("Change of {a} less change of {b}, latest session of each; unknown if either is behind its calendar.", a=_label(a),
                      b=_label(b)),
        )
        for key, a, b in TAPE
    ),
    *(
        Metric(
            key=f"{key}.round_level", label=N_("Round level nearest to {series}", series=_label(key)), unit=Unit.POINTS, inputs=(key,),
            compute=_nearest(key, step), method=N_("Multiple of {step} points nearest to the close.", step=f"{step:,.0f}"),
        )
        for key, step in ROUND_LEVELS.items()
    ),
    *(
        Metric(
            key=f"{key}.round_distance", label=N_("{series} to its round level", series=_label(key)), unit=Unit.PERCENT, inputs=(key,),
            compute=_distance(key), method="Move from the close to the nearest round level; positive: the level lies above.",
        )
        for key in ROUND_LEVELS
    ),
)  # fmt: skip
