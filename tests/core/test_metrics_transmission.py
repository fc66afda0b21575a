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
