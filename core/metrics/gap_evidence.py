"""What can be measured about why a gap is as it is: unequal spans, half days, a wide stretch, and the part that usually goes with something else.

A *driver* is a change that the gap is set against. Its part of today's gap is the slope of the gap on it over the 250 sessions before, times
its change today: how much of such a gap usually goes with such a change. That is an association, not a cause.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.breadth import SECTORS
from core.metrics.gaps import BY_KEY as PAIRS
from core.metrics.gaps import LEAST_OVERLAP, Pair, over_sessions, shared_time
from core.metrics.metric import YEAR_OF_SESSIONS, Features, Metric
from core.metrics.trailing import moments, rolling, slope
from core.panel import Floats
from core.sessions import EXCHANGES
from core.units import Unit

STRETCH = 20
UNKNOWN = "The gap is not known, its history is too short, or the other change did not happen in its time."
_HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True)
class Driver:
    """A change that gaps are set against. `led` marks an overnight lead, which ends before the session that it leads."""

    metric: str
    series: str
    label: str
    led: bool = False


DRIVERS = {
    "us_lead": Driver("link.us_hk_broad.lead", "spx", "the S&P 500's overnight lead", led=True),
    "us_tech_lead": Driver("link.us_hk_tech.lead", "ndx", "the Nasdaq 100's overnight lead", led=True),
    "us_cn_lead": Driver("link.us_cn_tech.lead", "ndx", "the Nasdaq 100's overnight lead", led=True),
    "sse": Driver("sse.change", "sse", "the SSE Composite"),
    "szse": Driver("szse.change", "szse", "the SZSE Component"),
    "usdcny": Driver("usdcny.change", "usdcny", "USD/CNY"),
    "us10y": Driver("us10y.change", "us10y", "the 10-year yield"),
    "dxy": Driver("dxy.change", "dxy", "the dollar index"),
    "vix": Driver("vix.change", "vix", "VIX"),
    "btc": Driver("btc.change", "btc", "BTC itself"),
    "tech_tilt": Driver("us.tech_tilt", "xlk", "technology less the mean sector"),
    "ndx_spx": Driver("us.ndx_spx", "ndx", "the Nasdaq 100 less the S&P 500"),
    "chinext_sse": Driver("cn.chinext_sse", "chinext", "ChiNext less the SSE Composite"),
    "large_tilt": Driver("cn.large_tilt", "csi300", "CSI 300 less the SSE Composite"),
    "btc_oi": Driver("btc_oi.coins", "btc_oi", "BTC open interest in coins"),
    "eth_oi": Driver("eth_oi.coins", "eth_oi", "ETH open interest in coins"),
    "coins": Driver("stable.net", "usdt", "the net flow of the stablecoins counted"),
}
DRIVEN = {
    "us_crypto": ("vix", "dxy", "btc_oi", "coins"),
    "cn_hk_broad": ("us_lead",),
    "cn_hk_tech": ("us_tech_lead",),
    "hk_us_broad": ("sse", "usdcny"),
    "hk_us_tech": ("szse", "usdcny"),
    "soe_tech": ("us_tech_lead", "usdcny"),
    "us_breadth": ("tech_tilt", "us10y"),
    "cn_breadth": ("large_tilt", "chinext_sse"),
    "vix_spx": ("us10y",),
    "btc_eth": ("btc", "eth_oi"),
    "dex_price": ("btc_oi",),
    "stable_price": ("btc_oi",),
    "small_large": ("us10y", "ndx_spx"),
    "gold_equities": ("dxy", "us10y"),
    "dollar_equities": ("us10y", "usdcny"),
    "bonds_equities": ("dxy", "vix"),
    "cn_growth": ("us_cn_lead",),
}


def _calendar(series: str) -> str:
    return SERIES[series].calendar


def apart(pair: Pair) -> bool:
    """Whether a pair's legs trade by different calendars."""
    return _calendar(pair.a.series) != _calendar(pair.b.series)


def _span(series: str) -> Callable[[Features], Floats]:
    def hours(f: Features) -> Floats:
        span = (f.panel.ends(series) - f.panel.starts(series)) / _HOUR
        return np.asarray(span, dtype=np.float64)

    return hours


