"""The scorecard: no hindsight, sums that add up, and resolutions that follow their declared words."""

import datetime as dt
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.divergences import BY_KEY, RULES, Resolution, resolved
from core.divergences.baserates import FEWEST
from core.divergences.resolve import outcome
from core.insight.check import faults
from core.memory import scorecard
from core.memory.events import Events, events
from core.memory.score import calibration, score
from core.metrics import compute
from core.metrics.gaps import fresh, regime
from core.panel import build
from core.records import Settings
from core.units import Unit
from tests.core.market import DAY, observations, table

LAST = len(table().panel.dates) - 1
CUT = dt.date(2025, 9, 17)
every_rule = pytest.mark.parametrize("rule", [r.key for r in RULES])


@every_rule
def test_a_probability_is_the_share_of_earlier_hits_of_its_direction_whose_windows_were_over(rule):
    e = events(table(), rule, Settings(), LAST)
    above = table().columns[f"gap.{rule}"][e.rows] > 0
    regimes = regime(table().features, BY_KEY[rule].pair)[e.rows]
    for i in range(0, len(e.rows), 5):
        before = [j for j in range(i) if 0 <= e.ends[j] <= e.rows[i] and np.isfinite(e.hit[j]) and (above[j], regimes[j]) == (above[i], regimes[i])]
        if len(before) < FEWEST:
            assert np.isnan(e.probability[i])
        else:
            assert e.probability[i] == pytest.approx(np.mean(e.hit[before]))


@every_rule
def test_an_event_is_a_hit_where_its_implication_came_true(rule):
    e = events(table(), rule, Settings(), LAST)
    for i in range(0, len(e.rows), 5):
        found = resolved(table(), BY_KEY[rule], int(e.rows[i]), LAST)
        assert np.isnan(e.hit[i]) == (found is None)
        if found:
            assert (e.hit[i], e.ends[i]) == (found.true, found.row)


def test_the_rate_of_any_session_is_counted_from_earlier_sessions_only():
    rule, e = BY_KEY["btc_eth"], events(table(), "btc_eth", Settings(), LAST)
    own = np.flatnonzero(fresh(table().features, rule.pair))
    regimes = regime(table().features, rule.pair)
    for i in range(20, len(e.rows), 31):
        wanted = rule.implied(table().columns["gap.btc_eth"][e.rows[i]]).resolution
        at = int(np.searchsorted(own, e.rows[i]))
        moved = outcome(table(), wanted, own[: at + 1])
        moved = moved[np.isfinite(moved) & (regimes[own[: at + 1]] == regimes[e.rows[i]])]
        assert e.usual[i] == pytest.approx(np.mean(moved > 0 if wanted.side == "up" else moved < 0))


def test_nothing_is_counted_across_a_regime_break():
    """A new source for BTC from one day on: events after it begin a record of their own."""
    frame = observations().copy()
    turned = (frame["series"] == "btc") & (frame["session"] >= "2024-06-01")
    frame.loc[turned, "source"] = "exchanges:kraken"
    of = compute(build(frame, "demo", "morning", table().panel.dates))
    e = events(of, "btc_eth", Settings(), LAST)
    late = of.panel.dates[e.rows] >= np.datetime64("2024-06-02")
    assert np.isfinite(e.probability[~late]).any()
    assert np.isnan(e.probability[late][:FEWEST]).all()
    crossing = (e.rows < of.panel.row(dt.date(2024, 6, 2))) & (e.ends >= of.panel.row(dt.date(2024, 6, 2)))
    assert np.isnan(e.hit[crossing]).all()


@every_rule
def test_events_at_an_earlier_row_are_a_beginning_of_those_at_a_later_one(rule):
    early, late = events(table(), rule, Settings(), 1200), events(table(), rule, Settings(), LAST)
    n = len(early.rows)
    assert (late.rows[:n] == early.rows).all()
    np.testing.assert_array_equal(late.probability[:n], early.probability)
    np.testing.assert_array_equal(late.usual[:n], early.usual)
    resolved = np.isfinite(early.hit)
    np.testing.assert_array_equal(late.hit[:n][resolved], early.hit[resolved])


@cache
def _whole():
    return _made(observations())


