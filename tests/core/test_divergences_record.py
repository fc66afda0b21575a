"""What followed a divergence: events, shares, lifts and their intervals worked by hand, regimes, and nothing found where there is nothing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from core.divergences import BY_KEY, base_rate, one, resolved
from core.divergences.baserates import HORIZONS, declustered, since, watched
from core.divergences.follow import after, forward, moves
from core.divergences.shares import course, share, wilson
from core.metrics import BY_KEY as METRIC_BY_KEY
from core.metrics import METRICS, Features, MetricTable
from core.records import Settings
from tests.core.lines import days, line, panel_of, table_of
from tests.core.market import DAY, table


@pytest.mark.parametrize(
    ("fired", "kept"),
    [([], []), ([7], [7]), ([0, 1, 2, 3, 4, 5], [0, 5]), ([0, 4, 8, 9, 13], [0, 8, 13]), ([1, 6, 11], [1, 6, 11])],
)
def test_events_are_five_sessions_apart(fired, kept):
    assert declustered(np.array(fired, dtype=np.int64)).tolist() == kept


@given(st.integers(1, 400), st.data())
def test_wilson_is_scipys(n, data):
    k = data.draw(st.integers(0, n))
    ours, theirs = wilson(k, n), binomtest(k, n).proportion_ci(method="wilson")
    np.testing.assert_allclose(ours, (theirs.low * 100, theirs.high * 100), atol=1e-9)


def test_a_share_and_its_lift_by_hand():
    # Ten sessions; after four events moves of −2, −1, +3 and −4. Needed to close: a fall of 2, of 2, a rise of 1 and a fall of 5.
    moved = np.array([-2.0, 1.0, -1.0, 0.5, 3.0, -3.0, -4.0, 2.0, 0.0, -1.0])
    side, least = np.zeros(10), np.zeros(10)
    side[::2], least[::2] = [-1, -1, 1, -1, 0], [2, 2, 1, 5, 0]
    found = share(course(moved, side, least), np.array([0, 2, 4, 6]), 10)
    # Falls of 2 or more follow 3 of 10 sessions, rises of 1 or more 3 of 10, falls of 5 none: 3/10, 3/10, 3/10 and 0.
    assert (found.n, found.count, found.share) == (4, 2, 50)
    assert found.usual == pytest.approx((0.3 + 0.3 + 0.3 + 0) / 4 * 100)
    assert found.lift == pytest.approx(50 / 22.5)
    # So short a history cannot be shifted: four events are worth four.
    assert found.worth == 4
    assert (found.low, found.high) == wilson(2, 4)
    assert (found.lift_low, found.lift_high) == pytest.approx((found.low / 22.5, found.high / 22.5))
    assert found.told == 0


def test_a_move_of_nothing_is_no_move():
    moved = np.array([0.0, 0.0, 1.0, -1.0])
    found = share(course(moved, np.ones(4), np.zeros(4)), np.arange(4), 4)
    assert (found.share, found.usual) == (25, 25)
    # Nor is any move what a gap of nothing waits for.
    assert share(course(moved, np.zeros(4), np.zeros(4)), np.arange(4), 4).count == 0


@given(st.lists(st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0, float("nan")]), min_size=1, max_size=30), st.data())
def test_counting_by_rank_is_counting_by_size(moved, data):
    moved = np.array(moved)
    drawn = [st.lists(st.sampled_from(of), min_size=len(moved), max_size=len(moved)) for of in ((-1.0, 0.0, 1.0), (0.0, 1.0, 1.5))]
    side, least = (np.array(data.draw(of)) for of in drawn)
    until, waits = data.draw(st.integers(0, len(moved))), course(moved, side, least)
    events = np.flatnonzero(waits.told[:until])
    found, pool = share(waits, events, until), moved[:until][np.isfinite(moved[:until])]
    met = [[m * side[e] >= least[e] and m * side[e] > 0 for m in pool] for e in events]
    assert found.count == sum(moved[e] * side[e] >= least[e] and moved[e] * side[e] > 0 for e in events)
    assert not len(events) or found.usual == pytest.approx(np.mean(met) * 100)


def test_overlapping_windows_make_events_worth_less():
    rng = np.random.default_rng(3)
    level = np.cumsum(rng.normal(size=2000))
    events = np.concatenate([np.arange(start, start + 40, 5) for start in (50, 300, 420, 900, 1500, 1700)])
    worth = {}
    for h in (1, 20):
        worth[h] = share(course(level[h:] - level[:-h], np.ones(2000 - h), np.full(2000 - h, 0.5)), events, 2000 - h).worth
    assert worth[1] > len(events) / 2
    assert worth[20] < len(events) / 2


@given(st.integers(0, 2**16), st.integers(1, 20))
def test_shares_keep_their_bounds(seed, h):
    rng = np.random.default_rng(seed)
    moved = rng.normal(size=300 - h)
    events = np.sort(rng.choice(300 - h, size=12, replace=False))
    found = share(course(moved, rng.choice([-1.0, 1.0], 300 - h), rng.exponential(1, 300 - h)), events, 300 - h)
    assert 0 <= found.low <= found.share <= found.high <= 100
    assert 0 < found.worth <= found.n == 12
    assert found.told == (1 if found.lift_low > 1 else -1 if found.lift_high < 1 else 0)


def hong_kong(a, b, breaks_at=None):
    """HSCEI and HSTECH from their daily changes in percent; with `breaks_at` the first comes from another source from that session on."""
    sessions = days("2021-01-04", count=len(a) + 1, calendar="XHKG")
    legs = [100 * np.cumprod(np.r_[1, 1 + np.asarray(x) / 100]) for x in (a, b)]
    lines = [line("hscei", sessions, legs[0]), line("hstech", sessions, legs[1])]
    if breaks_at is not None:
        lines[0] = line("hscei", sessions[:breaks_at], legs[0][:breaks_at], source="old")
        lines.append(line("hscei", sessions[breaks_at:], legs[0][breaks_at:] * 1.5, source="new"))
    return lines, np.arange(sessions[0], sessions[-1] + 2)


_NEEDED = [m for m in METRICS if m.key in {"hscei.close", "hscei.change", "hstech.close", "hstech.change", "gap.soe_tech", "gap.soe_tech.overlap"}]


def small(lines, rows):
    """Only the metrics that the rule's record needs, so that many markets cost little."""
    features = Features(panel_of(*lines, dates=rows))
    for m in _NEEDED:
        features.columns[m.key] = m.compute(features)
    return MetricTable(features.panel, METRIC_BY_KEY, features.columns, features)


