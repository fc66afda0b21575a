"""Readings that say no more than their figures, and no other thing than their neighbours, over years of the demo market."""

import datetime as dt
import re
from functools import cache

import numpy as np
import pytest

from core import report
from core.divergences import BY_KEY, detect
from core.divergences.ordinary import before
from core.insight import a_shares, capital_flows, chain_tables, coupling, crypto_defi, hong_kong, key_insight, us
from core.insight.candidates import candidates
from core.insight.desk import Writer
from core.insight.follow import APART, IN_LINE, LOST, NOISE
from core.records import Settings
from tests.core.market import desk_with, sentences, table

DAYS = tuple(d.item() for d in table().panel.dates[45::31])


@cache
def built(day, edition="morning"):
    return report.build(table(edition), day, Settings())


def texts(made, *keys):
    return [c.text for k in keys for c in made.section(k).claims]


def value(made, key):
    return made.figures()[key].value


def test_an_answer_is_in_line_only_beside_what_its_lead_implies_and_a_far_one_never():
    seen = set()
    for day in DAYS:
        made = built(day)
        for row in next(t for t in made.section("transmission").tables if t.key == "links").rows:
            key, word = row[1].figure.removesuffix(".lead"), row[6].text
            z, implied, actual = (value(made, f"{key}.{m}") for m in ("residual_z", "implied", "actual"))
            if word == IN_LINE:
                assert abs(z) < NOISE
                assert implied * actual > 0
            assert word != LOST or not abs(z) >= 2
            assert word != APART or abs(z) >= 2
            seen.add(word)
        for text in texts(made, "transmission", "hong_kong"):
            if "within the usual scatter of what" in text:
                assert float(re.search(r"a residual of [+−]?(\d+\.\d)σ", text)[1]) <= NOISE, text
    assert {IN_LINE, LOST, APART} <= seen


def test_the_session_of_a_lead_is_no_closure_of_the_leader():
    for day in DAYS:
        links = next(t for t in built(day).section("transmission").tables if t.key == "links")
        assert not [row[2].text for row in links.rows if "closed since" in row[2].text]


@pytest.mark.parametrize(
    ("soe", "tech", "change", "said"),
    [
        (0.37, 1.8, 1.0, "Tech led: HSTECH 1.8pp ahead"), (1.1, 0.4, 1.0, "State-owned and value shares led: HSCEI 1.1pp ahead"),
        (0.4, 0.1, -1.0, "State-owned and value shares held up best"), (0.08, -1.7, 1.0, "Tech trailed: HSTECH 1.7pp behind"),
        (-0.8, -0.3, 1.0, "State-owned and value shares trailed: HSCEI 80 bps behind"), (0.05, -0.03, 1.0, "No clear leadership"),
        (1.10, 1.05, 1.0, "State-owned shares and tech led alike"), (-0.63, -0.61, 1.0, "State-owned shares and tech trailed alike"),
    ],
)  # fmt: skip
def test_leadership_within_hong_kong_goes_by_both_gaps(soe, tech, change, said):
    section = hong_kong.write(desk_with(**{"hk.soe_broad": soe, "hk.tech_broad": tech, "hscei.change": change, "hstech.change": change}))
    assert next(c.text for c in section.claims if c.rule.startswith("hong_kong.leadership")).startswith(said)


@pytest.mark.parametrize(
    ("mean", "spx", "word"),
    [(0.09, 0.12, "little changed"), (-0.09, -0.12, "little changed"), (0.2, 0.07, "little changed"), (0.2, 0.2, "risk-on, broad-based")],
)
def test_a_session_within_the_flat_band_is_no_risk_on(mean, spx, word):
    desk = desk_with(**{"us.mean": mean, "spx.change": spx, "us.indices_up": 3.0 if mean > 0 else 0.0, "us.sectors_up": 9.0})
    assert chain_tables.us_signal(desk) == word


def test_broad_is_the_same_in_every_section():
    seen = 0
    for day in DAYS:
        told = " ".join(texts(built(day), "key_insight", "transmission"))
        if re.search(r"Broad risk-o(?:n|ff)", told):
            seen += 1
            assert "broad-based" in " ".join(texts(built(day), "us")), day
    assert seen > 3


def test_an_outlier_is_no_move_within_the_usual_range():
    for day in [dt.date(2025, 12, 17), *DAYS]:
        told = " ".join(texts(built(day), "transmission"))
        assert not ("Crypto is the outlier" in told and "within its usual range" in told), day


