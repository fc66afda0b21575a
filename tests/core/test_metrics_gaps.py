"""Gaps between two legs: which sessions may be compared, the refusals, the clock check, and the gap's own history."""

import numpy as np
import pytest

from tests.core.lines import days, line, table_of, wander


def at(table, key):
    return table.columns[key].tolist()


def spx_and_btc(*, spx_until="2026-03-31"):
    """S&P 500 +0.59% on Friday 27 March, flat after; BTC −3.52% on that UTC day, then +1% a day."""
    sessions = days("2026-03-26", last=spx_until, calendar="XNYS")
    every = days("2026-03-26", last="2026-03-31")
    return line("spx", sessions, [100, *([100.59] * (len(sessions) - 1))]), line("btc", every, [100, *(96.48 * 1.01 ** np.arange(5))])


def test_a_gap_with_the_us_session_inside_the_utc_day():
    table = table_of(*spx_and_btc(), dates=["2026-03-28"])
    assert at(table, "gap.us_crypto") == [pytest.approx(4.11)]
    # Thursday 20:00 to Friday 20:00 and Friday 00:00 to 24:00 share 20 of 24 hours.
    assert at(table, "gap.us_crypto.overlap") == [pytest.approx(20 / 24 * 100)]


def test_over_the_weekend_the_gap_is_refused_not_carried_on():
    table = table_of(*spx_and_btc(), dates=["2026-03-29", "2026-03-30", "2026-03-31"])
    gap, overlap = at(table, "gap.us_crypto"), at(table, "gap.us_crypto.overlap")
    assert np.isnan(gap[:2]).all()
    assert overlap[:2] == [0, 0]
    # Monday's session runs from Friday 20:00 to Monday 20:00, and holds 20 hours of Monday's UTC day.
    assert (gap[2], overlap[2]) == (pytest.approx(-1), pytest.approx(20 / 24 * 100))


def test_a_stale_leg_is_refused():
    table = table_of(*spx_and_btc(spx_until="2026-03-27"), dates=["2026-03-28", "2026-03-31"])
    gap = at(table, "gap.us_crypto")
    assert gap[0] == pytest.approx(4.11)
    assert np.isnan(gap[1])


def test_a_stale_leg_is_refused_even_where_the_spans_overlap():
    two = ["2026-03-26", "2026-03-27"]
    table = table_of(line("rut", two, [100, 101]), line("spx", two, [100, 100]), dates=["2026-03-28"])
    assert at(table, "gap.small_large") == [pytest.approx(1)]
    gold = line("gold", days("2026-03-20", last="2026-03-24", calendar="NY17"), [100, 100, 101])
    late = table_of(gold, line("spx", days("2026-03-20", last="2026-03-27", calendar="XNYS"), range(100, 106)), dates=["2026-03-28"])
    assert np.isnan(at(late, "gap.gold_equities")).all()


def test_hong_kong_and_the_us_share_half_a_day():
    two = ["2026-03-26", "2026-03-27"]
    table = table_of(line("hsi", two, [100, 101]), line("spx", two, [100, 98]), dates=["2026-03-28"])
    assert at(table, "gap.hk_us_broad") == [pytest.approx(3)]
    assert at(table, "gap.hk_us_broad.overlap") == [pytest.approx(50)]


def test_after_a_hong_kong_holiday_its_last_session_is_not_set_against_a_later_us_one():
    hsi = line("hsi", days("2025-10-02", last="2025-10-06", calendar="XHKG"), [100, 101, 102])
    spx = line("spx", days("2025-10-02", last="2025-10-07", calendar="XNYS"), [100, 101, 102, 103])
    table = table_of(hsi, spx, dates=["2025-10-07", "2025-10-08"])
    gap, overlap = at(table, "gap.hk_us_broad"), at(table, "gap.hk_us_broad.overlap")
    assert np.isfinite(gap[0])
    assert np.isnan(gap[1])
    assert overlap[1] == 0


