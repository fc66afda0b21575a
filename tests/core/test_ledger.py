"""The hash of what is known: the same by any path to it, another for any change of it, blind to what comes later."""

import dataclasses

import numpy as np
import pytest

from core.ledger import STRIDE, ledgers
from core.panel import build
from tests.core.lines import panel_of, together, wander

LAST = np.datetime64("2030-01-01", "us")


def track(count=3 * STRIDE):
    return panel_of(wander("btc", "2024-01-01", count), dates=["2026-01-01"]).tracks["btc"]


@pytest.mark.parametrize("end", [1, STRIDE - 1, STRIDE, STRIDE + 1, 2 * STRIDE, 3 * STRIDE])
def test_what_is_known_at_a_cutoff_hashes_as_if_there_were_no_more(end):
    whole, part = track(), track(end)
    cutoff = whole.available[end - 1]
    assert [x.digest(cutoff) for x in ledgers(whole)] == [x.digest(LAST) for x in ledgers(part)]


@pytest.mark.parametrize("column", ["values", "fetched", "available", "sessions"])
def test_any_change_of_an_observation_changes_the_hash(column):
    whole = track()
    altered = getattr(whole, column).copy()
    altered[STRIDE // 2] += np.timedelta64(1, "D") if column != "values" else 1e-9
    other = dataclasses.replace(whole, **{column: altered})
    assert ledgers(whole)[0].digest(LAST) != ledgers(other)[0].digest(LAST)


def test_source_and_basis_are_part_of_it():
    frame = wander("btc", "2024-01-01", 10)
    dates = np.array(["2026-01-01"], dtype="datetime64[D]")
    seen = {build(together(f), "test", "morning", dates).snapshot(0) for f in (frame, frame.assign(source="other"), frame.assign(basis="synthetic"))}
    assert len(seen) == 3


def test_before_anything_is_known_there_is_nothing_to_hash():
    assert ledgers(track())[0].digest(np.datetime64("2023-01-01", "us")) == b""
