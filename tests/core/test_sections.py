"""What the sections say: of rotation and exit, leverage, closed markets, old news and clock effects; and less when something is missing."""

import datetime as dt
import re

import numpy as np
import pytest

from core import report
from core.catalogue import SERIES
from core.insight import a_shares, crypto_defi
from core.insight.check import faults
from core.records import Settings
from core.units import Basis
from tests.core.market import DAY, bent, desk_with, everything_fell, moved, observations, sentences, table, without_last, words


def built(day, edition="morning"):
    return report.build(table(edition), dt.date.fromisoformat(day), Settings())


def said(made, section):
    return "\n".join(c.text for c in made.section(section).claims)


def kinds(made):
    return [c.kind for c in made.section("key_insight").claims]


def test_the_headline_is_the_rarest_and_always_meets_what_speaks_against_it():
    quiet = rare = 0
    for day in table().panel.dates[200::43]:
        made = report.build(table(), day.item(), Settings())
        claims, figures = made.section("key_insight").claims, made.figures()
        assert kinds(made)[0] == "headline"
        assert "contradiction" in kinds(made), day
        assert 2 <= len([c for c in claims if c.kind != "headline"]) <= 7
        shares = [f.value for k, f in figures.items() if k.startswith("rarity.") and k.count(".") == 1]
        own = [figures[k].value for k in claims[0].evidence if k.startswith("rarity.") and k.count(".") == 1]
        assert own[0] < min(shares) + 3
        quiet += min(shares) >= 10
        rare += min(shares) < 3
    assert quiet >= 3
    assert rare >= 3


def test_wording_differs_from_one_day_to_the_next():
    texts = [built(f"2025-08-{d:02d}").section("key_insight").claims[-1].text.split(":")[0] for d in range(5, 16)]
    assert len(set(texts)) >= 4


@pytest.mark.parametrize("day", ["2025-08-10", "2025-08-11", "2026-03-22"])
def test_a_weekend_report_does_not_tell_fridays_news_again(day):
    made = built(day)
    keys = {k for c in made.section("key_insight").claims if c.kind in {"headline", "support"} for k in c.evidence if k.endswith(".change")}
    assert not keys & {"spx.change", "hsi.change", "sse.change", "vix.change", "gold.change"}
    assert "not compared with US equities" in said(made, "key_insight")


def test_equities_and_crypto_falling_together_is_broad_risk_off_with_crypto_coupled():
    made = everything_fell()
    assert made.section("key_insight").claims[0].text.startswith("Broad risk-off, with crypto coupled: S&P 500 −1.67%, Nasdaq 100 −1.93%, BTC −3.51%")
    assert "It is not a story of crypto alone" in said(made, "key_insight")
    assert "decouples" not in words(made)


def test_stale_equities_are_named_and_no_comparison_is_made():
    made = bent(without_last(observations(), ("spx", "ndx", "dow", "vix", "us10y"), 2))
    assert "S&P 500 is stale: its last session is 25 Mar 2026 and 2 later sessions have closed since." in said(made, "key_insight")
    assert not {"together", "us_crypto", "spx", "vix"} & {k.split(".")[1] for k in made.figures() if k.startswith("rarity.")}


def test_a_gap_that_the_clock_explains_leads_nothing_and_is_not_drawn():
    made = built("2025-10-21")
    gap, aligned = (made.figures()[f"gap.hk_us_broad{tail}"].value for tail in ("", ".aligned"))
    assert abs(aligned) < abs(gap) / 2
    assert next(f for f in made.findings if f.rule == "hk_us_broad").state == "fires"
    assert "rarity.hk_us_broad" not in made.figures()
    assert not any({e.source, e.target} == {"us", "hk"} for e in made.flows.edges)


def test_what_is_redeemed_and_issued_elsewhere_is_rotation():
    supply = {k: observations()[lambda f, k=k: f["series"] == k]["value"].iloc[-2] for k in ("usdt", "usdc")}
    made = bent(moved(observations(), usdc=-1e11 / supply["usdc"], usdt=0.9e11 / supply["usdt"], dai=0, usds=0, stablecoins=-0.03))
    assert "Rotation between stablecoins, not exit: $1.00B redeemed (USDC" in said(made, "crypto_defi")
    assert "coins were swapped rather than cashed" in said(made, "capital_flows")
    assert not any(k.startswith("rarity.stablecoins") for k in made.figures())