def record(table_, threshold=1.0, row=-1):
    rule = BY_KEY["soe_tech"]
    found = one(table_, rule, Settings(thresholds=(("soe_tech", threshold),)))
    return base_rate(table_, found, range(len(table_.panel.dates))[row])


def test_the_record_of_a_made_up_rule_by_hand():
    # HSCEI gains 2% every tenth session and HSTECH follows the next day on every second occasion; nothing else moves.
    a = np.where(np.arange(240) % 10 == 0, 2.0, 0.0)
    b = np.where(np.arange(240) % 20 == 1, 2.0, 0.0)
    past = record(small(*hong_kong(a, b)))
    # 24 sessions on which HSCEI leads, and 12 on which HSTECH does a day later, within five sessions of the first.
    assert (past.watched, past.fired, past.events) == (239, 36, 24)
    five = next(h for h in past.horizons if h.sessions == 5)
    assert (five.n, five.closed.count) == (24, 12)
    assert (five.weaker.median, five.weaker.lower, five.weaker.upper) == pytest.approx((1.0, 0.0, 2.0))
    assert past.true is None  # the gap at the report is zero events of its direction away, and too few are alike


def test_only_sessions_before_the_reports_own_count():
    rng = np.random.default_rng(5)
    lines, rows = hong_kong(rng.normal(size=300), rng.normal(size=300))
    whole = small(lines, rows)
    row = len(rows) - 40
    known = [frame[frame["available_at"] <= whole.panel.cutoffs[row]] for frame in lines]
    assert record(whole, row=row) == record(small(known, rows[: row + 1]))


def test_nothing_is_counted_across_a_regime_break():
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=400), rng.normal(size=400)
    lines, rows = hong_kong(a, b, breaks_at=250)
    broken = small(lines, rows)
    rule = BY_KEY["soe_tech"]
    cut = since(broken, rule, len(rows) - 1)
    assert cut.series == "hscei"
    own = watched(broken, one(broken, rule, Settings()), len(rows) - 1)
    assert (broken.panel.sessions("hscei")[own] >= np.datetime64(cut.session)).all()
    past = record(broken)
    assert past.watched == len(own) < 151
    # The same market that begins at the break has the same record.
    sessions = days("2021-01-04", count=401, calendar="XHKG")
    later = [f[f["session"].to_numpy().astype("datetime64[D]") >= sessions[250]] for f in lines[1:]]
    assert record(small(later, rows[rows > sessions[250]])) == past


def test_what_followed_within_a_record_never_crosses_a_break():
    rng = np.random.default_rng(8)
    lines, rows = hong_kong(rng.normal(size=300), rng.normal(size=300), breaks_at=150)
    made = small(lines, rows)
    own = watched(made, one(made, BY_KEY["soe_tech"], Settings()), len(rows) - 1)
    # The new source speaks at half as much again: no return over the break may show.
    assert np.nanmax(np.abs(moves(made, BY_KEY["soe_tech"], own, 20).relative)) < 40


