"""Who is left alone, and how far back was asked."""

import datetime as dt
import sqlite3
from contextlib import closing

from core.store import Rest, Store


def test_who_is_left_alone_outlives_the_process(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    until = dt.datetime(2026, 3, 28, 1, tzinfo=dt.UTC)
    first = Store(url)
    first.put_aside([Rest("yahoo", until, "rate limited", "Slower."), Rest("exchanges:kraken", until, "blocked", "No.")])
    first.put_aside([Rest("yahoo", until + dt.timedelta(hours=1), "rate limited", "Slower still.")])
    first.close()
    second = Store(url)
    assert [(r.name, r.until.hour, r.message) for r in second.rests()] == [("exchanges:kraken", 1, "No."), ("yahoo", 2, "Slower still.")]
    second.close()


def test_how_far_back_a_source_was_asked_only_grows(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.reached("yahoo", {"spx": dt.date(2021, 1, 1), "vix": dt.date(2021, 1, 1)})
    store.reached("yahoo", {"spx": dt.date(2020, 1, 1), "vix": dt.date(2022, 1, 1)})
    store.reached("fred", {"vix": dt.date(2024, 1, 1)})
    assert store.reaches() == {
        ("spx", "yahoo"): dt.date(2020, 1, 1), ("vix", "yahoo"): dt.date(2021, 1, 1), ("vix", "fred"): dt.date(2024, 1, 1)
    }  # fmt: skip
    store.close()


def test_a_store_of_the_version_before_gets_the_tables_it_lacks(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    Store(url).close()
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as link, link:
        link.executescript("DROP TABLE rests; DROP TABLE reaches; UPDATE store_facts SET value = '2' WHERE name = 'schema'")
    opened = Store(url)
    assert (opened.rests(), opened.reaches()) == ((), {})
    opened.close()
