"""Fixtures for every test: the upstreams replayed on this machine, at a frozen instant."""

import datetime as dt

import pytest

from tests.replay.server import Replay, serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def _replay_server():
    with serving(NOW) as replay:
        yield replay


@pytest.fixture
def replay(_replay_server: Replay) -> Replay:
    """The replay at 2026-03-28 00:30 UTC, without faults, restatements or memory of earlier tests."""
    _replay_server.clock = NOW
    for memory in (_replay_server.faults, _replay_server.restated, _replay_server.requests, _replay_server.headers):
        memory.clear()
    return _replay_server