def _lifts(seed):
    """The lift intervals of one shuffled market, at every horizon: whether each excludes 1."""
    rng = np.random.default_rng(seed)
    a, b = market_changes()
    past = record(small(*hong_kong(a, rng.permutation(b))))
    return [h.closed.told != 0 for h in past.horizons if h.enough]


def market_changes():
    """Fat-tailed changes of two legs that hang together: what a shuffle of one leg's dates takes apart."""
    rng = np.random.default_rng(11)
    common = rng.standard_t(4, 900) * 0.8
    return common + rng.standard_t(4, 900) * 0.5, common + rng.standard_t(4, 900) * 0.7


def test_shuffled_dates_show_nothing():
    found = np.array([_lifts(seed) for seed in range(80)])
    assert found.shape == (80, len(HORIZONS))
    # Each horizon may exclude 1 by chance in one market of twenty: 95% intervals, 80 markets.
    low, high = binom.ppf([0.0005, 0.9995], 80, 0.05)
    assert all(low <= n <= high for n in found.sum(axis=0)), found.mean(axis=0)


def test_a_gap_that_always_closes_is_told():
    rng = np.random.default_rng(12)
    b = rng.normal(0, 0.5, 900)
    jumps = np.where(rng.random(900) < 0.05, rng.choice([-3.0, 3.0], 900), 0.0)
    a = b + jumps - np.r_[0, 0, 0, jumps[:-3]]
    past = record(small(*hong_kong(a, b)), threshold=2.0)
    five = next(h for h in past.horizons if h.sessions == 5)
    assert five.closed.told == 1
    assert five.closed.lift_low > 1.5


def test_fewer_than_ten_events_are_too_few():
    a = np.where(np.isin(np.arange(240), np.arange(0, 9) * 20 + 3), 2.0, 0.01)
    past = record(small(*hong_kong(a, np.full(240, 0.01))))
    assert (past.events, past.enough, past.horizons) == (9, False, ())


def test_forward_returns_of_added_changes_stop_at_a_hole():
    made = table()
    own = np.flatnonzero(np.isfinite(made.columns["us.sector_mean"]))
    fresh = own[np.r_[True, made.panel.sessions("xlk")[own][1:] != made.panel.sessions("xlk")[own][:-1]]]
    whole = after(made, "us.sector_mean", fresh, 1)
    np.testing.assert_allclose(whole[:-1], made.columns["us.sector_mean"][fresh[1:]])
    holed = np.delete(fresh, 100)
    assert np.isnan(after(made, "us.sector_mean", holed, 1)[99])


def test_forward_is_empty_where_nothing_has_passed():
    assert np.isnan(forward(np.array([1.0, 2.0]), 5)).all()


def test_an_implication_is_resolved_as_declared():
    rule, made = BY_KEY["us_crypto"], table()
    row = made.panel.row(DAY) - 30
    while not (made.value("gap.us_crypto", row) or 0) > 0:
        row -= 1
    out = resolved(made, rule, row, made.panel.row(DAY))
    wanted = rule.implied(1.0).resolution
    assert (wanted.series, wanted.against, wanted.side, wanted.sessions) == ("btc", "spx", "down", 5)
    moved = {k: (made.columns[f"{k}.close"][out.row] / made.columns[f"{k}.close"][row] - 1) * 100 for k in ("btc", "spx")}
    assert out.moved == pytest.approx(moved["btc"] - moved["spx"])
    assert out.true == (out.moved < 0)
    assert resolved(made, rule, row, out.row - 1) is None
    assert resolved(made, rule, out.row, out.row) is None


def test_the_weaker_leg_is_the_one_behind():
    made = table_of(*hong_kong([0, 2.0, 0, 0], [0, 0, 1.0, 3.0])[0], dates=hong_kong([0] * 4, [0] * 4)[1])
    own = np.flatnonzero(np.isfinite(made.columns["gap.soe_tech"]))
    own = own[np.r_[True, np.diff(made.columns["hstech.close"][own] + made.columns["hscei.close"][own]) != 0]]
    followed = moves(made, BY_KEY["soe_tech"], own, 1)
    at = int(np.flatnonzero(made.columns["gap.soe_tech"][own] > 1.9)[0])
    assert (followed.weaker[at], followed.relative[at], followed.needed[at]) == pytest.approx((1.0, -1.0, 2.0))


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        record(small(*hong_kong(np.zeros(80), np.zeros(80)))).events = 3
