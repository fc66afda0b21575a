"""US indices, sector funds, VIX, yield; the dollar, gold and two currencies.

A market factor with clustered volatility and a leverage effect drives every index; a technology factor, orthogonal to it, sets growth
apart from value; each line adds a risk of its own. All returns are daily logarithms.
"""

import numpy as np

from core.sessions import Instants
from core.sources.demo.anchors import last_change, pinned
from core.sources.demo.draws import Floats, Line, bridge, clustered, days, log_returns, placed, reverting, student
from core.sources.demo.waypoints import WAYPOINTS

_MARKET = 0.0096  # daily standard deviation of the S&P 500
_TECH = 0.0050

# Key: beta to the market, loading on the technology factor, own daily standard deviation in percent.
_LINES = {
    "ndx": (1.15, 1.00, 0.10),
    "dow": (0.84, -0.30, 0.22),
    "nasdaq": (1.13, 0.88, 0.12),
    "rut": (1.16, -0.15, 0.72),
    "xlk": (1.18, 1.10, 0.35),
    "xlf": (1.00, -0.40, 0.60),
    "xlv": (0.62, -0.30, 0.62),
    "xly": (1.16, 0.40, 0.55),
    "xlc": (1.02, 0.55, 0.60),
    "xli": (0.96, -0.25, 0.48),
    "xlp": (0.48, -0.35, 0.55),
    "xle": (0.78, -0.45, 1.25),
    "xlu": (0.48, -0.35, 0.85),
    "xlre": (0.86, -0.35, 0.75),
    "xlb": (0.96, -0.30, 0.62),
}
# Key: own daily standard deviation in percent, beta to the S&P 500, beta to the dollar index.
_CURRENCIES = {"gold": (0.85, 0.05, -0.80), "usdcny": (0.14, -0.02, 0.30)}


def united_states() -> dict[str, Line]:
    """Levels of indices and sector funds, VIX in points, the 10-year yield in percent a year."""
    dates = days("XNYS")
    market = _MARKET * clustered("us market", len(dates), leverage=0.08)
    tech = _TECH * clustered("us technology", len(dates))
    lines = {"spx": Line(dates, pinned("spx", bridge(dates, market, WAYPOINTS["spx"])))}
    for key, (beta, growth, own) in _LINES.items():
        returns = beta * market + growth * tech + own / 100 * student(key, len(dates))
        lines[key] = Line(dates, pinned(key, bridge(dates, returns, WAYPOINTS[key])))
    moves = log_returns(lines["spx"].values)
    lines["vix"] = Line(dates, pinned("vix", _vix(moves)))
    lines["us10y"] = Line(dates, _ten_year(moves))
    return lines


def _vix(moves: Floats) -> Floats:
    """VIX in points: its logarithm returns to that of about 17, and a fall of the S&P 500 lifts it more than a rise lowers it."""
    push = np.where(moves < 0, -6.4, -4.2) * moves
    path = reverting(push - push.mean() + 0.034 * student("vix", len(moves)), 0.96)
    return np.asarray(16.8 * np.exp(path - path.mean()), dtype=np.float64)


def _ten_year(moves: Floats) -> Floats:
    """Yield in percent a year, held between 3.5 and 4.8; a little higher when equities rise."""
    path = reverting(0.050 * student("us10y", len(moves)) + 0.8 * moves, 0.988)
    levels = 4.18 + 0.62 * np.tanh((path - path.mean()) / 0.62)
    levels[-1] = levels[-2] + last_change("us10y")
    return np.asarray(levels, dtype=np.float64)


def currencies(spx: Line) -> dict[str, Line]:
    """The dollar index, gold in USD an ounce, yuan and Hong Kong dollar per USD, on the dealing days of currencies."""
    dates = _dealing_days()
    market = placed(Line(spx.dates, log_returns(spx.values)), dates)
    dollar = 0.0042 * clustered("dxy", len(dates)) - 0.08 * market
    lines = {"dxy": Line(dates, pinned("dxy", bridge(dates, dollar, WAYPOINTS["dxy"])))}
    for key, (own, beta, to_dollar) in _CURRENCIES.items():
        returns = own / 100 * clustered(key, len(dates)) + beta * market + to_dollar * dollar
        lines[key] = Line(dates, pinned(key, bridge(dates, returns, WAYPOINTS[key])))
    peg = reverting(0.12 * student("usdhkd", len(dates)), 0.985)
    lines["usdhkd"] = Line(dates, pinned("usdhkd", 7.80 + 0.046 * np.tanh(peg)))
    return lines


def _dealing_days() -> Instants:
    """Weekdays but for New Year's Day and Christmas Day, when nothing is quoted."""
    dates = days("NY17")
    years = np.unique(dates.astype("datetime64[Y]")).astype("datetime64[D]")
    quiet = np.concatenate([years, years - np.timedelta64(7, "D")])
    return np.asarray(dates[~np.isin(dates, quiet)], dtype="datetime64[D]")
