"""The sessions around 27 March 2026 as they were, after a history in which crypto moves with equities and Asia answers the US night before.

The last closes of the S&P 500, the Nasdaq 100, VIX, BTC and ETH, and the changes of TVL and stablecoins, are the public ones; the others are made
to fit such a day. Nothing here reads the demo market.
"""

import datetime as dt

import numpy as np

from core import report
from core.catalogue import BY_KEY
from core.metrics import compute
from core.panel import build
from core.records import Settings
from core.sessions import lead_positions, schedule
from tests.core.lines import days, line, together

DAY = dt.date(2026, 3, 28)
FIRST, LAST = "2025-03-03", "2026-03-27"
US, ASIA = ("spx", "ndx", "dow", "nasdaq", "rut", "vix", "us10y"), ("hsi", "hscei", "hstech", "sse", "szse", "chinext", "csi300")
SECTORS = ("xlk", "xlf", "xlv", "xly", "xlc", "xli", "xlp", "xle", "xlu", "xlre", "xlb")
# Closes of 25, 26 and 27 March.
CLOSES = {
    "spx": (6591.86, 6477.16, 6368.85), "ndx": (24100.0, 23575.0, 23120.0), "dow": (46300.0, 45900.0, 45160.0), "vix": (25.0, 27.44, 31.05),
    "nasdaq": (21900.0, 21450.0, 21020.0), "rut": (2480.0, 2440.0, 2400.0), "us10y": (4.33, 4.37, 4.40), "dxy": (99.6, 99.8, 100.0),
    "gold": (4480.0, 4440.0, 4420.0), "btc": (70100.0, 68769.0, 66353.0), "eth": (2110.0, 2060.0, 1992.84),
    "hsi": (25200.0, 24990.0, 24700.0), "hscei": (8600.0, 8530.0, 8440.0), "hstech": (4900.0, 4830.0, 4760.0),
    "sse": (3940.0, 3925.0, 3900.0), "szse": (13700.0, 13600.0, 13480.0), "chinext": (3280.0, 3250.0, 3215.0), "csi300": (4550.0, 4530.0, 4500.0),
    "usdcny": (6.9, 6.905, 6.91), "usdhkd": (7.82, 7.822, 7.825),
    "usdt": (184.2e9, 184.15e9, 184.1e9), "usdc": (78.5e9, 78.3e9, 77.9e9), "dai": (4.43e9, 4.43e9, 4.43e9), "usds": (7.95e9, 7.94e9, 7.9e9),
    "stablecoins": (313.2e9, 312.8e9, 312.31e9), "tvl": (97.4e9, 95.6e9, 92.45e9), "dex": (8.1e9, 8.4e9, 9.2e9), "fear_greed": (28.0, 24.0, 20.0),
    **dict.fromkeys(SECTORS, (100.0, 98.6, 97.1)),
}  # fmt: skip
# Per series: its beta on the S&P 500 session of its own dates, and its own noise in percent.
BETA = {
    **dict.fromkeys(("spx", "ndx", "dow", "nasdaq", "rut", *SECTORS), (1.0, 0.3)), "vix": (-5.0, 4.5), "btc": (1.3, 1.3), "eth": (1.6, 1.8),
    "tvl": (1.6, 1.8), "dex": (0.0, 12.0), "us10y": (0.1, 1.1), "dxy": (0.0, 0.4), "gold": (0.0, 1.0), "usdc": (0.0, 0.4),
    "fear_greed": (0.0, 15.0), **dict.fromkeys(ASIA[:3], (0.65, 0.8)), **dict.fromkeys(ASIA[3:], (0.3, 0.7)),
}  # fmt: skip


def equities():
    """The S&P 500's changes in percent by date, up to 25 March."""
    sessions = days(FIRST, last="2026-03-25", calendar="XNYS")
    return dict(zip(sessions.tolist(), np.random.default_rng(27).normal(0.04, 1.0, len(sessions)), strict=True))


def drivers(key, sessions):
    """What moves each session of a series: the US session of its date, or for Asia the sum of those that had closed since its open before."""
    moves, calendar = equities(), BY_KEY[key].calendar
    if calendar not in {"XHKG", "XSHG"}:
        return np.array([moves.get(d, 0.0) for d in sessions.tolist()])
    us, at = schedule("XNYS").dates.tolist(), lead_positions(calendar, "XNYS")[schedule(calendar).ordinals(sessions)]
    return np.array([sum(moves.get(us[i], 0.0) for i in range(a + 1, b + 1)) for a, b in zip([at[0] - 1, *at[:-1]], at, strict=True)])


def observations(series=tuple(CLOSES)):
    """A year of each series, ending in its closes."""
    made = []
    for n, key in enumerate(series):
        sessions = days(FIRST, last=LAST, calendar=BY_KEY[key].calendar)
        beta, noise = BETA.get(key, (0.0, 0.25))
        own = np.random.default_rng(100 + n).normal(0, noise, len(sessions) - 3)
        steps = (beta * drivers(key, sessions[1:-2]) + own) / 100
        before = CLOSES[key][0] * np.exp(np.cumsum(np.r_[0.0, steps]) - steps.sum())
        made.append(line(key, sessions, [*before, *CLOSES[key][1:]], fetched="2026-03-28T00:20"))
    return together(*made)


def made(frame, edition="morning"):
    """The report of 28 March over some observations, as if they were a store's, and the metrics it is made from."""
    rows = np.arange(np.datetime64(DAY) - 300, np.datetime64(DAY) + 1)
    table = compute(build(frame, "live", edition, rows))
    return report.build(table, DAY, Settings()), table


def without(frame, keys, since):
    """Observations in which some series end before a date."""
    return frame[~(frame["series"].isin(keys) & (frame["session"] >= since))]
