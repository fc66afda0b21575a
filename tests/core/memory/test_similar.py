"""Days alike: point in time, apart, honest about what is too little, and nothing found where there is nothing."""

import datetime as dt

import numpy as np
import pytest

from core.insight.check import faults
from core.memory import likeness
from core.memory.followed import LEVEL, followed, holm, sign_test
from core.memory.similar import APART, HORIZONS, LEAST_KNOWN, OUTCOMES, VECTOR, alike, apart, every, forward, nearest, over, sessions_of, vectors
from core.metrics import BY_KEY as METRICS
from core.metrics import compute
from core.panel import build
from core.records import Settings
from tests.core.market import DAY, observations, table

ROWS = (300, 700, 1100, 1500, len(table().panel.dates) - 1)


def small(frame, until=DAY, days=700):
    return compute(build(frame, "demo", "morning", np.arange(np.datetime64(until) - days, np.datetime64(until) + 1)))


def test_the_vector_is_made_of_z_scores_with_their_series():
    for metric, series in VECTOR:
        assert METRICS[metric].unit == "standard deviations"
        assert series in METRICS[metric].inputs


@pytest.mark.parametrize("row", ROWS)
def test_alike_days_are_over_apart_and_nearest_first(row):
    found = alike(table(), row)
    panel = table().panel
    assert len(found.rows) == 20
    assert (np.diff(found.distance) >= 0).all()
    gaps = np.abs(np.subtract.outer(found.sessions, found.sessions))[~np.eye(20, dtype=bool)]
    assert gaps.min() >= APART
    for series in OUTCOMES:
        ordinals, at = panel.tracks[series].ordinals, panel.position(series)
        assert (ordinals[at[found.rows]] + HORIZONS[-1] <= ordinals[at[row]]).all()


def test_no_day_left_out_is_nearer_than_those_chosen_unless_it_neighbours_one():
    row = ROWS[-1]
    found, distance = alike(table(), row), apart(vectors(table()), vectors(table())[row])
    number = sessions_of(table())
    for r in np.flatnonzero(over(table(), row) & (distance < found.distance[-1])):
        assert np.abs(number[found.rows] - number[r]).min() < APART


def test_a_distance_needs_enough_moves_known_on_both_days():
    one = np.full(len(VECTOR), 1.0)
    other = np.zeros(len(VECTOR))
    assert apart(one, other) == 1.0
    other[LEAST_KNOWN:] = np.nan
    assert apart(one, other) == 1.0
    other[LEAST_KNOWN - 1] = np.nan
    assert np.isnan(apart(one, other))


def test_stale_moves_are_not_the_days_own():
    golden_week = table().panel.row(dt.date(2025, 10, 7))
    keys = [metric for metric, _ in VECTOR]
    moves = dict(zip(keys, vectors(table())[golden_week], strict=True))
    assert np.isnan(moves["sse.z"])
    assert np.isfinite(moves["spx.z"])
    assert np.nanmax(np.abs(vectors(table()))) == 4.0


def test_too_few_known_moves_abstain():
    frame = observations()[lambda f: ~f["series"].isin(["spx", "ndx", "rut", "vix", "us10y", "hsi", "hstech"])]
    made = likeness.write(small(frame), DAY, Settings())
    assert [c.kind for c in made.claims] == ["abstention"]
    assert made.claims[0].text == "Only 9 of 16 moves are this day's own, too few to look for days like it."
    assert made.tables == ()


def test_an_early_day_has_none_to_compare_with():
    made = likeness.write(table(), dt.date(2021, 7, 1), Settings())
    assert made.claims[0].kind == "abstention"


def test_a_day_seen_before_is_found():
    moves = vectors(table()).copy()
    row = ROWS[-1]
    moves[row] = moves[900]
    found = nearest(moves, sessions_of(table()), over(table(), row), row, 20)
    assert found.rows[0] == 900
    assert found.distance[0] == 0


