import datetime as dt

import pandas as pd
import pytest

from core.store import Restatement
from core.store import store as module
from tests.core.store.backends import NOON, hour, rows

WEEK = (100.0, 101.0, 102.0, 103.0, 104.0)


def test_a_restatement_tells_its_sessions_and_its_largest_change_with_its_sign(store):
    store.append(rows(*WEEK, key="usdt", source="defillama"))
    store.append(rows(100.5, 98.98, 102.0, 103.0, 104.0, key="usdt", source="defillama", fetched=hour(1)))
    (told,) = store.restatements()
    assert told == Restatement(
        series="usdt", source="defillama", fetched_at=hour(1), sessions=2, first=dt.date(2026, 3, 23), last=dt.date(2026, 3, 24), change=told.change
    )
    assert told.change == pytest.approx(-2.0)


def test_the_last_two_sessions_of_the_reading_before_are_provisional(store):
    store.append(rows(*WEEK, key="usdt"))
    store.append(rows(103.5, 104.5, 105.0, key="usdt", first="2026-03-26", fetched=hour(24)))
    assert store.restatements() == ()
    store.append(rows(103.6, 104.6, 105.5, key="usdt", first="2026-03-26", fetched=hour(48)))
    (told,) = store.restatements()
    assert (told.sessions, told.first, told.last) == (1, dt.date(2026, 3, 26), dt.date(2026, 3, 26))
    assert told.change == pytest.approx((103.6 / 103.5 - 1) * 100)


def test_provisional_sessions_are_counted_in_the_calendar_of_the_series(store):
    friday, monday = rows(1.0, 2.0, first="2026-03-26"), rows(3.0, first="2026-03-30")
    store.append(pd.concat([friday, monday]))
    store.append(rows(2.5, first="2026-03-27", fetched=hour(72)))
    assert store.restatements() == ()
    store.append(rows(1.5, first="2026-03-26", fetched=hour(73)))
    assert [told.first for told in store.restatements()] == [dt.date(2026, 3, 26)]


def test_another_source_an_older_backfill_and_a_snapshot_restate_nothing(store):
    store.append(rows(*WEEK))
    store.append(rows(*(v + 1 for v in WEEK), source="tencent", fetched=hour(1)))
    store.append(rows(90.0, 91.0, first="2026-03-16", fetched=hour(2)))
    for n in range(4):
        store.append(rows(2e12 + n, key="total_cap", available=f"2026-03-23 0{n}:00", fetched=hour(n)))
    assert store.restatements() == ()


def test_a_line_is_restated_against_itself_only(store):
    for source, factor in (("exchanges:kraken", 1.0), ("exchanges:coinbase", 1.1)):
        store.append(rows(*(v * factor for v in WEEK), key="btc", source=source))
    store.append(rows(WEEK[0] * 1.2, key="btc", source="exchanges:kraken", fetched=hour(1)))
    (told,) = store.restatements()
    assert (told.source, told.change) == ("exchanges:kraken", pytest.approx(20.0))


def test_a_series_that_moves_in_points_is_told_in_its_own_unit(store):
    store.append(rows(20.0, 30.0, 40.0, 50.0, key="fear_greed"))
    store.append(rows(25.0, 30.0, 40.0, 50.0, key="fear_greed", fetched=hour(1)))
    assert [told.change for told in store.restatements()] == [5.0]


def test_a_change_from_zero_is_unknown(store):
    store.append(rows(0.0, 1.0, 2.0, 3.0, key="usdt"))
    store.append(rows(5.0, 1.0, 2.0, 3.0, key="usdt", fetched=hour(1)))
    assert [told.change for told in store.restatements()] == [None]


def test_the_newest_come_first_and_no_more_than_asked_for(store):
    for n in range(5):
        store.append(rows(100.0 + n, *WEEK[1:], key="usdt", fetched=hour(n)))
        store.append(rows(100.0 - n, *WEEK[1:], fetched=hour(n)))
    told = store.restatements(limit=3)
    assert [(t.series, t.fetched_at) for t in told] == [("spx", hour(4)), ("usdt", hour(4)), ("spx", hour(3))]
    assert len(store.restatements()) == 8
    assert store.restatements(limit=0) == ()
    assert min(t.fetched_at for t in store.restatements()) > NOON


def test_what_was_told_is_told_again_without_a_search_until_more_is_stored(store, monkeypatch):
    store.append(rows(100.0, *WEEK[1:], key="usdt"))
    store.append(rows(101.0, *WEEK[1:], key="usdt", fetched=hour(1)))
    first = store.restatements()
    searched = []
    search = module.restatements
    monkeypatch.setattr(module, "restatements", lambda link, limit: searched.append(limit) or search(link, limit))
    assert (store.restatements(), searched) == (first, [])
    assert (store.restatements(limit=0), searched) == ((), [0])
    store.append(rows(102.0, *WEEK[1:], key="usdt", fetched=hour(2)))
    assert [told.fetched_at for told in store.restatements()] == [hour(2), hour(1)]
