"""Who follows whom: overnight leads of named days, beta and follow-through of made-up markets, what is yet to be traded on."""

import numpy as np
import pytest

from core.sessions import lead_positions, schedule
from tests.core.lines import days, line, table_of, wander


def closes(key, calendar, first, last, *, without=(), step=0.0):
    """Closes 100, 101, 102, … (or growing by `step` percent) on every session between two dates."""
    sessions = days(first, last=last, calendar=calendar)
    count = np.arange(len(sessions))
    keep = ~np.isin(sessions, np.array(without, dtype="datetime64[D]"))
    return line(key, sessions[keep], (100 * (1 + step / 100) ** count if step else 100.0 + count)[keep])


def lead_of(date, follower, leader, edition="asia_close", link="us_hk_broad", **changed):
    """The lead and its number of sessions at a row, for leader and follower stored over the weeks before."""
    first, last = np.datetime64(date) - 30, np.datetime64(date)
    known = {"step": 1.0, **changed}
    table = table_of(closes(*follower, first, last), closes(*leader, first, last, **known), dates=[date], edition=edition)
    return table.columns[f"link.{link}.lead"][0], table.columns[f"link.{link}.lead_sessions"][0]


HSI, SSE, SPX = ("hsi", "XHKG"), ("sse", "XSHG"), ("spx", "XNYS")


@pytest.mark.parametrize(
    ("case", "date", "follower", "link", "sessions"),
    [
        ("an ordinary Friday holds Thursday's US session", "2026-03-27", HSI, "us_hk_broad", 1),
        ("Monday holds Friday's", "2026-03-23", HSI, "us_hk_broad", 1),
        ("the US moved to summer time over the weekend", "2025-03-10", HSI, "us_hk_broad", 1),
        ("the day after, its close is an hour earlier", "2025-03-11", HSI, "us_hk_broad", 1),
        ("after Golden Week the mainland holds seven US sessions", "2025-10-09", SSE, "us_cn_broad", 7),
        ("after a Hong Kong holiday two", "2025-10-08", HSI, "us_hk_broad", 2),
        ("after Saola two", "2023-09-04", HSI, "us_hk_broad", 2),
    ],
)
def test_the_lead_of_named_days(case, date, follower, link, sessions):
    move, count = lead_of(date, follower, SPX, link=link)
    assert count == sessions
    assert move == pytest.approx((1.01**sessions - 1) * 100)


def test_where_the_leader_rested_there_is_no_lead():
    move, count = lead_of("2025-01-21", HSI, SPX)  # Monday was Martin Luther King Day
    assert count == 0
    assert np.isnan(move)


def test_a_lead_that_is_not_stored_is_unknown():
    move, _ = lead_of("2026-03-27", HSI, SPX, without=["2026-03-26"])
    assert np.isnan(move)
    move, _ = lead_of("2026-03-27", HSI, SPX, without=["2026-03-25"])
    assert np.isnan(move)
    move, _ = lead_of("2026-03-27", HSI, SPX, without=["2026-03-24"])
    assert move == pytest.approx(1)


def test_the_figure_of_a_lead_carries_the_leaders_session():
    table = table_of(closes(*HSI, "2026-03-02", "2026-03-27"), closes(*SPX, "2026-03-02", "2026-03-27"), dates=["2026-03-28"])
    sessions = table.metrics["link.us_hk_broad.lead"].sessions(table.features)
    assert str(sessions[0]) == "2026-03-26"


def follower_of(leader, share, last):
    """A Hang Seng that answers every lead with `share` of it, plus a small alternating noise; the last answer is `last` of it."""
    sessions = days("2025-06-02", last="2026-03-27", calendar="XHKG")
    plan = schedule("XHKG")
    at = lead_positions("XHKG", "XNYS")[plan.ordinals(sessions)]
    known = dict(zip(leader["session"].to_numpy().astype("datetime64[D]"), leader["value"], strict=True))
    seen = np.array([known.get(d, np.nan) for d in schedule("XNYS").dates[at]])
    moves = np.concatenate([[0.0], seen[1:] / seen[:-1] - 1])
    answers = share * moves + np.where(np.arange(len(moves)) % 2, 0.001, -0.001)
    answers[-1] = last * moves[-1]
    return line("hsi", sessions, 20_000 * np.cumprod(1 + np.nan_to_num(answers))), moves[-1] * 100


