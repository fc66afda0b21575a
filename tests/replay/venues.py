"""Daily candles of Kraken, Coinbase and Bitstamp, byte shapes and all, for the replay's market."""

import datetime as dt

from tests.replay import market
from tests.replay.question import Answer, Question, Routes, Scale, second

_PAIRS = {"XXBTZUSD": "BTC", "XBTUSD": "BTC", "XETHZUSD": "ETH", "ETHUSD": "ETH"}
_ANSWERS = {"XBTUSD": "XXBTZUSD", "ETHUSD": "XETHZUSD"}


def _candle(venue: str, coin: str, day: dt.date, scale: Scale) -> tuple[float, float, float, float]:
    """Open, high, low, close."""
    base = market.COINS[coin] * market.VENUES[venue]
    close = market.level(base, day) * scale(coin, day)
    opened = market.level(base, day - dt.timedelta(1))
    return opened, max(opened, close) * 1.01, min(opened, close) * 0.99, close


def _kraken(asked: Question) -> Answer:
    pair = asked.query["pair"]
    if pair not in _PAIRS:
        return 200, {"error": ["EQuery:Unknown asset pair"]}
    since = int(asked.query.get("since", "0"))
    rows = [
        [second(day), *(f"{x:.5f}" for x in _candle("kraken", _PAIRS[pair], day, asked.scale)), "0.0", f"{market.volume(day):.8f}", 100]
        for day in market.days(asked.now.date() - dt.timedelta(719), asked.now)
    ]
    key = _ANSWERS.get(pair, pair)
    return 200, {"error": [], "result": {key: [r for r in rows if int(r[0]) > since], "last": rows[-2][0]}}


def _coinbase(asked: Question) -> Answer:
    coin = asked.path.split("-", maxsplit=1)[0]
    start, end = int(asked.query["start"]), int(asked.query["end"])
    if (end - start) // 86_400 > 350:
        return 400, {"error": "INVALID_ARGUMENT", "message": "number of candles requested should be less than 350"}
    candles = []
    for day in market.days(market.FIRST, asked.now):
        if start <= second(day) <= end:
            opened, high, low, close = (f"{x:.2f}" for x in _candle("coinbase", coin, day, asked.scale))
            row = {"low": low, "high": high, "open": opened, "close": close, "volume": f"{market.volume(day)}"}
            candles.append({"start": str(second(day)), **row})
    return 200, {"candles": candles[::-1]}


def _bitstamp(asked: Question) -> Answer:
    coin = asked.path[:3].upper()
    start, limit = int(asked.query.get("start", "0")), int(asked.query.get("limit", "1000"))
    rows = []
    for day in market.days(market.FIRST, asked.now):
        if second(day) >= start:
            opened, high, low, close = (f"{x:.2f}" for x in _candle("bitstamp", coin, day, asked.scale))
            row = {"high": high, "low": low, "open": opened, "close": close, "volume": f"{market.volume(day)}"}
            rows.append({"timestamp": str(second(day)), **row})
    return 200, {"data": {"pair": f"{coin}/USD", "ohlc": rows[: min(limit, 1000)]}}


ROUTES: Routes = (
    ("api.kraken.com/0/public/OHLC", _kraken),
    ("api.coinbase.com/api/v3/brokerage/market/products/", _coinbase),
    ("www.bitstamp.net/api/v2/ohlc/", _bitstamp),
)
