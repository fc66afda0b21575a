"""How long a full refresh takes with 300 ms for every answer, against its slowest source alone: `python -m pytest tests/bench -s`."""

import datetime as dt

import pytest

from core.catalogue import SERIES
from core.refresh import refresh
from core.settings import operator
from core.sources.upstreams import SOURCES, chain
from core.store import Store
from tests.replay.server import Fault, serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
SINCE = dt.date(2025, 12, 1)
LATENCY = 0.3


@pytest.fixture
def slow():
    with serving(NOW) as replay:
        replay.faults = {host: Fault("sleep", seconds=LATENCY) for source in SOURCES.values() for host in source.hosts}
        yield operator({"UPSTREAM_MIRROR": replay.url, "REFRESH_DEADLINE": "300"})


def seconds(settings, keys=None):
    store = Store("sqlite://")
    summary = refresh(store, settings, now=NOW, since=SINCE, keys=keys)
    store.close()
    assert all(s.status == "ok" for s in summary.sources)
    return summary.seconds


def test_a_full_refresh_takes_little_longer_than_its_slowest_source(slow):
    by = {}
    for series in SERIES:
        by.setdefault(chain(series, slow)[0].provider, []).append(series.key)
    seconds(slow, ["spx", "btc", "btc_funding"])  # the clients are imported once per process
    alone = {source: seconds(slow, keys) for source, keys in by.items()}
    whole = seconds(slow)
    slowest = max(alone, key=alone.get)
    told = f"whole {whole:.1f} s; slowest alone {slowest} {alone[slowest]:.1f} s; one by one {sum(alone.values()):.1f} s"
    print(f"{told}; ratio {whole / alone[slowest]:.2f}")  # noqa: T201
    assert whole <= 1.5 * alone[slowest]
