"""The datasets behind one interface."""

import threading
import time

from core import datasets


def test_a_store_is_opened_once_however_many_ask_at_once(monkeypatch):
    opened, found = [], []

    def slow(url):
        time.sleep(0.05)
        opened.append(url)
        return object()

    monkeypatch.setattr(datasets, "Store", slow)
    stores = datasets._Stores()
    threads = [threading.Thread(target=lambda: found.append(stores("sqlite://"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (opened, len(found), len(set(map(id, found)))) == (["sqlite://"], 8, 1)
    stores.cache_clear()
    assert stores("sqlite://") is not found[0]
