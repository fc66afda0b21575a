"""The CSV files of FRED and Cboe, byte shapes and all, for the replay's market."""

import datetime as dt

from tests.replay import market
from tests.replay.question import Answer, Question, Routes

_FRED = {"SP500": "^GSPC", "NASDAQ100": "^NDX", "DJIA": "^DJI", "NASDAQCOM": "^IXIC", "VIXCLS": "^VIX", "DGS10": "^TNX"}
_EVENING = dt.timedelta(hours=2)


def _fred(asked: Question) -> Answer:
    name = asked.query["id"]
    if name not in _FRED:
        return 404, "<!DOCTYPE html><html><body>Error 404</body></html>"
    base, calendar, _ = market.YAHOO[_FRED[name]]
    closes = {d: c for d, _, c in market.sessions(calendar, market.FIRST, asked.now)}
    lines = [f"observation_date,{name}"]
    day = dt.date.fromisoformat(asked.query.get("cosd", market.FIRST.isoformat()))
    while day < asked.now.date():
        if day.weekday() < 5:
            told = day in closes and closes[day] + _EVENING <= asked.now
            lines.append(f"{day},{market.level(base, day) * asked.scale(name, day):.2f}" if told else f"{day},")
        day += dt.timedelta(1)
    return 200, "\n".join(lines) + "\n"


def _cboe(asked: Question) -> Answer:
    if asked.path != "VIX_History.csv":
        return 403, "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"
    lines = ["DATE,OPEN,HIGH,LOW,CLOSE"]
    for day, _, closed in market.sessions("XNYS", market.FIRST, asked.now):
        if closed + _EVENING <= asked.now:
            value = f"{market.level(market.YAHOO['^VIX'][0], day):.6f}"
            lines.append(f"{day:%m/%d/%Y},{value},{value},{value},{value}")
    return 200, "\n".join(lines) + "\n"


ROUTES: Routes = (
    ("fred.stlouisfed.org/graph/fredgraph.csv", _fred),
    ("cdn.cboe.com/api/global/us_indices/daily_prices/", _cboe),
)
