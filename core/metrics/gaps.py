"""The gaps that divergence rules watch: one leg against another, with what decides whether they may be compared at all.

A gap is unknown on a report date where a leg is unknown, where a leg is behind its own calendar, or where the two changes share less than a
quarter of the shorter one's span of time: such legs did not happen at the same time and are never subtracted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.language import N_
from core.metrics.breadth import BREADTH, SECTORS
from core.metrics.metric import YEAR_OF_SESSIONS, Features, Metric
from core.metrics.trailing import MIN_HISTORY, moments, ranks, zscores
from core.panel import Floats, Positions
from core.tracks import piecewise, runs
from core.units import Unit

Mask = npt.NDArray[np.bool_]

LEAST_OVERLAP = 25.0
_HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a gap: the metric subtracted, the series whose session it is, and what other series the metric rests on."""

    metric: str
    series: str
    label: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two legs. `combine` is minus, or plus for legs that usually move against each other.

    `aligned` says how the clock check measures the pair again: `dates` takes b over a's own dates, a link key takes b as the overnight
    lead of a.
    """

    key: str
    a: Leg
    b: Leg
    unit: Unit
    combine: str = "minus"
    aligned: str = ""

    @property
    def series(self) -> tuple[str, ...]:
        """Every series that the gap rests on, leg a's first."""
        return (self.a.series, self.b.series, *self.a.others, *self.b.others)


def _change(series: str, label: str) -> Leg:
    return Leg(f"{series}.change", series, label)


PAIRS = (
    Pair(key="us_crypto", a=_change("spx", "S&P 500"), b=_change("btc", "BTC"), unit=Unit.PP, aligned="dates"),
    Pair(key="cn_hk_broad", a=_change("sse", "SSE Composite"), b=_change("hsi", "Hang Seng"), unit=Unit.PP, aligned="dates"),
    Pair(key="cn_hk_tech", a=_change("szse", "SZSE Component"), b=_change("hstech", "HSTECH"), unit=Unit.PP, aligned="dates"),
    Pair(key="hk_us_broad", a=_change("hsi", "Hang Seng"), b=_change("spx", "S&P 500"), unit=Unit.PP, aligned="us_hk_broad"),
    Pair(key="hk_us_tech", a=_change("hstech", "HSTECH"), b=_change("ndx", "Nasdaq 100"), unit=Unit.PP, aligned="us_hk_tech"),
    Pair(key="soe_tech", a=_change("hscei", "HSCEI"), b=_change("hstech", "HSTECH"), unit=Unit.PP),
    Pair(key="dex_price", a=_change("dex", "DEX volume"), b=_change("btc", "BTC"), unit=Unit.PP),
    Pair(
        key="stable_price", a=Leg("stable.flow_z", "stablecoins", "stablecoin supply"), b=Leg("btc.z", "btc", "BTC"), unit=Unit.SIGMA,
    ),
    Pair(key="tvl_price", a=_change("tvl", "DeFi TVL"), b=_change("eth", "ETH"), unit=Unit.PP),
    Pair(key="us_breadth", a=_change("spx", "S&P 500"), b=Leg("us.sector_mean", "xlk", "mean sector", SECTORS[1:]), unit=Unit.PP),
    Pair(
        key="cn_breadth", a=Leg("sse.z", "sse", "SSE Composite"), b=Leg("cn.advance_share.z", "cn_advancers", "A-share breadth", BREADTH[1:]),
        unit=Unit.SIGMA,
    ),
    Pair(key="vix_spx", a=Leg("spx.z", "spx", "S&P 500"), b=Leg("vix.z", "vix", "VIX"), unit=Unit.SIGMA, combine="plus"),
    Pair(key="btc_eth", a=_change("btc", "BTC"), b=_change("eth", "ETH"), unit=Unit.PP),
    Pair(key="small_large", a=_change("rut", "Russell 2000"), b=_change("spx", "S&P 500"), unit=Unit.PP),
    Pair(key="gold_equities", a=_change("gold", "gold"), b=_change("spx", "S&P 500"), unit=Unit.PP, aligned="dates"),
    Pair(key="bonds_equities", a=Leg("us10y.z", "us10y", "10-year yield"), b=Leg("spx.z", "spx", "S&P 500"), unit=Unit.SIGMA),
    Pair(key="cn_growth", a=_change("chinext", "ChiNext"), b=_change("sse", "SSE Composite"), unit=Unit.PP),
    Pair(key="dollar_equities", a=_change("dxy", "dollar index"), b=_change("spx", "S&P 500"), unit=Unit.PP, aligned="dates"),
)  # fmt: skip
BY_KEY = {p.key: p for p in PAIRS}