def _span_ratio(pair: Pair) -> Callable[[Features], Floats]:
    def ratio(f: Features) -> Floats:
        a, b = (f[f"gap.{pair.key}.span_{side}"] for side in "ab")
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(np.minimum(a, b) > 0, np.maximum(a, b) / np.minimum(a, b), np.nan)

    return ratio


def _half_days(pair: Pair) -> Callable[[Features], Floats]:
    def count(f: Features) -> Floats:
        total = np.zeros(len(f.panel.dates))
        for leg in (pair.a, pair.b):
            at = f.panel.position(leg.series)
            if not f.panel.has(leg.series):
                return f.nothing
            track = f.panel.tracks[leg.series]
            total = total + np.where(at >= 0, track.plan.early[np.clip(track.ordinals[at], 0, None)], np.nan)
        return total

    return count


def _widths(gap: Floats) -> Floats:
    """Standard deviation of the 20 gaps before each one over that of the 250 before it."""
    recent = np.concatenate([[np.nan], rolling(gap, STRETCH, "std")[:-1]])
    return recent / moments(gap, YEAR_OF_SESSIONS)[1]


def _driver(f: Features, pair: Pair, driver: Driver) -> Floats:
    """The driver's change at each report date; NaN where it did not happen in the gap's time."""
    values = f[driver.metric]
    if driver.led:
        return values
    together = (f.panel.missed(driver.series) == 0) & (shared_time(f, pair.a.series, driver.series) >= LEAST_OVERLAP)
    return np.where(together, values, np.nan)


def _fit(f: Features, pair: Pair, name: str) -> tuple[Floats, Floats]:
    """The driver's part of the gap, and the squared correlation (percent) that it rests on."""
    shelf, key = f.shared, f"gap:{pair.key}:{name}"
    if key not in shelf:
        gap, x = f[f"gap.{pair.key}"], _driver(f, pair, DRIVERS[name])
        beta, corr = (over_sessions(f, pair, lambda y, d, i=i: slope(y, d, YEAR_OF_SESSIONS)[i], gap, x) for i in (0, 1))
        shelf[key] = (beta * x, np.where(np.isfinite(x), corr**2 * 100, np.nan))
    found: tuple[Floats, Floats] = shelf[key]
    return found


def _share(pair: Pair, part: str) -> Callable[[Features], Floats]:
    def share(f: Features) -> Floats:
        gap = f[f"gap.{pair.key}"]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(np.abs(gap) > 0, f[part] / gap * 100, np.nan)

    return share


def same_session(f: Features, a: str, b: str, values: Floats) -> Floats:
    """Values on the report dates on which two series show the same session; NaN on the others."""
    return np.where(f.panel.sessions(a) == f.panel.sessions(b), values, np.nan)


def _in_coins(coin: str) -> Callable[[Features], Floats]:
    def change(f: Features) -> Floats:
        in_dollars, price = f[f"{coin}_oi.change"], f[f"{coin}.change"]
        return same_session(f, f"{coin}_oi", coin, ((1 + in_dollars / 100) / (1 + price / 100) - 1) * 100)

    return change


def share_metric(pair: Pair, part: str, label: str, inputs: tuple[str, ...]) -> Metric:
    """The share (percent) of a pair's gap that the metric `part` is."""
    return Metric(
        key=f"{part}.share", label=label, unit=Unit.SHARE, inputs=inputs, compute=_share(pair, part), unknown=UNKNOWN,
        method="That part over the gap; negative where it points the other way, above 100% where it is larger than the gap.",
    )  # fmt: skip