def test_equities_and_crypto_do_not_lead_as_one_where_the_usual_coupling_does_not_explain_crypto():
    coupled = {"spx.change": -0.8, "btc.change": -4.0, "spx.z": -1.0, "btc.z": -2.0, "crypto.spx_move": -4.0, "gap.us_crypto": 3.2}
    led = [[c.key for c in candidates(desk_with(**coupled, **{"crypto.spx_residual_z": z}), ())] for z in (-1.9, -2.1)]
    assert ["together" in keys for keys in led] == [True, False]


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ({}, True), ({"crypto.spx_corr": 0.29}, False), ({"crypto.spx_corr_low": -0.01}, False), ({"crypto.spx_residual_z": -2.1}, False),
        ({"rut.change": 0.4}, False), ({"eth.change": 0.5}, False), ({"rut.change": np.nan}, False),
    ],
)  # fmt: skip
def test_crypto_is_part_of_a_broad_move_only_where_a_coupling_of_some_size_explains_it(bent, said):
    fell = {f"{k}.change": -1.5 for k in ("spx", "ndx", "dow", "rut", "btc", "eth")} | {"us.indices_up": 0.0, "us.sectors_up": 0.0, "us.mean": -1.5}
    usual = {"crypto.spx_corr": 0.4, "crypto.spx_corr_low": 0.2, "crypto.spx_move": -1.5, "crypto.spx_residual_z": -0.5, "gap.us_crypto": 0.0}
    desk = desk_with(**{**fell, **usual, "vix.change": 8.0, "spx.z": -1.5, "btc.z": -1.5, **bent})
    w = Writer(desk, "transmission", "Transmission")
    coupling.write(w)
    assert any(c.text.startswith("Broad risk-off, crypto included.") for c in w.claims) is said
    told = [c.what for c in candidates(desk, ()) if c.key == "together"]
    explained = "crypto.spx_residual_z" not in bent
    assert (told == ["Broad risk-off, with crypto coupled"]) is said or "eth.change" in bent
    assert bool(told) is explained


def test_one_gauge_is_one_sign():
    one, two = (us.write(desk_with(**{"vix.z": 2.0, "us10y.z": z, "dxy.z": 0.0})).claims[0].text for z in (0.0, 2.0))
    assert one.startswith("One of three gauges shows macro stress: VIX ")
    assert two.startswith("Macro shows stress: VIX ")


@pytest.mark.parametrize(("rank", "words"), [(99.2, "confirm money leaving"), (45.0, "shrank too, by no unusual amount")])
def test_stablecoins_confirm_only_with_a_flow_that_stands_out_and_say_its_percentile(rank, words):
    made = built(dt.date(2026, 3, 28))
    told = next(c.text for c in key_insight.write(desk_with(**{"stable.flow_rank": rank}), made.findings).claims if "tablecoin" in c.text)
    assert words in told
    assert f"at the {'99th' if rank > 90 else '45th'} percentile of the year's daily flows" in told


def test_what_was_redeemed_has_one_sign_of_it():
    assert not [c.text for day in DAYS for c in sentences(built(day)) if re.search(r"−\$[\d.]+[MB] redeemed", c.text)]


def test_foreign_buying_is_called_unpublished_only_since_it_is():
    early = [c.text for day in DAYS if day < dt.date(2024, 8, 16) for c in sentences(built(day))]
    assert not [text for text in early if "no longer published" in text]


def test_shares_of_few_cases_have_no_decimals():
    said = [c.text for day in DAYS for f in built(day).findings for c in (*f.checks, *f.explanations)]
    assert len(said) > 200
    assert not [text for text in said if re.search(r"\d\.\d% of (?:\d|the gap|it\b)|after \d+\.\d%|the \d+\.\d% after", text)]


def test_a_mixed_day_is_led_by_what_rose_and_a_fall_held_up_best():
    for day in DAYS:
        for text in texts(built(day), "a_shares"):
            leader = re.search(r"; (SSE Composite|SZSE Component|ChiNext)[^;]* (led|held up best)\.$", text)
            if leader:
                move = re.search(rf"{leader[1]} ([+−]?)(\d+\.\d\d)%", text)
                rose = move[1] == "+" and float(move[2]) >= 0.1
                assert (leader[2] == "led") == rose, text


