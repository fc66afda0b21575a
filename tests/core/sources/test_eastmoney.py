import datetime as dt

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, SourceError, Unreachable
from core.settings import operator
from core.sources import eastmoney
from core.sources.source import Ask
from tests.replay.server import Fault

WANTED = {"f104": BY_KEY["cn_advancers"], "f105": BY_KEY["cn_decliners"], "f106": BY_KEY["cn_unchanged"], "f6": BY_KEY["cn_turnover"]}
FRIDAY = dt.date(2026, 3, 27)
NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
CLOSED = int(dt.datetime(2026, 3, 27, 8, 10, tzinfo=dt.UTC).timestamp())  # 16:10 in Shanghai


def row(market=1, code="000001", up=1012, down=1254, flat=85, amount=990371924237.7, updated=CLOSED):
    return {"f6": amount, "f12": code, "f13": market, "f104": up, "f105": down, "f106": flat, "f124": updated}


def body(**changes):
    return {"rc": 0, "data": {"total": 2, "diff": [row(**changes), row(0, "399106", 1338, 1499, 95, 1152471301164.97)]}}


def parse(payload):
    return eastmoney.parse(WANTED, payload, session=FRIDAY, now=NOW).set_index("series")["value"].to_dict()


def ask(replay, now=NOW, keys=("cn_advancers", "cn_decliners", "cn_unchanged", "cn_turnover")):
    replay.clock = now
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    return Ask(series=tuple(BY_KEY[k] for k in keys), start=FRIDAY, first=FRIDAY, held="", now=now, operator=mirror)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_the_market_is_shanghai_and_shenzhen_together():
    assert parse(body()) == {"cn_advancers": 2350, "cn_decliners": 2753, "cn_unchanged": 180, "cn_turnover": pytest.approx(2142843225402.67)}


def test_only_the_two_exchanges_are_asked_for_in_plain_numbers(replay):
    table = eastmoney.fetch(ask(replay))
    assert "fltt=2&secids=1.000001%2C0.399106&" in replay.requests[0]
    assert replay.headers[0]["referer"] == "https://quote.eastmoney.com/"
    assert table.set_index("series")["value"].to_dict() == {
        "cn_advancers": 2240, "cn_decliners": 2900, "cn_unchanged": 130, "cn_turnover": pytest.approx(2.1e12 * 1.002),
    }  # fmt: skip
    assert set(table["session"].dt.date) == {FRIDAY}
    assert set(table["source"]) == {"eastmoney"}


def test_a_field_left_open_by_one_exchange_is_unknown_and_zero_is_zero():
    assert parse(body(flat="-")) == {"cn_advancers": 2350, "cn_decliners": 2753, "cn_turnover": pytest.approx(2142843225402.67)}
    assert parse(body(up=0, down=2266))["cn_advancers"] == 1338


@pytest.mark.parametrize("payload", [{"rc": 0, "data": None}, {"data": {"diff": []}}, body(up="-", down="-", flat="-", amount="-")])
def test_nothing_shown_is_no_data(payload):
    with pytest.raises(NoData):
        parse(payload)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"data": {"total": 2}},
        {"data": {"diff": [row()]}},  # one exchange only
        {"data": {"diff": [row(), row(0, "399006", 753, 612, 36)]}},  # a board in place of its exchange
        body(up=108, down=186, flat=6),  # the population of the CSI 300
        body(up="1012"),
        body(up=True),
    ],
)
def test_another_shape_or_population_is_refused(payload):
    with pytest.raises(BadPayload):
        parse(payload)


@pytest.mark.parametrize("updated", [CLOSED - 86_400, CLOSED + 3 * 86_400, CLOSED - 2 * 3600])
def test_a_quote_of_another_day_or_from_before_the_close_is_refused(updated):
    with pytest.raises(BadPayload, match="last updated"):
        parse(body(updated=updated))


def test_without_a_stamp_the_clock_alone_decides():
    assert parse(body(updated="-"))["cn_advancers"] == 2350


@pytest.mark.parametrize(
    ("now", "session"),
    [
        ("2026-03-27T07:45", "2026-03-27"),  # 15:45 in Shanghai
        ("2026-03-28T12:00", "2026-03-27"),  # Saturday
        ("2026-03-30T00:45", "2026-03-27"),  # Monday, before the opening auction
        ("2026-04-06T05:00", "2026-04-03"),  # a weekday, but a holiday
    ],
)
def test_a_snapshot_belongs_to_the_last_session_that_is_over(now, session):
    assert eastmoney.final_session(BY_KEY["cn_advancers"], at(now)) == dt.date.fromisoformat(session)


@pytest.mark.parametrize("now", ["2026-03-27T01:05", "2026-03-27T01:30", "2026-03-27T05:00", "2026-03-27T07:00", "2026-03-27T07:44"])
def test_while_a_session_is_under_way_nothing_is_asked(replay, now):
    with pytest.raises(NoData, match="under way"):
        eastmoney.fetch(ask(replay, at(now)))
    assert replay.requests == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault("drop"), Unreachable), (Fault("html"), BadPayload), (Fault("truncated"), BadPayload), (Fault("status", 502, b"x"), SourceError)],
    ids=lambda x: x.kind if isinstance(x, Fault) else x.__name__,
)
def test_every_failure_has_its_name(replay, fault, error):
    replay.faults["push2.eastmoney.com"] = fault
    with pytest.raises(SourceError) as caught:
        eastmoney.fetch(ask(replay))
    assert type(caught.value) is error