def test_the_clock_check_takes_crypto_over_the_dates_of_the_us_session():
    table = table_of(*spx_and_btc(), dates=["2026-03-28", "2026-03-31"])
    # From the end of Friday's UTC day to the end of Monday's, BTC made three days of +1%.
    np.testing.assert_allclose(at(table, "gap.us_crypto.aligned"), [4.11, -(1.01**3 - 1) * 100])


def test_the_clock_check_of_hong_kong_takes_the_us_session_it_could_know():
    hsi = line("hsi", ["2026-03-26", "2026-03-27"], [100, 101])
    spx = line("spx", ["2026-03-25", "2026-03-26", "2026-03-27"], [100, 101.5, 98])
    table = table_of(hsi, spx, dates=["2026-03-28"])
    assert at(table, "gap.hk_us_broad.aligned") == [pytest.approx(1 - 1.5)]


def test_the_clock_check_never_looks_past_its_row():
    sse = line("sse", ["2026-03-26", "2026-03-27"], [100, 101])
    hsi = line("hsi", ["2026-03-25", "2026-03-26", "2026-03-27"], [100, 101, 120])
    # With Hong Kong's Friday unknown at the cutoff there is nothing to align Shanghai's Friday with.
    hsi.loc[2, "available_at"] = np.datetime64("2026-03-29", "us")
    table = table_of(sse, hsi, dates=["2026-03-28"])
    assert np.isnan(at(table, "gap.cn_hk_broad.aligned")).all()


def test_legs_that_usually_move_apart_are_added():
    lines = [wander(k, "2025-06-02", 209, seed=i) for i, k in enumerate(("spx", "vix"))]
    last = lines[0]["session"].iloc[-1]
    table = table_of(*lines, dates=[last.date() + np.timedelta64(1, "D")])
    assert at(table, "gap.vix_spx") == [pytest.approx(table.columns["spx.z"][0] + table.columns["vix.z"][0])]


def test_the_history_of_a_gap_counts_each_of_its_sessions_once():
    hk = {k: wander(k, "2025-06-02", 200, seed=i) for i, k in enumerate(("hscei", "hstech"))}
    sessions = hk["hscei"]["session"].to_numpy().astype("datetime64[D]")
    every = np.arange(sessions[0], sessions[-1] + 4)
    table = table_of(*hk.values(), dates=every)
    gap, z, rank = (np.array(at(table, k)) for k in ("gap.soe_tech", "gap.soe_tech.z", "gap.soe_tech.rank"))
    moves = [hk[k]["value"].to_numpy()[1:] / hk[k]["value"].to_numpy()[:-1] - 1 for k in ("hscei", "hstech")]
    own = (moves[0] - moves[1]) * 100
    row = int(np.searchsorted(every, sessions[150] + 1))
    past = own[:149]
    assert gap[row] == pytest.approx(own[149])
    assert z[row] == pytest.approx((own[149] - past.mean()) / past.std(ddof=1))
    assert rank[row] == pytest.approx((np.abs(own[:150]) <= abs(own[149])).mean() * 100)


def test_a_weekend_shows_fridays_gap_and_history_again():
    hk = [wander(k, "2025-06-02", 200, seed=i) for i, k in enumerate(("hscei", "hstech"))]
    table = table_of(*hk, dates=np.arange(np.datetime64("2025-06-02"), np.datetime64("2025-12-31")))
    rows = [int(np.searchsorted(table.panel.dates, np.datetime64(d))) for d in ("2025-11-29", "2025-11-30", "2025-12-01")]
    for key in ("gap.soe_tech", "gap.soe_tech.z", "gap.soe_tech.rank"):
        saturday, sunday, monday = table.columns[key][rows]
        assert saturday == sunday == monday
        assert np.isfinite(saturday)


@pytest.mark.parametrize("absent", ["spx", "btc"])
def test_without_a_leg_there_is_no_gap(absent):
    lines = dict(zip(("spx", "btc"), spx_and_btc(), strict=True))
    del lines[absent]
    table = table_of(*lines.values(), dates=["2026-03-28"])
    for suffix in ("", ".z", ".rank", ".aligned", ".overlap"):
        assert np.isnan(at(table, f"gap.us_crypto{suffix}")).all()
