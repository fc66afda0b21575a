"""For every test: the upstreams replayed on this machine at a frozen instant, and examples that are the same in every run."""

import datetime as dt
import os

import hypothesis
import pytest

from core.sources import pace
from tests.replay.server import Replay, serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
# A slow machine is no failure, and what failed here must fail there.
hypothesis.settings.register_profile("explorer", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("explorer")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Where REQUIRE_ALL is set, a test that skips has failed."""
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL"):
        report.outcome, report.longrepr = "failed", f"Skipped, though REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_pace():
    """The replay needs no rest between two calls; tests of the pace itself set what they measure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "_SPACING", {})
        patch.setattr(pace, "_USUAL", 0.0)
        yield


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
