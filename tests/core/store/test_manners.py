"""Who is left alone, and how far back was asked."""

import datetime as dt
import sqlite3
from contextlib import closing

from core.errors import SourceError, brief
from core.store import Outcome, Rest, Store, copy


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


def kept(store):
    store.put_aside([Rest("yahoo", dt.datetime(2026, 3, 28, 1, tzinfo=dt.UTC), "blocked", "中 No.")])
    store.reached("yahoo", {"spx": dt.date(2020, 1, 1), "vix": dt.date(1960, 1, 1)})
    return store.rests(), store.reaches()


def test_a_copy_takes_both_along_whole(tmp_path):
    source, target = (Store(f"sqlite:///{tmp_path / name}.sqlite") for name in "ab")
    whole = kept(source)
    target.put_aside([Rest("fred", dt.datetime(2026, 3, 28, 1, tzinfo=dt.UTC), "blocked", "No.")])
    for _ in range(2):
        copy(source, target)
        assert (target.rests(), target.reaches()) == whole
    source.close()
    target.close()


def test_a_rebuild_takes_both_along(tmp_path):
    path = tmp_path / "store.sqlite"
    first = Store(f"sqlite:///{path}")
    whole = kept(first)
    first.close()
    with path.open("r+b") as file:
        file.write(bytes(100))
    again = Store(f"sqlite:///{path}")
    assert again.notice()
    assert (again.rests(), again.reaches()) == whole
    again.close()


def test_messages_are_kept_short_and_in_characters_that_can_be_kept(tmp_path):
    now = dt.datetime(2026, 3, 28, 1, tzinfo=dt.UTC)
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    words = "\0\ud800" + "<html> " * 100_000
    store.record([Outcome(source="yahoo", series="spx", started=now, ended=now, status="failed", message=words)])
    store.put_aside([Rest("yahoo", now, "failed", words)])
    for message in (store.outcomes()[0].message, store.rests()[0].message):
        assert message.startswith("?<html> ")
        assert message.endswith("…")
        assert 290 < len(message) <= 300
    store.close()


def test_a_source_says_little_enough_for_its_remedy_to_be_kept():
    error = SourceError("x" * 5000)
    assert str(error) == brief(str(error))
    assert str(error).endswith("x… The last good data stays in use; refresh later.")
    assert str(SourceError("Short.")).startswith("Short. ")
