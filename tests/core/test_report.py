"""The report as a whole: pure, point in time, true to its evidence, and right where the published report was wrong."""

import datetime as dt
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import report
from core.errors import BadInput, DateOutOfRange
from core.export import BY_KEY as EXPORTS
from core.insight.check import unresolved
from core.records import Settings
from core.sources.published import published, statements
from core.units import Basis
from tests.core.market import DAY, bent, moved, observations, sentences, table, without_last, words

GOLDEN = Path(__file__).parent / "golden" / "2026-03-28_demo_morning.md"
US = ("spx", "ndx", "dow", "nasdaq", "rut", "vix", "us10y")


@pytest.fixture(scope="module")
def reference():
    return report.build(table(), DAY, Settings())


def test_reference_report_reads_as_its_golden_file(reference):
    made = EXPORTS["md"].make(reference, table()).decode()
    assert made == GOLDEN.read_text(encoding="utf-8"), f"If the change is meant, write the new text to {GOLDEN} and read it."


def test_every_published_figure_stands_in_the_report(reference):
    figures = reference.figures()
    for p in published():
        assert p.agrees(figures[p.key].value), p.key
        assert (figures[p.key].basis, figures[p.key].session) == (Basis.PUBLISHED, p.session), p.key


def test_published_comparisons_stand_in_the_report(reference):
    figures = reference.figures()
    values = {s.key: s.value for s in statements()}
    assert round(figures["hk.hsi_dow"].value, 2) == values["hsi_dow.gap"] == -0.27
    assert round(figures["hk.hstech_ndx"].value, 2) == values["hstech_ndx.gap"] == -0.09
    assert figures["gap.us_crypto"].value == pytest.approx(4.11, abs=0.006)
    assert figures["stable.net"].value <= values["stablecoins.net_change"]


@pytest.mark.parametrize(
    "phrase",
    [
        "underperformed the Dow by 27 bps",
        "HSTECH (+0.35%) was in line with the Nasdaq 100, 9 bps apart",
        "a gap of 4.1pp",
        "Risk-on transmission, US → Hong Kong → A-shares, on a narrow US lead",
        "Crypto is the outlier",
        "risk-on, broad-based",
        "participating but not leading",
        "State-owned and value shares led",
        "80.0% of A-shares rose",
        "Domestic shares ahead of Hong Kong",
        "No macro stress in prices",
        "US macro does not explain crypto's fall",
        "Crypto decouples to the downside while US equities rise",
        "It is not broad risk-off",
        "Uniswap V4 +14.90%",
    ],
)
def test_statements_of_the_published_report_that_its_data_supports(reference, phrase):
    assert phrase in words(reference)


def test_only_btc_passed_three_and_a_half_percent(reference):
    assert "BTC −3.52%, ETH −3.39% over the UTC day 27 Mar: only BTC passed 3.5%." in words(reference)


def test_us_friday_is_not_the_lead_of_hong_kong_friday(reference):
    lead = reference.figures()["link.us_hk_broad.lead"]
    assert lead.session == dt.date(2026, 3, 26)
    assert "The US session of 27 Mar closed after Asia's of 27 Mar, so it cannot have led it." in words(reference)


def test_no_fresh_high_without_a_close_that_shows_one(reference):
    assert "No fresh high: the S&P 500 closed" in words(reference)
    assert "closed at a 52-week high" not in words(reference)


def test_stablecoin_outflow_is_called_small_with_its_percentile(reference):
    assert "real but small against the stock, on $311.6B in all (−0.30%), at the 99th percentile" in words(reference)
    assert "capital flight" not in words(reference)


def test_northbound_says_why_it_is_missing(reference):
    gap = next(g for g in reference.section("a_shares").gaps if g.what == "Net northbound buying")
    assert "16 August 2024" in gap.why


def test_dated_saturday_with_friday_sessions(reference):
    figures = reference.figures()
    assert {figures[f"{k}.change"].session for k in ("spx", "hsi", "sse", "btc")} == {dt.date(2026, 3, 27)}
    assert reference.cutoff == dt.datetime(2026, 3, 28, tzinfo=dt.UTC)


def test_liquidation_is_a_question_without_open_interest():
    made = bent(observations()[lambda f: ~f["series"].isin(["btc_oi", "eth_oi"])])
    question = next(c for c in sentences(made) if c.text.startswith("Liquidation?"))
    assert question.kind == "question"
    assert "consistent with" not in words(made)


def test_crypto_falling_with_equities_is_broad_risk_off_not_a_decoupling():
    made = bent(moved(observations(), spx=-1.67, ndx=-1.93, dow=-1.5, btc=-3.51, eth=-3.26, vix=13.2, hsi=-1.2, sse=-0.8))
    assert "Crypto fell with equities: BTC −3.51%, S&P 500 −1.67%" in words(made)
    assert "decouple" not in words(made).lower()
    assert next(f for f in made.findings if f.rule == "us_crypto").state == "quiet"


def test_stale_equities_are_refused_and_named():
    made = bent(without_last(moved(observations(), btc=-3.51, eth=-3.26), US, 2))
    finding = next(f for f in made.findings if f.rule == "us_crypto")
    assert finding.state == "refused"
    assert finding.why == "S&P 500 is stale: its last session is 25 Mar 2026 and 2 later sessions have closed since."
    assert f"Crypto is not compared with US equities. {finding.why}" in words(made)
    assert "decouple" not in words(made).lower()


