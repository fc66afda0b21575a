import datetime as dt

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, RateLimited, SourceError, Unreachable
from core.settings import operator
from core.sources import stock_connect
from core.sources.source import Ask
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 27)
DAY = dt.date(2026, 8, 4)
SSE, SZSE = "query.sse.com.cn", "www.szse.cn"


def ask(replay, known=(), now=NOW):
    replay.clock = now
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    first = dt.date(2021, 3, 28)
    return Ask(series=(BY_KEY["northbound_turnover"],), start=first, first=first, held="", now=now, operator=mirror, known=frozenset(known))


def sse(**changes):
    return {"result": [{"totalVolume": "617.56", "totalAmount": "1,354.49", "tradeDate": "20260804", "etfTotalAmount": "41.87"} | changes]}


def szse(total="1,609.09", day="2026-08-04", label="当日交易总额（亿元人民币）"):
    rows = [{"label": label, "total": total}, {"label": "当日ETF交易总额（亿元人民币）", "total": "33.38"}]
    return [{"metadata": {"subname": day}, "data": rows, "error": None}]


def test_amounts_are_hundred_millions_with_commas():
    assert stock_connect.shanghai(sse(), DAY) == pytest.approx(135.449e9)
    assert stock_connect.shenzhen(szse(), DAY) == pytest.approx(160.909e9)


def test_what_is_not_published_is_unknown():
    assert stock_connect.shanghai({"result": []}, DAY) is None
    assert stock_connect.shanghai(sse(totalAmount="-"), DAY) is None
    assert stock_connect.shenzhen([{"metadata": {"subname": ""}, "data": [], "error": None}], DAY) is None


@pytest.mark.parametrize("payload", [None, [], {"result": None}, {"result": [1]}, sse(tradeDate="20260803"), sse(totalAmount="many")])
def test_another_report_of_shanghai_is_refused(payload):
    with pytest.raises(BadPayload):
        stock_connect.shanghai(payload, DAY)


@pytest.mark.parametrize("payload", [None, {}, [], [{}], [{"data": None}], szse(day="2026-08-03"), szse(label="当日交易总笔数"), szse(total="many")])
def test_another_report_of_shenzhen_is_refused(payload):
    with pytest.raises(BadPayload):
        stock_connect.shenzhen(payload, DAY)


def test_the_newest_days_are_asked_for_a_few_at_a_time(replay):
    table = stock_connect.fetch(ask(replay))
    assert len(replay.requests) == 2 * stock_connect.DAYS == 2 * len(table)
    assert "tradeDate=20260327" in replay.requests[0]
    assert "txtDate=2026-03-27" in replay.requests[1]
    assert replay.headers[0]["referer"] == "https://www.sse.com.cn/"
    assert replay.headers[1]["referer"] == "https://www.szse.cn/"
    assert table["session"].max().date() == FRIDAY
    assert table["value"].iloc[-1] == pytest.approx(290e9 * 1.002)


def test_what_is_stored_is_not_asked_for_again(replay):
    known = stock_connect.missing(ask(replay))
    further = stock_connect.missing(ask(replay, known[1:]))
    assert further[0] == FRIDAY
    assert len(further) == stock_connect.DAYS
    assert set(further[1:]).isdisjoint(known)
    assert max(further[1:]) < min(known)


def test_days_on_which_one_of_the_markets_rests_are_never_asked_for(replay):
    days = stock_connect.missing(ask(replay, now=dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)))
    assert days[0] == dt.date(2026, 4, 10)
    # Qingming and Easter: Hong Kong rests on 3, 6 and 7 April, the mainland on the 6th.
    assert not {dt.date(2026, 4, 3), dt.date(2026, 4, 4), dt.date(2026, 4, 6), dt.date(2026, 4, 7)} & set(days)


def test_nothing_is_asked_from_before_the_reports_took_their_shape(replay):
    now = dt.datetime(2024, 8, 22, 12, tzinfo=dt.UTC)
    assert stock_connect.missing(ask(replay, now=now)) == tuple(dt.date(2024, 8, d) for d in (22, 21, 20, 19))


def test_a_day_counts_once_both_exchanges_have_it(replay):
    missing = b'[{"metadata": {"subname": ""}, "data": [], "error": null}]'
    replay.faults[SZSE] = Fault("status", 200, missing)
    with pytest.raises(NoData, match="further day"):
        stock_connect.fetch(ask(replay))


def test_a_refusal_in_the_middle_keeps_what_came_before_and_asks_no_further(replay, monkeypatch):
    asked = []

    def szse_until_thursday(day, mirror):
        asked.append(day)
        if day < dt.date(2026, 3, 26):
            raise RateLimited("www.szse.cn asked us to slow down (HTTP 429).")
        return 1e11

    monkeypatch.setattr(stock_connect, "_EXCHANGES", (lambda day, mirror: 1e11, szse_until_thursday))
    table = stock_connect.fetch(ask(replay))
    assert table["session"].dt.day.tolist() == [26, 27]
    assert table["value"].tolist() == [2e11, 2e11]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault("drop"), Unreachable), (Fault("html"), BadPayload), (Fault("status", 429, b"", (("Retry-After", "0"),)), RateLimited)],
    ids=lambda x: x.kind if isinstance(x, Fault) else x.__name__,
)
def test_without_one_exchange_there_is_no_sum(replay, fault, error):
    replay.faults[SZSE] = fault
    with pytest.raises(SourceError) as caught:
        stock_connect.fetch(ask(replay))
    assert type(caught.value) is error
    assert len([r for r in replay.requests if SSE in r]) == 1
