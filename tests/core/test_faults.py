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
    _holds(few[pair], _MISHAPS[pair[0]])


@pytest.mark.whole
@pytest.mark.parametrize("pair", matrix.EVERY, ids="-".join)
def test_every_fault_at_every_source_stays_where_it_is_and_is_told(found, pair):
    _holds(found[pair], _MISHAPS[pair[0]])


def _holds(trial, mishap):
    assert trial.status in mishap.statuses, trial.message
    assert trial.status == "ok" or any(words in trial.message for words in mishap.words), trial.message
    assert trial.neighbour == "ok"
    assert trial.kept
    assert mishap.usable or trial.added.empty
    assert (trial.added["available_at"].to_numpy() <= _LATEST).all()
    assert not trial.added.duplicated(["session", "available_at"]).any()
    assert trial.seconds < mishap.deadline + matrix.MARGIN
    if trial.figure.value is None:
        assert trial.figure.note
    else:
        assert trial.figure.session == trial.last


@pytest.mark.whole
def test_the_document_is_current(found):
    assert matrix.TABLE.read_text(encoding="utf-8") == matrix.table(found), "run python -m tests.replay.matrix"


def test_every_source_that_speaks_http_is_tried():
    assert set(matrix.SOURCE_KEYS) == set(SOURCES) - {"tdx"} == {source for _, source in matrix.FEW}
    assert set(_MISHAPS) == {mishap for mishap, _ in matrix.FEW}
