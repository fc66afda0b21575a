"""The answers of the upstreams, byte shapes and all, for the replay's market as of `now`."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from tests.replay import market

Query = dict[str, str]
Scale = Callable[[str, dt.date], float]  # how much a value of a name and date was restated: 1 unless told otherwise
_NEW_YORK, _LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
_ZONES = {"XNYS": _NEW_YORK, "XHKG": ZoneInfo("Asia/Hong_Kong"), "XSHG": ZoneInfo("Asia/Shanghai"), "NY17": _NEW_YORK}
_PAIRS = {"XXBTZUSD": "BTC", "XBTUSD": "BTC", "XETHZUSD": "ETH", "ETHUSD": "ETH"}
_ANSWERS = {"XBTUSD": "XXBTZUSD", "ETHUSD": "XETHZUSD"}


def answer(target: str, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    """Status and JSON for a path in mirror shape, /HOST/PATH?QUERY."""
    parts = urlsplit(target)
    host, _, path = parts.path.lstrip("/").partition("/")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    for prefix, route in ROUTES:
        if f"{host}/{path}".startswith(prefix):
            return route(unquote(f"{host}/{path}"[len(prefix) :]), query, now, scale)
    return 404, {"error": f"nothing is replayed at {host}/{path}"}


def _second(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def _yahoo(symbol: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    if symbol not in market.YAHOO:
        error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
        return 404, {"chart": {"result": None, "error": error}}
    base, calendar, kind = market.YAHOO[symbol]
    zone = _LONDON if kind == "CURRENCY" else _ZONES[calendar]
    first = dt.datetime.fromtimestamp(int(query.get("period1", "0")), dt.UTC).astimezone(zone).date()
    stamps: list[int] = []
    closes: list[float | None] = []
    quoted = now
    for day, opened, closed in market.sessions(calendar, max(first, market.FIRST), now):
        start = opened if calendar != "NY17" else dt.datetime.combine(day, dt.time(), zone)
        quoted = min(now, closed)
        if start > now:
            continue
        stamps.append(int(start.timestamp()) if closed <= now else int(now.timestamp()))
        holiday = calendar == "NY17" and (day.month, day.day) in {(1, 1), (12, 25)}
        closes.append(None if holiday else market.level(base, day) * scale(symbol, day))
    meta = _yahoo_meta(symbol, kind, calendar, zone, now, quoted)
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


def _candle(venue: str, coin: str, day: dt.date, scale: Scale) -> tuple[float, float, float, float]:
    """Open, high, low, close."""
    base = market.COINS[coin] * market.VENUES[venue]
    close = market.level(base, day) * scale(coin, day)
    opened = market.level(base, day - dt.timedelta(1))
    return opened, max(opened, close) * 1.01, min(opened, close) * 0.99, close


def _kraken(_: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    pair = query["pair"]
    if pair not in _PAIRS:
        return 200, {"error": ["EQuery:Unknown asset pair"]}
    since = int(query.get("since", "0"))
    rows = [
        [_second(day), *(f"{x:.5f}" for x in _candle("kraken", _PAIRS[pair], day, scale)), "0.0", f"{market.volume(day):.8f}", 100]
        for day in market.days(now.date() - dt.timedelta(719), now)
    ]
    key = _ANSWERS.get(pair, pair)
    return 200, {"error": [], "result": {key: [r for r in rows if int(r[0]) > since], "last": rows[-2][0]}}


def _coinbase(path: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    coin = path.split("-", maxsplit=1)[0]
    start, end = int(query["start"]), int(query["end"])
    if (end - start) // 86_400 > 350:
        return 400, {"error": "INVALID_ARGUMENT", "message": "number of candles requested should be less than 350"}
    candles = []
    for day in market.days(market.FIRST, now):
        if start <= _second(day) <= end:
            opened, high, low, close = (f"{x:.2f}" for x in _candle("coinbase", coin, day, scale))
            row = {"low": low, "high": high, "open": opened, "close": close, "volume": f"{market.volume(day)}"}
            candles.append({"start": str(_second(day)), **row})
    return 200, {"candles": candles[::-1]}


def _bitstamp(path: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    coin = path[:3].upper()
    start, limit = int(query.get("start", "0")), int(query.get("limit", "1000"))
    rows = []
    for day in market.days(market.FIRST, now):
        if _second(day) >= start:
            opened, high, low, close = (f"{x:.2f}" for x in _candle("bitstamp", coin, day, scale))
            row = {"high": high, "low": low, "open": opened, "close": close, "volume": f"{market.volume(day)}"}
            rows.append({"timestamp": str(_second(day)), **row})
    return 200, {"data": {"pair": f"{coin}/USD", "ohlc": rows[: min(limit, 1000)]}}


def _stablecoins(_: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    ident = query.get("stablecoin", "")
    base = market.STABLECOINS.get(ident, sum(market.STABLECOINS.values()))
    rows = []
    for day in market.days(market.FIRST, now):
        dollars = market.level(base, day) * scale(f"stablecoin/{ident or 'all'}", day)
        pegs: dict[str, float] = {"peggedUSD": dollars + 0.25 if day == now.date() else round(dollars)}
        if not ident and day.toordinal() % 3:
            pegs["peggedEUR"] = round(market.EUROS)
        rows.append({"date": str(_second(day)), "totalCirculating": pegs, "totalUnreleased": {}, "totalCirculatingUSD": pegs})
    return 200, rows


def _tvl(path: str, _: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    chain = path.strip("/")
    if chain not in market.TVL:
        return 500, {"message": "Internal Error"}
    days = market.days(market.FIRST, now)
    return 200, [{"date": _second(d), "tvl": round(market.level(market.TVL[chain], d) * scale(f"tvl/{chain}", d))} for d in days]


def _dex(_: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    total: list[list[float]] = []
    parts: list[list[object]] = []
    for day in market.days(market.FIRST, now):
        by = {
            name: round(market.level(base, day) * scale(f"dex/{name}", day))
            for name, base in market.DEX.items()
            if day >= market.DEX_SINCE.get(name, market.FIRST)
        }
        total.append([_second(day), sum(by.values())])
        parts.append([_second(day), by])
    shown = query.get("excludeTotalDataChartBreakdown") == "false"
    return 200, {
        "totalDataChart": total, "totalDataChartBreakdown": parts if shown else [], "breakdown24h": None, "chain": None, "allChains": [],
        "total24h": None, "change_1d": -3.68, "protocols": [],
    }  # fmt: skip


def _coingecko(_: str, __: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    day = now.date()
    cap = market.level(2.4e12, day) * scale("total_cap", day)
    return 200, {
        "data": {
            "active_cryptocurrencies": 21141, "markets": 1496, "total_market_cap": {"btc": cap / 66000, "usd": cap},
            "total_volume": {"usd": market.level(9e10, day)}, "market_cap_percentage": {"btc": market.level(56.0, day), "eth": 11.0},
            "market_cap_change_percentage_24h_usd": -1.0, "updated_at": int(now.timestamp()) - 60,
        }
    }  # fmt: skip


def _greed(_: str, query: Query, now: dt.datetime, scale: Scale) -> tuple[int, object]:
    rows = [
        {"value": str(market.greed(day)), "value_classification": "Fear", "timestamp": str(_second(day))}
        for day in reversed(market.days(market.FIRST, now))
    ]
    rows[0]["time_until_update"] = "2723"
    limit = int(query.get("limit", "1"))
    return 200, {"name": "Fear and Greed Index", "data": rows[: limit or None], "metadata": {"error": None}}


ROUTES = (
    ("query2.finance.yahoo.com/v8/finance/chart/", _yahoo),
    ("query1.finance.yahoo.com/v8/finance/chart/", _yahoo),
    ("api.kraken.com/0/public/OHLC", _kraken),
    ("api.coinbase.com/api/v3/brokerage/market/products/", _coinbase),
    ("www.bitstamp.net/api/v2/ohlc/", _bitstamp),
    ("stablecoins.llama.fi/stablecoincharts/all", _stablecoins),
    ("api.llama.fi/v2/historicalChainTvl", _tvl),
    ("api.llama.fi/overview/dexs", _dex),
    ("api.coingecko.com/api/v3/global", _coingecko),
    ("api.alternative.me/fng/", _greed),
)
