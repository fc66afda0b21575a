"""Equity indices, sector funds, volatility, yield, dollar, gold, currencies, and what mainland exchanges count."""

import datetime as dt

from core.catalogue.records import Series, SourceRef
from core.language import N_
from core.units import Unit

_CLOSE = "Closing level of the session, as the provider reports it; not adjusted."


def _index(key: str, label: str, zh: str, market: str, bounds: tuple[float, float], *sources: SourceRef) -> Series:
    calendar = {"us": "XNYS", "hk": "XHKG", "cn": "XSHG"}[market]
    return Series(
        key=key, label=label, label_zh=zh, group=f"{market}_index", market=market, unit=Unit.POINTS, calendar=calendar,
        sources=sources, low=bounds[0], high=bounds[1], max_move=25.0, method=_CLOSE,
    )  # fmt: skip


def _yahoo(symbol: str) -> SourceRef:
    return SourceRef("yahoo", symbol)


def _tencent(symbol: str) -> SourceRef:
    return SourceRef("tencent", symbol)


def _fred(symbol: str) -> SourceRef:
    return SourceRef("fred", symbol)


def _sector(key: str, label: str, zh: str) -> Series:
    return Series(
        key=key, label=label, label_zh=zh, group="us_sector", market="us", unit=Unit.USD, calendar="XNYS",
        sources=(SourceRef("yahoo", key.upper()),), low=1.0, high=5_000.0, max_move=30.0, rebases=True,
        method="Unadjusted closing price of the SPDR sector fund.",
    )  # fmt: skip


INDICES = (
    _index("spx", "S&P 500", "标普500", "us", (300, 100_000), _yahoo("^GSPC"), _fred("SP500")),
    _index("ndx", "Nasdaq 100", "纳斯达克100", "us", (300, 200_000), _yahoo("^NDX"), _fred("NASDAQ100")),
    _index("dow", "Dow", "道指", "us", (3_000, 500_000), _yahoo("^DJI"), _fred("DJIA")),
    _index("nasdaq", "Nasdaq Composite", "纳斯达克综指", "us", (300, 200_000), _yahoo("^IXIC"), _fred("NASDAQCOM")),
    _index("rut", "Russell 2000", "罗素2000", "us", (100, 30_000), _yahoo("^RUT")),
    _index("hsi", "Hang Seng", "恒生指数", "hk", (5_000, 200_000), _yahoo("^HSI"), _tencent("hkHSI")),
    _index("hscei", "HSCEI", "恒生国企指数", "hk", (1_500, 100_000), _yahoo("^HSCE"), _tencent("hkHSCEI")),
    # Yahoo keeps a few days of it only; the fund that tracks it stands at a few dollars and is never mistaken for it.
    _index("hstech", "HSTECH", "恒生科技指数", "hk", (1_000, 100_000), _tencent("hkHSTECH"), _yahoo("HSTECH.HK")),
    _index("sse", "SSE Composite", "上证指数", "cn", (1_000, 50_000), _yahoo("000001.SS"), _tencent("sh000001")),
    _index("szse", "SZSE Component", "深证成指", "cn", (3_000, 200_000), _yahoo("399001.SZ"), _tencent("sz399001")),
    _index("chinext", "ChiNext", "创业板指", "cn", (400, 50_000), _yahoo("399006.SZ"), _tencent("sz399006")),
    _index("csi300", "CSI 300", "沪深300", "cn", (1_000, 50_000), _yahoo("000300.SS"), _tencent("sh000300")),
)

SECTORS = (
    _sector("xlk", "Technology", "科技"),
    _sector("xlf", "Financials", "金融"),
    _sector("xlv", "Health care", "医疗保健"),
    _sector("xly", "Consumer discretionary", "可选消费"),
    _sector("xlc", "Communication services", "通信服务"),
    _sector("xli", "Industrials", "工业"),
    _sector("xlp", "Consumer staples", "必需消费"),
    _sector("xle", "Energy", "能源"),
    _sector("xlu", "Utilities", "公用事业"),
    _sector("xlre", "Real estate", "房地产"),
    _sector("xlb", "Materials", "原材料"),
)