def test_a_rule_that_is_true_on_most_days_is_ordinary_and_leads_nothing():
    seen = set()
    for day in DAYS:
        made = built(day)
        row = table().panel.row(day)
        for f in made.findings:
            if f.state not in {"fires", "ordinary"}:
                continue
            of = before_of(day, f.rule)
            wide = table().columns[f"gap.{f.rule}.rank"][row] >= 90
            assert (f.state == "ordinary") == (of[1] >= 60 and of[0] / of[1] > 0.5 and not wide), (day, f.rule)
            seen.add(f.state)
            if f.state == "ordinary":
                assert f"rarity.{f.rule}" not in made.figures()
                assert "so it says little" in f.why
                assert not any(c.kind == "divergence" and c.rule.startswith(f"{f.rule}:") for c in made.section("divergences").claims)
                assert any("so it says little" in c.text for c in made.section("divergences").claims)
                assert BY_KEY[f.rule].label not in made.section("watch_next").claims[0].text
        states = [f.state for f in made.findings]
        assert states == sorted(states, key=("fires", "ordinary", "quiet", "refused", "missing").index)
    assert seen == {"fires", "ordinary"}


def before_of(day, rule):
    times, watched = before(table(), detect(table(), Settings())[rule])
    return times[table().panel.row(day)], watched[table().panel.row(day)]


def test_a_day_on_which_only_an_ordinary_rule_fires_does_not_say_that_nothing_passes():
    for day in (d.item() for d in table().panel.dates[900:]):
        row = table().panel.row(day)
        gap = table().columns["gap.cn_hk_tech"][row]
        if not (np.isfinite(gap) and abs(gap) >= 0.75):
            continue
        made = built(day)
        if {f.state for f in made.findings if f.state in {"fires", "ordinary"}} == {"ordinary"}:
            told = texts(made, "divergences")
            assert told[0].startswith("No divergence out of the ordinary passes its threshold today.")
            assert texts(made, "watch_next")[0].startswith("No rule but an ordinary one fires")
            return
    pytest.fail("no such day")


def test_a_phrase_within_a_sentence_begins_small_unless_it_is_a_name():
    led = [c.text for day in [dt.date(2026, 2, 17), *DAYS] for c in built(day).section("key_insight").claims]
    assert not [text for text in led if re.search(r"[:;] (?:State|Small|Large|Mainland|Value|Gold|Crypto|Stablecoin|The)\b", text)]
    assert any(": state-owned and value shares ahead of tech" in text for text in led)


@pytest.mark.parametrize(
    ("hk", "us", "said"),
    [
        ((0.09,) * 3, (0.09,) * 3, "in line with the US"), ((0.02,) * 3, (0.8,) * 3, "little changed while the US rose"),
        ((-0.6,) * 3, (0.8,) * 3, "down while the US rose"), ((-0.6,) * 3, (-0.62,) * 3, "down with the US, by as much"),
        ((0.9,) * 3, (0.3,) * 3, "participating and leading"), ((0.3,) * 3, (0.9,) * 3, "participating but not leading"),
        ((0.12,) * 3, (0.05,) * 3, "in line with the US"), ((0.09,) * 3, (-0.05,) * 3, "little changed"),
        ((0.27, 0.03, -1.44), (-1.1, -1.0, -0.9), "mixed while the US fell"),
        ((0.33, 0.41, 0.28), (0.04, 0.28, 0.01), "up while the US hardly moved"),
        ((0.05, -0.9, -0.8), (0.5, -0.4, 0.3), "mixed while the US was mixed"),
    ],
)  # fmt: skip
def test_hong_kong_goes_with_the_us_only_where_its_indices_do(hk, us, said):
    changes = dict(zip(("hsi.change", "hscei.change", "hstech.change", "spx.change", "ndx.change", "dow.change"), (*hk, *us), strict=True))
    section = hong_kong.write(desk_with(**changes, **{"hk.mean": sum(hk) / 3, "us.mean": sum(us) / 3}))
    assert f"On the tape Hong Kong was {said}: " in section.claims[0].text


@pytest.mark.parametrize(
    ("changes", "said"), [((0.04, -0.90, -0.79), "were mixed"), ((-0.2, -0.9, -0.8), "fell"), ((0.05, 0.02, -0.01), "hardly moved")]
)
def test_mainland_shares_fall_only_where_the_broad_index_does(changes, said):
    keys = "sse.change", "szse.change", "chinext.change"
    section = a_shares.write(desk_with(**dict(zip(keys, changes, strict=True)), **{"cn.mean": sum(changes) / 3}))
    assert section.claims[0].text.startswith(f"Mainland shares {said} on 27 Mar: ")


