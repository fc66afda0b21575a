import datetime as dt
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RefreshBusy, StoreError
from core.observations import COLUMNS, empty
from core.settings import ROOT
from core.store import Appended, Outcome, Store
from tests.core.store.backends import BACKENDS, NOON, fresh_url, hour, rows


def test_what_was_written_comes_back_to_the_bit(store):
    table = rows(6400.1, 1 / 3, 1e-300, 1132.989990234375)
    assert store.append(table) == {"spx": Appended(new=4)}
    loaded = store.load()
    assert tuple(loaded.columns) == COLUMNS
    pd.testing.assert_frame_equal(loaded, table.astype(dict.fromkeys(("series", "source", "basis"), "str")))
    assert [str(t) for t in loaded.dtypes] == [str(t) for t in empty().dtypes]


def test_nothing_stored_is_an_empty_table(store):
    pd.testing.assert_frame_equal(store.load(), empty())
    assert (store.version(), store.spans(), store.last_sessions(), store.outcomes()) == ("0", {}, {}, ())
    assert store.append(empty()) == {}


def test_an_unchanged_value_writes_nothing(store):
    store.append(rows(1.0, 2.0))
    version = store.version()
    assert store.append(rows(1.0, 2.0, fetched=hour(1))) == {"spx": Appended()}
    assert (store.version(), len(store.load())) == (version, 2)


def test_a_restated_value_is_a_further_vintage(store):
    store.append(rows(1.0, 2.0))
    version = store.version()
    assert store.append(rows(1.0, 2.5, 3.0, fetched=hour(1))) == {"spx": Appended(new=1, restated=1)}
    assert store.version() != version
    assert store.load()["value"].tolist() == [1.0, 2.0, 2.5, 3.0]
    assert store.latest(["spx"], dt.date(2026, 3, 24))["value"].tolist() == [2.5, 3.0]


def test_a_value_that_returns_is_a_vintage_again(store):
    for n, value in enumerate((1.0, 2.0, 1.0)):
        store.append(rows(value, fetched=hour(n)))
    assert store.load()["value"].tolist() == [1.0, 2.0, 1.0]


def test_asof_shows_what_was_read_by_then(store):
    store.append(rows(1.0, 2.0))
    store.append(rows(1.5, 2.0, 3.0, fetched=hour(1)))
    assert store.load(hour(0))["value"].tolist() == [1.0, 2.0]
    assert store.load(hour(1) - dt.timedelta(microseconds=1))["value"].tolist() == [1.0, 2.0]
    assert store.load(hour(1))["value"].tolist() == [1.0, 1.5, 2.0, 3.0]
    assert store.load(hour(-1)).empty


def test_snapshots_of_one_session_are_told_apart_by_their_instant(store):
    first = rows(2.4e12, key="total_cap", available="2026-03-23 08:00")
    later = rows(2.4e12, key="total_cap", available="2026-03-23 09:00", fetched=hour(1))
    assert store.append(first) == {"total_cap": Appended(new=1)}
    assert store.append(later) == {"total_cap": Appended(new=1)}
    assert store.append(later) == {"total_cap": Appended()}
    assert len(store.load()) == 2


def test_spans_tell_each_line_and_the_one_written_last_comes_last(store):
    store.append(rows(1.0, 2.0, key="btc", source="exchanges:kraken"))
    store.append(rows(5.0, 6.0, 7.0, key="btc", source="exchanges:coinbase", fetched=hour(1), first="2026-03-20"))
    kraken, coinbase = store.spans()["btc"]
    assert (kraken.first, kraken.last, kraken.source) == (dt.date(2026, 3, 23), dt.date(2026, 3, 24), "exchanges:kraken")
    assert (coinbase.first, coinbase.last, coinbase.source) == (dt.date(2026, 3, 20), dt.date(2026, 3, 22), "exchanges:coinbase")
    store.append(rows(3.0, key="btc", source="exchanges:kraken", first="2026-03-25", fetched=hour(2)))
    assert [span.source for span in store.spans()["btc"]] == ["exchanges:coinbase", "exchanges:kraken"]
    assert store.last_sessions() == {"btc": dt.date(2026, 3, 25)}


def test_the_same_value_from_another_source_is_a_line_of_its_own_and_no_restatement(store):
    store.append(rows(1.0, 2.0))
    assert store.append(rows(1.0, 2.0, source="tencent", fetched=hour(1))) == {"spx": Appended(new=2)}
    assert store.append(rows(1.0, 2.5, source="tencent", fetched=hour(2))) == {"spx": Appended(new=0, restated=1)}


