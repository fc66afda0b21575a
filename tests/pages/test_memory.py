"""The pages of the memory: what they show, what their links carry, and what is said of values that cannot be used."""

import datetime as dt
import re
from urllib.parse import parse_qsl

import pytest

from core.divergences import RULES
from pages.parts import loads

NEWEST = dt.date(2026, 3, 28)


def asked(at):
    """What the link to copy asks for; it is written once its popover is open."""
    at.session_state["take away"] = True
    at.run()
    return dict(parse_qsl(at.code[0].value.split("?")[1]))


def test_history_shows_years_counts_and_the_strongest_days_with_links(visit, written):
    at = visit("history", dataset="demo", t_us_crypto="3")
    said = written(at)
    assert "report dates; strongest on" in said
    assert "fired most often" in said
    assert "The strongest days" in said
    assert re.search(r"<a href=\"\./\?dataset=demo&date=2023-09-12&[^\"]*t_us_crypto=3\">12 Sep 2023</a>", said)
    assert not at.exception


def test_a_rule_filters_history_and_is_in_its_link(visit, written):
    at = visit("history", dataset="demo", filter="BTC vs ETH")
    assert "BTC vs ETH fired on" in written(at)
    assert asked(at)["filter"] == "BTC vs ETH"
    again = visit("history", opened=["take away"], **asked(at))
    assert not again.warning
    assert written(again) == written(at)


def test_choosing_a_rule_changes_what_history_shows(visit, written):
    at = visit("history", dataset="demo")
    assert "filter" not in asked(at)
    for rule in RULES[::5]:
        at.selectbox(key="filter").set_value(rule.label).run()
        assert not at.exception
        assert f"{rule.label} fired on" in written(at)


def test_an_unknown_rule_is_named_until_the_reader_chooses(visit):
    at = visit("history", dataset="demo", filter="<b>moon</b>")
    assert at.warning[0].value.startswith("No divergence rule is called “\\<b\\>moon\\</b\\>”. All rules are shown instead")
    assert at.run().warning
    assert not at.selectbox(key="filter").set_value("BTC vs ETH").run().warning


def test_a_clicked_day_opens_its_report(visit, written):
    at = visit("history", dataset="demo")
    at.session_state["date"] = dt.date(2024, 6, 25)
    at.session_state["a day of the calendar was clicked"] = True
    at.run()
    assert not at.exception
    assert at.title[0].value == "Cross-market intelligence"
    assert "Tue 25 Jun 2024" in written(at)


def test_compare_begins_with_the_day_before_and_follows_the_date(visit, written):
    at = visit("compare", dataset="demo", date="2026-03-20")
    assert at.session_state["against"] == dt.date(2026, 3, 19)
    next(b for b in at.button if b.label == "Previous day").click().run()
    assert at.session_state["against"] == dt.date(2026, 3, 18)
    assert "From 18 Mar 2026 to 19 Mar 2026" in written(at)


def test_a_second_date_stays_and_is_in_the_link(visit, written):
    at = visit("compare", dataset="demo", against="2026-01-05")
    said = written(at)
    assert asked(at)["against"] == "2026-01-05"
    for words in ("From 5 Jan 2026 to 28 Mar 2026", "Divergence rules that say something else", "What changed, most unusual first", "mi-pair"):
        assert words in said
    again = visit("compare", **asked(at))
    assert written(again) == said
    next(b for b in at.button if b.label == "Previous day").click().run()
    assert at.session_state["against"] == dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("against", "sentence"),
    [
        ("2031-01-01", "There is no report for 1 Jan 2031 yet"),
        ("1999-01-01", "There is no report for 1 Jan 1999"),
        ("soon", "“soon” is no date"),
        ("2026-02-30", "“2026-02-30” is no date"),
    ],
)
def test_a_second_date_that_cannot_be_used_is_told(visit, against, sentence):
    at = visit("compare", dataset="demo", against=against)
    assert not at.exception
    assert sentence in at.warning[0].value
    assert "Compared with 27 Mar 2026 instead." in at.warning[0].value


def test_the_same_date_twice_is_told(visit):
    at = visit("compare", dataset="demo", against="2026-03-28")
    assert "Both dates are the same" in at.info[0].value


def test_compare_at_the_first_date_looks_ahead(visit):
    at = visit("compare", dataset="demo", date="2021-06-27")
    assert not at.exception
    assert at.session_state["against"] == dt.date(2021, 6, 28)


@pytest.mark.parametrize(("page", "room"), [("similar_days", "likeness"), ("scorecard", "scorecard")])
@pytest.mark.parametrize("day", ["2026-03-28", "2025-10-07", "2021-07-01"])
def test_every_sentence_of_the_memory_opens_into_its_evidence(visit, written, page, room, day):
    at = visit(page, dataset="demo", date=day)
    said = written(at)
    market = loads.market("demo", "morning", None)
    section = loads.remembered(market, dt.date.fromisoformat(day), loads.Settings(), room)
    assert not at.exception
    assert section.claims
    for claim in section.claims:
        assert claim.text in said
        assert claim.contradicted_by in said
    for table in section.tables:
        assert table.title in said


def test_similar_days_say_openly_when_nothing_can_be_told(visit, written):
    said = written(visit("similar_days", dataset="demo"))
    assert "cannot be told from what follows any day" in said
    assert "no, as on any day" in said


def test_the_scorecard_follows_the_readers_thresholds(visit, written):
    before, after = (written(visit("scorecard", dataset="demo", **q)) for q in ({}, {"t_us_crypto": "6"}))
    assert before != after


@pytest.mark.parametrize("page", ["history", "similar_days", "compare", "scorecard"])
def test_an_empty_store_is_told_on_every_page(visit, page):
    at = visit(page, dataset="live")
    assert not at.exception
    assert "holds no live data yet" in at.info[0].value
