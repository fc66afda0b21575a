"""The verdict on the chain: what each rule needs, that a closed market did not refuse to follow, and that less knowledge never claims more."""

import datetime as dt
import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core import report
from core.divergences import detect
from core.figures import Figures
from core.insight import chain
from core.insight.chain import ANSWERS, BREADTH, LEAD, NO_VERDICT, RULES, Chain, rule_for
from core.insight.chain_tables import standing
from core.insight.desk import Desk
from core.insight.follow import follow_word, link_word
from core.metrics import MetricTable
from core.records import Settings
from tests.core.market import DAY, bent, observations, table

EVERY = [Chain(*states) for states in itertools.product(LEAD, ANSWERS, ANSWERS, BREADTH)]


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (1.2501, "amplified"), (1.25, "full"), (1.0, "full"), (0.75, "full"), (0.7499, "moderate"), (0.25, "moderate"), (0.2499, "none"),
        (0.0, "none"), (-0.25, "none"), (-0.2501, "reversed"), (-9.0, "reversed"), (None, ""),
    ],
)  # fmt: skip
def test_the_words_and_their_exact_bounds(ratio, word):
    assert follow_word(ratio) == word


@pytest.mark.parametrize(
    ("measures", "word"),
    [
        ({"lead": 1.0, "actual": 0.5, "corr_low": 0.2, "follow": 0.8}, "full"),
        ({"lead": 1.0, "actual": 0.5, "corr_low": 0.2, "follow": 0.8, "residual_z": -0.49}, "within scatter of its lead"),
        ({"lead": 1.0, "actual": 0.5, "corr_low": 0.2, "follow": 0.8, "residual_z": -0.5, "implied": 0.6, "residual_sd": 1.0}, "full"),
        ({"lead": 1.0, "actual": 1.5, "corr_low": 0.2, "follow": 5.0, "residual_z": 1.2, "implied": 0.3, "residual_sd": 1.0}, "lead lost in scatter"),
        ({"lead": 1.0, "actual": 0.4, "corr_low": 0.2, "follow": 1.3, "residual_z": 0.1, "implied": 0.3, "residual_sd": 1.0}, "lead lost in scatter"),
        ({"lead": 1.0, "actual": -3.5, "corr_low": 0.2, "follow": -9.0, "residual_z": -3.8, "implied": 0.3, "residual_sd": 1.0},
         "more than its lead explains"),
        ({"lead": 1.0, "actual": 0.5, "corr_low": 0.2}, "lead too small"),
        ({"lead": 1.0, "actual": 0.5, "corr_low": -0.01}, "no lead found"),
        ({"lead": 1.0, "actual": 1.5}, "short history: same way, larger"),
        ({"lead": 1.0, "actual": 0.5}, "short history: same way, smaller"),
        ({"lead": 1.0, "actual": -0.5}, "short history: against"),
        ({"lead": 1.0, "actual": 0.05}, "short history: flat"),
        ({"lead": 0.05, "actual": 0.5}, "lead too small"),
        ({"lead_sessions": 0.0, "actual": 0.5}, "no new lead"),
        ({"actual": 0.5}, "lead not known"),
    ],
)
def test_a_link_in_words_by_what_is_known_of_it(measures, word):
    assert link_word(measures.get) == word


@pytest.mark.parametrize(
    ("states", "word"),
    [
        (("up", "followed", "followed", "broad"), "Clean risk-on transmission, US → Hong Kong → A-shares"),
        (("down", "followed", "followed", "broad"), "Clean risk-off transmission, US → Hong Kong → A-shares"),
        (("up", "followed", "followed", "narrow"), "Risk-on transmission, US → Hong Kong → A-shares, on a narrow US lead"),
        (("down", "followed", "followed", "unknown"), "Risk-off transmission, US → Hong Kong → A-shares, on a US lead of unknown breadth"),
        (("up", "opposed", "followed"), "The chain broke at Hong Kong"),
        (("down", "followed", "opposed"), "The chain broke at the mainland"),
        (("up", "closed", "opposed"), "The chain broke at the mainland"),
        (("up", "followed", "closed"), "Risk-on as far as Hong Kong"),
        (("down", "closed", "followed"), "Risk-off from the US to A-shares"),
        (("down", "same", "followed"), "Risk-off by direction only"),
        (("up", "flat", "followed"), "Mixed, no clean transmission"),
        (("flat", "followed", "followed"), "Mixed, no clean transmission"),
        (("up", "closed", "closed"), NO_VERDICT),
        (("none", "rested", "rested"), NO_VERDICT),
        (("unknown", "followed", "followed"), NO_VERDICT),
        (("up", "opposed", "unknown"), NO_VERDICT),
    ],
)
def test_the_word_for_what_the_markets_did(states, word):
    assert rule_for(Chain(*states)).word == word