def test_beta_implied_move_follow_through_and_residual():
    spx = wander("spx", "2025-05-26", 213, seed=3, start=6000.0)
    hsi, lead = follower_of(spx, share=0.6, last=0.3)
    row = {k: c[0] for k, c in table_of(spx, hsi, dates=["2026-03-28"]).columns.items() if k.startswith("link.us_hk_broad.")}
    value = {k.removeprefix("link.us_hk_broad."): v for k, v in row.items()}
    assert value["lead"] == pytest.approx(lead)
    assert value["beta"] == pytest.approx(0.6, abs=0.02)
    assert value["corr"] > 0.95
    assert abs(value["date_corr"]) < 0.3
    assert value["actual"] == pytest.approx(0.3 * lead)
    assert value["implied"] == pytest.approx(value["beta"] * lead)
    assert value["follow"] == pytest.approx(0.5, abs=0.02)
    assert value["residual_sd"] == pytest.approx(0.1, abs=0.02)
    assert value["residual_z"] == pytest.approx((value["actual"] - value["implied"]) / value["residual_sd"])


def test_a_ratio_to_almost_nothing_is_not_given():
    spx = wander("spx", "2025-05-26", 213, seed=3, start=6000.0)
    at = spx.index[spx["session"] == "2026-03-26"][0]
    spx.loc[at, "value"] = spx.loc[at - 1, "value"] * 1.0005
    hsi, _ = follower_of(spx, share=0.6, last=0.3)
    table = table_of(spx, hsi, dates=["2026-03-28"])
    assert np.isnan(table.columns["link.us_hk_broad.follow"][0])
    assert table.columns["link.us_hk_broad.implied"][0] == pytest.approx(0.03, abs=0.01)


def test_too_short_a_history_gives_no_beta():
    table = table_of(closes(*HSI, "2026-02-02", "2026-03-27"), closes(*SPX, "2026-02-02", "2026-03-27", step=1), dates=["2026-03-28"])
    assert np.isnan(table.columns["link.us_hk_broad.beta"][0])
    assert np.isfinite(table.columns["link.us_hk_broad.lead"][0])


def test_what_asia_has_yet_to_trade_on():
    lines = (closes(*HSI, "2026-03-02", "2026-03-30"), closes(*SPX, "2026-03-02", "2026-03-27", step=1))
    morning = table_of(*lines, dates=["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"])
    # On each of these mornings one US session has closed since the lead of Hong Kong's latest session.
    np.testing.assert_allclose(morning.columns["link.us_hk_broad.pending"], [1, 1, 1, 1])
    asia = table_of(*lines, dates=["2026-03-27", "2026-03-30"], edition="asia_close")
    assert np.isnan(asia.columns["link.us_hk_broad.pending"]).all()


def test_over_a_holiday_what_is_pending_adds_up():
    lines = (closes(*SSE, "2025-09-01", "2025-09-30"), closes(*SPX, "2025-09-01", "2025-10-08", step=1))
    table = table_of(*lines, dates=["2025-10-01", "2025-10-04", "2025-10-09"])
    np.testing.assert_allclose(table.columns["link.us_cn_broad.pending"], [(1.01**n - 1) * 100 for n in (1, 4, 7)])


def test_the_counterpart_of_a_hong_kong_index_is_the_us_session_it_could_know():
    table = table_of(
        line("hscei", ["2026-03-26", "2026-03-27"], [100, 102]), line("spx", ["2026-03-25", "2026-03-26", "2026-03-27"], [100, 101, 90]),
        dates=["2026-03-28"],
    )  # fmt: skip
    assert table.columns["lead.hscei_spx"][0] == pytest.approx(1)


