"""A damaged file is set aside, named, and rebuilt from what can be read; the store opens whatever was done to it."""

import datetime as dt
import os
import random
import shutil
import sqlite3
import threading

import pandas as pd
import pytest

from core.errors import StoreError
from core.store import Outcome, Store
from core.store.salvage import salvage
from tests.core.store.backends import NOON, hour, rows

PAGE = 4096


def filled(path):
    """A store of three lines over two years with restatements and an outcome, closed."""
    store = Store(f"sqlite:///{path}")
    for key in ("spx", "btc", "usdt"):
        store.append(rows(*(float(v) + 0.25 * (v % 2) for v in range(1, 731)), key=key, first="2024-01-01"))
        store.append(rows(*(v * 1.5 for v in range(1, 101)), key=key, first="2024-01-01", fetched=hour(1)))
    store.record([Outcome(source="yahoo", series="spx", started=NOON, ended=hour(1), status="ok", message="中 kept", rows=730, new_rows=730)])
    loaded, outcomes = store.load(), store.outcomes()
    store.close()
    return loaded, outcomes


def overwritten(path, start, content):
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


def reopened(path):
    """What a new process finds: its table, its notice, and the files set aside."""
    store = Store(f"sqlite:///{path}")
    found, notice = store.load(), store.notice()
    assert len(store.append(rows(9.0, key="eth", fetched=hour(9)))) == 1
    store.close()
    return found, notice, sorted(p for p in path.parent.iterdir() if ".damaged-" in p.name)


def within(found, whole):
    """Every row found is a row that was there, to the bit."""
    return len(found.merge(whole, how="inner")) == len(found)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


def test_a_sound_file_is_left_alone(path):
    whole, _ = filled(path)
    found, notice, aside = reopened(path)
    pd.testing.assert_frame_equal(found, whole)
    assert (notice, aside) == ("", [])


@pytest.mark.parametrize("content", [bytes(100), b"\xff" * 100, b"no database" * 9, random.Random(1).randbytes(100)], ids=["0", "1", "text", "noise"])  # noqa: S311
def test_a_lost_header_loses_nothing(path, content):
    whole, outcomes = filled(path)
    overwritten(path, 0, content)
    damaged = path.read_bytes()
    found, notice, aside = reopened(path)
    pd.testing.assert_frame_equal(found, whole)
    assert [p.read_bytes() for p in aside] == [damaged]
    assert aside[0].name in notice
    assert f"{len(whole):,} observations" in notice
    again = Store(f"sqlite:///{path}")
    assert (again.outcomes(), again.notice()) == (outcomes, notice)
    again.close()


def test_the_first_page_may_be_gone_altogether(path):
    whole, _ = filled(path)
    overwritten(path, 0, bytes(PAGE))
    found, _, _ = reopened(path)
    pd.testing.assert_frame_equal(found, whole)


def test_every_single_page_may_be_zeroed_and_all_other_pages_are_read(path):
    filled(path)
    sound, whole = path.read_bytes(), set(salvage(path).observations.values())
    kept = []
    for start in range(0, len(sound), PAGE):
        path.write_bytes(sound[:start] + bytes(PAGE) + sound[start + PAGE :])
        found = set(salvage(path).observations.values())
        assert found <= whole
        kept.append(len(found))
    assert sum(count == len(whole) for count in kept) >= 3  # the first page, roots and indices hold no observations of their own
    assert sorted(kept)[1] > len(whole) * 0.8  # only the page with the readings takes more than its own rows with it
    assert len(set(kept)) > 3


@pytest.mark.parametrize("share", [0.5, 0.7, 0.95])
def test_a_truncated_file_keeps_what_stands_before_its_end(path, share):
    whole, _ = filled(path)
    os.truncate(path, int(path.stat().st_size * share))
    found, notice, aside = reopened(path)
    assert within(found, whole)
    assert len(found) > len(whole) * (share - 0.4)
    assert "damaged" in notice
    assert len(aside) == 1