def test_a_market_that_was_closed_says_so_and_is_not_set_beside_a_later_session():
    hk, cn = (built(dt.date(2025, 4, 5)).section(k) for k in ("hong_kong", "a_shares"))
    assert cn.claims[0].text.startswith("Mainland shares, closed since 3 Apr, fell on that day: ")
    rows = next(t for t in hk.tables if t.key == "indices").rows
    assert {(r[3].text, r[6].text) for r in rows} == {("n/a", "not compared: the US has traded since")}
    assert not [f.key for f in hk.figures if f.key.startswith("hk.hsi_")]
    evening = report.build(table("asia_close"), dt.date(2025, 4, 4), Settings()).section("hong_kong")
    assert evening.claims[0].text.startswith("Hong Kong has been closed since 3 Apr; on the tape it was mixed while the US fell: ")


@pytest.mark.parametrize(("low", "follow", "said"), [(-0.05, np.nan, "is not proven"), (0.2, np.nan, "was too small a lead")])
def test_an_unproven_link_is_not_called_a_small_lead(low, follow, said):
    section = hong_kong.write(desk_with(**{"link.us_hk_broad.corr_low": low, "link.us_hk_broad.follow": follow}))
    assert said in next(c.text for c in section.claims if c.text.startswith("Broad market"))


def test_no_preference_is_inferred_between_markets_that_moved_alike():
    alike, apart = (capital_flows.write(desk_with(**{"us.mean": 0.3, "hk.mean": 0.25, "cn.mean": cn}))[0] for cn in (0.22, 0.1))
    assert any(c.text.startswith("From the mean of three indices each") and "no preference can be inferred" in c.text for c in alike.claims)
    assert any("preference runs US equities" in c.text for c in apart.claims)


def test_a_series_that_was_never_observed_is_missing_once():
    made = built(dt.date(2022, 6, 7))
    for section in made.sections:
        whats = [g.what for g in section.gaps]
        assert len(whats) == len(set(whats))
        never = [g for g in section.gaps if g.why.startswith("No observation of ")]
        assert len({g.why for g in never}) == len(never), section.key
    assert any(g.what == "Uniswap V4 volume" for g in made.section("crypto_defi").gaps)


@pytest.mark.parametrize(("change", "said"), [(-0.3, "real but small against the stock"), (-0.9, "real, and large against the stock")])
def test_a_flow_is_weighed_in_words_that_fit_it(change, said):
    section = crypto_defi.write(desk_with(**{"stablecoins.change": change}))
    assert any(f"not rotation: {said}, on " in c.text for c in section.claims)


@pytest.mark.parametrize(("corr", "said"), [(0.3, "Crypto decouples to the downside"), (-0.1, "Crypto falls while US equities rise")])
def test_only_what_is_usually_coupled_decouples(corr, said):
    made = built(dt.date(2026, 3, 28))
    desk = desk_with(**{"crypto.spx_corr_low": corr})
    assert key_insight.write(desk, made.findings).claims[0].text.startswith(said)


def test_one_lead_is_named_once():
    text = built(dt.date(2025, 4, 7), "asia_close").section("transmission").claims[0].text
    assert text.count("2 sessions to 4 Apr") == 1
    assert "the Hang Seng answered with −1.62% and the SSE Composite with −1.78% on 7 Apr" in text


def test_a_day_on_which_a_broad_index_moved_by_its_standard_deviation_is_called_neither_quiet_nor_uneventful():
    quiet = 0
    for day in (d.item() for d in table().panel.dates[400::7]):
        made = built(day)
        headline = made.section("key_insight").claims[0]
        if re.match(r"(Little happened|A quiet day)", headline.text):
            quiet += 1
            figures = made.figures()
            for key in (k for k in headline.evidence if k.endswith(".change")):
                z = figures.get(key.replace(".change", ".z")) or figures.get(f"{key}.z")
                assert z is None or z.value is None or abs(z.value) < 1, (day, key)
    assert quiet > 5


def test_a_quiet_headline_speaks_of_what_is_new_alone():
    """A gap of earlier sessions, or one of closing times, may still be wide on a day that brings nothing."""
    for day in (d.item() for d in table().panel.dates[400::23]):
        made = built(day)
        headline = made.section("key_insight").claims[0].text
        if "its own year" in headline or "its year" in headline:
            assert "gap" not in headline.partition(": ")[2], headline
