"""A report pinned to an instant is the same to the byte later, whatever was fetched since."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from core import datasets, report
from core.errors import BadInput
from core.export import export
from core.records import Settings
from core.store import Store, copy
from tests.core import market
from tests.core.store.backends import on_postgres, schema_url

PINNED = dt.datetime(2026, 3, 28, 6, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 28)
FORMATS = ("json", "md", "html")


def read_at(table, instant):
    return table.assign(fetched_at=pd.Timestamp(instant).tz_convert(None).as_unit("us"), basis="measured")


def first_reading():
    table = market.observations()
    table = table[table["session"] > "2025-03-01"]
    return read_at(table.assign(source=table["series"].map(lambda key: "exchanges:kraken" if key in {"btc", "eth"} else "yahoo")), PINNED)


def restated(store):
    table = first_reading()
    store.append(read_at(table.assign(value=table["value"] * 1.013), PINNED + dt.timedelta(hours=2)))


def another_source(store):
    """A line that begins earlier than the others, so that it would speak for every session if it were known."""
    table = market.observations()
    table = table[(table["session"] > "2024-12-01") & table["series"].isin(["btc", "spx", "hsi", "usdt"])]
    store.append(read_at(table.assign(source="elsewhere", value=table["value"] * 0.9), PINNED + dt.timedelta(hours=3)))


def later_sessions(store):
    table = first_reading()
    late = table[table["session"] > "2026-03-01"]
    moved = {column: late[column] + pd.Timedelta(days=28) for column in ("session", "available_at")}
    store.append(read_at(late.assign(**moved), PINNED + dt.timedelta(days=28)))


def an_older_clock(store):
    table = first_reading()
    store.append(read_at(table.assign(value=table["value"] * 0.7), PINNED - dt.timedelta(days=3)))


def files(url, monkeypatch, asof=PINNED, now=PINNED + dt.timedelta(hours=1)):
    """The report of the day in every format, as a fresh process would make it."""
    monkeypatch.setenv("STORE_URL", url)
    datasets.store.cache_clear()
    table = datasets.metric_table("live", "morning", asof=asof, now=now)
    made = report.build(table, DAY, Settings())
    datasets.store(url).close()
    return {name: export(name).make(made, table) for name in FORMATS}


@pytest.fixture(scope="module")
def pinned(tmp_path_factory):
    """A store as it was when the link was made, and the files that were made from it."""
    path = tmp_path_factory.mktemp("pinned") / "store.sqlite"
    store = Store(f"sqlite:///{path}")
    store.append(first_reading())
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        made = files(f"sqlite:///{path}", patch)
    return path, made


@pytest.fixture
def url(pinned, tmp_path):
    (tmp_path / "store.sqlite").write_bytes(pinned[0].read_bytes())
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def test_a_pinned_report_is_the_same_to_the_byte_whatever_was_fetched_since(pinned, url, monkeypatch):
    store = Store(url)
    for change in (restated, another_source, later_sessions, an_older_clock):
        change(store)
    assert len(store.restatements()) > 10
    store.close()
    a_year_later = PINNED + dt.timedelta(days=365)
    assert files(url, monkeypatch, now=a_year_later) == pinned[1]
    today = files(url, monkeypatch, asof=None, now=a_year_later)
    assert all(today[name] != pinned[1][name] for name in FORMATS)


def test_a_pinned_report_is_the_same_from_a_copy(pinned, url, tmp_path, monkeypatch):
    source, target = Store(url), Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    copy(source, target)
    restated(target)
    for store in (source, target):
        store.close()
    assert files(f"sqlite:///{tmp_path / 'copy.sqlite'}", monkeypatch) == pinned[1]


@pytest.mark.parametrize("_", [pytest.param("postgres", marks=on_postgres)])
def test_a_pinned_report_is_the_same_from_a_server(pinned, url, monkeypatch, _):
    server = schema_url()
    source, target = Store(url), Store(server)
    copy(source, target)
    restated(target)
    for store in (source, target):
        store.close()
    assert files(server, monkeypatch) == pinned[1]


def test_what_was_fetched_while_the_link_was_made_does_not_reach_it(pinned, url, monkeypatch):
    """A refresh that began before the pinned instant goes on storing after the report was shown."""
    asof = PINNED + dt.timedelta(hours=1)
    shown = files(url, monkeypatch, asof=asof)
    store = Store(url)
    table = first_reading()
    store.append(read_at(table.assign(value=table["value"] * 1.1), PINNED + dt.timedelta(minutes=30)))
    store.close()
    assert files(url, monkeypatch, asof=asof) == shown


def test_figures_and_snapshot_know_the_vintage_only(url, monkeypatch):
    monkeypatch.setenv("STORE_URL", url)
    datasets.store.cache_clear()
    restated(datasets.store(url))
    made = report.build(datasets.metric_table("live", "morning", asof=PINNED, now=PINNED), DAY, Settings())
    newest = report.build(datasets.metric_table("live", "morning", now=PINNED + dt.timedelta(days=1)), DAY, Settings())
    datasets.store(url).close()
    assert {f.fetched_at for f in made.figures().values() if f.fetched_at} == {PINNED}
    assert max(f.fetched_at for f in newest.figures().values() if f.fetched_at) == PINNED + dt.timedelta(hours=2)
    assert made.snapshot != newest.snapshot


@pytest.mark.parametrize("key", ["live", "demo"])
def test_an_instant_that_has_not_come_cannot_be_pinned(key):
    with pytest.raises(BadInput, match="28 Mar 2026 06:00 UTC has not come yet"):
        datasets.metric_table(key, "morning", asof=PINNED, now=PINNED - dt.timedelta(minutes=1))


def test_the_demo_market_can_be_pinned_too():
    read = market.observations()["fetched_at"].max().tz_localize("UTC")
    known = datasets.dataset("demo").observations(read)
    assert len(known) == len(market.observations())
    assert datasets.dataset("demo").observations(read - pd.Timedelta(microseconds=1)).shape[0] < len(known)
    assert np.isfinite(known["value"]).all()