@pytest.mark.parametrize(
    ("interest", "kind", "text"),
    [(-8.0, "reading", "consistent with liquidation"), (-3.6, "question", "does not show it"), (2.0, "question", "does not show it")],
)
def test_liquidation_needs_positions_that_fell_by_more_than_their_price(interest, kind, text):
    made = bent(moved(observations(), btc=-3.52, btc_oi=interest))
    claim = next(c for c in made.section("crypto_defi").claims if text in c.text)
    assert claim.kind == kind
    assert "in coins" in claim.text


def test_a_closed_market_is_not_set_against_the_others():
    made = built("2021-12-28")
    assert "Hong Kong has not traded since 24 Dec" in said(made, "hong_kong")
    assert "underperformed" not in said(made, "hong_kong")
    assert "The mainland is not set against Hong Kong: its latest session is 27 Dec, that of Hong Kong 24 Dec." in said(made, "a_shares")


def test_sections_hold_what_their_specification_lists():
    made = built(DAY.isoformat())
    hong_kong, us, a_shares, crypto = (made.section(k) for k in ("hong_kong", "us", "a_shares", "crypto_defi"))
    assert {"hk.hsi_dow", "hk.hscei_spx", "hk.hstech_ndx", "lead.hsi_dow", "lead.hscei_spx", "lead.hstech_ndx", "hk.soe_broad", "hk.tech_broad",
            "link.us_hk_tech.follow"} <= {f.key for f in hong_kong.figures}  # fmt: skip
    assert {"spx.from_high", "spx.from_record", "us.sectors_up", "vix.z", "us10y.z", "dxy.z", "gold.change"} <= {f.key for f in us.figures}
    mainland = {"cn.advance_share.rank", "cn_turnover.rank", "sse.round_distance", "chinext.round_level", "usdcny.change"}
    assert mainland <= {f.key for f in a_shares.figures}
    assert {g.what for g in a_shares.gaps} >= {"AH premium", "Net northbound buying"}
    assert {"stable.net", "stable.flow_rank", "tvl.adjusted", "tvl_tron.adjusted_flow", "dex_fluid.vs_weekday", "btc_funding.close",
            "btc_oi.coins", "total_volume.range30", "base.dex_price.fired"} <= {f.key for f in crypto.figures}  # fmt: skip
    assert "China tech to US tech" in said(made, "hong_kong")


def test_the_map_shows_every_place_and_no_money_that_nobody_counted():
    for day in table().panel.dates[300::97]:
        made = report.build(table(), day.item(), Settings())
        assert {n.key for n in made.flows.nodes} >= {"us", "hk", "cn", "haven", "fiat", "stablecoins", "majors", "tvl_ethereum", "wallets"}
        figures, states = made.figures(), {f.gap: f.state for f in made.findings}
        for e in made.flows.edges:
            counted = e.evidence[0].endswith(("flow", ".net"))
            assert (e.size is not None) == counted == (e.basis is not Basis.INFERRED)
            assert e.size is None or e.size == pytest.approx(abs(figures[e.evidence[0]].value))
            assert e.size is not None or states[e.evidence[0]] == "fires", (day, e.label)
        linked = {n for e in made.flows.edges for n in (e.source, e.target)}
        alone = [n.label for n in made.flows.nodes if n.key not in linked]
        gaps = " ".join(g.what for g in made.section("capital_flows").gaps)
        assert all(label in gaps for label in alone)


def test_the_map_draws_no_arrow_of_a_gap_that_is_ordinary_or_whose_legs_move_together():
    drawn = {e.evidence[0] for e in report.build(table(), DAY, Settings()).flows.edges if e.size is None}
    assert drawn == {"gap.us_crypto", "gap.dex_price"}
    together = report.build(table(), dt.date(2025, 4, 5), Settings())
    assert not any(e.evidence[0] == "gap.us_crypto" for e in together.flows.edges)
    assert not any({e.source, e.target} == {"us", "haven"} for e in report.build(table(), dt.date(2023, 1, 28), Settings()).flows.edges)


# What a known breadth adds to a verdict on crypto.
_BROAD = re.compile(r"^Broad risk-(?:on|off), crypto included\. ")


def verdict(text, section):
    """A verdict without what it says of the breadth of its lead, of which less may be known; `Clean` is what a known breadth adds."""
    if section != "transmission":
        return text
    return re.sub(r", on a [^:]*(?=:)| \([^()]* up\)", "", text)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.whole) for n in range(2, 8))])
