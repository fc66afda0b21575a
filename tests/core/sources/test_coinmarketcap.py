import datetime as dt

import pandas as pd
import pytest

from core.catalogue import BY_KEY
from core.errors import BadInput, BadPayload, NoData, RateLimited
from core.refresh import refresh
from core.settings import operator
from core.sources import coinmarketcap
from core.sources.source import Ask
from core.sources.upstreams import chain
from core.store import Store
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
WANTED = {"totalMarketCap": BY_KEY["total_cap"], "totalVolume24H": BY_KEY["total_volume"], "btcDominance": BY_KEY["btc_dominance"]}
HOST = "api.coinmarketcap.com"


def chosen(replay, history="coinmarketcap"):
    return operator({"UPSTREAM_MIRROR": replay.url, "MARKET_CAP_HISTORY": history})


def ask(replay, start):
    return Ask(series=tuple(WANTED.values()), start=start, first=start, held="", now=NOW, operator=chosen(replay))


def body(stamp="2026-03-27T00:00:00.000Z", cap=2.4e12, share=57.0):
    quote = {"totalMarketCap": cap, "totalVolume24H": 9e10}
    return {"data": {"quotes": [{"timestamp": stamp, "btcDominance": share, "quote": [quote]}]}, "status": {"error_code": "0"}}


@pytest.mark.parametrize(
    ("stamp", "session"),
    [("2026-03-27T00:00:00.000Z", "2026-03-26"), ("2026-03-27T23:59:59.999Z", "2026-03-27"), ("2026-03-27T12:00:00Z", "2026-03-27")],
)
def test_a_reading_at_midnight_belongs_to_the_day_that_ended(stamp, session):
    table = coinmarketcap.parse(WANTED, body(stamp), now=NOW)
    assert set(table["session"]) == {pd.Timestamp(session)}
    assert set(table["available_at"]) == {pd.Timestamp(stamp).tz_localize(None)}


def test_a_null_field_gives_no_row_and_the_future_is_left_out():
    assert coinmarketcap.parse(WANTED, body(cap=None), now=NOW)["series"].tolist() == ["total_volume", "btc_dominance"]
    assert coinmarketcap.parse(WANTED, body("2026-03-28T00:31:00Z"), now=NOW).empty


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"data": {"quotes": [{}]}}, body("soon"), body(cap="much"), {"data": {"quotes": [{"timestamp": 1, "quote": []}]}}]
)
def test_another_shape_is_refused(payload):
    with pytest.raises(BadPayload):
        coinmarketcap.parse(WANTED, payload, now=NOW)


def test_a_long_history_is_asked_in_chunks_without_a_hole(replay):
    table = coinmarketcap.fetch(ask(replay, dt.date(2024, 3, 28)))
    assert len(replay.requests) == 3
    assert all("interval=1d" in r for r in replay.requests)
    assert replay.headers[0]["referer"] == "https://coinmarketcap.com/"
    caps = table[table["series"] == "total_cap"]
    assert caps["session"].diff().dropna().unique().tolist() == [pd.Timedelta(days=1)]
    assert (caps["session"].iloc[-1], caps["value"].iloc[-1]) == (pd.Timestamp("2026-03-27"), pytest.approx(2.5e12 * 1.002))


def test_nothing_is_no_data_and_a_refusal_is_told(replay):
    replay.faults[HOST] = Fault("status", 200, b'{"data": {"quotes": []}}')
    with pytest.raises(NoData):
        coinmarketcap.fetch(ask(replay, dt.date(2026, 3, 1)))
    replay.faults[HOST] = Fault("status", 429, b"", (("Retry-After", "0"),))
    with pytest.raises(RateLimited):
        coinmarketcap.fetch(ask(replay, dt.date(2026, 3, 1)))


def test_it_is_asked_only_where_the_operator_chose_it(replay):
    cap = BY_KEY["total_cap"]
    assert [ref.provider for ref in chain(cap, chosen(replay, ""))] == ["coingecko"]
    assert [ref.provider for ref in chain(cap, chosen(replay))] == ["coinmarketcap", "coingecko"]
    with pytest.raises(BadInput, match="MARKET_CAP_HISTORY"):
        operator({"MARKET_CAP_HISTORY": "yes"})


def test_two_providers_never_stand_in_one_line(replay, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    keys = ["total_cap"]
    refresh(store, chosen(replay, ""), now=NOW, keys=keys)
    replay.clock = NOW + dt.timedelta(hours=1)
    refresh(store, chosen(replay), now=replay.clock, keys=keys)
    spans = {span.source: (span.first, span.last) for span in store.spans()["total_cap"]}
    store.close()
    assert spans["coingecko"] == (dt.date(2026, 3, 28), dt.date(2026, 3, 28))
    assert spans["coinmarketcap"][1] == dt.date(2026, 3, 27)
    assert spans["coinmarketcap"][0] < dt.date(2021, 4, 1)
