"""Whether a report can be trusted: complete, with gaps, or without one of its legs; never better with less data."""

import datetime as dt
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import report
from core.catalogue import BY_KEY, SERIES
from core.export.arrange import missing
from core.health import LEGS, attempts, examine
from core.metrics import compute
from core.panel import build
from core.records import Settings
from core.store import Outcome
from tests.core.market import DAY, observations, without_last

LEVELS = ("unsafe", "gaps", "complete")
NOW = dt.datetime(2026, 3, 28, tzinfo=dt.UTC)


@cache
def recent():
    """Two years of the demo market: more than any statistic of the last weeks looks back on."""
    table = observations()
    return table[table["session"] >= "2024-03-01"]


def health(frame, day=DAY, outcomes=None):
    table = compute(build(frame, "demo", "morning", np.arange(np.datetime64(day) - 30, np.datetime64(day) + 1)))
    return examine(table, report.build(table, day, Settings()), outcomes or {})


def outcome(status, message=""):
    return Outcome(source="yahoo", series="vix", started=NOW, ended=NOW, status=status, message=message)


def test_a_report_with_every_session_is_complete():
    found = health(recent())
    assert (found.level, found.troubled) == ("complete", ())
    assert found.sentence == f"All {len(SERIES)} series have the session that their calendars expect."


def test_a_holiday_is_not_a_gap():
    assert health(recent(), dt.date(2025, 12, 26)).level == "complete"  # Christmas in New York and Hong Kong


def test_a_series_behind_is_named_with_what_kept_it_and_the_sections_that_feel_it():
    frame = without_last(recent(), ("vix",), 2)
    found = health(frame, outcomes={"vix": outcome("rate limited", "Yahoo asked us to slow down (HTTP 429).")})
    (vix,) = found.troubled
    assert (found.level, vix.state, vix.missed) == ("gaps", "behind", 2)
    assert (vix.session, vix.expected) == (dt.date(2026, 3, 25), dt.date(2026, 3, 27))
    assert vix.why == "Yahoo asked us to slow down (HTTP 429)."
    assert "US market: setting the tone" in vix.sections
    assert "behind: VIX" in found.sentence


def test_a_series_of_latest_readings_is_not_said_to_lack_old_ones():
    frame = observations()
    found = health(frame[frame["series"] != "cn_advancers"], outcomes={"cn_advancers": outcome("ok")})
    (breadth,) = found.troubled
    assert breadth.why == "Only readings taken from now on can be stored; the report has it from the next cutoff on."


def test_what_one_series_keeps_back_stands_in_one_line():
    frame = observations()
    dates = np.arange(np.datetime64(DAY) - 30, np.datetime64(DAY) + 1)
    table = compute(build(frame[~frame["series"].isin(["cn_advancers", "vix"])], "demo", "morning", dates))
    made = report.build(table, DAY, Settings())
    lines = [why for _, why in missing(*made.sections)]
    assert sum(len(s.gaps) for s in made.sections) > len(lines)
    assert sum("No observation of A-share advancers" in why for why in lines) == 1
    assert sum("No observation of VIX" in why for why in lines) == 1


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (None, "It has not been asked for yet."),
        (outcome("ok"), "The source answered, but without the sessions that are missing."),
        (outcome("blocked"), "The last attempt ended with: blocked."),
    ],
)
def test_why_a_series_is_missing_is_told_as_far_as_the_last_attempt_tells(attempt, why):
    frame = recent()
    found = health(frame[frame["series"] != "vix"], outcomes={"vix": attempt} if attempt else None)
    (vix,) = found.troubled
    assert (vix.state, vix.session, vix.value, vix.why) == ("missing", None, None, why)


@pytest.mark.parametrize("leg", LEGS)
def test_without_a_market_of_its_own_a_report_is_not_to_be_relied_on(leg):
    found = health(without_last(recent(), (leg,), 1))
    assert found.level == "unsafe"
    assert f"A leg of the report is not there: {BY_KEY[leg].label} (last session" in found.sentence


@given(st.sets(st.sampled_from([s.key for s in SERIES]), max_size=5), st.sampled_from([s.key for s in SERIES]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_with_less_data_a_report_never_looks_better(gone, further):
    frame = recent()
    more, less = (health(frame[~frame["series"].isin(keys)]) for keys in (gone, gone | {further}))
    assert LEVELS.index(less.level) <= LEVELS.index(more.level)
    assert len(less.troubled) >= len(more.troubled)


def test_a_missing_figure_names_what_the_last_attempt_said():
    frame = observations()
    table = compute(build(frame[frame["series"] != "vix"], "demo", "morning", np.arange(np.datetime64(DAY) - 30, np.datetime64(DAY) + 1)))
    sections = report.build(table, DAY, Settings()).sections
    told = attempts(sections, {"vix": outcome("rate limited", "Yahoo asked us to slow down (HTTP 429).")})
    assert told == (("VIX", "the last attempt ended with: Yahoo asked us to slow down (HTTP 429)."),)
    assert attempts(sections, {"vix": outcome("ok")}) == ()
