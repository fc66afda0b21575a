"""How upstreams are treated: calls to a host are spaced, a short pause is waited for, a long one is remembered."""

import datetime as dt
import itertools
import threading
import time
from dataclasses import replace
from threading import Event

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, Blocked, RateLimited, SourceError, Unreachable
from core.settings import operator
from core.sources import derivatives, exchanges, http, pace, stock_connect, yahoo
from core.sources.aside import Aside, Refusal
from core.sources.source import Ask
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
URL, HOST = "https://api.alternative.me/fng/?limit=1", "api.alternative.me"
KRAKEN, COINBASE = "api.kraken.com", "api.coinbase.com"


def ask(replay, key, aside=None):
    first = dt.date(2026, 3, 1)
    return Ask(
        series=(BY_KEY[key],), start=first, first=first, held="", now=NOW, operator=operator({"UPSTREAM_MIRROR": replay.url}),
        aside=aside or Aside(NOW),
    )  # fmt: skip


def status(code, pause=None):
    return Fault("status", code, b"{}", (("Retry-After", pause),) if pause else ())


def test_calls_to_one_host_begin_some_time_apart_and_other_hosts_do_not_wait(monkeypatch):
    monkeypatch.setitem(pace._SPACING, "slow.example", 0.05)
    begun = []

    def call(host):
        pace.take_turn(host)
        begun.append((host, time.monotonic()))

    start = time.monotonic()
    threads = [threading.Thread(target=call, args=("slow.example",)) for _ in range(4)] + [threading.Thread(target=call, args=("other.example",))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slow = sorted(at for host, at in begun if host == "slow.example")
    assert min(b - a for a, b in itertools.pairwise(slow)) > 0.03
    assert slow[-1] - start >= 0.15
    assert next(at for host, at in begun if host == "other.example") - start < 0.14


@pytest.mark.parametrize("fetch", [lambda r: http.get_json(URL, mirror=r.url), lambda r: yahoo.fetch(ask(r, "spx"))], ids=["requests", "yfinance"])
def test_a_short_pause_is_waited_for_and_the_question_asked_once_more(replay, fetch):
    replay.faults |= dict.fromkeys((HOST, yahoo.HOST), status(429, "1"))
    start = time.monotonic()
    with pytest.raises(RateLimited) as caught:
        fetch(replay)
    assert time.monotonic() - start >= 1
    assert (len(replay.requests), caught.value.retry_after) == (2, 1)


@pytest.mark.parametrize("pause", ["900", "Sat, 28 Mar 2099 01:00:00 GMT", None, "soon"])
@pytest.mark.parametrize("fetch", [lambda r: http.get_json(URL, mirror=r.url), lambda r: yahoo.fetch(ask(r, "spx"))], ids=["requests", "yfinance"])
def test_a_long_pause_or_none_is_not_answered_by_asking_again(replay, fetch, pause):
    replay.faults |= dict.fromkeys((HOST, yahoo.HOST), status(429, pause))
    with pytest.raises(RateLimited) as caught:
        fetch(replay)
    assert len(replay.requests) == 1
    told = caught.value.retry_after
    assert told == 900 if pause == "900" else told == 86_400 if pause and pause != "soon" else told is None


def test_an_overloaded_host_is_asked_again_after_a_moment_unless_it_asks_for_more(replay):
    replay.faults[HOST] = status(503)
    with pytest.raises(SourceError):
        http.get_json(URL, mirror=replay.url)
    replay.faults[HOST] = status(503, "600")
    with pytest.raises(SourceError) as caught:
        http.get_json(URL, mirror=replay.url)
    assert (len(replay.requests), caught.value.retry_after) == (3, 600)


def test_a_blocked_venue_is_put_aside_and_its_neighbour_is_not(replay):
    aside = Aside(NOW)
    replay.faults[KRAKEN] = status(451)
    assert set(exchanges.fetch(ask(replay, "btc", aside))["source"]) == {"exchanges:coinbase"}
    assert [(r.name, r.status, r.until) for r in aside.fresh()] == [("exchanges:kraken", "blocked", NOW + dt.timedelta(hours=6))]
    asked = len([r for r in replay.requests if KRAKEN in r])
    assert set(exchanges.fetch(ask(replay, "eth", aside))["source"]) == {"exchanges:coinbase"}
    assert len([r for r in replay.requests if KRAKEN in r]) == asked


def test_venues_that_are_all_left_alone_say_until_when(replay):
    until = NOW + dt.timedelta(hours=2)
    known = [Refusal(f"exchanges:{v.key}", until + dt.timedelta(hours=n), "blocked", "No.") for n, v in enumerate(exchanges.VENUES)]
    with pytest.raises(Blocked, match=r"kraken is left alone until 28 Mar 2026 02:30 UTC: No\.") as caught:
        exchanges.fetch(ask(replay, "btc", Aside(NOW, known)))
    assert (caught.value.retry_after, replay.requests) == (7200, [])


@pytest.mark.parametrize(
    ("error", "minutes"),
    [
        (RateLimited("x", retry_after=900), 15),
        (RateLimited("x", retry_after=1e12), 24 * 60),
        (RateLimited("x"), 10),
        (Blocked("x"), 6 * 60),
        (SourceError("x", retry_after=600), 10),
        (SourceError("x"), 0),
        (BadPayload("x"), 0),
    ],
)
def test_who_is_left_alone_and_for_how_long(error, minutes):
    aside = Aside(NOW)
    aside.put("yahoo", error)
    assert [r.until - NOW for r in aside.fresh()] == ([dt.timedelta(minutes=minutes)] if minutes else [])
    assert type(aside.why("yahoo")) is (type(error) if minutes else type(None))
    assert aside.fresh() == []


def test_what_is_over_is_forgotten():
    assert Aside(NOW, [Refusal("yahoo", NOW, "rate limited", "x")]).why("yahoo") is None


def exchange_ask(replay, **changes):
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    start = dt.date(2021, 3, 28)
    ask = Ask(series=(BY_KEY["btc"], BY_KEY["btc_volume"]), start=start, first=start, held="", now=replay.clock, operator=mirror)
    return replace(ask, **changes)


def test_a_venue_that_answers_a_day_at_a_time_is_not_followed_for_years(replay, monkeypatch):
    calls = []

    class OneByOne:
        def fetch_ohlcv(self, pair, step, since, limit):
            calls.append(since)
            return [[since, 1.0, 1.0, 1.0, 1.0, 1.0]]

    monkeypatch.setattr(exchanges, "client", lambda *_: OneByOne())
    with pytest.raises(BadPayload, match=r"coinbase goes on after 12 pages where about 7 were expected\."):
        exchanges._candles(exchanges.VENUES[1], "BTC/USD", dt.date(2021, 3, 28), exchange_ask(replay))
    assert len(calls) == 12


@pytest.mark.parametrize(("source", "key"), [(exchanges, "btc"), (stock_connect, "northbound_turnover"), (derivatives, "btc_funding")])
def test_nobody_is_asked_further_once_the_refresh_is_over(replay, source, key):
    over = Event()
    over.set()
    with pytest.raises(Unreachable, match="over before everything was read"):
        source.fetch(exchange_ask(replay, series=(BY_KEY[key],), over=over))
    assert replay.requests == []
