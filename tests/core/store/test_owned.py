"""A file of another program is refused, and neither it nor its folder is touched. A store behind a link keeps the link."""

import random
import sqlite3
import zipfile
from contextlib import closing

import pandas as pd
import pytest

from core.errors import StoreError
from core.store import Store, owned
from tests.core.store.backends import rows


def document(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("word/document.xml", "My thesis. " * 5000)


def other_app(path, mode="delete", tables=3):
    with closing(sqlite3.connect(path)) as link, link:
        link.execute(f"PRAGMA journal_mode={mode}")
        for n in range(tables):
            link.execute(f"CREATE TABLE moz_places_{n} (id INTEGER PRIMARY KEY, url TEXT, title TEXT, visits INTEGER)")
            link.executemany(f"INSERT INTO moz_places_{n} VALUES (?, ?, ?, ?)", [(k, "https://x", "y" * 50, k) for k in range(1, 200)])  # noqa: S608


def in_wal_mode(path):
    other_app(path, "wal")


def with_a_log(path):
    """As a program that was killed leaves it: everything is in the log."""
    live = path.with_name("live")
    link = sqlite3.connect(live)
    link.execute("PRAGMA journal_mode=WAL")
    link.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT); INSERT INTO notes VALUES (1, 'mine')")
    for end in ("", "-wal"):
        path.with_name(path.name + end).write_bytes(live.with_name("live" + end).read_bytes())
    link.close()
    live.unlink()


def of_many_tables(path):
    other_app(path, tables=60)


def damaged(path):
    other_app(path)
    content = bytearray(path.read_bytes())
    content[4096:9000] = b"\xfe" * (9000 - 4096)
    path.write_bytes(content)


def without_a_header(path):
    other_app(path)
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def of_the_same_names(path):
    with closing(sqlite3.connect(path)) as link, link:
        link.executescript("CREATE TABLE readings (id INTEGER PRIMARY KEY, meter TEXT, kwh REAL); INSERT INTO readings VALUES (1, 'a', 2.5)")


def noise(path):
    path.write_bytes(random.Random(2).randbytes(50_000))  # noqa: S311


KINDS = (document, other_app, in_wal_mode, with_a_log, of_many_tables, damaged, without_a_header, of_the_same_names, noise)


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("writable", [True, False], ids=["", "read only"])
def test_what_belongs_to_another_program_is_refused_and_left_alone(make, writable, tmp_path, monkeypatch):
    path = tmp_path / "thesis.docx"
    make(path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    if not writable:
        monkeypatch.setattr("core.store.engine._unwritable", lambda _: "it may only be read")
    with pytest.raises(StoreError, match=r"thesis\.docx is no store of this product; nothing was changed\. Point STORE_URL at another file"):
        Store(f"sqlite:///{path}")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("content", [b"", bytes(20_000)], ids=["empty", "zeros"])
def test_a_file_without_content_becomes_a_store(content, tmp_path):
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    store = Store(f"sqlite:///{path}")
    store.append(rows(1.0))
    assert ("0 observations" in store.notice()) == bool(content)
    store.close()
    assert [p.read_bytes() for p in tmp_path.iterdir() if ".damaged-" in p.name] == ([content] if content else [])


def test_a_database_without_a_table_becomes_a_store(tmp_path):
    with closing(sqlite3.connect(tmp_path / "new.sqlite")) as link:
        link.execute("VACUUM")
    store = Store(f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert (store.version(), store.notice()) == ("0", "")
    store.close()


@pytest.mark.parametrize("make", [noise, document], ids=["noise", "document"])
def test_at_its_own_place_what_cannot_be_read_is_set_aside(make, tmp_path, monkeypatch):
    path = tmp_path / "store.sqlite"
    monkeypatch.setattr(owned, "DEFAULT_STORE", path)
    make(path)
    before = path.read_bytes()
    store = Store(f"sqlite:///{path}")
    assert "0 observations" in store.notice()
    store.close()
    assert [p.read_bytes() for p in tmp_path.iterdir() if ".damaged-" in p.name] == [before]


def test_a_sound_database_of_another_program_is_refused_at_our_own_place_too(tmp_path, monkeypatch):
    path = tmp_path / "store.sqlite"
    monkeypatch.setattr(owned, "DEFAULT_STORE", path)
    other_app(path)
    with pytest.raises(StoreError, match="no store of this product"):
        Store(f"sqlite:///{path}")


@pytest.mark.parametrize("hurt", [False, True], ids=["sound", "damaged"])
def test_a_store_behind_a_link_stays_behind_it(hurt, tmp_path):
    for folder in ("disk", "app"):
        (tmp_path / folder).mkdir()
    path, link = tmp_path / "disk" / "real.sqlite", tmp_path / "app" / "store.sqlite"
    first = Store(f"sqlite:///{path}")
    first.append(rows(1.0, 2.0))
    whole = first.load()
    first.close()
    link.symlink_to(path)
    if hurt:
        with path.open("r+b") as file:
            file.write(bytes(100))
    store = Store(f"sqlite:///{link}")
    pd.testing.assert_frame_equal(store.load(), whole)
    assert bool(store.notice()) == hurt
    store.close()
    assert link.is_symlink()
    assert [p.name for p in link.parent.iterdir()] == ["store.sqlite"]
    assert sum(".damaged-" in p.name for p in path.parent.iterdir()) == hurt
