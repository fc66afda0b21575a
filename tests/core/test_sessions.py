import datetime as dt

import numpy as np
import pytest

from core.errors import BadInput
from core.sessions import EDITIONS, PLACES, UNSCHEDULED, cutoffs, edition, expected, holidays, lead_positions, local, schedule


def session(code, day):
    """Opening and closing instants (UTC) of a session, and whether it was a half day."""
    plan = schedule(code)
    at = int(np.searchsorted(plan.dates, np.datetime64(day)))
    assert plan.dates[at] == np.datetime64(day), f"{day} is no session of {code}"
    return str(plan.opens[at])[:16], str(plan.closes[at])[:16], bool(plan.early[at])


def lead(follower, leader, day):
    """The date of the leader's last session that had closed when the follower's session opened."""
    plan = schedule(follower)
    at = int(np.searchsorted(plan.dates, np.datetime64(day)))
    assert plan.dates[at] == np.datetime64(day)
    return str(schedule(leader).dates[lead_positions(follower, leader)[at]])


@pytest.mark.parametrize(
    ("case", "code", "day", "expected"),
    [
        ("winter in New York", "XNYS", "2025-03-07", ("2025-03-07T14:30", "2025-03-07T21:00", False)),
        ("first session of US summer time", "XNYS", "2025-03-10", ("2025-03-10T13:30", "2025-03-10T20:00", False)),
        ("last session of US summer time", "XNYS", "2025-10-31", ("2025-10-31T13:30", "2025-10-31T20:00", False)),
        ("first session back on winter time", "XNYS", "2025-11-03", ("2025-11-03T14:30", "2025-11-03T21:00", False)),
        ("day after Thanksgiving closes at 13:00", "XNYS", "2025-11-28", ("2025-11-28T14:30", "2025-11-28T18:00", True)),
        ("Christmas Eve in New York", "XNYS", "2025-12-24", ("2025-12-24T14:30", "2025-12-24T18:00", True)),
        ("Hong Kong has no summer time", "XHKG", "2025-07-10", ("2025-07-10T01:30", "2025-07-10T08:00", False)),
        ("Christmas Eve in Hong Kong", "XHKG", "2025-12-24", ("2025-12-24T01:30", "2025-12-24T04:00", True)),
        ("eve of the Lunar New Year in Hong Kong", "XHKG", "2026-02-16", ("2026-02-16T01:30", "2026-02-16T04:00", True)),
        ("Shanghai closes an hour before Hong Kong", "XSHG", "2025-07-10", ("2025-07-10T01:30", "2025-07-10T07:00", False)),
        ("currencies in winter end at 22:00 UTC", "NY17", "2025-03-07", ("2025-03-06T22:00", "2025-03-07T22:00", False)),
        ("currencies in summer end at 21:00 UTC", "NY17", "2025-03-10", ("2025-03-07T22:00", "2025-03-10T21:00", False)),
        ("the crypto day", "UTC", "2025-03-09", ("2025-03-09T00:00", "2025-03-10T00:00", False)),
    ],
)
def test_opening_and_closing_instants(case, code, day, expected):
    assert session(code, day) == expected


