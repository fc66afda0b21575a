"""A whole store copied in either direction: every vintage and outcome, interrupted and taken up again, never mixed."""

import pandas as pd
import pytest

from core.__main__ import main
from core.errors import RefreshBusy, StoreError
from core.store import Outcome, Store, copy
from core.store import transfer as module
from tests.core.store.backends import NOON, fresh_url, hour, on_postgres, rows

WAYS = [
    ("sqlite", "sqlite"),
    pytest.param(("sqlite", "postgres"), marks=on_postgres),
    pytest.param(("postgres", "sqlite"), marks=on_postgres),
]


def fill(store):
    for n, key in enumerate(("spx", "btc", "usdt", "btc")):
        store.append(rows(*(v / 3 + n for v in range(1, 60)), key=key, source=f"source {n % 2}", fetched=hour(n)))
    store.append(rows(1e-300, 2**0.5, -0.5, key="上证", fetched=hour(6)))
    store.record([Outcome(source="yahoo", series=key, started=NOON, ended=hour(1), status="ok", message="中", rows=3) for key in ("spx", "btc")])


@pytest.fixture(params=WAYS, ids="-".join)
def stores(request, tmp_path):
    pair = [Store(fresh_url(backend, tmp_path)) for backend in request.param]
    fill(pair[0])
    yield pair
    for store in pair:
        store.close()


def same(one, other):
    pd.testing.assert_frame_equal(one.load(), other.load())
    told = [(store.outcomes(), store.spans(), store.version(), store.restatements()) for store in (one, other)]
    assert told[0] == told[1]


def test_everything_arrives_and_a_repeated_copy_brings_nothing(stores):
    source, target = stores
    source.load(hour(7))  # what a reader was shown holds in the copy too
    heard = []
    made = copy(source, target, lambda done, total: heard.append((done, total)))
    assert (made.readings, made.observations, made.outcomes, made.brought) == (5, 4 * 59 + 3, 2, 4 * 59 + 3 + 5 + 2)
    assert heard[-1] == (made.brought, made.brought)
    same(source, target)
    assert copy(source, target).brought == 0
    target.append(rows(5.0, fetched=hour(1), first="2027-01-01"))
    assert len(target.load(hour(7))) == made.observations


def test_what_comes_later_follows_in_a_second_copy_and_the_way_back(stores):
    source, target = stores
    copy(source, target)
    source.append(rows(9.0, key="eth", fetched=hour(9)))
    assert copy(source, target).brought == 2
    target.append(rows(10.0, key="eth", fetched=hour(10), first="2026-03-24"))
    target.record([Outcome(source="yahoo", series="eth", started=NOON, ended=NOON, status="ok", message="")])
    assert copy(target, source).brought == 3
    same(source, target)


@pytest.mark.parametrize("piece", [1, 60, 130])
def test_an_interrupted_copy_goes_on_where_it_stopped(stores, piece, monkeypatch):
    source, target = stores
    monkeypatch.setattr(module, "_PIECE", piece)
    count = 0

    def stop(done, total):
        nonlocal count
        count += 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(source, target, stop)
    first = len(target.load())
    assert 0 < first < len(source.load())
    made = copy(source, target)
    assert made.observations - first <= made.brought < made.observations
    same(source, target)


def test_a_target_with_other_rows_is_refused_and_left_as_it_is(stores):
    source, target = stores
    target.append(rows(1.0, 2.0))
    before = target.load()
    with pytest.raises(StoreError, match="The target holds another store already, and stores are not mixed"):
        copy(source, target)
    pd.testing.assert_frame_equal(target.load(), before)


def test_copies_that_went_their_own_ways_are_not_mixed(stores):
    source, target = stores
    copy(source, target)
    source.append(rows(1.0, key="eth", fetched=hour(9)))
    target.append(rows(2.0, key="eth", fetched=hour(9)))
    with pytest.raises(StoreError, match="The target was written since it was copied"):
        copy(source, target)
    assert target.latest(["eth"], rows(1.0)["session"].iloc[0].date())["value"].tolist() == [2.0]


def test_rows_lost_on_the_way_are_noticed(stores, monkeypatch):
    source, target = stores
    put = module.fill
    monkeypatch.setattr(module, "fill", lambda link, table, names, found: put(link, table, names, found[:-1] if len(found) > 100 else found))
    with pytest.raises(StoreError, match="The copy differs from its source"):
        copy(source, target)


def test_a_target_under_refresh_has_to_wait(stores):
    source, target = stores
    with target.refreshing(60), pytest.raises(RefreshBusy):
        copy(source, target)


def test_the_command_copies_tells_progress_and_refuses_one_store(tmp_path, monkeypatch, capsys):
    source, target = (f"sqlite:///{tmp_path / name}.sqlite" for name in "ab")
    store = Store(source)
    fill(store)
    store.close()
    monkeypatch.setenv("STORE_URL", source)
    assert main(["copy", "--to", target]) == 0
    out, err = capsys.readouterr()
    assert out == "Both stores hold 239 observations of 5 readings and 2 outcomes; 246 rows were copied now.\n"
    assert err.splitlines()[-1] == "[246/246] rows copied."
    assert main(["copy", "--from", source, "--to", target]) == 0
    assert "0 rows were copied now" in capsys.readouterr().out
    for arguments in ([], ["--from", source, "--to", source], ["--from", source]):
        assert main(["copy", *arguments]) == 1
        assert "A copy needs two stores." in capsys.readouterr().err
    assert main(["copy", "--to", "postgresql+psycopg://u:secret@127.0.0.1:1/x"]) == 1
    assert "secret" not in capsys.readouterr().err
