"""Gross northbound turnover of Stock Connect: the daily reports of the Shanghai and Shenzhen exchanges, added up.

Each exchange is asked day by day: the newest days that are not stored yet, a few at a time. A day counts once both have published it.
Since 19 August 2024 these reports give gross turnover only; what was bought and sold, and so the net flow, has not been published since.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.errors import BadPayload, NoData, SourceError
from core.language import N_
from core.observations import frame
from core.sessions import schedule
from core.sources.http import get_json
from core.sources.source import Ask, Source, instant

FIRST = dt.date(2024, 8, 19)
# Days asked for in one refresh.
DAYS = 20
_SSE = "https://query.sse.com.cn/commonSoaQuery.do"
_SSE_REPORT = "FW_HGTZL_HGTSCSJ_HGTCJGK_MRTJ"
_SZSE = "https://www.szse.cn/api/report/ShowReport/data"
_SZSE_TOTAL = "当日交易总额"
_HUNDRED_MILLIONS = 1e8  # 亿元


def fetch(ask: Ask) -> pd.DataFrame:
    """Gross northbound turnover in CNY of the newest days not stored yet. Raises SourceError where no day could be had."""
    series = ask.series[0]
    found: dict[dt.date, float] = {}
    failure: SourceError = NoData("Neither exchange has published a further day of northbound turnover.")
    for day in missing(ask):
        try:
            ask.proceed()
            amounts = [read(day, ask.operator.mirror) for read in _EXCHANGES]
        except SourceError as exc:
            failure = exc
            break
        shanghai, shenzhen = amounts
        if shanghai is not None and shenzhen is not None:
            found[day] = shanghai + shenzhen
    if not found:
        raise failure
    days = np.array(sorted(found), dtype="datetime64[D]")
    amounts_of = np.array([found[d] for d in sorted(found)])
    return frame(series, days, amounts_of, fetched_at=instant(ask.now).to_datetime64(), source="stock_connect", basis="measured")


def missing(ask: Ask) -> tuple[dt.date, ...]:
    """The days to ask for, newest first: published by now and not known."""
    series = ask.series[0]
    plan = schedule(series.calendar)
    due = plan.closes + np.timedelta64(series.available_after) <= instant(ask.now).to_datetime64()
    days = plan.dates[due & (plan.dates >= np.datetime64(FIRST))][::-1].tolist()
    return tuple(day for day in days if day not in ask.known)[:DAYS]


def shanghai(payload: Any, day: dt.date) -> float | None:  # noqa: ANN401 - JSON
    """CNY from the Shanghai exchange's report of `day`; None while it is not published. Raises BadPayload."""
    rows = payload.get("result") if isinstance(payload, Mapping) else None
    if not isinstance(rows, list):
        raise BadPayload("The Shanghai exchange's answer holds no report of northbound turnover.")
    if not rows:
        return None
    row = rows[0]
    if not isinstance(row, Mapping) or row.get("tradeDate") != f"{day:%Y%m%d}":
        raise BadPayload(N_("The Shanghai exchange answered for another day than {day}.", day=f"{day}"))
    return _amount(row.get("totalAmount"), "Shanghai")


def shenzhen(payload: Any, day: dt.date) -> float | None:  # noqa: ANN401 - JSON
    """CNY from the Shenzhen exchange's report of `day`, a list of tabs; None while it is not published. Raises BadPayload."""
    tab = payload[0] if isinstance(payload, list) and payload else None
    rows = tab.get("data") if isinstance(tab, Mapping) else None
    if not isinstance(tab, Mapping) or not isinstance(rows, list):
        raise BadPayload("The Shenzhen exchange's answer holds no report of northbound turnover.")
    if not rows:
        return None
    if (tab.get("metadata") or {}).get("subname") != day.isoformat():
        raise BadPayload(N_("The Shenzhen exchange answered for another day than {day}.", day=f"{day}"))
    totals = [row.get("total") for row in rows if isinstance(row, Mapping) and str(row.get("label", "")).startswith(_SZSE_TOTAL)]
    if len(totals) != 1:
        raise BadPayload("The Shenzhen exchange's report has no line of total turnover.")
    return _amount(totals[0], "Shenzhen")


def _amount(text: Any, exchange: str) -> float | None:  # noqa: ANN401 - JSON
    """CNY from 亿元 with thousands' commas; None for what is left open."""
    if text in {None, "", "-"}:
        return None
    try:
        return float(str(text).replace(",", "")) * _HUNDRED_MILLIONS
    except ValueError as exc:
        raise BadPayload(N_("The {exchange} exchange's turnover is no number.", exchange=exchange)) from exc


def _ask_shanghai(day: dt.date, mirror: str) -> float | None:
    params = {"sqlId": _SSE_REPORT, "tradeDate": f"{day:%Y%m%d}"}
    return shanghai(get_json(_SSE, mirror=mirror, params=params, headers={"Referer": "https://www.sse.com.cn/"}), day)


def _ask_shenzhen(day: dt.date, mirror: str) -> float | None:
    params = {"SHOWTYPE": "JSON", "CATALOGID": "SGT_SGTJYRB", "TABKEY": "tab1", "txtDate": day.isoformat()}
    return shenzhen(get_json(_SZSE, mirror=mirror, params=params, headers={"Referer": "https://www.szse.cn/"}), day)


_EXCHANGES: tuple[Callable[[dt.date, str], float | None], ...] = (_ask_shanghai, _ask_shenzhen)

SOURCE = Source(key="stock_connect", hosts=("query.sse.com.cn", "www.szse.cn"), workers=1, fetch=fetch, by_day=True)