def test_every_state_has_a_verdict_and_every_rule_a_state():
    assert {rule_for(states) for states in EVERY} == set(RULES)
    assert all(r.refuted_by.endswith(".") for r in RULES)


@pytest.mark.parametrize("part", ["lead", "hong_kong", "mainland"])
def test_an_unknown_part_abstains(part):
    for states in EVERY:
        assert rule_for(replace(states, **{part: "unknown"})).word == NO_VERDICT


@pytest.mark.parametrize("part", ["hong_kong", "mainland"])
def test_without_the_history_that_proves_a_link_less_is_claimed(part):
    unproven = {"followed": "same", "opposed": "apart"}
    for states in EVERY:
        weaker = replace(states, **{part: unproven.get(getattr(states, part), getattr(states, part))})
        assert rule_for(weaker).claims <= rule_for(states).claims


def test_a_closed_market_never_breaks_the_chain():
    for states in EVERY:
        if states.hong_kong in {"closed", "rested"}:
            assert "broke at Hong Kong" not in rule_for(states).word
        if states.mainland in {"closed", "rested"}:
            assert "broke at the mainland" not in rule_for(states).word


KEYS = tuple(
    f"link.{link}.{m}" for link in ("us_hk_broad", "us_cn_broad")
    for m in ("lead", "lead_sessions", "waiting", "actual", "corr_low", "follow", "implied", "beta", "residual_z")
) + tuple(f"lead.{m}_{name}_up" for m in ("hk", "cn") for name in ("indices", "sectors"))  # fmt: skip


def desk_of(of: MetricTable, row: int, without: tuple[str, ...] = ()) -> Desk:
    columns = {**of.columns, **{k: np.full(len(of.panel.dates), np.nan) for k in without}}
    features = replace(of.features, shared={}, columns=columns)
    blind = MetricTable(of.panel, of.metrics, columns, features)
    return Desk(blind, row, Settings(), {}, Figures(blind, row))


@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_any_figure_taken_away_widens_the_verdict_or_leaves_it(edition):
    of = table(edition)
    for row in range(40, len(of.panel.dates), 89):
        whole = rule_for(chain.read(desk_of(of, row)))
        for key in KEYS:
            less = rule_for(chain.read(desk_of(of, row, (key,))))
            assert less.claims <= whole.claims, (of.panel.dates[row], key)
            assert less.claims < whole.claims or less.word in {whole.word, NO_VERDICT, "Mixed, no clean transmission"}


@pytest.mark.parametrize("series", ["spx", "ndx", "hsi", "sse", "btc"])
@pytest.mark.parametrize("day", [DAY, dt.date(2025, 10, 9), dt.date(2025, 4, 8)], ids=str)
def test_any_series_taken_away_widens_the_verdict_or_leaves_it(series, day):
    order = {"abstention": 0, "verdict": 1}
    whole, less = _said(day), _said(day, series)
    assert order[less.kind] <= order[whole.kind]
    if less.kind == "verdict":
        claims = {r.word: r.claims for r in RULES}
        assert claims[less.text.split(":")[0]] <= claims[whole.text.split(":")[0]]


@cache
def _said(day, without=""):
    """The leading claim of the section over the demo market's last two years, without one series."""
    frame = observations()
    return bent(frame[(frame["session"] >= "2024-01-01") & (frame["series"] != without)], day=day).section("transmission").claims[0]


