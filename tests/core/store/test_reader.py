"""A file that may only be read: whichever version wrote it, and whatever another user does to it meanwhile."""

import gc
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from core.store import Store
from tests.core.store.backends import hour, rows


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A store of two observations, which only the test's own writer may write."""
    file = tmp_path / "store.sqlite"
    store = Store(f"sqlite:///{file}")
    store.append(rows(1.0, 2.0))
    store.close()
    monkeypatch.setattr("core.store.engine._unwritable", lambda _: "it may only be read")
    return file


@pytest.mark.parametrize("lacking", [["rests", "reaches"], ["rests", "reaches", "store_facts"]], ids=["version 2", "version 1"])
def test_a_store_of_an_earlier_version_opens(path, lacking):
    with closing(sqlite3.connect(path)) as link, link:
        link.execute("UPDATE store_facts SET value = '2' WHERE name = 'schema'")
        for name in lacking:
            link.execute(f"DROP TABLE {name}")
    before = path.read_bytes()
    store = Store(f"sqlite:///{path}")
    assert len(store.load()) == len(store.load(hour(0))) == 2
    assert (store.rests(), store.reaches(), store.notice(), store.outcomes(), store.restatements()) == ((), {}, "", (), ())
    store.close()
    assert path.read_bytes() == before


def left_behind(path, elsewhere, value, at):
    """Put what a writer that died leaves in the place of a store: its last values stand in the log only."""
    elsewhere.mkdir()
    for end in ("", "-wal"):
        if Path(f"{path}{end}").exists():
            shutil.copyfile(f"{path}{end}", elsewhere / f"store.sqlite{end}")
    with closing(sqlite3.connect(elsewhere / "store.sqlite", isolation_level=None)) as link:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("PRAGMA wal_autocheckpoint=0")
        link.execute("INSERT INTO readings SELECT NULL, 'btc', source, basis, fetched_at + ? FROM readings LIMIT 1", (at,))
        link.execute("INSERT INTO observations SELECT max(id), 20000, 0, ? FROM readings", (value,))
        for end in ("", "-wal"):
            shutil.copyfile(elsewhere / f"store.sqlite{end}", f"{path}{end}")


def test_a_log_left_behind_is_read_from_a_copy_that_follows_the_file_and_goes_with_the_store(path, tmp_path, monkeypatch):
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    left_behind(path, tmp_path / "one", 3.0, 1)
    store = Store(f"sqlite:///{path}")
    assert sorted(store.load()["value"]) == [1.0, 2.0, 3.0]
    left_behind(path, tmp_path / "two", 4.0, 2)
    assert sorted(store.load()["value"]) == [1.0, 2.0, 3.0, 4.0]
    assert len(list(copies.iterdir())) == 1
    store.close()
    del store
    gc.collect()
    assert list(copies.iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["store.sqlite", "store.sqlite-wal"]


def test_what_another_user_stores_meanwhile_is_seen(path, monkeypatch):
    reader = Store(f"sqlite:///{path}")
    assert len(reader.load()) == 2
    with monkeypatch.context() as patch:
        patch.setattr("core.store.engine._unwritable", lambda _: "")
        writer = Store(f"sqlite:///{path}")
    writer.append(rows(3.0, key="btc", fetched=hour(1)))
    assert len(reader.load()) == 3
    writer.close()
    assert len(reader.load()) == 3
    reader.close()