MACRO = (
    Series(
        key="vix", label="VIX", label_zh="VIX波动率指数", group="macro", market="us", unit=Unit.POINTS, calendar="XNYS",
        sources=(_yahoo("^VIX"), SourceRef("cboe", "VIX"), _fred("VIXCLS")), low=5, high=150, max_move=200,
        method="Closing level of the Cboe volatility index.",
    ),
    Series(
        key="us10y", label="10-year yield", label_zh="10年期美债收益率", group="macro", market="us", unit=Unit.YIELD, calendar="XNYS",
        sources=(_yahoo("^TNX"), _fred("DGS10")), low=0.1, high=20, max_move=1.5, moves_in_points=True,
        method="Yield of the 10-year US Treasury note at the close, in percent a year (from FRED: the Treasury's constant-maturity yield of the "
        "day); its change is in percentage points.",
    ),
    Series(
        key="dxy", label="Dollar index", label_zh="美元指数", group="macro", market="fx", unit=Unit.POINTS, calendar="NY17",
        sources=(SourceRef("yahoo", "DX-Y.NYB"),), low=50, high=200, max_move=10,
        method="ICE US dollar index, last value of the dealing day.",
    ),
    Series(
        key="gold", label="Gold", label_zh="黄金", group="macro", market="fx", unit=Unit.USD, calendar="NY17",
        sources=(SourceRef("yahoo", "GC=F"),), low=200, high=50_000, max_move=20,
        method="COMEX front contract in US dollars an ounce, rolled without adjustment: a roll can show as a move.",
    ),
)  # fmt: skip

FX = tuple(
    Series(
        key=key, label=label, label_zh=zh, group="fx", market="fx", unit=Unit.RATE, calendar="NY17",
        sources=(SourceRef("yahoo", symbol),), low=low, high=high, max_move=10,
        method="Last price of the dealing day (17:00 New York); a rise means a stronger US dollar.",
    )
    for key, label, zh, symbol, low, high in (
        ("usdcny", "USD/CNY", "美元兑人民币", "CNY=X", 4.0, 12.0),
        ("usdhkd", "USD/HKD", "美元兑港元", "HKD=X", 7.0, 8.5),
    )
)  # fmt: skip

_MAINLAND = "{label}: Shanghai and Shenzhen exchanges together, final count of the session."
_UNCHANGED = "{label}: Shanghai and Shenzhen exchanges together, final count of the session. A TDX server does not tell it."
# Shanghai's board of new industries and ChiNext trade at the closing price until 15:30.
_COUNTED = dt.timedelta(minutes=45)

MAINLAND = (
    *(
        Series(
            key=key, label=label, label_zh=zh, group="cn_breadth", market="cn", unit=Unit.COUNT, calendar="XSHG", sources=sources,
            low=0, high=10_000, max_move=1e9, available_after=_COUNTED, method=N_(method, label=label), latest_only=True,
        )
        for key, label, zh, sources, method in (
            ("cn_advancers", "A-share advancers", "A股上涨家数", (SourceRef("tdx", "up"), SourceRef("eastmoney", "f104")), _MAINLAND),
            ("cn_decliners", "A-share decliners", "A股下跌家数", (SourceRef("tdx", "down"), SourceRef("eastmoney", "f105")), _MAINLAND),
            ("cn_unchanged", "A-shares unchanged", "A股平盘家数", (SourceRef("eastmoney", "f106"),), _UNCHANGED),
        )
    ),
    Series(
        key="cn_turnover", label="A-share turnover", label_zh="A股成交额", group="cn_breadth", market="cn", unit=Unit.CNY, calendar="XSHG",
        sources=(SourceRef("eastmoney", "f6"),), low=1e10, high=2e13, max_move=500, available_after=_COUNTED, latest_only=True,
        method=N_(_MAINLAND, label="Turnover in renminbi"),
    ),
    Series(
        key="northbound_turnover", label="Northbound turnover", label_zh="北向资金成交额", group="cn_breadth", market="cn", unit=Unit.CNY,
        calendar="CONNECT", sources=(SourceRef("stock_connect", "northbound"),), low=1e9, high=2e12, max_move=200,
        available_after=dt.timedelta(hours=3),
        method="Gross turnover (bought plus sold) through Stock Connect northbound, Shanghai and Shenzhen; daily net buying has not been "
        "published since 16 August 2024.",
    ),
)  # fmt: skip

EQUITIES: tuple[Series, ...] = INDICES + SECTORS + MACRO + FX + MAINLAND
