"""Crypto: prices in regimes, totals, exchange volume, sentiment, funding and open interest. Sessions are UTC days.

A Markov chain moves between bull, bear and chop; each has its own drift and volatility. Bitcoin shares the S&P 500's move of the same
calendar day; weekends are calmer. All returns are daily logarithms.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.sessions import Instants
from core.sources.demo.anchors import last_change, last_close, pinned
from core.sources.demo.draws import Floats, Line, bridge, clustered, log_returns, placed, reverting, stream, student
from core.sources.demo.waypoints import WAYPOINTS

_DRIFT = np.array([0.0022, -0.0026, 0.0])  # bull, bear, chop
_VOLATILITY = np.array([1.0, 1.25, 0.66])
_STAY = 0.983  # a regime lasts about two months
_WEEKEND = 0.62  # volatility of Saturdays and Sundays
_BTC_COINS = (18.67e6, 20.01e6)
_ETH_COINS = (115.2e6, 120.7e6)


class Tide(NamedTuple):
    """What moves crypto as a whole: `dates`, log returns of `btc` and `eth`, and which days are `weekend`."""

    dates: Instants
    btc: Floats
    eth: Floats
    weekend: npt.NDArray[np.bool_]


def prices(dates: Instants, spx: Line) -> dict[str, Line]:
    """BTC and ETH in USD at the end of each UTC day."""
    regime = _regimes(len(dates))
    equities = placed(Line(spx.dates, log_returns(spx.values)), dates)
    swing = _VOLATILITY[regime] * np.where(_weekend(dates), _WEEKEND, 1.0)
    btc = 1.12 * equities + _DRIFT[regime] + 0.0255 * swing * clustered("btc", len(dates), leverage=0.03)
    eth = 1.15 * btc + 0.0170 * swing * student("eth", len(dates))
    drawn = {"btc": btc, "eth": eth}
    return {key: Line(dates, pinned(key, bridge(dates, returns, WAYPOINTS[key]))) for key, returns in drawn.items()}


def tide(lines: dict[str, Line]) -> Tide:
    """The common movement that volumes, supply and DeFi react to."""
    dates = lines["btc"].dates
    return Tide(dates, log_returns(lines["btc"].values), log_returns(lines["eth"].values), _weekend(dates))


def trailing(returns: Floats, span: int) -> Floats:
    """Sum of the last `span` log returns, that day's among them; shorter at the start."""
    path = np.concatenate([np.zeros(span), np.cumsum(returns)])
    return np.asarray(path[span:] - path[:-span], dtype=np.float64)


def totals(lines: dict[str, Line], stablecoins: Floats, move: Tide) -> dict[str, Line]:
    """Market capitalisation and 24-hour volume in USD, dominance in percent."""
    count = len(move.dates)
    majors = lines["btc"].values * np.linspace(*_BTC_COINS, count) + lines["eth"].values * np.linspace(*_ETH_COINS, count)
    alt = bridge(move.dates, 0.75 * move.eth + 0.25 * move.btc + 0.011 * student("alt", count), WAYPOINTS["alt"])
    known = majors + stablecoins
    close = last_close("total_cap") or float(known[-1] + alt[-1])
    before = close / (1 + last_change("total_cap") / 100)
    alt *= (before - known[-2]) / alt[-2]
    alt[-1] = close - known[-1]
    cap = known + alt
    share = 100 * lines["btc"].values * np.linspace(*_BTC_COINS, count) / cap
    drawn = {"total_cap": cap, "total_volume": _volume(move, cap), "btc_dominance": share}
    return {key: Line(move.dates, values) for key, values in drawn.items()}


def _volume(move: Tide, cap: Floats) -> Floats:
    """24-hour volume of all coins in USD, higher when prices move; the last day stands a third above an ordinary one."""
    stir = _stir(move, move.btc, 7.0) + reverting(0.10 * student("total_volume", len(move.dates)), 0.85)
    volume = 0.031 * np.exp(stir - np.median(stir)) * cap
    last = last_close("total_volume") or float(volume[-1])
    volume *= last / 1.36 / np.median(volume[-31:-1])
    volume[-1] = last
    return np.asarray(volume, dtype=np.float64)


def exchange_volumes(lines: dict[str, Line], move: Tide) -> dict[str, Line]:
    """Volume in USD on the price's exchange."""
    out = {}
    for coin, base, returns in (("btc", 11_000.0, move.btc), ("eth", 150_000.0, move.eth)):
        key = f"{coin}_volume"
        stir = _stir(move, returns, 13.0) + reverting(0.17 * student(key, len(move.dates)), 0.8)
        out[key] = Line(move.dates, pinned(key, base * lines[coin].values * np.exp(stir - np.median(stir))))
    return out


def _stir(move: Tide, returns: Floats, response: float) -> Floats:
    """Log volume above its usual level: large moves lift it for some days, weekends are quiet."""
    size = np.minimum(np.abs(returns), 0.12)
    return response * reverting(size, 0.45) - np.where(move.weekend, 0.30, 0.0)


def sentiment(move: Tide) -> dict[str, Line]:
    """Fear & Greed, 0 to 100, from what was known when its day began."""
    month, week = trailing(move.btc, 30), trailing(move.btc, 5)
    mood = 50 + 42 * np.tanh(1.9 * month + 1.3 * week) + reverting(2.5 * student("fear_greed", len(move.dates)), 0.7)
    known = np.concatenate([mood[:1], mood[:-1]])
    return {"fear_greed": Line(move.dates, np.clip(np.round(known), 5, 95))}


def derivatives(lines: dict[str, Line], move: Tide) -> dict[str, Line]:
    """Funding in percent a year, open interest in USD: long positions are closed by force in large falls, and rebuilt slowly."""
    out = {}
    for coin, returns, contracts in (("btc", move.btc, 47_000.0), ("eth", move.eth, 880_000.0)):
        noise = reverting(1.6 * student(f"{coin}_funding", len(returns)), 0.6)
        funding = 6.5 + 55 * np.tanh(1.6 * trailing(returns, 7)) * 0.35 + 110 * np.clip(returns, -0.1, 0.1) + noise
        closed = np.minimum(returns + 0.02, 0.0)
        held = reverting(0.9 * closed + 0.12 * returns + 0.009 * student(f"{coin}_oi", len(returns)), 0.985)
        out[f"{coin}_funding"] = Line(move.dates, np.clip(funding, -60.0, 90.0))
        out[f"{coin}_oi"] = Line(move.dates, pinned(f"{coin}_oi", contracts * lines[coin].values * np.exp(held - held.mean())))
    return out


def _regimes(count: int) -> npt.NDArray[np.int64]:
    """0 bull, 1 bear, 2 chop: a Markov chain that leaves its state for either other one with equal chance."""
    rng = stream("regime")
    leaves, to = (rng.random(count) > _STAY).tolist(), rng.integers(1, 3, count).tolist()
    state, path = 0, []
    for leave, step in zip(leaves, to, strict=True):
        state = (state + step) % 3 if leave else state
        path.append(state)
    return np.array(path)


def _weekend(dates: Instants) -> npt.NDArray[np.bool_]:
    return ~np.is_busday(dates)