def test_the_range_of_what_is_pending_is_one_usual_residual_to_either_side():
    spx = wander("spx", "2025-05-26", 213, seed=3, start=6000.0)
    hsi, _ = follower_of(spx, share=0.6, last=0.3)
    columns = table_of(spx, hsi, dates=["2026-03-28"]).columns
    low, middle, high, spread, held, n = (
        columns[f"link.us_hk_broad.{m}"][0] for m in ("pending_low", "pending_implied", "pending_high", "residual_sd", "held", "n")
    )
    assert (low, high) == (pytest.approx(middle - spread), pytest.approx(middle + spread))
    assert middle == pytest.approx(columns["link.us_hk_broad.beta"][0] * columns["link.us_hk_broad.pending"][0])
    assert 40 <= held <= 100
    assert 180 <= n <= 213


def test_over_a_holiday_the_range_grows_with_the_root_of_the_sessions():
    spx = wander("spx", "2025-01-02", 195, seed=3, start=6000.0)
    sse = wander("sse", "2025-01-02", 200, seed=4, start=3000.0)
    sse = sse[sse["session"] <= "2025-09-30"]
    columns = table_of(spx, sse, dates=["2025-10-01", "2025-10-04", "2025-10-09"]).columns
    sessions, spread = (columns[f"link.us_cn_broad.{m}"] for m in ("pending_sessions", "pending_spread"))
    np.testing.assert_array_equal(sessions, [1, 4, 7])
    np.testing.assert_allclose(spread, columns["link.us_cn_broad.residual_sd"] * np.sqrt(sessions))
    np.testing.assert_allclose(columns["link.us_cn_broad.pending_high"] - columns["link.us_cn_broad.pending_implied"], spread)


def test_under_sixty_pairs_their_number_is_known_and_nothing_else():
    table = table_of(closes(*HSI, "2026-02-02", "2026-03-27"), closes(*SPX, "2026-02-02", "2026-03-27", step=1), dates=["2026-03-28"])
    value = {m: table.columns[f"link.us_hk_broad.{m}"][0] for m in ("n", "beta", "corr_low", "corr_high", "held", "follow", "pending_low")}
    assert 25 <= value.pop("n") <= 35
    assert np.isnan(list(value.values())).all()


def test_what_is_pending_is_unknown_while_either_side_is_behind():
    lines = {k: closes(*v, "2026-03-02", "2026-03-27", step=1) for k, v in {"hsi": HSI, "spx": SPX}.items()}
    for late in lines:
        cut = [v[v["session"] <= "2026-03-25"] if k == late else v for k, v in lines.items()]
        assert np.isnan(table_of(*cut, dates=["2026-03-28"]).columns["link.us_hk_broad.pending"][0])


@pytest.mark.parametrize(
    ("case", "date", "edition", "follower", "link", "waiting"),
    [
        ("an ordinary morning", "2026-03-27", "morning", HSI, "us_hk_broad", 0),
        ("a Sunday", "2026-03-29", "morning", HSI, "us_hk_broad", 0),
        ("the Monday after", "2026-03-30", "morning", HSI, "us_hk_broad", 0),
        ("Golden Week's first morning after a closed day", "2025-10-02", "morning", SSE, "us_cn_broad", 1),
        ("its last", "2025-10-09", "morning", SSE, "us_cn_broad", 6),
        ("its last, cut after Asia's hours", "2025-10-08", "asia_close", SSE, "us_cn_broad", 6),
        ("Hong Kong's Christmas holiday", "2025-12-25", "asia_close", HSI, "us_hk_broad", 1),
        ("typhoon Saola", "2023-09-02", "morning", HSI, "us_hk_broad", 1),
        ("Easter Monday, with New York's Thursday still untraded", "2025-04-22", "morning", HSI, "us_hk_broad", 1),
        ("a holiday after a night without New York", "2026-02-17", "asia_close", HSI, "us_hk_broad", 0),
    ],
)
def test_sessions_missed_by_a_closed_exchange(case, date, edition, follower, link, waiting):
    first, last = np.datetime64(date) - 40, np.datetime64(date) - (edition == "morning")
    table = table_of(closes(*follower, first, last), closes(*SPX, first, np.datetime64(date) - 1, step=1), dates=[date], edition=edition)
    assert table.columns[f"link.{link}.waiting"][0] == waiting