def _made(frame):
    rows = np.arange(np.datetime64(CUT) - 900, np.datetime64(CUT) + 90)
    return compute(build(frame, "demo", "morning", rows))


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16))
def test_data_that_come_later_change_no_earlier_probability(seed):
    rng, frame = np.random.default_rng(seed), observations()
    later = frame["available_at"] > np.datetime64(CUT)
    bent = frame.copy()
    bent.loc[later, "value"] *= rng.uniform(0.3, 3, int(later.sum()))
    bent = bent[~later | (rng.uniform(size=len(bent)) < 0.7)]
    whole, other = _whole(), _made(bent)
    end, cut = len(whole.panel.dates) - 1, whole.panel.row(CUT)
    for rule in BY_KEY:
        a, b = (events(t, rule, Settings(), end) for t in (whole, other))
        known_a, known_b = (e.rows <= cut for e in (a, b))
        assert (a.rows[known_a] == b.rows[known_b]).all()
        np.testing.assert_array_equal(a.probability[known_a], b.probability[known_b])
        np.testing.assert_array_equal(a.usual[known_a], b.usual[known_b])
    assert scorecard.write(whole, CUT, Settings()) == scorecard.write(other, CUT, Settings())


def test_states_add_up_and_thresholds_move_them():
    for threshold in (0.5, 2.0, 6.0):
        e = events(table(), "us_crypto", Settings(thresholds=(("us_crypto", threshold),)), LAST)
        s = score([e], [scorecard.months(table(), e)])
        assert s.hits + s.misses + s.open + s.abstained == len(e.rows)
        assert s.scored == len(e.scored)
        assert s.abstained >= min(FEWEST, len(e.rows) - s.open)
    assert len(events(table(), "us_crypto", Settings(thresholds=(("us_crypto", 99.0),)), LAST).rows) == 0


def _events(p, u, o):
    n = len(p)
    rows = np.arange(n)
    return Events(BY_KEY["us_crypto"], rows, rows + 1, *(np.array(x, dtype=float) for x in (o, p, u)))


def test_brier_scores_are_mean_squared_errors():
    e = _events([0.5, 0.2, np.nan], [0.3, 0.3, 0.3], [1, 0, 1])
    s = score([e], [np.arange(3)])
    assert (s.hits, s.misses, s.abstained) == (1, 1, 1)
    assert s.brier == pytest.approx((0.25 + 0.04) / 2)
    assert s.usual == pytest.approx((0.49 + 0.09) / 2)
    assert np.isnan(s.low)
    assert not s.told


def test_two_scores_are_told_apart_only_where_the_interval_says_so():
    rng = np.random.default_rng(1)
    truth = rng.uniform(size=600) < 0.8
    months = np.repeat(np.arange(60), 10)
    good = score([_events(np.full(600, 0.8), np.full(600, 0.3), truth)], [months])
    assert good.told
    assert good.better > 0
    same = score([_events(np.full(600, 0.8), np.full(600, 0.8), truth)], [months])
    assert not same.told


def test_calibration_counts_every_scored_event_once():
    each = scorecard.gathered(table(), Settings(), LAST)
    assert sum(c.n for c in calibration(each)) == sum(len(e.scored) for e in each)
    for c in calibration(each):
        assert c.lower <= c.said <= c.upper
        assert c.low <= c.happened <= c.high


@pytest.mark.parametrize("day", [DAY, dt.date(2023, 5, 5), dt.date(2021, 7, 1)])
@pytest.mark.parametrize("unit", ["pp", "sigma"])
def test_every_number_of_a_sentence_is_a_figure(day, unit):
    made = scorecard.write(table(), day, Settings(threshold_unit=unit))
    figures = {f.key: f for f in made.figures}
    assert made.claims
    assert [faults(c, figures) for c in made.claims] == [[]] * len(made.claims)
    assert {c.figure for t in made.tables for r in t.rows for c in r if c.figure} <= set(figures)


def test_no_data_is_an_abstention():
    empty = compute(build(observations().iloc[:0], "demo", "morning", np.array([np.datetime64(DAY)])))
    assert scorecard.write(empty, DAY, Settings()).claims[0].kind == "abstention"


def test_brier_scores_read_with_three_digits():
    from core.wording import show

    assert show(0.2071, Unit.BRIER) == "0.207"
    assert show(-0.0116, Unit.BRIER, sign=True) == "−0.012"


def test_what_makes_a_hit_is_said_in_words():
    assert scorecard.hit_if(Resolution("btc", "down", "spx", 5)) == "BTC is behind S&P 500 over the next 5 sessions."
    assert scorecard.hit_if(Resolution("vix", "up", "", 1)) == "VIX is up 1 session later."
    made = next(t for t in scorecard.write(table(), DAY, Settings()).tables if t.key == "declared")
    assert len(made.rows) == 2 * len(RULES)
