"""Each fault at each source: the report still stands, says the true reason, and nothing else is touched."""

import numpy as np
import pytest

from core.sources.upstreams import SOURCES
from tests.replay import matrix
from tests.replay.faults import MISHAPS

_LATEST = np.datetime64("2026-03-31T12:10", "us")


_MISHAPS = {m.key: m for m in MISHAPS}


@pytest.fixture(scope="module")
def few():
    return matrix.trials(matrix.FEW)


@pytest.fixture(scope="module")
def found():
    return matrix.trials()


@pytest.mark.parametrize("pair", matrix.FEW, ids="-".join)
def test_a_fault_stays_where_it_is_and_is_told(few, pair):
    assert _wrong(few[pair], _MISHAPS[pair[0]]) == []


@pytest.mark.whole
@pytest.mark.parametrize("pair", matrix.EVERY, ids="-".join)
def test_every_fault_at_every_source_stays_where_it_is_and_is_told(found, pair):
    assert _wrong(found[pair], _MISHAPS[pair[0]]) == []


def _wrong(trial, mishap):
    """What a trial did that a fault must never do, in words."""
    added, figure = trial.added, trial.figure
    held = {
        f"status {trial.status}": trial.status in mishap.statuses,
        f"told {trial.message!r}": trial.status == "ok" or any(words in trial.message for words in mishap.words),
        "a neighbour was touched": trial.neighbour == "ok",
        "what was stored is gone": trial.kept,
        "an unusable answer was stored": mishap.usable or added.empty,
        "something of the future was stored": (added["available_at"].to_numpy() <= _LATEST).all(),
        "a session was stored twice": not added.duplicated(["session", "available_at"]).any(),
        f"it took {trial.seconds:.1f} s": trial.seconds < mishap.deadline + matrix.MARGIN,
        "an unknown figure without its reason": figure.value is not None or bool(figure.note),
        f"a figure of {figure.session}": figure.value is None or figure.session == trial.last,
    }
    return [what for what, holds in held.items() if not holds]


@pytest.mark.whole
def test_the_document_is_current(found):
    assert matrix.TABLE.read_text(encoding="utf-8") == matrix.table(found), "run python -m tests.replay.matrix"


def test_every_source_that_speaks_http_is_tried():
    assert set(matrix.SOURCE_KEYS) == set(SOURCES) - {"tdx"} == {source for _, source in matrix.FEW}
    assert set(_MISHAPS) == {mishap for mishap, _ in matrix.FEW}