@pytest.mark.parametrize(
    ("case", "code", "days"),
    [
        ("typhoon Saola", "XHKG", ["2023-09-01"]),
        ("black rainstorm", "XHKG", ["2023-09-08"]),
        ("typhoons Talim and Yagi", "XHKG", ["2023-07-17", "2024-09-06"]),
        ("Lunar New Year in Hong Kong", "XHKG", ["2026-02-17", "2026-02-18", "2026-02-19"]),
        ("Lunar New Year in Shanghai", "XSHG", ["2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-23"]),
        ("Golden Week", "XSHG", ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08"]),
        ("Good Friday", "XNYS", ["2025-04-18"]),
        ("a Saturday worked in mainland offices, not on its exchanges", "XSHG", ["2025-10-11"]),
        ("weekend", "NY17", ["2025-03-08", "2025-03-09"]),
    ],
)
def test_days_without_a_session(case, code, days):
    assert not [d for d in days if schedule(code).is_session(dt.date.fromisoformat(d))]


def test_hong_kong_trades_while_the_mainland_rests():
    assert schedule("XHKG").is_session(dt.date(2025, 10, 6))
    assert not schedule("XHKG").is_session(dt.date(2025, 10, 7))  # the day after Mid-Autumn


@pytest.mark.parametrize(
    ("case", "follower", "leader", "day", "expected"),
    [
        ("Friday in Hong Kong follows Thursday in New York", "XHKG", "XNYS", "2025-03-07", "2025-03-06"),
        ("Monday follows Friday, over the start of summer time", "XHKG", "XNYS", "2025-03-10", "2025-03-07"),
        ("Tuesday follows the first summer close, an hour earlier", "XHKG", "XNYS", "2025-03-11", "2025-03-10"),
        ("Monday after the end of summer time", "XHKG", "XNYS", "2025-11-03", "2025-10-31"),
        ("after a US half day and Christmas", "XHKG", "XNYS", "2025-12-29", "2025-12-26"),
        ("Tuesday after a US Monday holiday still follows Friday", "XHKG", "XNYS", "2025-01-21", "2025-01-17"),
        ("first session after Saola", "XHKG", "XNYS", "2023-09-04", "2023-09-01"),
        ("first session after Golden Week", "XSHG", "XNYS", "2025-10-09", "2025-10-08"),
        ("first session after the Lunar New Year", "XSHG", "XNYS", "2026-02-24", "2026-02-23"),
        ("Shanghai follows Hong Kong's day before: both open at once", "XSHG", "XHKG", "2025-10-09", "2025-10-08"),
        ("New York follows Hong Kong of the same date", "XNYS", "XHKG", "2025-03-10", "2025-03-10"),
        ("New York in winter likewise", "XNYS", "XHKG", "2025-03-07", "2025-03-07"),
    ],
)
def test_the_overnight_lead(case, follower, leader, day, expected):
    assert lead(follower, leader, day) == expected


def test_a_lead_has_always_closed_before_its_follower_opened():
    for follower, leader in (("XHKG", "XNYS"), ("XSHG", "XNYS"), ("XSHG", "XHKG"), ("XNYS", "XHKG")):
        at, opens, closes = lead_positions(follower, leader)[10:-10], schedule(follower).opens[10:-10], schedule(leader).closes
        assert (at >= 0).all()
        assert (closes[at] <= opens).all()
        assert (closes[at + 1] > opens).all()


@pytest.mark.parametrize("code", list(PLACES))
def test_sessions_are_in_order_and_open_before_they_close(code):
    plan = schedule(code)
    assert (np.diff(plan.dates).astype(int) > 0).all()
    assert (plan.opens < plan.closes).all()
    assert (plan.opens[1:] >= plan.closes[:-1]).all()
    assert len(plan.dates) == len(plan.early)
    assert plan.dates[0] < np.datetime64("2014-01-05")


@pytest.mark.parametrize("code", ["XNYS", "XHKG", "XSHG"])
def test_past_the_known_calendar_weekdays_are_assumed(code):
    plan = schedule(code)
    beyond = plan.dates[plan.dates > np.datetime64(plan.known_until)]
    assert np.is_busday(beyond).all()
    assert not plan.early[plan.dates > np.datetime64(plan.known_until)].any()
    if len(beyond):
        assert holidays(code, plan.known_until) == ()
        at = np.flatnonzero(plan.dates == beyond[0])[0]
        assert plan.closes[at] - plan.opens[at] in {np.timedelta64(m, "m") for m in (330, 390)}


def test_positions_around_a_close():
    plan = schedule("XNYS")
    close = plan.closes[100]
    second = np.timedelta64(1, "s")
    assert plan.last_closed(np.array([close - second, close, close + second])).tolist() == [99, 100, 100]
    assert plan.last_closed(np.array([np.datetime64("2000-01-01", "us")])).tolist() == [-1]
    weekend = np.array(["2025-03-07", "2025-03-08", "2025-03-09", "2025-03-10", "1999-01-01"], dtype="datetime64[D]")
    at = plan.ordinals(weekend)
    assert (at[1] - at[0], at[2] - at[0], at[3] - at[0], at[4]) == (0, 0, 1, -1)


def test_cutoffs_of_the_editions():
    day = np.array(["2026-03-28"], dtype="datetime64[D]")
    assert [str(cutoffs(day, e.key)[0]) for e in EDITIONS] == ["2026-03-28T00:00:00.000000", "2026-03-28T08:30:00.000000"]
    with pytest.raises(BadInput, match="morning, asia_close"):
        edition("evening")


def test_unknown_calendars_are_refused():
    with pytest.raises(BadInput, match="XNYS, XHKG, XSHG"):
        schedule("XLON")


def test_what_comes_next():
    eve = dt.date(2025, 9, 30)
    plan = schedule("XSHG")
    at = plan.next_open(np.datetime64("2025-09-30T08:00"))
    assert plan.dates[at : at + 2].tolist() == [dt.date(2025, 10, 9), dt.date(2025, 10, 10)]
    assert plan.dates[plan.next_open(np.datetime64("2025-09-30T01:30"))] == np.datetime64(eve)
    assert holidays("XSHG", eve) == tuple(dt.date(2025, 10, d) for d in (1, 2, 3, 6, 7, 8))


def test_local_clocks():
    cutoff = dt.datetime(2026, 3, 28, tzinfo=dt.UTC)
    assert [f"{local(cutoff, c):%d %H:%M}" for c in ("XSHG", "XHKG", "XNYS")] == ["28 08:00", "28 08:00", "27 20:00"]


def test_stock_connect_trades_where_both_exchanges_do():
    plan, mainland = schedule("CONNECT"), schedule("XSHG")
    assert not plan.is_session(dt.date(2025, 12, 25))  # Hong Kong's Christmas, the mainland trades
    assert mainland.is_session(dt.date(2025, 12, 25))
    assert not plan.is_session(dt.date(2025, 10, 6))  # Golden Week, Hong Kong trades
    assert plan.is_session(dt.date(2026, 3, 27))
    at = plan.ordinals(np.array(["2026-03-27"], dtype="datetime64[D]"))
    assert plan.closes[at] == mainland.closes[mainland.ordinals(np.array(["2026-03-27"], dtype="datetime64[D]"))]


@pytest.mark.parametrize(
    ("code", "day", "before", "after"),
    [
        ("XHKG", "2023-07-17", "2023-07-17T00:00", "2023-07-17T08:30"),
        ("XHKG", "2023-09-01", "2023-08-26T00:00", "2023-09-02T00:00"),
        ("XHKG", "2024-09-06", "2024-09-06T00:00", "2024-09-07T00:00"),
        ("CONNECT", "2023-07-17", "2023-07-10T00:00", "2023-07-18T00:00"),
        ("XNYS", "2025-01-09", "2024-12-30T00:00", "2025-01-01T00:00"),
        ("XSHG", "2020-01-31", "2020-01-25T00:00", "2020-01-29T00:00"),
    ],
)
def test_a_session_is_expected_until_its_closure_is_known(code, day, before, after):
    then, later = (expected(code, np.datetime64(t)) for t in (before, after))
    assert np.datetime64(day) in then.dates
    assert np.datetime64(day) not in later.dates
    assert np.datetime64(day) not in schedule(code).dates
    assert (np.diff(then.opens).astype(int) > 0).all()
    assert (then.opens < then.closes).all()


@pytest.mark.parametrize("code", ["XHKG", "XNYS", "XSHG"])
def test_every_closure_without_notice_is_a_weekday_without_a_session(code):
    days = np.array(list(UNSCHEDULED[code]), dtype="datetime64[D]")
    assert np.is_busday(days).all()
    assert not np.isin(days, schedule(code).dates).any()
    assert all(np.datetime64(known) <= np.datetime64(day) + np.timedelta64(1, "D") for day, known in UNSCHEDULED[code].items())


def test_a_holiday_known_years_ahead_is_no_surprise():
    assert holidays("XHKG", dt.date(2023, 7, 8)) == ()
    assert holidays("XHKG", dt.date(2023, 7, 17), 14, np.datetime64("2023-07-17T08:30")) == (dt.date(2023, 7, 17),)
    assert holidays("XHKG", dt.date(2025, 12, 20)) == (dt.date(2025, 12, 25), dt.date(2025, 12, 26), dt.date(2026, 1, 1))
