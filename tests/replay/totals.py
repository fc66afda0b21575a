"""DefiLlama, CoinGecko, CoinMarketCap and alternative.me, byte shapes and all, for the replay's market."""

import datetime as dt

from tests.replay import market
from tests.replay.question import Answer, Question, Routes, second


def _stablecoins(asked: Question) -> Answer:
    ident = asked.query.get("stablecoin", "")
    base = market.STABLECOINS.get(ident, sum(market.STABLECOINS.values()))
    rows = []
    for day in market.days(market.FIRST, asked.now):
        dollars = market.level(base, day) * asked.scale(f"stablecoin/{ident or 'all'}", day)
        pegs: dict[str, float] = {"peggedUSD": dollars + 0.25 if day == asked.now.date() else round(dollars)}
        if not ident and day.toordinal() % 3:
            pegs["peggedEUR"] = round(market.EUROS)
        rows.append({"date": str(second(day)), "totalCirculating": pegs, "totalUnreleased": {}, "totalCirculatingUSD": pegs})
    return 200, rows


def _tvl(asked: Question) -> Answer:
    chain = asked.path.strip("/")
    if chain not in market.TVL:
        return 500, {"message": "Internal Error"}
    days = market.days(market.FIRST, asked.now)
    return 200, [{"date": second(d), "tvl": round(market.level(market.TVL[chain], d) * asked.scale(f"tvl/{chain}", d))} for d in days]


def _dex(asked: Question) -> Answer:
    total: list[list[float]] = []
    parts: list[list[object]] = []
    for day in market.days(market.FIRST, asked.now):
        by = {
            name: round(market.level(base, day) * asked.scale(f"dex/{name}", day))
            for name, base in market.DEX.items()
            if day >= market.DEX_SINCE.get(name, market.FIRST)
        }
        total.append([second(day), sum(by.values())])
        parts.append([second(day), by])
    shown = asked.query.get("excludeTotalDataChartBreakdown") == "false"
    return 200, {
        "totalDataChart": total, "totalDataChartBreakdown": parts if shown else [], "breakdown24h": None, "chain": None, "allChains": [],
        "total24h": None, "change_1d": -3.68, "protocols": [],
    }  # fmt: skip


def _coingecko(asked: Question) -> Answer:
    day = asked.now.date()
    cap = market.level(2.4e12, day) * asked.scale("total_cap", day)
    return 200, {
        "data": {
            "active_cryptocurrencies": 21141, "markets": 1496, "total_market_cap": {"btc": cap / 66000, "usd": cap},
            "total_volume": {"usd": market.level(9e10, day)}, "market_cap_percentage": {"btc": market.level(56.0, day), "eth": 11.0},
            "market_cap_change_percentage_24h_usd": -1.0, "updated_at": int(asked.now.timestamp()) - 60,
        }
    }  # fmt: skip


def _coinmarketcap(asked: Question) -> Answer:
    if "interval" not in asked.query:
        return 500, {"status": {"error_code": "500", "error_message": "The system is busy, please try again later!"}}
    first, last = int(asked.query["timeStart"]), int(asked.query["timeEnd"])
    quotes = []
    for day in market.days(market.FIRST, asked.now):
        if first <= second(day) + 86_400 <= last:  # a reading at midnight shows the day that ended
            cap, traded = market.level(2.5e12, day), market.level(1e11, day)
            quote = {"totalMarketCap": cap, "totalVolume24H": traded, "totalVolume24HReported": 2 * traded, "altcoinMarketCap": cap * 0.4}
            stamp = f"{day + dt.timedelta(1)}T00:00:00.000Z"
            quotes.append({"timestamp": stamp, "btcDominance": market.level(57.0, day), "quote": [{"name": "2781", "timestamp": stamp, **quote}]})
    return 200, {"data": {"id": 3, "name": "global", "quotes": quotes}, "status": {"error_code": "0", "error_message": "SUCCESS"}}


def _greed(asked: Question) -> Answer:
    rows = [
        {"value": str(market.greed(day)), "value_classification": "Fear", "timestamp": str(second(day))}
        for day in reversed(market.days(market.FIRST, asked.now))
    ]
    rows[0]["time_until_update"] = "2723"
    limit = int(asked.query.get("limit", "1"))
    return 200, {"name": "Fear and Greed Index", "data": rows[: limit or None], "metadata": {"error": None}}


ROUTES: Routes = (
    ("stablecoins.llama.fi/stablecoincharts/all", _stablecoins),
    ("api.llama.fi/v2/historicalChainTvl", _tvl),
    ("api.llama.fi/overview/dexs", _dex),
    ("api.coingecko.com/api/v3/global", _coingecko),
    ("api.coinmarketcap.com/data-api/v3/global-metrics/quotes/historical", _coinmarketcap),
    ("api.alternative.me/fng/", _greed),
)
