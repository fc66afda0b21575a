"""What a reader sees when the store was damaged, may only be read, or cannot be opened: a sentence and a page, never a traceback."""

import os

import pytest

from core import datasets
from tests.core.store.backends import rows


@pytest.fixture
def file(tmp_path):
    store = datasets.store(os.environ["STORE_URL"])
    store.append(rows(*(6000.0 + v for v in range(200)), first="2025-09-01"))
    store.close()
    datasets.store.cache_clear()
    return tmp_path / "store.sqlite"


def test_a_damaged_store_opens_and_says_what_became_of_it(visit, written, file):
    with file.open("r+b") as content:
        content.write(bytes(100))
    at = visit("overview", dataset="live")
    assert not at.exception
    assert "The store's file was damaged" in written(at)
    assert ".damaged-" in written(at)
    assert "200 observations" in written(at)


def test_a_store_that_was_zeroed_opens_too(visit, written, file):
    file.write_bytes(bytes(10_000))
    at = visit("data", dataset="live")
    assert not at.exception
    assert "0 observations" in written(at)


def test_a_file_of_another_program_is_named_and_left_alone(visit, written, tmp_path, monkeypatch):
    thesis = tmp_path / "thesis.docx"
    thesis.write_bytes(b"My thesis. " * 1000)
    monkeypatch.setenv("STORE_URL", f"sqlite:///{thesis}")
    at = visit("data", dataset="live")
    assert not at.exception
    assert "thesis.docx is no store of this product; nothing was changed." in written(at)
    assert thesis.read_bytes() == b"My thesis. " * 1000


def test_a_sound_store_raises_no_alarm(visit, written, file):
    assert "damaged" not in written(visit("data", dataset="live"))


def test_a_server_that_cannot_be_reached_is_told_without_its_password(visit, written, monkeypatch):
    monkeypatch.setenv("STORE_URL", "postgresql+psycopg://reader:hush-hush@127.0.0.1:1/market")
    at = visit("data", dataset="live")
    assert not at.exception
    assert "The store cannot be opened" in written(at)
    assert "hush" not in written(at)
