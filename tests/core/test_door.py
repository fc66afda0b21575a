import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import BY_KEY
from core.door import check
from core.errors import BadPayload
from core.observations import frame
from core.sessions import schedule

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
START = dt.date(2026, 3, 2)
SPX = BY_KEY["spx"]


def days(count=10, calendar="XNYS", last="2026-03-27"):
    plan = schedule(calendar)
    end = int(np.searchsorted(plan.dates, np.datetime64(last))) + 1
    return plan.dates[end - count : end]


def rows(series=SPX, sessions=None, values=None):
    sessions = days() if sessions is None else np.array(sessions, dtype="datetime64[D]")
    values = np.full(len(sessions), 6400.0) if values is None else np.array(values, dtype="float64")
    return frame(series, sessions, values, fetched_at=np.datetime64("2026-03-28T00:30"), source="yahoo", basis="measured")


def test_a_sound_payload_passes_without_a_word():
    checked = check(SPX, rows(), now=NOW, start=START)
    assert (len(checked.observations), checked.remarks) == (10, ())


@pytest.mark.parametrize("bad", [0.0, -1.0, 1e9, np.nan, np.inf])
def test_a_value_that_cannot_be_is_left_out_alone(bad):
    values = [6400.0] * 10
    values[4] = bad
    checked = check(SPX, rows(values=values), now=NOW, start=START)
    assert len(checked.observations) == 9
    assert "S&P 500: 1 row left out (2026-03-20)" in checked.remarks[0]


def test_the_future_and_the_session_under_way_are_left_out():
    at_noon = dt.datetime(2026, 3, 27, 16, tzinfo=dt.UTC)
    checked = check(SPX, rows(), now=at_noon, start=START)
    assert checked.observations["session"].max() == pd.Timestamp("2026-03-26")
    assert "not over yet" in checked.remarks[0]


def test_a_repeated_session_counts_once_with_its_last_value():
    sessions = [*days(), np.datetime64("2026-03-27")]
    checked = check(SPX, rows(sessions=sessions, values=[6400.0] * 10 + [6401.0]), now=NOW, start=START)
    assert (len(checked.observations), checked.observations["value"].iloc[-1]) == (10, 6401.0)


def test_a_holiday_is_left_out():
    sessions = [*days(9), np.datetime64("2026-02-16")]  # Presidents' Day
    checked = check(SPX, rows(sessions=sessions), now=NOW, start=START)
    assert (len(checked.observations), "no session of the calendar" in checked.remarks[0]) == (9, True)


def test_dates_shifted_by_a_time_zone_refuse_the_payload():
    with pytest.raises(BadPayload, match="time zone"):
        check(SPX, rows(sessions=days() - np.timedelta64(1, "D")), now=NOW, start=START)


@pytest.mark.parametrize("shift", [pd.Timedelta(hours=5), None])
def test_sessions_with_a_clock_or_a_zone_refuse_the_payload(shift):
    table = rows()
    table["session"] = table["session"] + shift if shift else table["session"].dt.tz_localize("UTC")
    with pytest.raises(BadPayload, match="time of day or a time zone"):
        check(SPX, table, now=NOW, start=START)


def test_coarser_than_daily_is_refused():
    with pytest.raises(BadPayload, match="coarser than daily"):
        check(SPX, rows(sessions=days(250)[::21]), now=NOW, start=dt.date(2025, 4, 1))


def test_a_scrap_of_what_was_asked_is_refused():
    with pytest.raises(BadPayload, match="only 1 of about 20"):
        check(SPX, rows(sessions=days(1)), now=NOW, start=START)
    with pytest.raises(BadPayload, match="only 5 of about 1256"):
        check(SPX, rows(sessions=days(5)), now=NOW, start=dt.date(2021, 3, 28))


def test_an_answer_of_single_days_need_not_be_dense():
    assert len(check(SPX, rows(sessions=days(1)), now=NOW, start=dt.date(2021, 3, 28), dense=False).observations) == 1
    apart = np.concatenate([days(250)[:2], days(1)])
    assert len(check(SPX, rows(sessions=apart), now=NOW, start=dt.date(2021, 3, 28), dense=False).observations) == 3


def test_around_a_long_holiday_two_rows_are_plenty():
    cn = BY_KEY["sse"]
    after = dt.datetime(2025, 10, 10, 12, tzinfo=dt.UTC)
    table = rows(cn, ["2025-10-09", "2025-10-10"], [3900.0, 3901.0])
    assert len(check(cn, table, now=after, start=dt.date(2025, 10, 1)).observations) == 2


@pytest.mark.parametrize("position", [0, 4, 9])
def test_one_wild_value_is_left_out_wherever_it_stands(position):
    values = [6400.0] * 10
    values[position] = 64000.0
    checked = check(SPX, rows(values=values), now=NOW, start=START)
    assert (set(checked.observations["value"]), len(checked.observations)) == ({6400.0}, 9)
    assert "moved more than 25% a session" in checked.remarks[0]


