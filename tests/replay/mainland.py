"""East Money, the Shanghai and Shenzhen exchanges and Tencent, byte shapes and all, for the replay's market."""

import datetime as dt

from tests.replay import market
from tests.replay.question import Answer, Question, Routes

# Northbound reports stand on the exchanges' pages from this time of their day.
_PUBLISHED = dt.timedelta(hours=2)
_TENCENT = {
    "hkHSI": "^HSI", "hkHSCEI": "^HSCE", "hkHSTECH": "HSTECH.HK", "sh000001": "000001.SS", "sz399001": "399001.SZ", "sz399006": "399006.SZ",
    "sh000300": "000300.SS",
}  # fmt: skip
_ROWS = 640


def _eastmoney(asked: Question) -> Answer:
    day, _, closed = market.sessions("XSHG", asked.now.date() - dt.timedelta(30), asked.now)[-1]
    rows = []
    for secid in asked.query["secids"].split(","):
        place, code = secid.split(".")
        if code in market.EXCHANGES:
            up, down, flat = market.breadth(code, day)
            updated = min(asked.now, closed + dt.timedelta(hours=1))
            part = 1.0 if closed <= asked.now else 0.5
            rows.append(
                {"f6": market.level(market.EXCHANGES[code][3], day) * part * asked.scale(f"turnover/{code}", day), "f12": code, "f13": int(place),
                 "f14": "指数", "f104": up, "f105": down, "f106": flat, "f124": int(updated.timestamp())}
            )  # fmt: skip
    return 200, {"rc": 0, "rt": 11, "data": {"total": len(rows), "diff": rows}}


def _reported(day: dt.date, now: dt.datetime) -> bool:
    """Whether Stock Connect traded on a date and the report is out."""
    closed = {d: c for d, _, c in market.sessions("CONNECT", day, now)}
    return day in closed and closed[day] + _PUBLISHED <= now


def _hundred_millions(amount: float) -> str:
    return f"{amount / 1e8:,.2f}"


def _sse(asked: Question) -> Answer:
    shape = {"actionErrors": [], "isPagination": "false", "sqlId": asked.query["sqlId"], "type": ""}
    if asked.query["sqlId"] != "FW_HGTZL_HGTSCSJ_HGTCJGK_MRTJ":
        return 200, {**shape, "result": None}
    day = dt.datetime.strptime(asked.query["tradeDate"], "%Y%m%d").replace(tzinfo=dt.UTC).date()
    amount = _hundred_millions(market.level(market.EXCHANGES["000001"][4], day) * asked.scale("northbound/sse", day))
    row = {"totalVolume": "617.56", "totalAmount": amount, "tradeDate": f"{day:%Y%m%d}", "etfTotalAmount": "41.87"}
    return 200, {**shape, "result": [row] if _reported(day, asked.now) else []}


def _szse(asked: Question) -> Answer:
    day = dt.date.fromisoformat(asked.query["txtDate"])
    out = _reported(day, asked.now)
    total = _hundred_millions(market.level(market.EXCHANGES["399106"][4], day))
    rows = [
        {"label": "当日交易总额（亿元人民币）", "total": total},
        {"label": "当日交易总笔数（万笔）", "total": "699.04"},
        {"label": "当日ETF交易总额（亿元人民币）", "total": "33.38"},
    ]
    about = {"catalogid": asked.query["CATALOGID"], "name": "深股通交易日报", "subname": day.isoformat() if out else "", "tabkey": "tab1"}
    return 200, [{"metadata": about, "data": rows if out else [], "error": None}]


def _tencent(asked: Question) -> Answer:
    symbol, kind, first, last, rows, _ = asked.query["param"].split(",")
    if symbol not in _TENCENT or kind != "day":
        return 200, {"code": 1, "msg": "bad params", "data": []}
    base, calendar, _ = market.YAHOO[_TENCENT[symbol]]
    bars = []
    for day, _, closed in market.sessions(calendar, max(dt.date.fromisoformat(first), market.FIRST), asked.now):
        if day <= dt.date.fromisoformat(last):
            close = market.level(base, day) * asked.scale(symbol, day) * (1.0 if closed <= asked.now else 0.999)
            bars.append([day.isoformat(), *(f"{x:.3f}" for x in (close * 0.999, close, close * 1.01, close * 0.99)), "1000000.000"])
    bars = bars[-min(int(rows), _ROWS) :]
    return 200, {"code": 0, "msg": "", "data": {symbol: {"day": bars, "qt": {}, "prec": "1.0"}} if bars else []}


ROUTES: Routes = (
    ("push2.eastmoney.com/api/qt/ulist.np/get", _eastmoney),
    ("query.sse.com.cn/commonSoaQuery.do", _sse),
    ("www.szse.cn/api/report/ShowReport/data", _szse),
    ("web.ifzq.gtimg.cn/appstock/app/fqkline/get", _tencent),
    ("web.ifzq.gtimg.cn/appstock/app/hkfqkline/get", _tencent),
)
