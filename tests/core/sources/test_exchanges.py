import datetime as dt
import gc

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, Blocked, NoData, RateLimited, SourceError, Unreachable
from core.settings import operator
from core.sources import exchanges, http
from core.sources.source import Ask
from core.sources.venues import chain
from tests.replay import market
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
BTC = {"BTC/USD close": BY_KEY["btc"], "BTC/USD volume": BY_KEY["btc_volume"]}
KRAKEN, COINBASE, BITSTAMP = "api.kraken.com", "api.coinbase.com", "www.bitstamp.net"


def candle(day, opened=100.0, high=110.0, low=90.0, close=105.0, volume=2.0):
    return [int(dt.datetime.fromisoformat(f"{day}T00:00+00:00").timestamp() * 1000), opened, high, low, close, volume]


def ask(replay, start, first=None, held="", now=NOW):
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    return Ask(series=tuple(BTC.values()), start=start, first=first or start, held=held, now=now, operator=mirror)


def test_close_and_volume_in_dollars_without_the_day_under_way():
    table = exchanges.parse(BTC, "kraken", [candle("2026-03-27"), candle("2026-03-28")], now=NOW)
    assert table["series"].tolist() == ["btc", "btc_volume"]
    assert table["value"].tolist() == [105.0, 210.0]
    assert set(table["source"]) == {"exchanges:kraken"}


def test_a_day_without_trades_has_volume_zero():
    assert exchanges.parse(BTC, "kraken", [candle("2026-03-27", volume=0.0)], now=NOW)["value"].tolist() == [105.0, 0.0]


def test_a_candle_that_has_not_closed_by_the_second_is_left_out():
    late = dt.datetime(2026, 3, 27, 23, 59, 59, tzinfo=dt.UTC)
    assert exchanges.parse(BTC, "kraken", [candle("2026-03-26"), candle("2026-03-27")], now=late)["session"].nunique() == 1


@pytest.mark.parametrize(
    "bad",
    [
        [None] * 6,
        candle("2026-03-27", close=None),
        candle("2026-03-27", close=float("nan")),
        candle("2026-03-27", low=106.0),
        candle("2026-03-27", high=104.0),
        candle("2026-03-27", volume=-1.0),
        [1774569601000, 100.0, 110.0, 90.0, 105.0, 2.0],
        [1774569600000, 100.0],
    ],
)
def test_candles_that_cannot_be_are_refused(bad):
    with pytest.raises(BadPayload):
        exchanges.parse(BTC, "kraken", [bad], now=NOW)


def test_a_line_that_ends_long_ago_is_refused():
    with pytest.raises(BadPayload, match="stop days ago"):
        exchanges.parse(BTC, "kraken", [candle("2026-03-24"), candle("2026-03-25")], now=NOW)


def test_disorder_and_nothing_are_refused():
    with pytest.raises(BadPayload):
        exchanges.parse(BTC, "kraken", [candle("2026-03-27"), candle("2026-03-26")], now=NOW)
    with pytest.raises(NoData):
        exchanges.parse(BTC, "kraken", [], now=NOW)


def test_a_short_history_comes_from_kraken_in_one_call_and_without_asking_for_markets(replay):
    table = exchanges.fetch(ask(replay, dt.date(2025, 1, 1)))
    assert [r.split("?")[0] for r in replay.requests] == [f"/{KRAKEN}/0/public/OHLC"]
    close = table[table["series"] == "btc"].set_index("session")["value"]
    assert (len(close), close.iloc[-1]) == (451, pytest.approx(66000 * 1.002))
    volume = table[table["series"] == "btc_volume"]["value"].iloc[-1]
    assert volume == pytest.approx(market.volume(dt.date(2026, 3, 27)) * 66000 * 1.002)