def test_what_is_stored_decides_when_the_whole_answer_is_elsewhere():
    with pytest.raises(BadPayload, match=r"10 rows left out .* another instrument or another unit; nothing of the answer is used"):
        check(SPX, rows(values=[64000.0] * 10), now=NOW, start=START, anchor=6400.0)
    assert len(check(SPX, rows(values=[64000.0] * 10), now=NOW, start=START).observations) == 10


@pytest.mark.parametrize("factor", [3.7, 1 / 3.7, 0.5])
@pytest.mark.parametrize("wrong", [2, 5])
def test_rows_that_were_refused_make_no_room_for_the_next(factor, wrong):
    values = [6500.0] * (20 - wrong) + [6500.0 * factor] * wrong
    for anchor, left_out in ((6500.0, wrong), (None, 20 - wrong)):
        with pytest.raises(BadPayload, match=f"{left_out} rows left out"):
            check(SPX, rows(sessions=days(20), values=values), now=NOW, start=START, anchor=anchor)


@pytest.mark.parametrize("factor", [3.7, 1 / 3.7])
def test_single_days_are_judged_by_those_stored_around_them(factor):
    turnover = BY_KEY["northbound_turnover"]
    line = days(12, "CONNECT")
    told, stored = [*line[:6], *line[11:]], rows(turnover, line[6:11], [1e11] * 5)
    ask = {"now": NOW, "start": START, "dense": False, "among": stored}
    assert len(check(turnover, rows(turnover, told, [1e11] * 7), **ask).observations) == 7
    with pytest.raises(BadPayload, match="7 rows left out"):
        check(turnover, rows(turnover, told, [1e11 * factor] * 7), **ask)


def test_the_tiny_first_days_of_a_line_do_not_cost_its_history():
    base = BY_KEY["tvl_base"]
    table = rows(base, days(30, "UTC"), [2e3, 3e3, 2e3] + [4e6] * 27)
    checked = check(base, table, now=NOW, start=START)
    assert (len(checked.observations), checked.observations["value"].min()) == (27, 4e6)


@pytest.mark.parametrize("wrong", [slice(0, 5), slice(4, 9)])
def test_an_answer_of_two_levels_is_not_believed_in_part(wrong):
    values = np.full(12, 6500.0)
    values[wrong] /= 3.7
    with pytest.raises(BadPayload, match="another instrument"):
        check(SPX, rows(sessions=days(12), values=values), now=NOW, start=START)


def test_a_crisis_passes_and_so_does_what_a_long_silence_hides():
    crash = [6500.0, 6500.0, 5720.0, 5034.0, 4430.0, 4900.0, 4312.0, 4312.0, 4312.0, 4312.0]  # -12% a day, three times
    assert len(check(SPX, rows(values=crash), now=NOW, start=START).observations) == 10
    gap = np.concatenate([days(12)[:6], days(4)])
    assert len(check(SPX, rows(sessions=gap, values=[6500.0] * 6 + [3500.0] * 4), now=NOW, start=START).observations) == 10


def test_yields_move_in_points():
    us10y = BY_KEY["us10y"]
    assert len(check(us10y, rows(us10y, values=[4.0] * 9 + [5.4]), now=NOW, start=START).observations) == 10
    checked = check(us10y, rows(us10y, values=[4.0] * 9 + [5.6]), now=NOW, start=START)
    assert "moved more than 1.5 a session" in checked.remarks[0]


def test_a_collapse_is_measured_by_the_rise_that_undoes_it():
    dex = BY_KEY["dex"]
    values = [5e9] * 9 + [1.1e6]
    table = rows(dex, days(10, "UTC"), values)
    assert len(check(dex, table, now=NOW, start=START).observations) == 9


def test_zero_is_a_volume():
    orca = BY_KEY["dex_orca"]
    table = rows(orca, days(10, "UTC"), [0.0] * 5 + [1e8] * 5)
    assert len(check(orca, table, now=NOW, start=START).observations) == 10


def test_snapshots_of_one_day_stand_side_by_side():
    cap = BY_KEY["total_cap"]
    table = rows(cap, ["2026-03-28"] * 3, [2.4e12, 2.41e12, 2.42e12])
    table["available_at"] = pd.to_datetime(["2026-03-28 00:10", "2026-03-28 00:35", "2026-03-28 03:00"]).as_unit("us")
    checked = check(cap, table, now=NOW, start=START)
    assert checked.observations["value"].tolist() == [2.4e12, 2.41e12]  # a clock may run five minutes ahead, not hours


def test_nothing_left_is_a_bad_payload():
    with pytest.raises(BadPayload):
        check(SPX, rows(values=[0.0] * 10), now=NOW, start=START)


@settings(deadline=None)  # a busy machine says nothing about the door
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=10, max_size=10))
def test_what_passes_is_always_plausible(values):
    try:
        checked = check(SPX, rows(values=values), now=NOW, start=START)
    except BadPayload:
        return
    passed = checked.observations["value"]
    assert passed.between(SPX.low, SPX.high).all()
    left_out = sum(int(m[1]) for r in checked.remarks if (m := re.search(r": (\d+) rows? left out", r)))
    assert len(passed) + left_out == 10
