"""Funding and open interest of Kraken Futures, Hyperliquid and OKX, byte shapes and all, for the replay's market."""

import datetime as dt

from tests.replay import market
from tests.replay.question import Answer, Question, Routes, second

_HOUR = dt.timedelta(hours=1)
_KRAKEN = {"PF_XBTUSD": "BTC", "PF_ETHUSD": "ETH"}
_OKX = {"BTC-USDT-SWAP": "BTC", "ETH-USDT-SWAP": "ETH"}
_LATE = 31  # milliseconds by which Hyperliquid's stamps are off
_OKX_PAGE, _OKX_DAYS, _HYPERLIQUID_PAGE = 100, 100, 500


def _hours(asked: Question, days: int, step: int = 1) -> list[dt.datetime]:
    """Full hours of the last days, up to now."""
    start = dt.datetime.combine(asked.now.date() - dt.timedelta(days), dt.time(), dt.UTC)
    return [start + n * _HOUR for n in range(0, (days + 1) * 24, step) if start + n * _HOUR <= asked.now]


def _kraken_funding(asked: Question) -> Answer:
    coin = _KRAKEN[asked.query["symbol"]]
    rates = []
    for hour in _hours(asked, 365):
        relative = market.funding(coin, hour)
        stamp = hour.strftime("%Y-%m-%dT%H:%M:%SZ")
        rates.append({"timestamp": stamp, "fundingRate": relative * market.level(market.COINS[coin], hour.date()), "relativeFundingRate": relative})
    return 200, {"result": "success", "serverTime": asked.now.isoformat(), "rates": rates}


def _kraken_interest(asked: Question) -> Answer:
    symbol, _, kind = asked.path.partition("/")
    if kind != "open-interest" or asked.query.get("interval") != "86400":
        return 400, {"errors": [{"severity": "error", "error_class": "UnknownError", "msg": "not replayed"}]}
    first, last = int(asked.query["since"]), int(asked.query["to"])
    days = [d for d in market.days(market.FIRST, asked.now) if first <= second(d) <= last]
    held = [market.contracts(_KRAKEN[symbol], d) * asked.scale(f"contracts/{symbol}", d) for d in days]
    buckets = [[f"{h * x:.4f}" for x in (1.0, 1.01, 0.99, 1.0)] for h in held]
    return 200, {"result": {"timestamp": [second(d) for d in days], "data": buckets, "more": False}, "errors": []}


def _kraken_marks(asked: Question) -> Answer:
    coin = _KRAKEN[asked.path.split("/")[0]]
    first, last = int(asked.query["from"]), int(asked.query["to"])
    candles = []
    for day in market.days(market.FIRST, asked.now):
        if first <= second(day) <= last:
            price = f"{market.level(market.COINS[coin], day):.2f}"
            candles.append({"time": second(day) * 1000, **dict.fromkeys(("open", "high", "low", "close"), price), "volume": "0"})
    return 200, {"candles": candles, "more_candles": False}


def _hyperliquid(asked: Question) -> Answer:
    if not isinstance(asked.body, dict) or asked.body.get("type") != "fundingHistory":
        return 422, {"error": "Failed to deserialize the JSON body into the target type"}
    coin, start = asked.body["coin"], asked.body["startTime"]
    rows = [
        {"coin": coin, "fundingRate": f"{market.funding(coin, hour):.10f}", "premium": "0.0001", "time": int(hour.timestamp()) * 1000 + _LATE}
        for hour in _hours(asked, 900)
    ]
    return 200, [row for row in rows if row["time"] >= start][:_HYPERLIQUID_PAGE]


def _okx_funding(asked: Question) -> Answer:
    name = asked.query["instId"]
    if name not in _OKX:
        return 200, {"code": "51001", "data": [], "msg": "Instrument ID does not exist"}
    limit, after = min(int(asked.query.get("limit", "100")), _OKX_PAGE), int(asked.query.get("after", "9999999999999"))
    rows = []
    for hour in reversed(_hours(asked, 92, step=8)):
        rate, stamp = f"{8 * market.funding(_OKX[name], hour):.10f}", int(hour.timestamp()) * 1000
        row = {"formulaType": "withRate", "fundingRate": rate, "fundingTime": str(stamp), "instId": name, "instType": "SWAP", "realizedRate": rate}
        rows += [row] if stamp < after else []
    return 200, {"code": "0", "data": rows[:limit], "msg": ""}


def _okx_interest(asked: Question) -> Answer:
    if asked.query["period"] != "1Dutc":
        return 200, {"code": "51000", "data": [], "msg": "Parameter period error"}
    coin, limit = _OKX[asked.query["instId"]], min(int(asked.query.get("limit", "100")), 100)
    begin, end = int(asked.query.get("begin", "0")), int(asked.query.get("end", "9999999999999"))
    rows = []
    for day in reversed(market.days(asked.now.date() - dt.timedelta(_OKX_DAYS), asked.now)):
        held, stamp = 0.5 * market.contracts(coin, day), second(day) * 1000
        usd = held * market.level(market.COINS[coin], day)
        rows += [[str(stamp), f"{held * 100:.2f}", f"{held:.4f}", f"{usd:.4f}"]] if begin < stamp < end else []
    return 200, {"code": "0", "data": rows[:limit], "msg": ""}


ROUTES: Routes = (
    ("futures.kraken.com/derivatives/api/v4/historicalfundingrates", _kraken_funding),
    ("futures.kraken.com/api/charts/v1/analytics/", _kraken_interest),
    ("futures.kraken.com/api/charts/v1/mark/", _kraken_marks),
    ("api.hyperliquid.xyz/info", _hyperliquid),
    ("www.okx.com/api/v5/public/funding-rate-history", _okx_funding),
    ("www.okx.com/api/v5/rubik/stat/contracts/open-interest-history", _okx_interest),
)
