"""Metrics over a market as a whole: its indices' mean, how many rise, advancers and decliners."""

from collections.abc import Callable

import numpy as np

from core.catalogue import group
from core.language import N_
from core.metrics.metric import Features, Metric
from core.metrics.trailing import ranks, zscores
from core.panel import Floats
from core.units import Unit

SECTORS = tuple(s.key for s in group("us_sector"))
# The three indices by which a market is read, broad one first.
TRIOS = {"us": ("spx", "ndx", "dow"), "hk": ("hsi", "hscei", "hstech"), "cn": ("sse", "szse", "chinext")}
NAMES = {"us": "US", "hk": "Hong Kong", "cn": "A-share"}


def _same_session(f: Features, keys: tuple[str, ...]) -> Floats:
    """Changes of several series as a matrix (rows × series); NaN where a series' latest session is not the first one's."""
    first = f.panel.sessions(keys[0])
    return np.column_stack([np.where(f.panel.sessions(k) == first, f[f"{k}.change"], np.nan) for k in keys])


def _mean(keys: tuple[str, ...]) -> Callable[[Features], Floats]:
    return lambda f: _same_session(f, keys).mean(axis=1)


def _rising(keys: tuple[str, ...]) -> Callable[[Features], Floats]:
    def count(f: Features) -> Floats:
        moves = _same_session(f, keys)
        return np.where(np.isnan(moves).any(axis=1), np.nan, (moves > 0).sum(axis=1))

    return count


def _breadth_sessions(f: Features) -> tuple[Floats, Floats]:
    """A-share advancers and all shares counted, per session of the advancers; NaN where a count of that session is missing."""
    tracks = [f.panel.tracks.get(k) for k in ("cn_advancers", "cn_decliners", "cn_unchanged")]
    if any(t is None for t in tracks):
        return np.empty(0), np.empty(0)
    base = tracks[0].sessions  # type: ignore[union-attr]
    counts = []
    for t in tracks:
        at = t.on(base)  # type: ignore[union-attr]
        counts.append(np.where(at >= 0, t.values[at], np.nan))  # type: ignore[union-attr]
    total = counts[0] + counts[1] + counts[2]
    return counts[0], np.where(total > 0, total, np.nan)


def advance_share(f: Features) -> Floats:
    """Share of A-shares that rose, in percent, per session."""
    up, total = _breadth_sessions(f)
    return up / total * 100


def _over_sessions(statistic: Callable[[Floats], Floats]) -> Callable[[Features], Floats]:
    def rows(f: Features) -> Floats:
        values = advance_share(f)
        return f.rows("cn_advancers", f.within("cn_advancers", statistic, values)) if len(values) else f.nothing

    return rows


BREADTH = ("cn_advancers", "cn_decliners", "cn_unchanged")

METRICS: tuple[Metric, ...] = (
    *(
        Metric(
            key=f"{market}.mean", label=N_("{market} mean change", market=NAMES[market]), unit=Unit.PERCENT, inputs=trio, compute=_mean(trio),
            method="Mean change of the market's three indices in the same session; unknown where one is missing.",
        )
        for market, trio in TRIOS.items()
    ),
    *(
        Metric(
            key=f"{market}.indices_up", label=N_("{market} indices up", market=NAMES[market]), unit=Unit.COUNT, inputs=trio, compute=_rising(trio),
            method="How many of the market's three indices rose in the same session.",
        )
        for market, trio in TRIOS.items()
    ),
    Metric(
        key="us.sectors_up", label="S&P sectors up", unit=Unit.COUNT, inputs=SECTORS, compute=_rising(SECTORS),
        method="How many of the eleven SPDR sector funds rose in the same session; unknown where one is missing.",
    ),
    Metric(
        key="us.sector_mean", label="Mean sector change", unit=Unit.PERCENT, inputs=SECTORS, compute=_mean(SECTORS),
        method="Unweighted mean change of the eleven SPDR sector funds in the same session.",
    ),
    Metric(
        key="cn.advance_share", label="Share of A-shares that rose", unit=Unit.SHARE, inputs=BREADTH,
        compute=_over_sessions(lambda v: v),
        method="Advancers divided by advancers, decliners and unchanged together.",
    ),
    Metric(
        key="cn.advance_share.rank", label="Distance of A-share breadth from one half in its year", unit=Unit.PERCENTILE, inputs=BREADTH,
        compute=_over_sessions(lambda v: ranks(v - 50, 250)),
        method="Percentile of the distance of the advance share from 50% among those of the trailing 250 sessions.",
    ),
    Metric(
        key="cn.advance_share.z", label="A-share breadth against its history", unit=Unit.SIGMA, inputs=BREADTH,
        compute=_over_sessions(lambda v: zscores(v, 250)),
        method="Advance share less its mean, in standard deviations, both over the 250 sessions before (at least 60).",
    ),
)  # fmt: skip