def test_less_data_widens_a_verdict_or_silences_it(seed):
    rng = np.random.default_rng(seed)
    day = table().panel.dates[rng.integers(850, len(table().panel.dates))].item()
    gone = set(rng.choice([s.key for s in SERIES], 3, replace=False))
    whole, made = (bent(f, day=day) for f in (observations(), observations()[lambda f: ~f["series"].isin(gone)]))
    figures = made.figures()
    assert [s.key for s in made.sections] == [s.key for s in whole.sections]
    assert [(c.text, found) for c in sentences(made) if (found := faults(c, figures))] == []
    assert {k for k, f in figures.items() if f.value is not None and k.split(".")[0] in gone} == set()
    for section in made.sections:
        before = whole.section(section.key)
        firm, firm_before = ({verdict(c.text, section.key) for c in s.claims if c.kind == "verdict"} for s in (section, before))
        less = {_BROAD.sub("", v).replace("Clean risk", "Risk") for v in firm_before}
        assert section.key in {"divergences", "watch_next"} or firm <= firm_before | less
        assert section.claims or section.gaps or section.tables
    said_before, why = {c.text for c in sentences(whole)}, " ".join(f"{g.what} {g.why}" for s in made.sections for g in s.gaps)
    assert [c.text for c in sentences(made) if "consistent with" in c.text and c.text not in said_before] == []
    used = {s.label for s in SERIES if s.key in gone and any(f.key.startswith(f"{s.key}.") for x in whole.sections for f in x.figures)}
    assert all(label in why for label in used)


def test_without_bitcoin_a_quiet_day_is_quiet_only_as_far_as_is_known():
    day = dt.date(2026, 3, 23)
    assert "as far as is known" not in said(bent(observations(), day=day), "key_insight")
    made = bent(observations()[lambda f: f["series"] != "btc"], day=day)
    assert "as far as is known; nothing is known of crypto" in said(made, "key_insight")


@pytest.mark.parametrize("series", ["eth", "ndx", "dow"])
def test_a_headline_survives_the_loss_of_a_number_beside_its_main_ones(series):
    made = bent(observations()[lambda f: f["series"] != series], day=dt.date(2025, 8, 13))
    assert made.section("key_insight").claims[0].text.startswith("Crypto falls while US equities rise: BTC −6.07%")


@pytest.mark.parametrize(
    ("share", "rank", "word"),
    [
        (80.0, 76.0, ", broad advance;"), (80.0, 95.0, ", exceptionally broad advance;"), (79.0, 99.0, ", broad advance;"),
        (15.0, 94.0, ", broad decline;"), (15.0, 96.0, ", exceptionally broad decline;"), (50.0, 99.0, ", mixed breadth;"),
    ],
)  # fmt: skip
def test_breadth_is_exceptional_only_by_its_own_year_too(share, rank, word):
    desk = desk_with(**{"cn.advance_share": share, "cn.advance_share.rank": rank})
    section = a_shares.write(desk)
    claim = next(c for c in section.claims if c.text.startswith("Breadth"))
    assert word in claim.text
    assert faults(claim, {f.key: f for f in section.figures}) == []
    assert "Percentile in its year" in next(t for t in section.tables if t.key == "critical").columns


def test_where_nothing_is_pending_one_line_says_so_and_a_market_that_waits_is_listed_alone():
    section = built("2026-03-27", "asia_close").section("transmission")
    assert "Nothing is pending: no US session has closed since Asia opened." in {c.text for c in section.claims}
    assert "pending" not in {t.key for t in section.tables}
    waiting = next(t for t in built("2025-10-08", "asia_close").section("transmission").tables if t.key == "pending")
    assert [r[0].text for r in waiting.rows] == ["S&P 500 → SSE Composite", "Nasdaq 100 → ChiNext"]
    asleep = built(DAY.isoformat()).section("transmission")
    assert "Nothing is pending" not in " ".join(c.text for c in asleep.claims)


@pytest.mark.parametrize(("day", "said_so"), [("2025-12-26", True), ("2026-03-28", False)])
def test_a_table_of_crypto_on_the_us_session_says_whose_session_that_is(day, said_so):
    note = next(t.note for t in built(day).section("transmission").tables if t.key == "coupling")
    assert note.startswith("This is the US session of 24 Dec; the UTC day of 25 Dec has none. ") is said_so
def test_volume_that_is_usual_for_its_weekday_speaks_against_nothing_and_a_witness_says_of_which_leg_it_speaks():
    made = built(DAY.isoformat())
    told = said(made, "key_insight")
    assert abs(made.figures()["dex.vs_weekday"].value) < 10 < abs(made.figures()["dex.change"].value)
    assert "DEX volume" not in told
    assert "VIX −2.86%, as rising equities would have it; total market cap −2.83%, with BTC." in told


