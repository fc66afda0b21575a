"""Stablecoin flows, TVL without its price effect, DEX volume against its weekday, volume against its month."""

from collections.abc import Callable

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.catalogue import group
from core.language import N_
from core.metrics.metric import Features, Metric, percent
from core.metrics.trailing import ranks, rolling, slope, zscores
from core.panel import Floats, Track
from core.units import Unit

COINS = ("usdt", "usdc", "dai", "usds")
# Coins younger than the history that is stored. Until this day they counted nothing; every other absence is unknown.
LAUNCHED = {"usds": np.datetime64("2024-09-18")}
DEX = ("dex", *(s.key for s in group("dex_protocol")))
TVL = ("tvl", *(s.key for s in group("tvl_chain")))
_YEAR = 365
_WEEKS = 4


def _aligned(f: Features, base: str, key: str, values: Floats) -> Floats:
    """Per-session values of `key` laid on the sessions of `base`; NaN where `key` has no such session."""
    a, b = f.panel.tracks[base], f.panel.tracks[key]
    at = b.on(a.sessions)
    return np.where(at >= 0, values[at], np.nan)


def _flows(f: Features, key: str) -> Floats:
    track = f.panel.tracks[key]
    return np.where(track.previous >= 0, track.values - track.values[track.previous], np.nan)


def _coin_matrix(f: Features) -> Floats:
    """Daily flows in USD on USDT's sessions, one column per coin; a coin not yet issued counts nothing."""
    days = f.panel.tracks["usdt"].sessions
    columns = []
    for coin in COINS:
        flow = _aligned(f, "usdt", coin, _flows(f, coin)) if f.panel.has(coin) else np.full(len(days), np.nan)
        columns.append(np.where(days <= LAUNCHED[coin], 0.0, flow) if coin in LAUNCHED else flow)
    return np.column_stack(columns)


def _over_coins(statistic: Callable[[Floats], Floats]) -> Callable[[Features], Floats]:
    def rows(f: Features) -> Floats:
        return f.rows("usdt", statistic(_coin_matrix(f))) if f.panel.has("usdt") else f.nothing

    return rows


def _own(key: str, statistic: Callable[[Features], Floats]) -> Callable[[Features], Floats]:
    return lambda f: f.rows(key, statistic(f)) if f.panel.has(key) else f.nothing


def _flow_rank(f: Features) -> Floats:
    return f.within("stablecoins", lambda flow: ranks(flow, _YEAR), _flows(f, "stablecoins"))


def _price_effect(f: Features, key: str) -> tuple[Floats, Floats]:
    """Per session: change of TVL, and the part that its trailing beta on ETH explains (both in percent)."""
    change = f.change(key)
    eth = _aligned(f, key, "eth", f.change("eth"))
    return change, f.within(key, lambda y, x: slope(y, x, _YEAR)[0], change, eth) * eth


def _adjusted(key: str) -> Callable[[Features], Floats]:
    def percent_left(f: Features) -> Floats:
        if not (f.panel.has(key) and f.panel.has("eth")):
            return f.nothing
        change, effect = _price_effect(f, key)
        return f.rows(key, change - effect)

    return percent_left


def _adjusted_usd(key: str) -> Callable[[Features], Floats]:
    def usd(f: Features) -> Floats:
        if not (f.panel.has(key) and f.panel.has("eth")):
            return f.nothing
        track = f.panel.tracks[key]
        change, effect = _price_effect(f, key)
        return f.rows(key, (change - effect) / 100 * np.where(track.previous >= 0, track.values[track.previous], np.nan))

    return usd


def _same_weekday(track: Track) -> Floats:
    """Mean of the values 7, 14, 21 and 28 days before each session; NaN where one of them is missing."""
    total = np.zeros(len(track.values))
    for week in range(1, _WEEKS + 1):
        day = track.sessions - np.timedelta64(7 * week, "D")
        at = track.on(day)
        alike = (at >= 0) & (track.segment[at] == track.segment)
        total = total + np.where(alike, track.values[at], np.nan)
    return total / _WEEKS


