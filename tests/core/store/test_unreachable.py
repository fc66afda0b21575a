"""A server that does not answer is waited for a little while, once for everybody; an address that is none is a sentence."""

import socket
import threading
import time

import psycopg
import pytest

from core.errors import StoreError
from core.store import Store, server


@pytest.fixture
def mute():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]
    server._FAILED.clear()


@pytest.mark.parametrize(("query", "seconds"), [("", 5), ("?connect_timeout=2", "2"), ("?application_name=x", 5)])
def test_a_connection_is_waited_for_five_seconds_unless_the_url_says_otherwise(query, seconds, monkeypatch):
    asked = {}

    def connect(*_, **named):
        asked.update(named)
        raise psycopg.OperationalError("refused")

    monkeypatch.setattr("psycopg.connect", connect)
    with pytest.raises(StoreError, match="refused"):
        Store(f"postgresql+psycopg://reader@127.0.0.1:1/x{query}")
    assert asked["connect_timeout"] == seconds


def test_a_mute_server_is_waited_for_once_and_asked_again_later(mute, monkeypatch):
    url = f"postgresql+psycopg://reader:hush-hush@127.0.0.1:{mute}/x?connect_timeout=2"
    took = []

    def visit():
        begun = time.monotonic()
        with pytest.raises(StoreError, match=r"The store cannot be opened: .*(timeout|timed out)") as error:
            Store(url)
        assert "hush" not in str(error.value)
        took.append(time.monotonic() - begun)

    visit()
    for thread in [threading.Thread(target=visit) for _ in range(4)]:
        thread.start()
        thread.join()
    assert 1.5 < took[0] < 5
    assert len(took) == 5
    assert max(took[1:]) < 0.5

    def connect(*_, **__):
        raise psycopg.OperationalError("asked again")

    monkeypatch.setattr("psycopg.connect", connect)
    server._FAILED.update({where: (0.0, error) for where, (_, error) in server._FAILED.items()})
    with pytest.raises(StoreError, match="asked again"):
        Store(url)


def test_a_refusal_that_comes_at_once_is_not_remembered():
    url = "postgresql+psycopg://reader@127.0.0.1:1/x"
    with pytest.raises(StoreError, match="The store cannot be opened"):
        Store(url)
    assert not server._FAILED


@pytest.mark.parametrize("url", ["sqlite:///\0a", "postgresql+psycopg://u:p@host/\0", "nothing", "sqlite:////tmp/a\0b.sqlite"])
def test_an_address_that_is_none_is_a_sentence(url):
    with pytest.raises(StoreError, match="its address is no database URL"):
        Store(url)