def test_names_may_be_of_any_script(store):
    store.append(rows(1.0, key="上证指数 'x\"; --", source="données 📈"))
    assert store.load()[["series", "source"]].iloc[0].tolist() == ["上证指数 'x\"; --", "données 📈"]


def test_a_missing_value_is_refused_and_nothing_is_written(store):
    with pytest.raises(StoreError, match="no value"):
        store.append(rows(1.0, float("nan")))
    assert store.load().empty


def test_the_newest_outcome_of_every_series_is_kept(store):
    old = Outcome(source="yahoo", series="spx", started=NOON, ended=hour(1), status="blocked", message="nein 中", rows=0)
    new = Outcome(source="yahoo", series="spx", started=hour(2), ended=hour(3), status="ok", message="", rows=3, new_rows=2, restated_rows=1)
    other = Outcome(source="defillama", series="tvl", started=NOON, ended=NOON, status="ok", message="")
    store.record([old, other])
    store.record([new])
    store.record([])
    assert store.outcomes() == (other, new)


def test_one_refresh_at_a_time(store, url):
    second = Store(url)
    with store.refreshing(60), pytest.raises(RefreshBusy), second.refreshing(60):
        pass
    with second.refreshing(60):
        pass
    second.close()


def test_a_holder_that_died_loses_its_claim(tmp_path):
    store = Store(fresh_url("sqlite", tmp_path))
    dead = store.refreshing(0.05)
    dead.__enter__()
    time.sleep(0.1)
    with store.refreshing(60):
        dead.__exit__(None, None, None)  # and cannot give away another's
        with pytest.raises(RefreshBusy), store.refreshing(60):
            pass
    store.close()


def test_threads_that_bring_the_same_rows_write_them_once(store):
    threads = [threading.Thread(target=store.append, args=(rows(*range(200)),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.load()) == 200


def test_processes_that_bring_the_same_rows_write_them_once(store, url, tmp_path):
    table = rows(*range(300))
    table.to_pickle(tmp_path / "rows.pickle")
    code = (
        "import sys, pandas as pd; from core.store import Store; store = Store(sys.argv[1]); table = pd.read_pickle(sys.argv[2]);"
        "print('ready', flush=True); sys.stdin.readline(); store.append(table)"
    )
    command = [sys.executable, "-c", code, url, str(tmp_path / "rows.pickle")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout.readline() == b"ready\n"
        other.stdin.write(b"go\n")
        other.stdin.flush()
        store.append(table)
        assert other.wait(60) == 0
    assert len(store.load()) == 300


def test_a_reader_is_not_stopped_by_a_writer(store):
    store.append(rows(1.0))
    with store.refreshing(60):
        assert len(store.load()) == 1


@pytest.mark.parametrize("bad", ["sqlite:////proc/nowhere/store.sqlite", "nosuchdatabase://x", "postgresql+psycopg://u:secret@127.0.0.1:1/x", "x"])
def test_a_store_that_cannot_be_opened_says_so(bad):
    with pytest.raises(StoreError) as caught:
        Store(bad)
    assert "cannot be opened" in str(caught.value)
    assert "secret" not in str(caught.value)


HISTORY = st.lists(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1.0, 2.0])), max_size=6), max_size=5)


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(readings=HISTORY)
def test_every_vintage_is_what_a_plain_list_would_hold(backend, tmp_path, readings):
    store = Store(fresh_url(backend, tmp_path))
    expected: list[tuple[int, int, float]] = []
    for n, reading in enumerate(readings):
        values = dict(reading)
        for day, value in values.items():
            before = [v for d, _, v in expected if d == day]
            if not before or before[-1] != value:
                expected.append((day, n, value))
        tables = [rows(value, fetched=hour(n), first=f"2026-03-{10 + day}") for day, value in values.items()]
        store.append(pd.concat(tables, ignore_index=True) if tables else empty())
    for n in range(len(readings) + 1):
        loaded = store.load(hour(n))
        known = sorted(row for row in expected if row[1] <= n)
        assert loaded["value"].tolist() == [value for _, _, value in known]
        assert loaded["session"].dt.day.tolist() == [10 + day for day, _, _ in known]
    store.close()
