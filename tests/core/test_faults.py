"""Each fault at each source: the report still stands, says the true reason, and nothing else is touched."""

import numpy as np
import pytest

from core.sources.upstreams import SOURCES
from tests.replay import matrix
from tests.replay.faults import MISHAPS

_LATEST = np.datetime64("2026-03-31T12:10", "us")


@pytest.fixture(scope="module")
def found():
    return matrix.trials()


@pytest.mark.parametrize("source", matrix.SOURCE_KEYS)
@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda m: m.key)
def test_a_fault_stays_where_it_is_and_is_told(found, mishap, source):
    trial = found[mishap.key, source]
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


def test_the_document_is_current(found):
    assert matrix.TABLE.read_text(encoding="utf-8") == matrix.table(found), "run python -m tests.replay.matrix"


def test_every_source_that_speaks_http_is_tried():
    assert set(matrix.SOURCE_KEYS) == set(SOURCES) - {"tdx"}