def shared_time(f: Features, a: str, b: str) -> Floats:
    """Per report date: the share (percent) of the shorter one's span that the latest changes of two series both cover; NaN where unknown."""
    panel = f.panel
    begin, end = [panel.starts(k) for k in (a, b)], [panel.ends(k) for k in (a, b)]
    shared = (np.minimum(*end) - np.maximum(*begin)) / _HOUR
    shorter = np.minimum((end[0] - begin[0]) / _HOUR, (end[1] - begin[1]) / _HOUR)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shorter > 0, np.clip(shared / shorter, 0, 1) * 100, np.nan)


def overlap(f: Features, pair: Pair) -> Floats:
    """The shared time of a pair's two legs."""
    return shared_time(f, pair.a.series, pair.b.series)


def _combined(f: Features, pair: Pair) -> Floats:
    a, b = f[pair.a.metric], f[pair.b.metric]
    return a + b if pair.combine == "plus" else a - b


def _gap(f: Features, pair: Pair) -> Floats:
    current = (f.panel.missed(pair.a.series) == 0) & (f.panel.missed(pair.b.series) == 0)
    return np.where(current & (f[f"gap.{pair.key}.overlap"] >= LEAST_OVERLAP), _combined(f, pair), np.nan)


def fresh(f: Features, pair: Pair) -> Mask:
    """Report dates on which the gap is known and a leg has a session that the date before did not have: the gap's own sessions."""
    if f"{pair.key}:own" not in f.shared:
        ends = np.column_stack([f.panel.ends(pair.a.series), f.panel.ends(pair.b.series)])
        moved = np.r_[True, (ends[1:] != ends[:-1]).any(axis=1)][: len(ends)]
        f.shared[f"{pair.key}:own"] = moved & np.isfinite(f[f"gap.{pair.key}"])
    found: Mask = f.shared[f"{pair.key}:own"]
    return found


def regime(f: Features, pair: Pair) -> Positions:
    """Number of the regime that each report date's gap belongs to: it changes where a series of either leg has a regime break."""
    if f"{pair.key}:regime" not in f.shared:
        codes = np.column_stack([f.panel.regime(series) for series in pair.series])
        turned = np.r_[False, (codes[1:] != codes[:-1]).any(axis=1)][: len(codes)]
        f.shared[f"{pair.key}:regime"] = np.cumsum(turned).astype(np.int64)
    found: Positions = f.shared[f"{pair.key}:regime"]
    return found


def over_sessions(f: Features, pair: Pair, statistic: Callable[..., Floats], *columns: Floats) -> Floats:
    """A statistic of columns over the gap's own sessions, within its regimes, carried to the report dates that still show the same session."""
    own = fresh(f, pair)
    if not own.any():
        return f.nothing
    at = np.cumsum(own) - 1
    found = piecewise(runs(regime(f, pair)[own]), statistic, *(c[own] for c in columns))
    return np.where((at >= 0) & np.isfinite(f[f"gap.{pair.key}"]), found[np.clip(at, 0, None)], np.nan)


def _of_gap(statistic: Callable[[Floats], Floats]) -> Callable[[Features, Pair], Floats]:
    return lambda f, pair: over_sessions(f, pair, statistic, f[f"gap.{pair.key}"])


def _aligned(f: Features, pair: Pair) -> Floats:
    if pair.aligned == "dates":
        b = _over_dates(f, pair)
    elif pair.aligned:
        b = f[f"link.{pair.aligned}.lead"]
    else:
        return f.nothing
    return np.where(np.isfinite(f[f"gap.{pair.key}"]), f[pair.a.metric] - b, np.nan)