def _range_position(f: Features) -> Floats:
    """Where each value lies between the lowest (0) and highest (100) of the 30 days before it; may lie outside."""
    def place(values: Floats) -> Floats:
        past = np.concatenate([[np.nan], values[:-1]])
        low, high = rolling(past, 30, "min", 20), rolling(past, 30, "max", 20)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(high > low, (values - low) / (high - low) * 100, np.nan)

    return f.within("total_volume", place, f.panel.tracks["total_volume"].values)


def _net_z(f: Features) -> Floats:
    return f.within("stablecoins", lambda flow: zscores(flow, _YEAR), _flows(f, "stablecoins"))


_NET = "Sum over USDT, USDC, DAI and, once issued, USDS of the change in circulating supply from the UTC day before"

METRICS: tuple[Metric, ...] = (
    Metric(
        key="stable.net", label="Net flow of the stablecoins counted", unit=Unit.FLOW, inputs=COINS, method=f"{_NET}.",
        compute=_over_coins(lambda m: m.sum(axis=1)),
    ),
    Metric(
        key="stable.issued", label="Issued by growing coins", unit=Unit.FLOW, inputs=COINS,
        method=f"{_NET}, growing coins only.", compute=_over_coins(lambda m: np.maximum(m, 0).sum(axis=1)),
    ),
    Metric(
        key="stable.redeemed", label="Redeemed from shrinking coins", unit=Unit.FLOW, inputs=COINS,
        method=f"{_NET}, shrinking coins only.", compute=_over_coins(lambda m: np.minimum(m, 0).sum(axis=1)),
    ),
    Metric(
        key="stable.flow_rank", label="Size of the stablecoin flow in its year", unit=Unit.PERCENTILE, inputs=("stablecoins",),
        method="Percentile of the size of all stablecoins' daily change in USD among those of the trailing 365 days.",
        compute=_own("stablecoins", _flow_rank),
    ),
    Metric(
        key="stable.flow_z", label="Stablecoin flow against its history", unit=Unit.SIGMA, inputs=("stablecoins",),
        method="All stablecoins' daily change in USD less its mean, in standard deviations, both over the 365 days before.",
        compute=_own("stablecoins", _net_z),
    ),
    Metric(
        key="total_volume.range30", label="Crypto volume within its 30-day range", unit=Unit.SHARE, inputs=("total_volume",),
        method="Position of 24h volume between the lowest (0%) and the highest (100%) of the 30 days before; may lie outside.",
        compute=_own("total_volume", _range_position),
    ),
    *(
        Metric(
            key=f"{key}.vs_weekday", label=N_("{series} against its weekday", series=SERIES[key].label), unit=Unit.PERCENT, inputs=(key,),
            method="Volume against the mean of the same weekday in the four weeks before.",
            compute=_own(key, lambda f, key=key: percent(f.panel.tracks[key].values, _same_weekday(f.panel.tracks[key]))),  # type: ignore[misc]
        )
        for key in DEX
    ),
    *(
        Metric(
            key=f"{key}.adjusted", label=N_("{series} change without price", series=SERIES[key].label), unit=Unit.PERCENT, inputs=(key, "eth"),
            method="Change of TVL less the part that its beta on ETH over the 365 days before (at least 60) explains.",
            compute=_adjusted(key),
        )
        for key in TVL
    ),
    *(
        Metric(
            key=f"{key}.adjusted_flow", label=N_("{series} change without price in USD", series=SERIES[key].label), unit=Unit.FLOW,
            inputs=(key, "eth"), method="The change of TVL that its beta on ETH does not explain, times the TVL of the day before.",
            compute=_adjusted_usd(key),
        )
        for key in TVL
    ),
)  # fmt: skip
