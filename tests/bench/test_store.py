"""What storing and loading ten years of every series takes: `python -m pytest tests/bench/test_store.py`."""

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from core import observations
from core.catalogue import SERIES
from core.sessions import schedule
from core.settings import ROOT
from core.store import Store, copy
from tests.core.store.backends import BACKENDS, fresh_url

FIRST, LAST = np.datetime64("2016-03-28"), np.datetime64("2026-03-28")
MEMORY = """
import pathlib, sys
from core.store import Store

def held(what):
    lines = dict(line.split(":") for line in pathlib.Path("/proc/self/status").read_text().splitlines())
    return int(lines[what].split()[0]) / 1024

store = Store(sys.argv[1])
before = held("VmRSS")
table = store.load()
print(len(table), held("VmHWM") - before, held("VmRSS") - before, table.memory_usage(deep=True).sum() / 2**20)
"""


@pytest.fixture(scope="module")
def decade():
    """Ten years of every series, as one reading."""
    chance = np.random.default_rng(1)
    lines = []
    for series in SERIES:
        days = schedule(series.calendar).dates
        days = days[(days >= FIRST) & (days < LAST)]
        source = series.sources[0].provider if series.sources else "none"
        values = chance.uniform(1, 2, len(days))
        lines.append(observations.frame(series, days, values, fetched_at=LAST.astype("datetime64[us]"), source=source, basis="measured"))
    return pd.concat(lines, ignore_index=True)


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request, decade, tmp_path_factory):
    url = fresh_url(request.param, tmp_path_factory.mktemp("bench"))
    store = Store(url)
    begun = time.perf_counter()
    store.append(decade)
    seconds = time.perf_counter() - begun
    yield store, url, seconds
    store.close()


def test_rows_stored_in_a_second(filled, decade, record_property):
    rate = len(decade) / filled[2]
    record_property("rows per second", round(rate))
    sys.stdout.write(f"{len(decade):,} rows stored at {rate:,.0f} a second\n")
    assert rate > 5_000


def test_the_same_again_writes_nothing_and_takes_no_longer(benchmark, filled, decade):
    written = benchmark.pedantic(filled[0].append, args=(decade,), rounds=3)
    assert sum(count.new + count.restated for count in written.values()) == 0


def test_ten_years_of_every_series_loaded(benchmark, filled, decade):
    table = benchmark.pedantic(filled[0].load, rounds=5, warmup_rounds=1)
    assert len(table) == len(decade)
    assert benchmark.stats["median"] < 3


def test_what_the_pages_ask_besides(benchmark, filled):
    store = filled[0]
    spans, restated = benchmark.pedantic(lambda: (store.spans(), store.restatements()), rounds=3)
    assert len(spans) == len(SERIES)
    assert restated == ()


def test_memory_of_a_load(filled, decade):
    done = subprocess.run([sys.executable, "-c", MEMORY, filled[1]], cwd=ROOT, capture_output=True, check=True, text=True)
    count, grown, kept, table = map(float, done.stdout.split())
    sys.stdout.write(f"{count:,.0f} rows loaded: {grown:.0f} MB more at the peak, {kept:.0f} MB afterwards, the table itself {table:.0f} MB\n")
    assert count == len(decade)
    assert grown < 200


def test_a_store_opened(benchmark, filled):
    def open_and_close():
        store = Store(filled[1])
        version = store.version()
        store.close()
        return version

    assert benchmark.pedantic(open_and_close, rounds=5) == filled[0].version()


def test_a_store_copied(benchmark, filled, tmp_path, decade):
    targets = iter([Store(f"sqlite:///{tmp_path / str(n)}.sqlite") for n in range(2)])
    made = benchmark.pedantic(lambda: copy(filled[0], next(targets)), rounds=2)
    assert made.observations == len(decade)
