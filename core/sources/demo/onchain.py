"""On-chain: stablecoin supply, value locked by chain, volume of decentralised exchanges. USD, sessions are UTC days."""

import numpy as np

from core.sources.demo.anchors import pinned
from core.sources.demo.crypto import Tide, trailing
from core.sources.demo.draws import Floats, Line, bridge, reverting, student
from core.sources.demo.waypoints import WAYPOINTS

# Key: own daily standard deviation in percent, reaction in percent a day to a crypto return of 100% over 14 days.
_COINS = {"usdt": (0.10, 0.2), "usdc": (0.28, 0.3), "dai": (0.45, 0.2), "usds": (0.60, 0.2), "stablecoins_other": (0.16, 0.2)}

# Key: betas to BTC and ETH of the chain's token, its own daily standard deviation in percent, share of the value that moves with it.
_CHAINS = {
    "ethereum": (0.0, 1.0, 0.0, 0.72),
    "solana": (0.3, 0.9, 2.9, 0.80),
    "bsc": (0.5, 0.4, 1.6, 0.60),
    "tron": (0.3, 0.2, 1.5, 0.45),
    "base": (0.1, 0.9, 0.9, 0.60),
    "other": (0.3, 0.6, 1.2, 0.65),
}

# Key: share of the total at launch and now, in percent. A protocol has no session before its launch.
_PROTOCOLS: dict[str, tuple[str, float, float]] = {
    "uniswap_v4": ("2025-01-31", 0.8, 13.0),
    "uniswap_v3": ("2021-05-05", 12.0, 15.0),
    "pancakeswap": ("2023-04-03", 4.0, 17.0),
    "aerodrome": ("2024-04-25", 1.2, 6.5),
    "fluid": ("2024-10-29", 0.6, 3.4),
    "orca": ("2021-03-29", 0.5, 6.0),
    "raydium": ("2021-03-29", 2.5, 6.5),
    "curve": ("2021-03-29", 9.0, 2.2),
    "uniswap_v2": ("2021-03-29", 14.0, 1.1),
    "pancakeswap_v2": ("2021-03-29", 12.0, 1.3),
    "pancakeswap_infinity": ("2025-04-28", 0.2, 2.6),
    "pancakeswap_stable": ("2022-09-27", 0.4, 0.3),
    "aerodrome_v1": ("2023-08-28", 0.6, 0.5),
    "meteora": ("2023-12-04", 0.5, 4.1),
    "pumpswap": ("2025-03-20", 0.8, 3.2),
    "hyperliquid_spot": ("2024-04-16", 0.3, 2.4),
    "balancer_v3": ("2024-12-11", 0.1, 0.6),
    "sushiswap_v3": ("2023-04-05", 0.4, 0.2),
    "oneinch_aqua": ("2025-11-17", 0.1, 1.7),
    "tessera": ("2025-06-16", 0.2, 1.4),
}
_QUIET = np.array([0.0, 0.03, 0.05, 0.04, -0.02, -0.22, -0.20])  # log volume by weekday, Monday first


def _since(move: Tide, day: str) -> int:
    return int(np.searchsorted(move.dates, np.datetime64(day)))


def stablecoins(move: Tide) -> dict[str, Line]:
    """Circulating supply by coin, and of all coins together (`stablecoins`)."""
    pull = trailing(0.5 * (move.btc + move.eth), 14)
    lines, total = {}, np.zeros(len(move.dates))
    for key, (own, reaction) in _COINS.items():
        since = _since(move, WAYPOINTS[key][0][0])
        returns = (reaction / 100 * pull + own / 100 * reverting(0.9 * student(key, len(pull)), 0.35))[since:]
        lines[key] = Line(move.dates[since:], pinned(key, bridge(move.dates[since:], returns, WAYPOINTS[key])))
        total[since:] += lines[key].values
    del lines["stablecoins_other"]
    return lines | {"stablecoins": Line(move.dates, total)}


def value_locked(move: Tide) -> dict[str, Line]:
    """Value locked by chain and in all chains: the token's price times a slow inflow."""
    lines, total = {}, np.zeros(len(move.dates))
    for chain, (to_btc, to_eth, own, priced) in _CHAINS.items():
        key = f"tvl_{chain}"
        since = _since(move, WAYPOINTS[key][0][0])
        token = to_btc * move.btc + to_eth * move.eth + own / 100 * student(f"{chain} token", len(move.dates))
        inflow = reverting(0.0035 * student(key, len(move.dates)), 0.3)
        levels = pinned(key, bridge(move.dates[since:], (priced * token + inflow)[since:], WAYPOINTS[key]))
        lines[key] = Line(move.dates[since:], levels)
        total[since:] += levels
    del lines["tvl_other"]
    return lines | {"tvl": Line(move.dates, total)}


def exchange_activity(move: Tide) -> dict[str, Line]:
    """24-hour volume of all decentralised exchanges and of twenty protocols, whose shares wander between their launch and today."""
    size = np.minimum(np.abs(0.5 * (move.btc + move.eth)), 0.12)
    weekday = (move.dates.astype(np.int64) + 3) % 7
    mood = 6.0 * reverting(size, 0.5) + _QUIET[weekday] + reverting(0.085 * student("dex", len(size)), 0.8)
    dex = pinned("dex", bridge(move.dates, np.diff(mood, prepend=0.0), WAYPOINTS["dex"]))
    lines = {"dex": Line(move.dates, dex)}
    for protocol, (launch, first, last) in _PROTOCOLS.items():
        key, since = f"dex_{protocol}", _since(move, launch)
        share = _share(key, len(dex) - since, first / 100, last / 100)
        lines[key] = Line(move.dates[since:], pinned(key, dex[since:] * share))
    return lines


def _share(key: str, count: int, first: float, last: float) -> Floats:
    """A protocol's part of the total, wandering around a path from its first to its last value; a launch ramps up within months."""
    ramp = 1 - np.exp(-np.arange(count) / 90)
    wander = reverting(0.055 * student(key, count), 0.93)
    return np.asarray(np.exp(np.log(first) + np.log(last / first) * ramp + np.clip(wander, -0.6, 0.6)), dtype=np.float64)