def test_a_record_that_cannot_be_told_from_the_usual_says_so_with_its_number():
    told = said(built(DAY.isoformat()), "key_insight")
    assert "five sessions after 94 earlier events such a gap was closed in 29% of cases, which cannot be told from the 26%" in told


def test_what_could_have_led_is_ordered_by_the_share_shown_and_marks_what_led():
    for day in table().panel.dates[300::211]:
        made = report.build(table(), day.item(), Settings())
        shown = next((t for t in made.section("key_insight").tables if t.key == "candidates"), None)
        if shown is None:
            continue
        figures = made.figures()
        shares = [figures[row[1].figure].value for row in shown.rows]
        led = [figures[row[1].figure].value for row in shown.rows if "(led" in row[0].text]
        assert shares[:6] == sorted(shares[:6])
        assert len(led) == 1
        assert led[0] < shares[0] + 3


def test_a_change_of_value_locked_under_the_floor_of_an_arrow_is_no_flow():
    spoken = set()
    for day in table().panel.dates[900::67]:
        made = report.build(table(), day.item(), Settings())
        flows = [f.value for k, f in made.figures().items() if k.startswith("tvl_") and k.endswith("adjusted_flow")]
        largest = max((abs(v) for v in flows if v), default=0)
        told = said(made, "capital_flows")
        if largest:
            spoken.add(largest >= 1e7)
            assert ("Largest change of value locked not explained by the price of ETH" in told) == (largest >= 1e7)
            assert ("On no chain did value locked change by more than $10.0M" in told) == (largest < 1e7)
    assert True in spoken


@pytest.mark.parametrize("day", ["2026-03-22", "2026-03-23"])
def test_a_rule_that_fires_on_closes_told_before_says_so(day):
    told = {f.rule: f.why for f in built(day).findings if f.state in {"fires", "ordinary"}}
    assert told["soe_tech"] == "From the session of Fri 20 Mar, reported already."
    assert told["cn_hk_tech"].endswith("so it says little. From the session of Fri 20 Mar, reported already.")
    assert all(not f.why for f in built("2026-03-28").findings if f.state == "fires")


@pytest.mark.parametrize("day", [dt.date(2022, 1, 14), dt.date(2023, 1, 28)])
def test_no_coin_is_named_or_counted_before_it_was_issued(day):
    made = report.build(table(), day, Settings())
    assert made.figures()["usds.close"].value is None
    told = [c.text for s in made.sections for c in s.claims] + [c.text for f in made.findings for c in (*f.explanations, *f.checks)]
    told += [c.text for s in made.sections for t in s.tables for row in t.rows for c in row if c.figure != "usds.close"]
    told += [f.label for k, f in made.figures().items() if not k.startswith("usds.")]
    assert not [t for t in told if re.search("four (stable)?coins|of the four|and USDS", t)]


def test_a_young_series_has_no_52_week_high_for_want_of_a_year():
    figures = report.build(table(), dt.date(2022, 1, 14), Settings()).figures()
    for key in ("spx.from_high", "spx.from_record", "hsi.from_high"):
        assert figures[key].value is None
        assert figures[key].note == "Not enough history: a high needs a year of it, 250 sessions."
    assert any(g.why == figures["spx.from_high"].note for g in report.build(table(), dt.date(2022, 1, 14), Settings()).section("us").gaps)


@pytest.mark.parametrize(
    ("btc", "eth", "told"),
    [(-4.4, -4.6, "both passed 3.5%"), (-4.4, -5.1, "only ETH passed 5.0%"), (1.2, 1.6, "over the UTC day"), (-3.52, -3.39, "only BTC passed 3.5%")],
)
def test_the_mark_that_a_coin_passed_does_not_follow_the_moves(btc, eth, told):
    text = crypto_defi.write(desk_with(**{"btc.change": btc, "eth.change": eth})).claims[0].text
    assert told in text
    assert ("passed" in text) == ("passed" in told)


@pytest.mark.parametrize(("btc", "told"), [(0.01, "BTC itself was flat"), (2.0, "BTC's move of +2.00% was ")])
def test_a_flat_move_is_neither_shared_nor_not(btc, told):
    claims = crypto_defi.write(desk_with(**{"btc.change": btc})).claims
    assert told in next(c.text for c in claims if c.rule.startswith("crypto.breadth"))