def test_forward_returns_are_those_of_the_series():
    frame = observations()
    spx = frame[frame["series"] == "spx"].set_index("session")["value"]
    rows = np.array([table().panel.row(dt.date(2024, 5, 4))])
    start, end = (spx.loc[d] for d in ("2024-05-03", "2024-05-10"))
    assert forward(table(), "spx", rows, 5, ROWS[-1])[0] == pytest.approx((end / start - 1) * 100)
    early = table().panel.row(dt.date(2024, 5, 10))
    assert np.isnan(forward(table(), "spx", rows, 5, early)[0])
    assert np.isfinite(forward(table(), "spx", rows, 5, early + 1)[0])


def test_later_data_change_nothing():
    date = dt.date(2025, 9, 17)
    frame = observations()
    cut = frame[frame["available_at"] <= "2025-09-17"]
    bent = frame.copy()
    bent.loc[bent["available_at"] > "2025-09-17", "value"] *= 1.7
    rows = np.arange(np.datetime64(date) - 900, np.datetime64(date) + 60)
    made = [likeness.write(compute(build(f, "demo", "morning", rows)), date, Settings()) for f in (frame, cut, bent)]
    assert made[0] == made[1] == made[2]
    assert made[0].tables


def test_a_missing_outcome_is_not_told_and_takes_no_other_with_it():
    frame = observations()[lambda f: f["series"] != "hsi"]
    of = small(frame)
    row = len(of.panel.dates) - 1
    made = {(f.series, f.sessions): f for f in followed(of, alike(of, row), row)}
    assert all(np.isnan(made["hsi", h].chance) and made["hsi", h].n == 0 for h in HORIZONS)
    assert np.isfinite(made["spx", 1].chance)


def test_shuffled_days_find_nothing_beyond_the_nominal_rate():
    """With the moves of other dates under each date, alike days are any days: single tests keep their level, and so do reports."""
    row, rng = ROWS[-1], np.random.default_rng(20260328)
    moves, number, allowed = vectors(table()), sessions_of(table()), over(table(), row)
    raw, reports = [], []
    for _ in range(100):
        order = rng.permutation(row)
        mixed = np.vstack([moves[order], moves[row:]])
        found = nearest(mixed, number, allowed, row, 20)
        told = followed(table(), found, row)
        reports.append(any(f.told for f in told))
        for series in OUTCOMES[:2]:
            after = forward(table(), series, found.rows, 1, row)
            raw.append(sign_test(after[np.isfinite(after)], float(np.median(every(table(), series, 1, row)))) < LEVEL)
    assert np.mean(raw) <= 0.08  # 200 tests at 5%: two standard errors are 3 points
    assert np.mean(reports) <= 0.08


def test_a_planted_difference_is_found():
    """Every alike day followed by a rise of the S&P 500: the section says so."""
    frame = observations()
    row = ROWS[-1]
    found = alike(table(), row)
    spx = frame.index[frame["series"] == "spx"]
    at = table().panel.position("spx")[found.rows]
    factor = np.ones(len(spx))
    for p in at:
        factor[p + 1 :] *= 1.05
        factor[p + 2 :] /= 1.05
    told = [f for f in _followed_with(frame, spx, factor, found, row) if f.series == "spx" and f.sessions == 1]
    assert told[0].told
    assert told[0].above == 20


def _followed_with(frame, index, factor, found, row):
    lifted = frame.copy()
    lifted.loc[index, "value"] *= factor
    of = compute(build(lifted, "demo", "morning", table().panel.dates))
    return followed(of, found, row)


def test_holm_never_lowers_a_chance():
    chances = [0.1, 2.0, 30.0, 4.0]
    assert all(b >= a for a, b in zip(chances, holm(chances), strict=True))
    assert holm([1.0] * 16)[0] == 16.0


@pytest.mark.parametrize("day", ["2026-03-28", "2024-07-09", "2022-02-01", "2025-10-07"])
def test_every_number_of_a_sentence_is_a_figure(day):
    made = likeness.write(table(), dt.date.fromisoformat(day), Settings())
    figures = {f.key: f for f in made.figures}
    assert [faults(c, figures) for c in made.claims] == [[]] * len(made.claims)
    assert {c.figure for t in made.tables for r in t.rows for c in r if c.figure} <= set(figures)
    assert all(f.basis == "synthetic" for f in made.figures if f.value is not None)