def _driven(pair: Pair, name: str) -> tuple[Metric, ...]:
    driver, part = DRIVERS[name], f"gap.{pair.key}.by_{name}"
    inputs = (*dict.fromkeys((*pair.series, driver.series)),)
    return (
        Metric(
            key=part, unit=pair.unit, inputs=inputs, unknown=UNKNOWN,
            label=N_("{a} and {b}: the part that usually goes with {driver}", a=pair.a.label, b=pair.b.label, driver=driver.label),
            compute=lambda f: _fit(f, pair, name)[0],
            method=N_("Slope of the gap on the change of {driver} over the 250 sessions before (at least 60), times that change today.",
                      driver=driver.label),
        ),
        Metric(
            key=f"{part}.fit", label=N_("Variation of the gap that went with {driver}", driver=driver.label), unit=Unit.SHARE, inputs=inputs,
            unknown=UNKNOWN,
            compute=lambda f: _fit(f, pair, name)[1], method="Squared correlation over the 250 of the gap's sessions before this one (at least 60).",
        ),
        share_metric(pair, part, N_("Part of the gap that usually goes with {driver}", driver=driver.label), inputs),
    )  # fmt: skip


def _of_time(pair: Pair) -> tuple[Metric, ...]:
    sides = (pair.a.series, pair.b.series)
    made: list[Metric] = []
    if apart(pair):
        made += [
            Metric(
                key=f"gap.{pair.key}.span_{side}", label=N_("Time that {leg}'s change covers", leg=leg.label), unit=Unit.HOURS,
                inputs=(leg.series,),
                compute=_span(leg.series), method="From the close of the session before to the close of the latest one.",
            )
            for side, leg in (("a", pair.a), ("b", pair.b))
        ]  # fmt: skip
        made.append(
            Metric(
                key=f"gap.{pair.key}.span_ratio", label=N_("Longer over shorter change of {a} and {b}", a=pair.a.label, b=pair.b.label),
                unit=Unit.RATIO, inputs=sides, compute=_span_ratio(pair),
                method="Hours covered by the longer change over those covered by the shorter one.",
            )
        )  # fmt: skip
    if {_calendar(s) for s in sides} & (EXCHANGES.keys() - {"XSHG"}):
        made.append(
            Metric(
                key=f"gap.{pair.key}.half", label=N_("Half days of {a} and {b}", a=pair.a.label, b=pair.b.label), unit=Unit.COUNT, inputs=sides,
                compute=_half_days(pair), method="How many of the two legs' latest sessions closed early by their exchange's calendar.",
            )
        )  # fmt: skip
    made.append(
        Metric(
            key=f"gap.{pair.key}.stretch", label=N_("Width of the gap of {a} and {b} of late", a=pair.a.label, b=pair.b.label),
            unit=Unit.RATIO, inputs=pair.series, unknown=UNKNOWN, compute=lambda f: over_sessions(f, pair, _widths, f[f"gap.{pair.key}"]),
            method="Standard deviation of the 20 gaps before this one over that of the 250 before it.",
        )
    )  # fmt: skip
    return tuple(made)


METRICS: tuple[Metric, ...] = (
    Metric(
        key="us.tech_tilt", label="Technology less mean sector", unit=Unit.PP, inputs=SECTORS,
        compute=lambda f: f["xlk.change"] - f["us.sector_mean"],
        method="Change of the technology sector fund less the mean of all eleven, same session.",
    ),
    Metric(
        key="cn.large_tilt", label="CSI 300 less SSE Composite", unit=Unit.PP, inputs=("csi300", "sse"),
        compute=lambda f: same_session(f, "csi300", "sse", f["csi300.change"] - f["sse.change"]),
        method="Change of CSI 300 less change of SSE Composite in the same session: large companies against all.",
    ),
    *(
        Metric(
            key=f"{coin}_oi.coins", label=N_("{coin} open interest in coins", coin=name), unit=Unit.PERCENT, inputs=(f"{coin}_oi", coin),
            compute=_in_coins(coin), unknown=N_("Open interest and price of {coin} are not known for the same UTC day.", coin=name),
            method=N_("Change of {coin} open interest after taking out {coin}'s own price, same UTC day.", coin=name),
        )
        for coin, name in (("btc", "BTC"), ("eth", "ETH"))
    ),
    *(m for pair in PAIRS.values() for m in _of_time(pair)),
    *(m for key, names in DRIVEN.items() for name in names for m in _driven(PAIRS[key], name)),
)  # fmt: skip