@pytest.mark.parametrize("seed", range(6))
def test_garbage_anywhere_never_stops_the_store_from_opening_nor_invents_a_row(path, seed):
    whole, _ = filled(path)
    chance = random.Random(seed)  # noqa: S311
    for _ in range(1 + seed):
        overwritten(path, chance.randrange(path.stat().st_size), chance.randbytes(chance.choice([200, 5000])))
    found, _, _ = reopened(path)
    known = whole.drop(columns="value")
    assert len(found.drop(columns="value").merge(known, how="inner")) >= len(found) * 0.99


def test_rows_in_the_log_of_a_damaged_file_are_rescued(path, tmp_path):
    filled(path)
    store = Store(f"sqlite:///{path}")
    store.append(rows(7.0, 8.0, key="gold", fetched=hour(5)))
    whole = store.load()
    assert (tmp_path / "store.sqlite-wal").stat().st_size
    crashed = tmp_path / "crashed" / "store.sqlite"
    crashed.parent.mkdir()
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{crashed}{end}")
    store.close()
    overwritten(crashed, 0, bytes(100))
    found, _, aside = reopened(crashed)
    pd.testing.assert_frame_equal(found, whole)
    assert [p.name.endswith("-wal") for p in aside] == [False, True]


def test_a_log_left_behind_is_taken_in(path, tmp_path):
    filled(path)
    store = Store(f"sqlite:///{path}")
    store.append(rows(7.0, 8.0, key="gold", fetched=hour(5)))
    whole = store.load()
    crashed = tmp_path / "crashed" / "store.sqlite"
    crashed.parent.mkdir()
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{crashed}{end}")
    store.close()
    found, notice, _ = reopened(crashed)
    pd.testing.assert_frame_equal(found, whole)
    assert notice == ""


def test_damage_while_the_store_is_open_is_told_and_mended_at_the_next_call(path):
    whole, _ = filled(path)
    store = Store(f"sqlite:///{path}")
    assert store.version() != "0"
    size = path.stat().st_size
    for page in range(2, size // PAGE):
        overwritten(path, page * PAGE, b"\xfe" * 60)
    with pytest.raises(StoreError, match=r"its file is damaged\. It is rebuilt"):
        store.load()
    assert within(store.load(), whole)
    assert "set aside" in store.notice()
    store.close()


def test_two_that_open_a_damaged_file_at_once_rebuild_it_once(path):
    whole, _ = filled(path)
    overwritten(path, 0, bytes(100))
    found = []

    def visit():
        store = Store(f"sqlite:///{path}")
        found.append(store.load())
        store.close()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(table) for table in found] == [len(whole)] * 4
    assert len([p for p in path.parent.iterdir() if ".damaged-" in p.name]) == 1


def test_a_rebuild_that_fails_changes_nothing(path, monkeypatch):
    filled(path)
    overwritten(path, 0, bytes(100))
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.store.damage.salvage", full)
    with pytest.raises(StoreError, match=r"damaged and could not be rebuilt: .*No space left"):
        Store(f"sqlite:///{path}")
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert reopened(path)[1]


def test_a_reader_is_told_for_two_weeks(path, monkeypatch):
    filled(path)
    overwritten(path, 0, bytes(100))
    store = Store(f"sqlite:///{path}")
    assert store.notice()
    monkeypatch.setattr("core.store.store._TOLD_FOR", dt.timedelta(0))
    assert store.notice() == ""
    store.close()


def test_salvage_reads_every_kind_of_row_as_the_database_does(path):
    filled(path)
    found = salvage(path)
    link = sqlite3.connect(path)
    for table, mine in (("readings", found.readings), ("observations", found.observations), ("outcomes", found.outcomes)):
        assert sorted(mine.values()) == sorted(link.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608
    assert found.facts.items() <= dict(link.execute("SELECT * FROM store_facts")).items()
    link.close()
