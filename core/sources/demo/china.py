"""Hong Kong and the mainland: indices, breadth, turnover, northbound turnover.

The overnight lead: a session reacts to the US session that closed before it opened, after a holiday to all of those that the last session
here had not seen. The US session of the same date comes later and has no part in it.
"""

import numpy as np

from core.sessions import Instants, lead_positions, schedule
from core.sources.demo.anchors import pinned, published_value
from core.sources.demo.draws import Floats, Line, bridge, clustered, days, log_returns, reverting, student
from core.sources.demo.waypoints import WAYPOINTS

_FACTORS = {"china": 0.0095, "china technology": 0.0085, "offshore": 0.0082}  # daily standard deviations
_HOLIDAY = 0.45  # size of a factor's move on a day when the mainland rests

# Key: calendar, US line that leads it, beta to it, loadings on the three factors, own daily standard deviation in percent.
_INDICES = {
    "hsi": ("XHKG", "spx", 0.62, (0.95, 0.20, 1.0), 0.20),
    "hscei": ("XHKG", "spx", 0.64, (1.02, 0.18, 1.0), 0.36),
    "hstech": ("XHKG", "ndx", 0.80, (1.05, 1.00, 1.1), 0.45),
    "sse": ("XSHG", "spx", 0.25, (0.82, 0.05, 0.0), 0.28),
    "szse": ("XSHG", "spx", 0.27, (1.02, 0.40, 0.0), 0.36),
    "chinext": ("XSHG", "ndx", 0.22, (1.15, 0.70, 0.0), 0.62),
    "csi300": ("XSHG", "spx", 0.26, (0.92, 0.12, 0.0), 0.22),
}
_LISTED = (4_210, 5_350)  # A-shares traded on the first and on the last session


def china(america: dict[str, Line]) -> dict[str, Line]:
    """Index levels, counts of shares, turnover in CNY."""
    dates = {code: days(code) for code in ("XHKG", "XSHG")}
    factors = {code: _factors(held) for code, held in dates.items()}
    lines = {}
    for key, (code, leader, beta, loadings, own) in _INDICES.items():
        lead = overnight(code, dates[code], america[leader])
        returns = beta * lead + np.array(loadings) @ factors[code] + own / 100 * student(key, len(lead))
        lines[key] = Line(dates[code], pinned(key, bridge(dates[code], returns, WAYPOINTS[key])))
    market = (log_returns(lines["sse"].values) + log_returns(lines["szse"].values)) / 2
    return lines | _breadth(dates["XSHG"], market) | _turnover(dates["XSHG"], market)


def overnight(code: str, dates: Instants, leader: Line) -> Floats:
    """Log return of the leader between the last closes that each session of `dates` and the one before it had seen at their open."""
    every = schedule("XNYS").dates
    seen = every[lead_positions(code, "XNYS")[schedule(code).ordinals(dates)]]
    at = (np.searchsorted(leader.dates, seen, side="right") - 1).clip(0)
    return log_returns(leader.values[at])


def _factors(dates: Instants) -> Floats:
    """Returns of the factors over each session (rows: factors): what happened on a holiday is caught up at the next open."""
    weekdays = days("NY17")
    at = np.searchsorted(weekdays, dates)
    swing = np.where(np.isin(weekdays, days("XSHG")), 1.0, _HOLIDAY)
    paths = [np.cumsum(size * swing * clustered(name, len(weekdays))) for name, size in _FACTORS.items()]
    return np.array([np.diff(path[at], prepend=path[at[0]]) for path in paths])


def _breadth(dates: Instants, market: Floats) -> dict[str, Line]:
    """Advancing, declining and unchanged A-shares: a logistic share of a market that grows slowly."""
    listed = np.round(np.linspace(*_LISTED, len(dates)))
    pull = reverting(0.35 * student("breadth", len(dates)), 0.2)
    advancing = 1 / (1 + np.exp(-(150 * market + pull)))
    unchanged = np.round(listed * np.clip(0.022 + 0.006 * student("unchanged", len(dates)), 0.006, 0.06))
    advancers = np.round((listed - unchanged) * np.clip(advancing, 0.015, 0.985))
    unchanged[-1], advancers[-1] = 112.0, round(listed[-1] * published_value("cn.advance_share") / 100)
    return {
        "cn_advancers": Line(dates, advancers),
        "cn_decliners": Line(dates, listed - advancers - unchanged),
        "cn_unchanged": Line(dates, unchanged),
    }


def _turnover(dates: Instants, market: Floats) -> dict[str, Line]:
    """Turnover in CNY: higher when prices move. Northbound trades only when Hong Kong is open too."""
    stir = 4.2 * np.abs(market) + reverting(0.050 * student("cn_turnover", len(dates)), 0.93)
    turnover = bridge(dates, np.diff(stir, prepend=0.0), WAYPOINTS["cn_turnover"])
    turnover = pinned("cn_turnover", turnover)
    both = np.isin(dates, schedule("XHKG").dates)
    visiting = 0.5 * stir + reverting(0.045 * student("northbound", len(dates)), 0.7)
    northbound = bridge(dates[both], np.diff(visiting[both], prepend=0.0), WAYPOINTS["northbound_turnover"])
    return {"cn_turnover": Line(dates, turnover), "northbound_turnover": Line(dates[both], pinned("northbound_turnover", northbound))}
