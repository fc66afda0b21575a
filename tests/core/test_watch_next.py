"""What stands ahead: the next session of each market from the cutoff on, closures, half days, and questions with what settles them."""

import datetime as dt

import pytest

from core import report
from core.records import Settings
from core.sessions import holidays, schedule
from tests.core.market import DAY, table


def section(date, edition="morning"):
    return report.build(table(edition), date, Settings()).section("watch_next")


def calendar(date, edition="morning"):
    found = next(t for t in section(date, edition).tables if t.key == "calendar")
    return {row[0].text: dict(zip(found.columns, (c.text for c in row), strict=True)) for row in found.rows}


def test_the_morning_edition_still_has_the_day_before_it():
    ahead = calendar(dt.date(2025, 12, 23))
    assert ahead["Hong Kong"]["Opens next"] == "23 Dec 2025 01:30 UTC"
    assert ahead["New York"]["Opens next"] == "23 Dec 2025 14:30 UTC"


def test_after_the_asian_close_asia_opens_the_next_day():
    ahead = calendar(dt.date(2025, 12, 23), "asia_close")
    assert ahead["Hong Kong"]["Opens next"] == "24 Dec 2025 01:30 UTC"
    assert ahead["Hong Kong"]["Hours"] == "09:30 to 12:00 local time"
    assert ahead["New York"]["Opens next"] == "23 Dec 2025 14:30 UTC"


def test_half_days_and_closures_are_named():
    ahead = calendar(dt.date(2025, 12, 23))
    assert ahead["Hong Kong"]["Half days (close)"] == "Wed 24 Dec (12:00) and Wed 31 Dec (12:00)"
    assert ahead["New York"]["Half days (close)"] == "Wed 24 Dec (13:00)"
    assert ahead["Hong Kong"]["Closed on weekdays"] == "Thu 25 Dec, Fri 26 Dec and Thu 1 Jan"
    assert calendar(dt.date(2026, 2, 12))["Shanghai"]["Next sessions"] == "Thu 12 Feb, Fri 13 Feb, Tue 24 Feb, Wed 25 Feb and Thu 26 Feb"


@pytest.mark.parametrize("date", [DAY, dt.date(2026, 2, 12), dt.date(2024, 6, 12)])
def test_every_open_question_has_what_would_settle_it(date):
    made = section(date)
    sections = report.build(table(), date, Settings()).sections
    questions = dict.fromkeys(c.text for s in sections for c in s.claims if c.kind == "question")
    asked = [r for t in made.tables if t.key == "questions" for r in t.rows]
    assert [r[1].text for r in asked] == list(questions)
    assert all(r[2].text for r in asked)
    assert len(made.claims) == 1, "a day without a question or a divergence says so"


def test_the_test_of_the_strongest_divergence_and_the_closures_ahead_come_first():
    made = section(DAY)
    assert made.answer == (
        "Watch US equities vs crypto first: borne out by BTC trailing S&P 500 over the next 5 sessions. Closed on a weekday within a fortnight: "
        "Hong Kong, Shanghai and New York."
    )
    assert made.claims[0].contradicted_by == "BTC beating S&P 500 over the next 5 sessions."
    assert [t.key for t in made.tables][:2] == ["checks", "calendar"]


def test_a_closed_first_day_is_a_holiday_of_the_fortnight():
    assert holidays("XNYS", dt.date(2025, 12, 25), 1) == (dt.date(2025, 12, 25),)
    assert schedule("XHKG").dates[schedule("XHKG").next_open(schedule("XHKG").opens[500])] == schedule("XHKG").dates[500]
