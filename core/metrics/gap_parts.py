"""Parts of a gap that need no slope: what currency makes of it, its weekday, deposits, the flow itself, and what aligning the sessions takes away.

Such a part and what is left of the gap add up to it. It is accounting, and says nothing of what moved the part.
"""

from collections.abc import Callable

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.gap_evidence import UNKNOWN, apart, same_session, share_metric
from core.metrics.gaps import BY_KEY as PAIRS
from core.metrics.gaps import LEAST_OVERLAP, Pair, over_sessions, shared_time
from core.metrics.metric import YEAR_OF_SESSIONS, Features, Metric
from core.metrics.trailing import rolling, slope
from core.panel import Floats
from core.units import Unit

# Pairs of which one leg is quoted in renminbi and the other in Hong Kong dollars.
CROSS_CURRENCY = ("cn_hk_broad", "cn_hk_tech")
_WEEKS, _LEAST_WEEKS = 52, 13


def _weekday_usual(key: str) -> Callable[[Features], Floats]:
    """Per session: the median change on the same weekday of the weeks before, at least a quarter of a year of them."""

    def usual(f: Features) -> Floats:
        if not f.panel.has(key):
            return f.nothing
        track, change = f.panel.tracks[key], f.change(key)
        weekday, found = track.sessions.astype(np.int64) % 7, np.full(len(change), np.nan)
        for piece in track.segments:
            for day in range(7):
                at = np.flatnonzero(weekday[piece] == day) + piece.start
                found[at] = np.r_[np.nan, rolling(change[at], _WEEKS, "median", _LEAST_WEEKS)[:-1]][: len(at)]
        return f.rows(key, found)

    return usual


def _weekday_fit(f: Features, pair: Pair) -> Floats:
    """The squared correlation (percent) of the gap with what its weekday makes usual, over the 250 gaps before."""
    part = f[f"gap.{pair.key}.by_weekday"]
    corr = over_sessions(f, pair, lambda y, x: slope(y, x, YEAR_OF_SESSIONS)[1], f[f"gap.{pair.key}"], part)
    return np.where(np.isfinite(part), corr**2 * 100, np.nan)


def _where_known(pair: Pair, part: Callable[[Features], Floats]) -> Callable[[Features], Floats]:
    return lambda f: np.where(np.isfinite(f[f"gap.{pair.key}"]), part(f), np.nan)


def _currency(pair: Pair) -> Callable[[Features], Floats]:
    def part(f: Features) -> Floats:
        together = shared_time(f, pair.a.series, "usdcny") >= LEAST_OVERLAP
        current = (f.panel.missed("usdcny") == 0) & (f.panel.missed("usdhkd") == 0) & together & np.isfinite(f[f"gap.{pair.key}"])
        return np.where(current, same_session(f, "usdcny", "usdhkd", f["usdcny.change"] - f["usdhkd.change"]), np.nan)

    return part


def _fx(pair: Pair) -> tuple[Metric, ...]:
    part, inputs = f"gap.{pair.key}.fx", ("usdcny", "usdhkd", *pair.series)
    return (
        Metric(
            key=part, label=N_("Currency in {a} less {b}", a=pair.a.label, b=pair.b.label), unit=Unit.PP, inputs=inputs, compute=_currency(pair),
            unknown=UNKNOWN,
            method="USD/CNY's change less USD/HKD's: what the same share, valued alike, would gain in renminbi over Hong Kong dollars.",
        ),
        share_metric(pair, part, "Part of the gap that currency makes", inputs),
    )  # fmt: skip


def _by_clock(pair: Pair) -> tuple[Metric, ...]:
    """What is left of a gap's size to days that one leg's change holds and the other's does not."""
    part, gap = f"gap.{pair.key}.by_clock", f"gap.{pair.key}"
    return (
        Metric(
            key=part, unit=pair.unit, inputs=pair.series,
            label=N_("{a} and {b}: the part that aligning the sessions takes away", a=pair.a.label, b=pair.b.label),
            compute=lambda f: f[gap] - f[f"{gap}.aligned"], unknown=UNKNOWN, method="The gap less the gap on aligned sessions.",
        ),
        share_metric(pair, part, "Part of the gap that aligning the sessions takes away", pair.series),
    )  # fmt: skip


def _by_weekday(pair: Pair, series: str) -> tuple[Metric, ...]:
    part, name = f"gap.{pair.key}.by_weekday", SERIES[series].label
    return (
        Metric(
            key=part, label=N_("{series}: usual change on the weekday", series=name), unit=pair.unit, inputs=(series,), unknown=UNKNOWN,
            compute=_weekday_usual(series),
            method=N_("Median change of {series} on the same weekday of the {weeks} weeks before (at least {least}).", series=name, weeks=_WEEKS,
                      least=_LEAST_WEEKS),
        ),
        Metric(
            key=f"{part}.fit", label="Variation of the gap that went with the weekday", unit=Unit.SHARE, inputs=pair.series, unknown=UNKNOWN,
            compute=lambda f: _weekday_fit(f, pair), method="Squared correlation of the gap with that usual change, over the 250 gaps before.",
        ),
        share_metric(pair, part, "Part of the gap that is usual on the weekday", pair.series),
    )  # fmt: skip


def _by_leg(pair: Pair, name: str, what: str, of: str, method: str, inputs: tuple[str, ...]) -> tuple[Metric, ...]:
    """A part of a gap that is known by accounting: a figure that goes into the gap as it is."""
    part = f"gap.{pair.key}.by_{name}"
    return (
        Metric(key=part, label=what, unit=pair.unit, inputs=inputs, unknown=UNKNOWN, compute=_where_known(pair, lambda f: f[of]), method=method),
        share_metric(pair, part, "Part of the gap that this makes", inputs),
    )


_TVL, _STABLE = PAIRS["tvl_price"], PAIRS["stable_price"]
_BETA_PART = "gap.tvl_price.beta"

METRICS: tuple[Metric, ...] = (
    *(m for key in CROSS_CURRENCY for m in _fx(PAIRS[key])),
    Metric(
        key=_BETA_PART, label="What TVL's usual beta on ETH leaves of the gap", unit=Unit.PP, inputs=("tvl", "eth"),
        compute=lambda f: f["gap.tvl_price"] - f["tvl.adjusted"],
        method="The gap less TVL's price-adjusted change: what follows from TVL not moving one for one with ETH.",
    ),
    share_metric(_TVL, _BETA_PART, "Part of the gap that TVL's usual beta makes", ("tvl", "eth")),
    *_by_leg(
        _TVL, "deposits", "Deposits and withdrawals in TVL less ETH", "tvl.adjusted",
        "TVL's price-adjusted change: what the gap holds beyond TVL's usual beta on ETH.", ("tvl", "eth"),
    ),
    *_by_leg(
        _STABLE, "flow", "Supply in stablecoin supply less BTC", "stable.flow_z", "The flow's own z-score; the rest of the gap is BTC's.",
        ("stablecoins", "btc"),
    ),
    *_by_weekday(PAIRS["dex_price"], "dex"),
    *(m for pair in PAIRS.values() if pair.aligned and apart(pair) for m in _by_clock(pair)),
)  # fmt: skip
