"""What stands ahead: the next session of each market from the cutoff on, closures, half days, and questions with what settles them."""

import datetime as dt

import numpy as np
import pytest

from core import report
from core.divergences import RULES, resolved
from core.figures import Figures
from core.insight.desk import Desk
from core.insight.questions import answers
from core.insight.settling import until
from core.language import _, speaking
from core.metrics.gaps import fresh
from core.records import Settings
from core.sessions import UNSCHEDULED, holidays, schedule
from tests.core.market import DAY, bent, observations, table, without_last


def section(date, edition="morning"):
    return report.build(table(edition), date, Settings()).section("watch_next")


def calendar(date, edition="morning"):
    found = next(t for t in section(date, edition).tables if t.key == "calendar")
    return {row[0].text: dict(zip(found.columns, (c.text for c in row), strict=True)) for row in found.rows}


def test_the_morning_edition_still_has_the_day_before_it():
    ahead = calendar(dt.date(2025, 12, 23))
    assert ahead["Hong Kong"]["Opens next"] == "23 Dec 2025 01:30 UTC"
    assert ahead["New York"]["Opens next"] == "23 Dec 2025 14:30 UTC"


def test_the_calendar_names_hong_kong_as_a_place():
    with speaking("zh"):
        assert [_(name) for name in calendar(DAY)] == ["香港", "上海", "纽约"]


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
def test_every_open_question_has_what_would_settle_it_and_until_when(date):
    made = section(date)
    sections = report.build(table(), date, Settings()).sections
    questions = dict.fromkeys(c.text for s in sections for c in s.claims if c.kind == "question")
    asked = [[c.text for c in r] for t in made.tables if t.key == "questions" for r in t.rows]
    assert [r[1] for r in asked] == list(questions)
    assert all(all(r) and r[2] != r[3] for r in asked)
    assert len(made.claims) == 1, "a day without a question or a divergence says so"


def test_without_the_figure_of_the_day_its_question_waits_for_it():
    made = bent(without_last(observations(), ("btc_oi",), 1))
    row = next([c.text for c in r] for t in made.section("watch_next").tables if t.key == "questions" for r in t.rows if "Open:" in r[1].text)
    assert "once that figure is stored" in row[1]
    assert row[3] == "Open interest of that day not lower by 3.0% in dollars and 1.0% in coins."


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.key)
def test_the_session_that_settles_is_the_one_that_settled(rule):
    """Where no session is lost or cancelled at short notice, what the calendars promise is what resolves the implication."""
    cancelled = [dt.date.fromisoformat(day) for days in UNSCHEDULED.values() for day in days]
    of, keys, checked = table(), (rule.pair.a.series, rule.pair.b.series), 0
    own = np.flatnonzero(fresh(of.features, rule.pair))
    for row in own[300::60].tolist():
        desk = Desk(of, row, Settings(), {}, Figures(of, row))
        wanted = rule.implied(of.columns[f"gap.{rule.key}"][row]).resolution
        end = resolved(of, rule, row, len(of.panel.dates) - 1)
        if end is None:
            continue
        checked += 1
        promised, came = until(desk, wanted, keys), max(of.panel.sessions(k)[end.row].item() for k in keys)
        assert promised <= came if any(of.panel.dates[row].item() <= day <= came for day in cancelled) else promised == came
    assert checked > 5


def test_questions_are_answered_as_declared_and_only_when_their_sessions_are_over():
    of, seen = table(), set()
    for day in of.panel.dates[500::13]:
        row = of.panel.row(day.item())
        desk = Desk(of, row, Settings(), {}, Figures(of, row))
        for a in answers(desk, 7):
            one, other = a.question.series
            closes = [of.columns[f"{k}.close"][[a.asked, a.row]] for k in (one, other)]
            moved = (closes[0][1] / closes[0][0] - closes[1][1] / closes[1][0]) * 100
            assert a.moved == pytest.approx(moved)
            assert a.asked < a.row <= row < a.row + 7
            assert a.yes == (moved > 0 if a.question.wanted.side == "up" else moved <= -1)
            assert a.question.asks(of, 0.1)[a.asked]
            seen.add((a.question.key, a.yes))
    assert len(seen) == 6


def test_the_test_of_the_strongest_divergence_and_the_closures_ahead_come_first():
    made = section(DAY)
    assert made.answer == (
        "First to watch, US equities vs crypto: borne out by BTC trailing S&P 500 over the next 5 sessions. Closed on a weekday within a fortnight: "
        "Hong Kong, Shanghai and New York."
    )
    assert made.claims[0].contradicted_by == "BTC beating S&P 500 over the next 5 sessions."
    assert [t.key for t in made.tables][:2] == ["checks", "questions"]


def test_a_closed_first_day_is_a_holiday_of_the_fortnight():
    assert holidays("XNYS", dt.date(2025, 12, 25), 1) == (dt.date(2025, 12, 25),)
    assert schedule("XHKG").dates[schedule("XHKG").next_open(schedule("XHKG").opens[500])] == schedule("XHKG").dates[500]


@pytest.mark.parametrize("date", [dt.date(2023, 7, 8), dt.date(2023, 7, 17)])
def test_a_typhoon_is_not_foreseen(date):
    ahead = calendar(date)["Hong Kong"]
    assert ("Mon 17 Jul" in ahead["Next sessions"]) == (date.day == 17)
    assert ahead["Closed on weekdays"] == "none"
    assert "Hong Kong" not in section(date).answer.partition("within a fortnight")[2]
    assert "Mon 17 Jul" in calendar(dt.date(2023, 7, 17), "asia_close")["Hong Kong"]["Closed on weekdays"]


def test_on_a_day_without_one_sector_up_nothing_to_watch_says_that_sectors_do_well():
    day = dt.date(2023, 1, 28)
    assert table().value("us.sectors_up", table().panel.row(day)) == 0
    watched = {r[0].text: r[1].text for r in next(t for t in section(day).tables if t.key == "checks").rows}
    assert watched["S&P 500 vs its sectors"].startswith("The average sector did better than the index. If a few large companies held it back")
