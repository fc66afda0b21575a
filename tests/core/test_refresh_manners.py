"""A refresh asks only for what is due, leaves alone whoever asked for it, and can be stopped and continued."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest

from core.catalogue import BY_KEY
from core.due import GRACE, Known, due, holes
from core.refresh import refresh
from core.settings import ROOT, operator
from core.sources import yahoo
from core.store import Span, Store
from tests.core.lines import days
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 27)
DAY = dt.timedelta(days=1)
SINCE = FRIDAY - 60 * DAY
QUICK = ["tvl", "tvl_base", "usdt", "fear_greed", "total_cap", "spx"]


def settings(replay, deadline=60):
    return operator({"UPSTREAM_MIRROR": replay.url, "REFRESH_DEADLINE": str(deadline)})


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


def by_source(summary):
    return {s.source: s for s in summary.sources}


def held(key, last, source="yahoo"):
    return {key: (Span(dt.date(2021, 1, 4), last, source),)}


MORE = (Fault("status", 500, b""), Fault("drop"), Fault("html"))


@pytest.mark.parametrize("fault", [None, Fault("status", 429, b""), *(pytest.param(f, marks=pytest.mark.whole) for f in MORE)], ids=str)
def test_fifty_clicks_ask_no_more_than_one(store, replay, fault):
    if fault:
        replay.faults |= dict.fromkeys(("query2.finance.yahoo.com", "stablecoins.llama.fi", "api.alternative.me"), fault)
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=QUICK)
    once = len(replay.requests)
    for second in range(49):
        refresh(store, settings(replay), now=NOW + dt.timedelta(seconds=second), since=SINCE, keys=QUICK)
    assert len(replay.requests) == once


def test_fifty_clicks_at_a_time_are_one_refresh(store, replay):
    busy, told = [], threading.Barrier(50)

    def click():
        told.wait()
        try:
            refresh(store, settings(replay), now=NOW, since=SINCE, keys=["fear_greed", "total_cap"])
        except Exception as exc:  # noqa: BLE001 - its kind is what is looked at
            busy.append(type(exc).__name__)

    threads = [threading.Thread(target=click) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(replay.requests), set(busy)) == (2, {"RefreshBusy"})


def test_a_source_is_left_alone_for_as_long_as_it_asked_also_by_another_process(store, replay, tmp_path):
    replay.faults["query2.finance.yahoo.com"] = Fault("status", 429, b"", (("Retry-After", "3600"),))
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=["xlk", "xlf", "fear_greed"])
    replay.faults.clear()
    replica = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    for minutes, asked in ((59, False), (60, True)):
        replay.requests.clear()
        told = by_source(refresh(replica, settings(replay), now=NOW + dt.timedelta(minutes=minutes), since=SINCE, keys=["xlk", "xlf"]))["yahoo"]
        assert bool(replay.requests) is asked
        assert told.status == ("ok" if asked else "left alone")
        assert asked or "left alone until 28 Mar 2026 01:30 UTC: Yahoo asked us to slow down (HTTP 429)." in told.message
    replica.close()


def test_a_blocked_venue_rests_for_hours_and_its_neighbours_do_not(store, replay):
    replay.faults["api.kraken.com"] = Fault("status", 451, b"{}")
    for hours, pair, asked in ((0, "btc", {"api.kraken.com", "api.coinbase.com"}), (5, "eth", {"api.coinbase.com"})):
        replay.clock = NOW + dt.timedelta(hours=hours)
        replay.requests.clear()
        told = by_source(refresh(store, settings(replay), now=replay.clock, since=SINCE, keys=[pair, f"{pair}_volume"]))["exchanges"]
        assert (told.status, {r.split("/")[1] for r in replay.requests}) == ("ok", asked)
    assert [(r.name, r.until) for r in store.rests()] == [("exchanges:kraken", NOW + dt.timedelta(hours=6))]


def test_nobody_asks_before_a_value_can_be_there():
    spx, close = BY_KEY["spx"], dt.datetime(2026, 3, 27, 20, tzinfo=dt.UTC)
    spans = held("spx", dt.date(2026, 3, 26))
    moments = [close + GRACE["yahoo"] - dt.timedelta(seconds=1), close + GRACE["yahoo"]]
    assert [bool(due([spx], Known(now=now, operator=operator({}), spans=spans))) for now in moments] == [False, True]
    sunday = Known(now=close + 2 * DAY, operator=operator({}), spans=held("spx", FRIDAY))
    assert due([spx], sunday) == ()


def test_a_dropped_session_is_told_stays_and_is_asked_for_again(store, replay, monkeypatch):
    whole = yahoo.parse
    dropped = dt.date(2026, 3, 11)
    gappy = lambda *a, **k: (table := whole(*a, **k))[table["session"] != pd.Timestamp(dropped)]  # noqa: E731
    monkeypatch.setattr(yahoo, "parse", gappy)
    told = by_source(refresh(store, settings(replay), now=NOW, since=SINCE, keys=["spx"]))["yahoo"]
    assert told.status == "ok"
    assert told.message == "S&P 500: the answer lacks 1 session of New York (2026-03-11); what is stored of it stays, and it is asked for again."
    for hours, asked in ((1, 0), (7, 1)):
        replay.requests.clear()
        assert refresh(store, settings(replay), now=NOW + dt.timedelta(hours=hours), keys=["spx"]).new_rows == 0
        assert len(replay.requests) == asked
    monkeypatch.setattr(yahoo, "parse", whole)
    assert refresh(store, settings(replay), now=NOW + dt.timedelta(hours=14), keys=["spx"]).new_rows == 1
    monkeypatch.setattr(yahoo, "parse", gappy)
    replay.clock = NOW + 4 * DAY
    refresh(store, settings(replay), now=replay.clock, keys=["spx"])
    assert (store.load()["session"] == pd.Timestamp(dropped)).sum() == 1


def test_holes_are_looked_for_in_the_last_weeks_and_where_sessions_are_certain():
    have = days("2026-01-05", last="2026-03-27", calendar="XNYS")
    lacking = have[(have != pd.Timestamp("2026-01-20")) & (have != pd.Timestamp("2026-03-12"))]
    found = holes([BY_KEY["spx"], BY_KEY["gold"], BY_KEY["total_cap"]], dict.fromkeys(("spx", "gold", "total_cap"), lacking), NOW)
    assert found == {"spx": (dt.date(2026, 3, 12),)}


def test_restated_history_is_told_with_its_size_and_provisional_rows_are_not(store, replay):
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=["tvl", "usdt"])
    for n in range(2, 12):
        replay.restated[("tvl/", FRIDAY - n * DAY)] = 1.0003 if n > 2 else 0.99
    for n in range(2):
        replay.restated[("tvl/", FRIDAY - n * DAY)] = 0.95
    replay.clock = NOW + DAY
    told = by_source(refresh(store, settings(replay), now=replay.clock, keys=["tvl", "usdt"]))["defillama"]
    assert told.message == "DefiLlama restated 10 sessions of DeFi TVL, by up to -1.00%."
    assert (told.new_rows, told.restated_rows) == (2, 12)


def test_what_the_source_still_changes_is_asked_for_again_on_the_same_day(store, replay):
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=["tvl", "fear_greed"])
    for hours, asked in ((5, 0), (7, 1)):
        replay.requests.clear()
        refresh(store, settings(replay), now=NOW + dt.timedelta(hours=hours), keys=["tvl"])
        assert len(replay.requests) == asked


def test_an_answer_of_last_week_is_told_and_changes_nothing(store, replay):
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=["xlk"])
    before = store.load()
    told = by_source(refresh(store, settings(replay), now=NOW + 4 * DAY, keys=["xlk"]))["yahoo"]
    assert (told.status, told.new_rows, told.message) == ("stale", 0, "Technology: the newest session is 27 Mar 2026, 2 behind.")
    pd.testing.assert_frame_equal(store.load(), before)


def test_a_backfill_asks_only_for_what_lacks_and_only_once(store, replay):
    far = dt.date(2019, 6, 1)  # before anything that the replay knows
    refresh(store, settings(replay), now=NOW, since=SINCE, keys=["spx", "vix"])
    replay.requests.clear()
    refresh(store, settings(replay), now=NOW, since=far, keys=["spx"])
    refresh(store, settings(replay), now=NOW, since=far, keys=["spx", "vix"])
    assert [r.split("/")[-1].split("?")[0] for r in replay.requests] == ["%5EGSPC", "%5EVIX"]
    assert store.spans()["spx"][-1].first == dt.date(2020, 1, 2)


def test_a_stopped_refresh_keeps_what_it_has_and_the_next_one_goes_on(store, replay):
    stop, keys = threading.Event(), ["fear_greed", "tvl", "total_cap"]
    replay.faults["api.llama.fi"] = Fault("sleep", seconds=1.5)
    start = time.monotonic()
    summary = refresh(store, settings(replay), now=NOW, since=SINCE, keys=keys, on_event=lambda e: e.done < 2 or stop.set(), stop=stop)
    assert time.monotonic() - start < 1.4
    told = by_source(summary)
    assert (summary.stopped, told["feargreed"].status, told["coingecko"].status, told["defillama"].status) == (True, "ok", "ok", "not asked")
    replay.faults.clear()
    replay.requests.clear()
    again = refresh(store, settings(replay), now=NOW, since=SINCE, keys=keys)
    assert ([r.split("/")[1] for r in replay.requests], again.stopped) == (["api.llama.fi"], False)


def test_threads_that_were_left_behind_end_with_their_client(store, replay):
    replay.faults["api.alternative.me"] = Fault("sleep", seconds=0.8)
    refresh(store, settings(replay, 0.2), now=NOW, since=SINCE, keys=["fear_greed"])
    end = time.monotonic() + 20  # the limits of the client, on a busy machine
    while time.monotonic() < end and any(t.name.startswith("refresh-") for t in threading.enumerate()):
        time.sleep(0.05)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("refresh-")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_the_command_line_stops_in_a_sentence(tmp_path, replay, number):
    replay.clock = None
    replay.faults |= dict.fromkeys(("query2.finance.yahoo.com", "api.llama.fi", "stablecoins.llama.fi"), Fault("sleep", seconds=20))
    path = tmp_path / "store.sqlite"
    env = os.environ | {"STORE_URL": f"sqlite:///{path}", "UPSTREAM_MIRROR": replay.url}
    command = [sys.executable, "-m", "core", "refresh", "--since", "2026-01-01"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        first = process.stderr.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert first.startswith("[")
    assert process.returncode == 128 + number
    assert err.endswith("Stopped. What had been read by then is stored; the same command goes on with the rest.\n")
    assert "Traceback" not in err
    with sqlite3.connect(path) as link:
        assert link.execute("SELECT count(*) FROM refresh_lock").fetchone() == (0,)
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    link.close()
