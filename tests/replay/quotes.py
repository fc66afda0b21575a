"""Yahoo's charts, byte shapes and all, for the replay's market."""

import datetime as dt
from zoneinfo import ZoneInfo

from tests.replay import market
from tests.replay.question import Answer, Question, Routes

_NEW_YORK, _LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
_ZONES = {"XNYS": _NEW_YORK, "XHKG": ZoneInfo("Asia/Hong_Kong"), "XSHG": ZoneInfo("Asia/Shanghai"), "NY17": _NEW_YORK}


def _yahoo(asked: Question) -> Answer:
    if asked.path not in market.YAHOO:
        error = {"code": "Not Found", "description": "No data found, asked.path may be delisted"}
        return 404, {"chart": {"result": None, "error": error}}
    base, calendar, kind = market.YAHOO[asked.path]
    zone = _LONDON if kind == "CURRENCY" else _ZONES[calendar]
    first = dt.datetime.fromtimestamp(int(asked.query.get("period1", "0")), dt.UTC).astimezone(zone).date()
    stamps: list[int] = []
    closes: list[float | None] = []
    quoted = asked.now
    for day, opened, closed in market.sessions(calendar, max(first, market.FIRST), asked.now):
        start = opened if calendar != "NY17" else dt.datetime.combine(day, dt.time(), zone)
        if start > asked.now:
            continue
        quoted = min(asked.now, closed)
        stamps.append(int(start.timestamp()) if closed <= asked.now else int(asked.now.timestamp()))
        holiday = calendar == "NY17" and (day.month, day.day) in {(1, 1), (12, 25)}
        closes.append(None if holiday else market.level(base, day) * asked.scale(asked.path, day))
    meta = _yahoo_meta(asked.path, kind, calendar, zone, asked.now, quoted)
    if not stamps:
        return 200, {"chart": {"result": [{"meta": meta, "indicators": {"quote": [{}]}}], "error": None}}
    volumes = [None if c is None else 0 for c in closes]
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": volumes}
    result = {"meta": meta, "timestamp": stamps, "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]}}
    return 200, {"chart": {"result": [result], "error": None}}


def _yahoo_meta(symbol: str, kind: str, calendar: str, zone: ZoneInfo, now: dt.datetime, quoted: dt.datetime) -> dict[str, object]:
    start, end = _trading_period(calendar, zone, now)
    offset = int((now.astimezone(zone).utcoffset() or dt.timedelta()).total_seconds())
    period = {"timezone": now.astimezone(zone).tzname(), "start": start, "end": end, "gmtoffset": offset}
    return {
        "currency": "USD", "symbol": symbol, "exchangeName": "SNP", "fullExchangeName": "SNP", "instrumentType": kind,
        "firstTradeDate": -1325583000, "regularMarketTime": int(quoted.timestamp()), "hasPrePostMarketData": False,
        "gmtoffset": offset, "timezone": period["timezone"], "exchangeTimezoneName": zone.key, "regularMarketPrice": 1.0, "priceHint": 2,
        "currentTradingPeriod": {"pre": {**period, "end": start}, "regular": period, "post": {**period, "start": end}},
        "dataGranularity": "1d", "range": "",
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }  # fmt: skip


def _trading_period(calendar: str, zone: ZoneInfo, now: dt.datetime) -> tuple[int, int]:
    today = now.astimezone(zone).date()
    if calendar == "NY17":
        start = dt.datetime.combine(today, dt.time(), zone)
        return int(start.timestamp()), int(start.timestamp()) + 86_340
    ahead = market.sessions(calendar, today, now + dt.timedelta(days=20))[0]
    return int(ahead[1].timestamp()), int(ahead[2].timestamp())


ROUTES: Routes = (
    ("query2.finance.yahoo.com/v8/finance/chart/", _yahoo),
    ("query1.finance.yahoo.com/v8/finance/chart/", _yahoo),
)
