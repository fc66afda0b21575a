import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.trailing import MIN_HISTORY, moments, rank_all, ranks, slope, zscores

SHORT = MIN_HISTORY + 5


def drawn(n, seed=0, holes=0.1):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=n), 1)
    values[rng.random(n) < holes] = np.nan
    return values


@pytest.mark.parametrize("n", [0, 1, MIN_HISTORY, MIN_HISTORY + 1, 400])
@pytest.mark.parametrize("window", [SHORT, 250])
def test_like_pandas_on_the_rows_before(n, window):
    values = drawn(n)
    past = pd.Series(values).shift(1).rolling(window, min_periods=MIN_HISTORY)
    mean, deviation = moments(values, window)
    np.testing.assert_allclose(mean, past.mean(), atol=1e-12)
    np.testing.assert_allclose(deviation, past.std())
    np.testing.assert_allclose(zscores(values, window), (values - past.mean()) / past.std(), atol=1e-12)


@pytest.mark.parametrize("n", [1, MIN_HISTORY - 1, MIN_HISTORY, 400])
@pytest.mark.parametrize("window", [SHORT, 250])
def test_ranks_like_pandas_with_ties_and_holes(n, window):
    values = drawn(n)
    expected = pd.Series(np.abs(values)).rolling(window, min_periods=MIN_HISTORY).rank(pct=True) * 100
    np.testing.assert_allclose(ranks(values, window), expected)


def test_ranks_side_by_side_are_the_ranks_alone():
    columns = [drawn(n, seed=n) for n in (0, 10, 90, 300, 301, 120, 77, 64, 200, 5)]
    for column, ranked in zip(columns, rank_all(columns, 100), strict=True):
        np.testing.assert_array_equal(ranked, ranks(column, 100))


def test_no_columns():
    assert rank_all([], 250) == []


def test_slope_and_correlation_by_hand():
    x = np.tile([1.0, -1.0], 40)
    y = 2 * x + np.tile([0.5, 0.5, -0.5, -0.5], 20)
    beta, correlation = slope(y, x, 60)
    # Over 60 rows x has no mean and unit size; the noise is orthogonal to it and half as large: beta 2, correlation 2 / sqrt(4.25).
    np.testing.assert_allclose(beta[60:], 2.0)
    np.testing.assert_allclose(correlation[60:], 2 / np.sqrt(4.25))
    assert np.isnan(beta[:60]).all()


def test_slope_uses_only_rows_where_both_are_known():
    x, y = drawn(200, 1), drawn(200, 2)
    both = np.isfinite(x) & np.isfinite(y)
    i = 150
    before = np.flatnonzero(both[i - 100 : i]) + i - 100
    beta, correlation = slope(y, x, 100)
    assert beta[i] == pytest.approx(np.polyfit(x[before], y[before], 1)[0])
    assert correlation[i] == pytest.approx(np.corrcoef(x[before], y[before])[0, 1])


def test_where_nothing_ever_moves_nothing_can_be_measured():
    still = np.full(400, 0.1)
    still[:100] = drawn(100, holes=0)
    z = zscores(still, 100)
    assert np.isnan(z[201:]).all()
    assert np.isnan(slope(drawn(400, holes=0), still, 100)[0][201:]).all()


def test_a_giant_long_ago_does_not_drown_what_follows():
    values = drawn(1_000, holes=0)
    spiked = values.copy()
    spiked[10] = 1e6
    np.testing.assert_allclose(zscores(spiked, 250)[300:], zscores(values, 250)[300:], atol=1e-3)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(MIN_HISTORY, 150), st.data())
def test_the_future_never_reaches_back_by_a_single_bit(seed, window, data):
    values = drawn(200, seed)
    cut = data.draw(st.integers(0, 199))
    changed = values.copy()
    changed[cut:] = drawn(200 - cut, seed + 1, holes=0.5) * 1e3
    for statistic in (zscores, ranks, lambda v, w: slope(v, drawn(200, 7), w)[0]):
        np.testing.assert_array_equal(statistic(values, window)[:cut], statistic(changed, window)[:cut])
