"""What only a server can do to us: lose the connection, restart, share a database between stores."""

import subprocess
import sys
import time

import pandas as pd
import pytest
import sqlalchemy as sa

from core.errors import RefreshBusy, StoreError
from core.settings import ROOT
from core.store import Outcome, Store
from tests.core.store.backends import NOON, POSTGRES, hour, on_postgres, rows, schema_url

pytestmark = on_postgres


@pytest.fixture
def url():
    return schema_url()


@pytest.fixture
def cut(url):
    """Ends every connection to the store's schema, as a server that restarts does."""
    schema = url.rpartition("%3D")[2]
    engine = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    ends = sa.text("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = :name")

    def end():
        with engine.connect() as link:
            return link.scalar(ends, {"name": schema})

    yield end
    engine.dispose()


@pytest.fixture
def store(url):
    name = url.rpartition("%3D")[2]
    opened = Store(f"{url}&application_name={name}")
    yield opened
    opened.close()


def test_connections_lost_between_two_calls_are_made_anew(store, cut):
    store.append(rows(1.0, 2.0))
    assert cut() > 0
    assert len(store.load()) == 2
    cut()
    store.append(rows(3.0, first="2026-03-25", fetched=hour(1)))
    cut()
    assert store.version() == "2"


def test_a_connection_lost_in_the_middle_of_a_write_writes_once_and_wholly(store, cut, monkeypatch):
    from core.store import store as module

    write, calls = module.write, []

    def interrupted(link, reading, table):
        write(link, reading, table)
        calls.append(reading)
        if len(calls) == 2:
            cut()

    monkeypatch.setattr(module, "write", interrupted)
    both = pd.concat([rows(1.0, 2.0), rows(3.0, 4.0, key="btc")])
    assert {key: count.new for key, count in store.append(both).items()} == {"spx": 2, "btc": 2}
    assert len(calls) == 4
    assert store.load()["value"].tolist() == [3.0, 4.0, 1.0, 2.0]


def test_a_server_that_stays_away_is_told_and_nothing_is_half_written(store, cut, monkeypatch):
    from core.store import failures
    from core.store import store as module

    write = module.write

    def interrupted(link, reading, table):
        cut()
        write(link, reading, table)

    monkeypatch.setattr(failures, "_PAUSES", (0.0,))
    with monkeypatch.context() as patch:
        patch.setattr(module, "write", interrupted)
        with pytest.raises(StoreError, match="The store cannot be written: "):
            store.append(rows(1.0, 2.0))
    assert store.load().empty


def test_the_claim_of_a_holder_whose_connection_ended_is_free_at_once(store, url, cut):
    held = store.refreshing(600)
    held.__enter__()
    second = Store(url)
    with pytest.raises(RefreshBusy), second.refreshing(600):
        pass
    cut()
    with second.refreshing(600):
        store.record([Outcome(source="yahoo", series="spx", started=NOON, ended=NOON, status="ok", message="")])
        held.__exit__(None, None, None)  # neither fails nor gives away another's
        with pytest.raises(RefreshBusy), store.refreshing(600):
            pass
    second.close()


def test_the_claim_of_a_process_that_was_killed_is_free_at_once(store, url):
    code = "import sys; from core.store import Store; held = Store(sys.argv[1]).refreshing(600); held.__enter__(); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RefreshBusy), store.refreshing(600):
            pass
        other.kill()
        other.wait()
    for _ in range(50):
        try:
            with store.refreshing(600):
                return
        except RefreshBusy:
            time.sleep(0.02)
    pytest.fail("the claim outlived its holder")


def test_stores_in_one_database_do_not_stop_each_other(store):
    other = Store(schema_url())
    with store.refreshing(60), other.refreshing(60):
        held = []
        for mine in (store, other):
            with pytest.raises(RefreshBusy), mine.refreshing(60):
                pass
            held.append(mine)
    other.close()
    assert held == [store, other]


def test_a_statement_that_never_ends_is_ended(store, url):
    other = Store(f"{url}%20-cstatement_timeout%3D7s")
    limits = [s.read(lambda link: link.scalar(sa.text("SHOW statement_timeout"))) for s in (store, other)]
    other.close()
    assert limits == ["1min", "7s"]
