import datetime as dt
import shutil
import threading
import time

import pandas as pd
import pytest

from core.catalogue import SERIES
from core.due import chosen
from core.errors import BadInput, RefreshBusy
from core.refresh import refresh
from core.settings import operator
from core.sources.upstreams import SOURCES, chain
from core.store import Store
from tests.replay import market
from tests.replay.server import Fault, serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 27)
DAY = dt.timedelta(days=1)
ALL = {s.key for s in SERIES}
CHAINS = [[ref.provider for ref in chain(s, operator({}))] for s in SERIES]
HOSTS = tuple(host for source in SOURCES.values() for host in source.hosts)
QUICK = ["tvl", "tvl_base", "usdt", "fear_greed", "total_cap"]


def settings(replay, deadline=60, **extra):
    return operator({"UPSTREAM_MIRROR": replay.url, "REFRESH_DEADLINE": str(deadline), **extra})


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The store after its first refresh, what that said, and the events on the way."""
    path = tmp_path_factory.mktemp("first") / "store.sqlite"
    store, events = Store(f"sqlite:///{path}"), []
    with serving(NOW) as replay:
        summary = refresh(store, settings(replay, 120), now=NOW, since=FRIDAY - 60 * DAY, on_event=events.append)
    store.close()
    return path, summary, events


@pytest.fixture
def filled(first, tmp_path):
    """A copy of that store, to go on with."""
    shutil.copy(first[0], tmp_path / "store.sqlite")
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield store
    store.close()


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


def by_source(summary):
    return {s.source: s for s in summary.sources}


def test_everything_arrives_through_the_real_clients(first, filled):
    _, summary, events = first
    assert {s.source: s.status for s in summary.sources} == dict.fromkeys((first for first, *_ in CHAINS), "ok")
    assert {key for s in summary.sources for key in s.ok} == ALL
    table = filled.load()
    assert (set(table["series"]), summary.new_rows, summary.restated_rows) == (ALL, len(table), 0)
    latest = table[table["session"] == pd.Timestamp(FRIDAY)].set_index("series")["value"]
    assert latest["spx"] == pytest.approx(6400 * 1.002)
    assert latest["btc"] == pytest.approx(66000 * 1.002)
    assert latest["usds"] == 8e9 * 1.002
    assert latest["fear_greed"] == market.greed(FRIDAY)
    assert (events[-1].done, events[-1].total) == (len(ALL), len(ALL))
    assert [e.done for e in events] == sorted(e.done for e in events)
    assert {o.status for o in filled.outcomes()} == {"ok"}


def test_nothing_is_asked_again_while_it_is_up_to_date(filled, replay):
    replay.clock = NOW + dt.timedelta(minutes=5)
    summary = refresh(filled, settings(replay), now=replay.clock)
    assert replay.requests == []
    assert {s.status for s in summary.sources} == {"up to date"}


def test_the_next_day_brings_one_row_a_series_and_asks_only_for_the_last_days(filled, replay):
    replay.clock = NOW + DAY
    summary = refresh(filled, settings(replay), now=replay.clock, keys=["btc", "tvl", "spx", "fear_greed", "total_cap"])
    assert (summary.new_rows, summary.restated_rows) == (4, 0)  # the S&P has no session on a Saturday
    assert sorted(r.split("/")[1] for r in replay.requests) == ["api.alternative.me", "api.coingecko.com", "api.kraken.com", "api.llama.fi"]


def test_a_restated_value_becomes_a_vintage_and_the_old_one_stays(filled, replay):
    replay.clock = NOW + DAY
    replay.restated[("tvl/Base", FRIDAY - DAY)] = 1.05
    summary = refresh(filled, settings(replay), now=replay.clock, keys=["tvl_base"])
    assert (summary.new_rows, summary.restated_rows) == (1, 1)
    table = filled.load()
    mine = table[(table["series"] == "tvl_base") & (table["session"] == pd.Timestamp(FRIDAY - DAY))]
    assert mine["value"].tolist() == [3_503_500_000, 3_678_675_000]
    assert len(filled.load(NOW)) == len(table) - 2


def test_a_line_restated_as_a_whole_is_read_again_from_its_beginning(filled, replay):
    replay.clock = NOW + 3 * DAY
    replay.restated[("XLK", None)] = 0.5
    before = int((filled.load()["series"] == "xlk").sum())
    summary = refresh(filled, settings(replay), now=replay.clock, keys=["xlk"])
    assert (summary.new_rows, summary.restated_rows, len(replay.requests)) == (1, before, 2)
    assert filled.latest(["xlk"], dt.date(2020, 1, 1))["value"].max() < 51


@pytest.mark.parametrize("factor", [3.7, 0.27, 0.5])
@pytest.mark.parametrize(("key", "name"), [("spx", "^GSPC"), ("tvl", "tvl/"), ("tvl_base", "tvl/Base")])
def test_another_level_under_the_right_name_changes_nothing(filled, replay, key, name, factor):
    replay.clock = NOW + 3 * DAY
    replay.restated[(name, None)] = factor
    before = filled.load()
    summary = refresh(filled, settings(replay), now=replay.clock, keys=[key])
    (told,) = (o for o in filled.outcomes() if o.series == key and o.status != "ok")
    assert (told.status, summary.restated_rows) == ("bad payload", 0)
    assert f"sessions moved by {(factor - 1) * 100:+.0f}% against what is stored" in told.message
    pd.testing.assert_frame_equal(filled.load().query("source != 'fred'").reset_index(drop=True), before)


def test_a_fund_is_rebased_by_a_split_only(filled, replay):
    replay.clock = NOW + 3 * DAY
    replay.restated |= {("XLK", None): 3.7, ("XLF", None): 1.5, ("XLV", None): 0.25}
    summary = by_source(refresh(filled, settings(replay), now=replay.clock, keys=["xlk", "xlf", "xlv"]))["yahoo"]
    assert (summary.ok, summary.failed) == (("xlf", "xlv"), ("xlk",))


def test_restatements_of_the_usual_size_pass(filled, replay):
    replay.clock = NOW + DAY
    replay.restated |= {("tvl/", None): 0.94, ("stablecoin/1", None): 1.006}
    summary = by_source(refresh(filled, settings(replay), now=replay.clock, keys=["tvl", "usdt"]))["defillama"]
    assert (summary.status, summary.restated_rows) == ("ok", 122)


def test_a_backfill_reads_what_lies_before(filled, replay):
    summary = refresh(filled, settings(replay), now=NOW + dt.timedelta(hours=1), since=dt.date(2025, 12, 1), keys=["spx", "usdt"])
    assert set(by_source(summary)["yahoo"].ok + by_source(summary)["defillama"].ok) == {"spx", "usdt"}
    assert {key: filled.spans()[key][-1].first for key in ("spx", "usdt")} == dict.fromkeys(("spx", "usdt"), dt.date(2025, 12, 1))
    assert summary.restated_rows == 0


@pytest.mark.parametrize("fault", [Fault("drop"), Fault("html"), Fault("status", 451, b"{}"), Fault("truncated")], ids=lambda f: f.kind)
def test_a_dead_source_leaves_its_neighbours_alone(store, replay, fault):
    replay.faults["api.alternative.me"] = fault
    told = by_source(refresh(store, settings(replay), now=NOW, since=FRIDAY - 60 * DAY, keys=QUICK))
    assert (told["feargreed"].failed, told["feargreed"].new_rows) == (("fear_greed",), 0)
    assert "alternative.me" in told["feargreed"].message
    assert (told["defillama"].status, told["coingecko"].status) == ("ok", "ok")


def test_one_failed_series_leaves_its_source_partly_there(store, replay):
    replay.faults["api.llama.fi/v2/historicalChainTvl/Base"] = Fault("html")
    told = by_source(refresh(store, settings(replay), now=NOW, since=FRIDAY - 60 * DAY, keys=QUICK))["defillama"]
    assert (told.status, told.failed, set(told.ok)) == ("partly", ("tvl_base",), {"tvl", "usdt"})


def test_a_payload_refused_at_the_door_keeps_the_last_good_data(filled, replay):
    replay.clock = NOW + DAY
    replay.restated[("tvl/", None)] = 1e6
    before = filled.load()
    told = by_source(refresh(filled, settings(replay), now=replay.clock, keys=["tvl"]))["defillama"]
    assert (told.status, told.new_rows) == ("bad payload", 0)
    pd.testing.assert_frame_equal(filled.load(), before)


def test_with_every_upstream_dead_the_summary_says_so_source_by_source(store, replay):
    replay.faults |= dict.fromkeys(HOSTS, Fault("drop"))
    summary = refresh(store, settings(replay), now=NOW)
    assert {s.source: s.status for s in summary.sources} == dict.fromkeys((last for *_, last in CHAINS), "unreachable")
    assert (summary.new_rows, summary.reached) == (0, False)
    assert all(s.message for s in summary.sources)
    assert len([r for r in replay.requests if "yahoo" in r]) < 20  # after some silence the rest is not asked


def test_after_a_refusal_the_rest_of_a_source_is_not_asked(store, replay):
    replay.faults["query2.finance.yahoo.com"] = Fault("status", 429, b"Too Many Requests")
    told = by_source(refresh(store, settings(replay), now=NOW))["yahoo"]
    assert (told.status, len(told.failed)) == ("rate limited", 16)  # those that nobody else has
    asked = len([r for r in replay.requests if "yahoo" in r])
    assert asked <= 4
    refresh(store, settings(replay), now=NOW + dt.timedelta(minutes=5), keys=["spx"])
    assert len([r for r in replay.requests if "yahoo" in r]) == asked


def test_what_does_not_answer_by_the_deadline_is_left_behind(store, replay):
    replay.faults["api.alternative.me"] = Fault("sleep", seconds=4)
    start = time.monotonic()
    told = by_source(refresh(store, settings(replay, 2), now=NOW, since=FRIDAY - 60 * DAY, keys=QUICK))
    assert time.monotonic() - start < 4
    assert (told["feargreed"].status, told["defillama"].status) == ("unreachable", "ok")
    assert "No answer within the 2 s" in told["feargreed"].message


def test_a_second_refresh_is_told_to_wait(store, replay, tmp_path):
    replay.faults["api.alternative.me"] = Fault("sleep", seconds=1)
    elsewhere = Store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    thread = threading.Thread(target=refresh, args=(store, settings(replay)), kwargs={"now": NOW, "keys": ["fear_greed"]}, daemon=True)
    thread.start()
    while not replay.requests:
        time.sleep(0.01)
    for place in (store, elsewhere):
        with pytest.raises(RefreshBusy):
            refresh(place, settings(replay), now=NOW)
    thread.join()
    elsewhere.close()


def test_another_process_that_refreshes_the_store_is_waited_for(store, replay):
    with store.refreshing(60), pytest.raises(RefreshBusy):
        refresh(store, settings(replay), now=NOW)
    refresh(store, settings(replay), now=NOW, keys=["total_cap"])


def test_no_key_reaches_a_message(store, replay):
    replay.faults["api.coingecko.com"] = Fault("status", 401, b'{"error":"CG-secret"}')
    summary = refresh(store, settings(replay, COINGECKO_API_KEY="CG-secret"), now=NOW, keys=["total_cap"])
    assert by_source(summary)["coingecko"].status == "bad payload"
    assert "secret" not in repr((summary, store.outcomes()))


def test_an_unforeseen_mistake_of_a_source_stays_its_own(store, replay, monkeypatch, caplog):
    monkeypatch.setattr("core.sources.feargreed.parse", lambda *_, **__: 1 / 0)
    told = by_source(refresh(store, settings(replay), now=NOW, since=FRIDAY - 60 * DAY, keys=QUICK))
    assert (told["feargreed"].status, told["defillama"].status) == ("failed", "ok")
    assert "ZeroDivisionError" in told["feargreed"].message
    assert "Reading feargreed failed unexpectedly." in caplog.text
    assert "1 / 0" in caplog.text  # the traceback


def test_unknown_keys_are_refused(store, replay):
    with pytest.raises(BadInput, match="'nope'"):
        refresh(store, settings(replay), now=NOW, keys=["nope"])
    assert [s.key for s in chosen(["cn_advancers", "spx"])] == ["spx", "cn_advancers"]


def test_what_is_asked_day_by_day_goes_further_back_with_every_refresh(store, replay):
    key = "northbound_turnover"
    refresh(store, settings(replay), now=NOW, keys=[key])
    (first,) = store.spans()[key]
    replay.clock = dt.datetime(2026, 3, 30, 12, tzinfo=dt.UTC)
    told = by_source(refresh(store, settings(replay), now=replay.clock, keys=[key]))["stock_connect"]
    (second,) = store.spans()[key]
    assert (first.last, second.last) == (FRIDAY, dt.date(2026, 3, 30))
    assert (told.status, told.new_rows) == ("ok", 20)
    assert second.first < first.first
    assert store.load()["session"].nunique() == 40


def test_one_session_at_a_time_grows_into_a_line(store, replay):
    for day in (27, 30):
        replay.clock = dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC)
        refresh(store, settings(replay), now=replay.clock, keys=["cn_advancers"])
    assert store.load()["session"].dt.day.tolist() == [27, 30]


def test_of_a_providers_venues_the_one_that_reaches_back_furthest_is_asked_first(store, replay):
    refresh(store, settings(replay), now=NOW, since=FRIDAY - 300 * DAY, keys=["btc_funding"])
    for hours, fault in ((24, Fault("html")), (48, None)):
        replay.faults = {"futures.kraken.com": fault} if fault else {}
        replay.clock = NOW + dt.timedelta(hours=hours)
        refresh(store, settings(replay), now=replay.clock, keys=["btc_funding"])
    lines = {span.source: span for span in store.spans()["btc_funding"]}
    assert lines["derivatives:kraken"].last == FRIDAY + 2 * DAY
    assert lines["derivatives:hyperliquid"].last == FRIDAY + DAY
    kraken = store.load().query("source == 'derivatives:kraken'")["session"]
    assert kraken.diff().dropna().max() == pd.Timedelta(days=1)


def test_when_yahoo_is_silent_others_bring_whole_lines_of_their_own(store, replay):
    replay.faults["query2.finance.yahoo.com"] = Fault("drop")
    keys = ["spx", "vix", "us10y", "hsi", "sse", "xlk"]
    summary = by_source(refresh(store, settings(replay), now=NOW, since=FRIDAY - 60 * DAY, keys=keys))
    assert {source: told.ok for source, told in summary.items() if told.ok} == {
        "fred": ("spx", "us10y"), "cboe": ("vix",), "tencent": ("hsi", "sse"),
    }  # fmt: skip
    assert summary["yahoo"].failed == ("xlk",)
    table = store.load().set_index("series")
    assert (table.loc["spx", "value"].iloc[-1], len(table.loc["spx"])) == (6412.8, 44)