def test_sunday_compares_no_weekend_crypto_with_friday_equities():
    made = report.build(table(), dt.date(2026, 3, 23), Settings())
    assert next(f for f in made.findings if f.rule == "us_crypto").state == "refused"
    assert "did not happen at the same time" in words(made)


def test_closed_market_says_so():
    made = report.build(table(), dt.date(2025, 10, 8), Settings())
    assert made.figures()["sse.change"].note == "Shanghai closed on Tue 7 Oct: last session 30 Sep."


def test_planted_false_numbers_are_caught(reference):
    figures = reference.figures()
    claim = next(c for c in sentences(reference) if c.text.startswith("BTC −3.52%, ETH"))
    for false in (claim.text.replace("−3.52%", "+3.52%"), claim.text.replace("−3.39%", "−3.93%"), claim.text.replace("27 Mar", "26 Mar")):
        assert unresolved(type(claim)(kind="x", text=false, rule="", evidence=claim.evidence, contradicted_by=""), figures)


@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_every_evidence_key_and_table_figure_is_in_its_section(edition):
    for day in table(edition).panel.dates[::101]:
        for section in report.build(table(edition), day.item(), Settings()).sections:
            held = {f.key for f in section.figures}
            assert {k for c in section.claims for k in c.evidence} <= held
            assert {c.figure for t in section.tables for row in t.rows for c in row if c.figure} <= held
            assert all(len(row) == len(t.columns) for t in section.tables for row in t.rows)


_CUT = dt.date(2025, 9, 17)
_CUTOFF = pd.Timestamp("2025-09-17 00:00")


def _bytes(frame):
    return EXPORTS["json"].make(bent(frame, day=_CUT), table())


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16))
def test_nothing_after_the_cutoff_changes_a_byte(seed):
    rng = np.random.default_rng(seed)
    frame = observations().copy()
    later = frame["available_at"] > _CUTOFF
    frame.loc[later, "value"] *= rng.uniform(0.2, 5, int(later.sum()))
    frame = frame[~later | (rng.uniform(size=len(frame)) < 0.5)]
    assert _bytes(frame) == _untouched()


@cache
def _untouched():
    return _bytes(observations())


def test_something_before_the_cutoff_changes_the_snapshot():
    frame = observations().copy()
    i = frame.index[(frame["series"] == "dai") & (frame["available_at"] <= _CUTOFF)][-1]
    frame.loc[i, "value"] *= 1.0001
    assert bent(frame, day=_CUT).snapshot != bent(observations(), day=_CUT).snapshot


@pytest.mark.parametrize(
    "series",
    ["spx", "hsi", "sse", "btc", "eth", "usdt", "usdc", "stablecoins", "vix", "dex", "tvl", "cn_advancers", "total_cap", "xlk"],
)
def test_a_missing_series_widens_and_never_sharpens(series, reference):
    made = bent(observations()[lambda f: f["series"] != series])
    assert [s.key for s in made.sections] == [s.key for s in reference.sections]
    figures = made.figures()
    assert {f.value for k, f in figures.items() if k.split(".")[0] == series} <= {None}
    fired, before = ({f.rule for f in r.findings if f.state in {"fires", "ordinary"}} for r in (made, reference))
    assert fired <= before
    assert [c.text for c in sentences(made) if any(figures[k].value is None for k in c.evidence)] == []


def test_no_data_at_all_still_renders():
    made = bent(observations().iloc[:0])
    assert made.section("key_insight").claims[0].kind == "abstention"
    assert all(s.gaps or s.claims or s.tables for s in made.sections)


def test_dates_outside_the_data_are_told_what_can_be_had():
    for day in (dt.date(1999, 1, 1), dt.date(2026, 3, 29)):
        with pytest.raises(DateOutOfRange, match=r"Pick a date from 26 Jun 2021 to 28 Mar 2026\.|Pick a date from .* to 28 Mar 2026"):
            report.build(table(), day, Settings())


@pytest.mark.parametrize(
    "bad",
    [Settings(thresholds=(("no_rule", 1.0),)), Settings(thresholds=(("us_crypto", float("nan")),)), Settings(threshold_unit="eggs")],
)
def test_settings_that_cannot_be_used_are_refused_in_a_sentence(bad):
    with pytest.raises(BadInput):
        report.build(table(), DAY, bad)


def test_a_threshold_moves_the_findings():
    states = {}
    for threshold in (4.0, 4.2):
        made = report.build(table(), DAY, Settings(thresholds=(("us_crypto", threshold),)))
        states[threshold] = next(f for f in made.findings if f.rule == "us_crypto").state
    assert states == {4.0: "fires", 4.2: "quiet"}


@pytest.mark.parametrize("threshold", [("us_crypto", 0.1), ("us_crypto", 9.0), ("dex_price", 0.0), ("dex_price", 60.0)])
def test_a_section_kept_when_a_threshold_moves_reads_as_if_written_anew(threshold):
    of, asked = table(), Settings(thresholds=(threshold,))
    before = report.build(of, DAY, Settings())
    kept = report.build(of, DAY, asked)
    assert kept.section("hong_kong") is before.section("hong_kong")
    of.features.shared.pop("sections")
    assert report.build(of, DAY, asked) == kept