def test_a_long_history_comes_from_a_venue_that_has_it_page_after_page(replay):
    table = exchanges.fetch(ask(replay, dt.date(2022, 1, 1)))
    assert set(table["source"]) == {"exchanges:coinbase"}
    assert (len(replay.requests), table["session"].nunique()) == (6, (dt.date(2026, 3, 28) - dt.date(2022, 1, 1)).days)


@pytest.mark.parametrize(
    "fault",
    [Fault("status", 451, b"{}"), Fault("html"), Fault("truncated"), Fault("drop"), Fault("status", 400, b"{}")],
    ids=lambda f: f"{f.kind}{f.status}",
)
def test_the_next_venue_answers_all_of_the_line(replay, fault):
    replay.faults |= {KRAKEN: fault, COINBASE: fault}
    table = exchanges.fetch(ask(replay, dt.date(2026, 3, 1)))
    assert set(table["source"]) == {"exchanges:bitstamp"}
    assert table["value"].iloc[26] == pytest.approx(66000 * 1.002 * 1.002)


def test_another_venue_brings_the_whole_line_and_never_a_part(replay):
    replay.faults[KRAKEN] = Fault("status", 451, b"{}")
    table = exchanges.fetch(ask(replay, dt.date(2026, 3, 20), first=dt.date(2025, 6, 1), held="exchanges:kraken"))
    assert set(table["source"]) == {"exchanges:coinbase"}
    assert table["session"].min().date() == dt.date(2025, 6, 1)


def test_the_venue_that_holds_the_line_is_asked_first_and_only_for_what_is_new(replay):
    table = exchanges.fetch(ask(replay, dt.date(2026, 3, 20), first=dt.date(2015, 6, 1), held="exchanges:bitstamp"))
    assert [r.split("/")[1] for r in replay.requests] == [BITSTAMP]
    assert table["session"].min().date() == dt.date(2026, 3, 20)


def test_pages_before_the_listing_are_passed_over(replay):
    table = exchanges.fetch(ask(replay, dt.date(2018, 1, 1)))
    assert (set(table["source"]), table["session"].min().date()) == ({"exchanges:coinbase"}, market.FIRST)


def test_the_shared_session_survives_an_exchange_that_closes_its_own(replay):
    http.get_json("https://api.alternative.me/fng/", mirror=replay.url)
    pools = http.session(replay.url, http.BODY_SECONDS, http.BODY_BYTES).get_adapter("https://x").poolmanager.pools
    exchanges.fetch(ask(replay, dt.date(2026, 3, 1)))
    gc.collect()
    assert len(pools) == 1


def test_the_venue_that_holds_the_line_comes_first_and_the_shallow_ones_last(replay):
    held = ask(replay, dt.date(2026, 3, 20), first=dt.date(2021, 6, 1), held="exchanges:bitstamp")
    assert [v.key for v in chain("exchanges", exchanges.VENUES, held)] == ["bitstamp", "coinbase", "kraken"]
    assert [v.key for v in chain("exchanges", exchanges.VENUES, ask(replay, dt.date(2021, 6, 1)))] == ["coinbase", "bitstamp", "kraken"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 451, b"{}"), Blocked),
        (Fault("status", 403, b"<html>"), Blocked),
        (Fault("status", 429, b"{}", (("Retry-After", "0"),)), RateLimited),
        (Fault("status", 503, b"{}", (("Retry-After", "0"),)), SourceError),
        (Fault("drop"), Unreachable),
        (Fault("html"), NoData),
    ],
    ids=lambda x: f"{x.kind}{x.status}" if isinstance(x, Fault) else x.__name__,
)
def test_when_no_venue_answers_the_reason_is_told(replay, fault, error):
    replay.faults |= {KRAKEN: fault, COINBASE: fault, BITSTAMP: fault}
    with pytest.raises(SourceError) as caught:
        exchanges.fetch(ask(replay, dt.date(2026, 3, 1)))
    assert type(caught.value) is error
    assert all(name in str(caught.value) for name in ("kraken", "coinbase", "bitstamp"))