def test_a_follower_behind_its_calendar_is_not_called_closed():
    late = closes(*HSI, "2026-03-02", "2026-03-25")
    assert np.isnan(table_of(late, closes(*SPX, "2026-03-02", "2026-03-27"), dates=["2026-03-28"]).columns["link.us_hk_broad.waiting"][0])


def test_hong_kong_and_the_mainland_are_measured_side_by_side():
    hsi = wander("hsi", "2025-05-26", 205, seed=9, start=20_000.0)
    sse_days = days("2025-05-26", last="2026-03-27", calendar="XSHG")
    level = dict(zip(hsi["session"].to_numpy().astype("datetime64[D]"), hsi["value"], strict=True))
    both = [d for d in sse_days if d in level]
    sse = line("sse", both, [level[d] ** 0.5 for d in both])  # half of every move of the same date, and no more
    columns = table_of(hsi, sse, dates=["2026-03-28"]).columns
    assert columns["link.hk_cn_broad.date_beta"][0] == pytest.approx(0.5, abs=0.01)
    assert columns["link.hk_cn_broad.date_corr"][0] > 0.999
    assert columns["link.hk_cn_broad.corr_low"][0] < 0.2
    assert not any(k.startswith(("link.hk_cn_broad.pending", "link.us_hk_broad.date_beta")) for k in columns)


def test_no_statistic_of_a_link_runs_across_a_change_of_source():
    spx = wander("spx", "2025-01-02", 309, seed=3, start=6000.0)
    hsi = wander("hsi", "2025-01-02", 302, seed=4, start=20_000.0)
    cut = "2025-12-01"
    halves = hsi[hsi["session"] <= cut], hsi[hsi["session"] >= cut].assign(source="another")
    whole, broken = (table_of(spx, *lines, dates=["2025-11-28", "2026-03-20"]).columns["link.us_hk_broad.n"] for lines in ([hsi], halves))
    assert broken[0] == whole[0] > 200
    assert 60 < broken[1] < 80


def test_bitcoin_is_measured_over_the_dates_of_the_us_session():
    sessions = days("2025-08-01", last="2026-03-27", calendar="XNYS")
    every = days("2025-08-01", last="2026-03-27")
    levels = 100 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, len(sessions))))
    # BTC stands at twice the S&P 500 at the end of every trading date; what it does on weekends must not matter.
    coin = 2 * levels[np.searchsorted(sessions, every, side="right") - 1]
    coin[~np.isin(every, sessions)] *= 1.5
    table = table_of(line("spx", sessions, levels), line("btc", every, coin), dates=["2026-03-28"])
    assert table.columns["crypto.spx_beta"][0] == pytest.approx(1)
    assert table.columns["crypto.spx_corr"][0] == pytest.approx(1)


def test_bitcoins_residual_on_the_index():
    sessions = days("2025-05-01", last="2026-03-27", calendar="XNYS")
    moves = np.random.default_rng(5).normal(0, 0.01, len(sessions))
    levels = 100 * np.exp(np.cumsum(moves))
    own = np.where(np.arange(len(sessions)) % 2, 0.004, -0.004)
    own[-1] = -0.03
    coin = np.exp(np.cumsum(1.5 * moves + own))
    every = days("2025-05-01", last="2026-03-27")
    of = line("btc", every, 100 * coin[np.searchsorted(sessions, every, side="right") - 1])
    value = {k: v[0] for k, v in table_of(line("spx", sessions, levels), of, dates=["2026-03-28"]).columns.items() if k.startswith("crypto.spx_")}
    assert value["crypto.spx_beta"] == pytest.approx(1.5, abs=0.05)
    assert value["crypto.spx_implied"] == pytest.approx(value["crypto.spx_beta"] * (levels[-1] / levels[-2] - 1) * 100)
    assert value["crypto.spx_residual_z"] == pytest.approx((value["crypto.spx_move"] - value["crypto.spx_implied"]) / value["crypto.spx_residual_sd"])
    assert value["crypto.spx_residual_z"] < -5
    assert 0 < value["crypto.spx_corr_low"] < value["crypto.spx_corr"] < value["crypto.spx_corr_high"] < 1
    assert value["crypto.spx_n"] == 120
