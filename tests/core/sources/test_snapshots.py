import datetime as dt

import pandas as pd
import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, RateLimited
from core.settings import operator
from core.sources import coingecko, feargreed
from core.sources.source import Ask
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
WANTED = {"total_market_cap.usd": BY_KEY["total_cap"], "market_cap_percentage.btc": BY_KEY["btc_dominance"]}
GREED = BY_KEY["fear_greed"]


def reading(cap=2.4e12, share=56.1, updated=1774657740):
    return {"data": {"total_market_cap": {"usd": cap}, "market_cap_percentage": {"btc": share}, "updated_at": updated}}


def ask(replay, *keys, key=""):
    mirror = operator({"UPSTREAM_MIRROR": replay.url, "COINGECKO_API_KEY": key})
    start = dt.date(2026, 3, 1)
    return Ask(series=tuple(BY_KEY[k] for k in keys), start=start, first=start, held="", now=NOW, operator=mirror)


def greed(*rows, error=None):
    return {"data": [{"value": v, "timestamp": s} for v, s in rows], "metadata": {"error": error}}


def test_a_reading_belongs_to_the_day_and_the_instant_it_was_made():
    table = coingecko.parse(WANTED, reading(), now=NOW)
    assert table["value"].tolist() == [2.4e12, 56.1]
    assert set(table["session"]) == {pd.Timestamp("2026-03-28")}
    assert set(table["available_at"]) == {pd.Timestamp("2026-03-28 00:29:00")}


def test_a_null_field_gives_no_row_and_zero_is_handed_on():
    assert coingecko.parse(WANTED, reading(cap=None, share=0), now=NOW)["value"].tolist() == [0.0]


@pytest.mark.parametrize("payload", [None, [], {}, {"data": None}, {"data": {}}, reading(updated="x"), reading(cap={}), reading(updated=10**30)])
def test_another_shape_of_a_reading_is_refused(payload):
    with pytest.raises(BadPayload):
        coingecko.parse(WANTED, payload, now=NOW)


def test_the_key_goes_into_the_header_and_nowhere_else(replay):
    coingecko.fetch(ask(replay, "total_cap", key="CG-secret"))
    assert replay.headers[-1]["x-cg-demo-api-key"] == "CG-secret"
    assert "secret" not in replay.requests[-1]
    replay.faults["api.coingecko.com"] = Fault("status", 429, b'{"status":{"error_code":429}}', (("Retry-After", "0"),))
    with pytest.raises(RateLimited) as caught:
        coingecko.fetch(ask(replay, "total_cap", key="CG-secret"))
    assert "secret" not in str(caught.value)


def test_without_a_key_no_header_is_sent(replay):
    coingecko.fetch(ask(replay, "total_cap"))
    assert "x-cg-demo-api-key" not in replay.headers[-1]


def test_greed_comes_as_strings_newest_first():
    table = feargreed.parse(GREED, greed(("69", "1774569600"), ("71", "1774483200")), now=NOW)
    assert table["value"].tolist() == [71.0, 69.0]
    assert table["session"].dt.date.tolist() == [dt.date(2026, 3, 26), dt.date(2026, 3, 27)]
    assert table["available_at"].tolist() == [pd.Timestamp("2026-03-26 01:00"), pd.Timestamp("2026-03-27 01:00")]


@pytest.mark.parametrize(("hour", "count"), [(0, 1), (2, 2)])
def test_todays_greed_counts_as_known_an_hour_into_the_day(hour, count):
    now = dt.datetime(2026, 3, 28, hour, tzinfo=dt.UTC)
    assert len(feargreed.parse(GREED, greed(("69", "1774656000"), ("0", "1774569600")), now=now)) == count


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"data": [{}]}, greed(("x", "1")), greed((None, "1")), greed(("1", "28 Mar")), greed(("1", "1"), error="bad limit")]
)
def test_another_shape_of_greed_is_refused(payload):
    with pytest.raises(BadPayload):
        feargreed.parse(GREED, payload, now=NOW)


def test_no_greed_is_no_data():
    with pytest.raises(NoData):
        feargreed.parse(GREED, greed(), now=NOW)


def test_greed_is_asked_for_as_many_days_as_are_wanted(replay):
    table = feargreed.fetch(ask(replay, "fear_greed"))
    assert replay.requests == ["/api.alternative.me/fng/?limit=28"]
    assert (len(table), table["value"].iloc[-1]) == (27, 20 + dt.date(2026, 3, 27).toordinal() % 60)