def verdict(day, edition="morning"):
    return report.build(table(edition), dt.date.fromisoformat(day), Settings()).section("transmission").claims[0].text


def test_a_verdict_says_in_its_own_sentence_what_its_links_do_not_bear():
    text = verdict("2026-03-28")
    assert text.startswith("Risk-on transmission, US → Hong Kong → A-shares, on a narrow US lead: ")
    assert text.endswith("on 27 Mar; neither answer can be told from scatter; no lead from Hong Kong to the mainland is found.")


def test_a_verdict_names_the_us_session_that_has_gone_against_its_lead_since():
    assert verdict("2023-01-28").endswith("; the S&P 500 has since moved −7.60% (to 27 Jan).")
    assert "has since moved" not in verdict("2026-03-28")


def test_a_pending_move_wider_than_every_lead_before_is_called_an_extension():
    def told(day):
        return [c.text for c in report.build(table(), dt.date.fromisoformat(day), Settings()).section("transmission").claims if "Yet to be" in c.text]

    assert told("2023-01-28")[0].startswith(
        "Yet to be priced in Hong Kong: the S&P 500's −7.60%, wider than any lead of the year before (none beyond 5.05%), so what follows extends"
    )
    assert not any("wider than any lead" in text for text in told("2026-03-28"))


def test_golden_week_is_no_refusal_to_follow():
    assert "the mainland has been closed since 30 Sep" in verdict("2025-10-07")
    assert verdict("2025-10-08") == "No verdict on the chain: Hong Kong has been closed since 6 Oct, and the mainland has been closed since 30 Sep."
    after = verdict("2025-10-10")
    assert "the SSE Composite answered its own lead of" in after
    assert "over 7 sessions to 8 Oct" in after


def test_a_night_without_new_york_leaves_asia_without_a_lead():
    text = verdict("2025-01-22")
    assert text.startswith("No verdict on the chain: Hong Kong had no new lead for 21 Jan, as New York was closed")


def test_the_tape_leaves_a_closed_market_out():
    made = report.build(table(), dt.date(2025, 10, 9), Settings())
    tape = next(c.text for c in made.section("transmission").claims if c.text.startswith("Tape"))
    assert tape.startswith("Tape, side by side: both")
    assert tape.endswith("A-shares closed since 30 Sep, left out.")


@pytest.mark.parametrize(
    ("day", "edition", "states"),
    [
        ("2026-03-28", "morning", ("current", "current", "current")),
        ("2026-03-23", "morning", ("current", "current", "current")),  # a Monday: all are Friday's
        ("2025-01-21", "morning", ("closed", "current", "current")),  # New York closed for Martin Luther King
        ("2025-10-08", "morning", ("current", "closed", "closed")),
        ("2025-12-26", "asia_close", ("closed", "closed", "current")),
    ],
)
def test_which_markets_are_current(day, edition, states):
    of = table(edition)
    row = of.panel.row(dt.date.fromisoformat(day))
    desk = Desk(of, row, Settings(), detect(of, Settings()), Figures(of, row))
    assert tuple(standing(desk, m) for m in ("us", "hk", "cn")) == states


@pytest.mark.parametrize(("key", "places"), [("links", (3, 5, 7)), ("pending", (3, 4, 5, 6))])
def test_a_link_that_is_not_proven_prices_nothing(key, places):
    day = dt.date(2022, 1, 14)
    made = report.build(table(), day, Settings()).section("transmission")
    rows = {r[0].text: r for r in next(t for t in made.tables if t.key == key).rows}
    assert table().value("link.us_cn_tech.corr_low", table().panel.row(day)) < 0
    assert {rows["Nasdaq 100 → ChiNext"][i].text for i in places} == {"n/a"}
    assert "n/a" not in {rows["S&P 500 → Hang Seng"][i].text for i in places}
    assert key == "pending" or rows["Nasdaq 100 → ChiNext"][6].text == "no lead found, so nothing is implied"