def _aligned_z(f: Features, pair: Pair) -> Floats:
    """The gap on aligned sessions on the scale of the gap's own z-score: the same mean and deviation."""
    mean, deviation = (over_sessions(f, pair, lambda g, i=i: moments(g, YEAR_OF_SESSIONS)[i], f[f"gap.{pair.key}"]) for i in (0, 1))
    return (f[f"gap.{pair.key}.aligned"] - mean) / deviation


def _over_dates(f: Features, pair: Pair) -> Floats:
    """Leg b's move in percent from the date of leg a's previous session to the date of its latest one."""
    panel = f.panel
    if not (panel.has(pair.a.series) and panel.has(pair.b.series)):
        return f.nothing
    a, b = panel.tracks[pair.a.series], panel.tracks[pair.b.series]
    at = panel.position(pair.a.series)
    before = np.where(at >= 0, a.previous[at], -1)
    days = b.sessions[b.chosen]
    newest = np.searchsorted(b.available[b.chosen], panel.cutoffs, side="right") - 1
    last = np.minimum(np.searchsorted(days, a.sessions[at], side="right") - 1, newest)
    first = np.searchsorted(days, a.sessions[before], side="right") - 1
    known = (at >= 0) & (before >= 0) & (first >= 0) & (last > first)
    return np.where(known, b.moved(b.chosen[first], b.chosen[last]), np.nan)


_UNKNOWN = {
    "": "The changes of the two legs did not happen at the same time, so they are not compared.",
    ".aligned": "The gap is not known, or a session that aligning it needs is not stored.",
    "overlap": "A session before one of the legs' latest is not stored.",
}


def _metrics(pair: Pair) -> tuple[Metric, ...]:
    a, b, plus = pair.a.label, pair.b.label, pair.combine == "plus"
    name = N_("{a} plus {b}" if plus else "{a} less {b}", a=a, b=b)
    sides, inputs = (pair.a.series, pair.b.series), pair.series
    clock = {
        "": "Not needed: both legs share their sessions.",
        "dates": N_("{b} measured over the dates of {a}'s session.", a=a, b=b),
    }
    rows = (
        ("overlap", N_("Time shared by {a} and {b}", a=a, b=b), Unit.SHARE, overlap,
         "Share of the shorter change's span of time that both changes cover."),
        ("", name, pair.unit, _gap,
         "The sum of the two changes, latest session of each; unknown if a leg is behind its calendar or they share too little time." if plus else
         "The difference of the two changes, latest session of each; unknown if a leg is behind its calendar or they share too little time."),
        (".z", N_("{gap} against its history", gap=name), Unit.SIGMA, _of_gap(lambda g: zscores(g, YEAR_OF_SESSIONS)),
         "The gap less its mean, in standard deviations, both over the 250 gaps before (at least 60)."),
        (".rank", N_("Size of {gap} in its year", gap=name), Unit.PERCENTILE, _of_gap(lambda g: ranks(g, YEAR_OF_SESSIONS)),
         f"Percentile of the gap's size among those of the trailing 250 (at least {MIN_HISTORY})."),
        (".aligned", N_("{gap} on aligned sessions", gap=name), pair.unit, _aligned,
         clock.get(pair.aligned, N_("{a}'s session less its overnight lead from {b}.", a=a, b=b))),
        (".aligned.z", N_("{gap} on aligned sessions against its history", gap=name), Unit.SIGMA, _aligned_z,
         "The gap on aligned sessions less the mean of the 250 gaps before, in their standard deviations."),
    )  # fmt: skip
    return tuple(
        Metric(
            key=f"gap.{pair.key}{'.' if suffix == 'overlap' else ''}{suffix}", label=label, unit=unit, method=method,
            inputs=sides if suffix == "overlap" else inputs, compute=lambda f, fn=fn: fn(f, pair),  # type: ignore[misc]
            unknown=_UNKNOWN.get(suffix, f"The gap is not known, or fewer than {MIN_HISTORY} of its own sessions came before."),
        )
        for suffix, label, unit, fn, method in (rows if pair.aligned else rows[:-1])
    )  # fmt: skip


METRICS: tuple[Metric, ...] = tuple(m for pair in PAIRS for m in _metrics(pair))
