"""The catalogue of rules: complete, each with reasons that a series can test and an implication that can be resolved; when each fires."""

import re
from itertools import pairwise

import numpy as np
import pytest

from core.catalogue import BY_KEY as SERIES
from core.divergences import BY_KEY, RULES, detect, one, refusal
from core.divergences.detect import refused
from core.metrics import BY_KEY as METRICS
from core.metrics.gap_evidence import DRIVEN, DRIVERS
from core.metrics.gaps import PAIRS
from core.records import Settings
from core.units import Unit
from pages.parts.thresholds import GROUPS
from tests.core.lines import days, line, table_of, wander
from tests.core.market import DAY, table

_SLOT = re.compile(r"\{([a-z0-9_.]+)(?:\|(\w+))?\}")
# What the specification asks to be watched at least.
ASKED = {
    "us_crypto", "cn_hk_broad", "cn_hk_tech", "hk_us_broad", "hk_us_tech", "soe_tech", "dex_price", "stable_price", "tvl_price", "us_breadth",
    "cn_breadth", "vix_spx", "btc_eth", "small_large", "gold_equities", "dollar_equities",
}  # fmt: skip


def test_everything_asked_for_is_watched():
    assert set(BY_KEY) >= ASKED
    assert {r.key for r in RULES} == {p.key for p in PAIRS}
    assert len({r.label for r in RULES}) == len(RULES)


def test_every_rule_has_one_slider():
    assert sorted(k for _, keys in GROUPS for k in keys) == sorted(BY_KEY)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.key)
def test_every_rule_is_whole(rule):
    assert rule.mode in {"opposed", "relative", "together"}
    assert (rule.mode == "together") == (rule.pair.combine == "plus")
    assert 0 < rule.default < rule.highest
    assert 0 < rule.default_sigma < 5
    assert rule.above != rule.below
    assert rule.direction(1.0) == rule.above
    assert rule.direction(-1.0) == rule.below
    assert all(name in SERIES or name in METRICS for name in (*rule.priced, *([rule.held] if rule.held else [])))
    if rule.unit is Unit.SIGMA:
        assert rule.priced[0] == rule.priced[1]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.key)
def test_every_rule_has_reasons_that_a_series_can_test(rule):
    assert len(rule.explanations) >= 2
    for when in ("above", "below"):
        assert [e for e in rule.explanations if e.when in {"", when}]
    for e in rule.explanations:
        assert e.conditions
        assert e.supported != e.rejected
        for text in (e.supported, e.rejected):
            # The result of the test is stated, by figures that exist.
            assert _SLOT.search(text), text
            assert all(key in METRICS and style in {"", "signed", "size", "whole"} for key, style in _SLOT.findall(text)), text
        assert all(c.metric in METRICS and c.side in {"above", "below"} for c in e.conditions)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.key)
def test_every_implication_can_be_resolved_by_the_gaps_own_series(rule):
    for implied in (rule.if_above, rule.if_below):
        wanted = implied.resolution
        assert {wanted.series, wanted.against} - {""} <= set(rule.pair.series)
        assert wanted.side in {"up", "down"}
        assert wanted.sessions in {1, 5, 10, 20}


def test_drivers_are_metrics_and_all_are_used():
    assert all(d.metric in METRICS and d.series in SERIES for d in DRIVERS.values())
    assert {name for names in DRIVEN.values() for name in names} == set(DRIVERS)


def spx_btc(spx, btc):
    """S&P 500 and BTC with changes in percent on Friday 27 March 2026."""
    two = ["2026-03-26", "2026-03-27"]
    return table_of(line("spx", two, [100, 100 + spx]), line("btc", two, [100, 100 + btc]), dates=["2026-03-28"])


@pytest.mark.parametrize(
    ("spx", "btc", "threshold", "fires"),
    [
        (0.6, -3.5, 2.0, True), (-0.6, 3.5, 2.0, True), (0.6, -3.5, 4.1, True), (0.6, -3.5, 4.2, False), (0.6, 3.5, 2.0, False),
        (0.05, -3.5, 2.0, False), (0.6, -0.05, 0.0, False), (0.11, -0.11, 0.0, True), (0.6, -3.5, 10.0, False), (0.0, 0.0, 0.0, False),
    ],
)  # fmt: skip
def test_opposed_legs_fire_beyond_the_threshold(spx, btc, threshold, fires):
    found = one(spx_btc(spx, btc), BY_KEY["us_crypto"], Settings(thresholds=(("us_crypto", threshold - 1e-9 if threshold else 0.0),)))
    assert found.fires.tolist() == [fires]


def test_an_unknown_leg_never_fires_even_at_zero():
    two = ["2026-03-26", "2026-03-27"]
    made = table_of(line("spx", two, [100, 101]), dates=["2026-03-28"])
    everything = Settings(thresholds=tuple((r.key, 0.0) for r in RULES))
    assert not any(d.fires.any() for d in detect(made, everything).values())
    assert refusal(made, BY_KEY["us_crypto"], 0) == "No change is known for BTC."
    assert refused(made, BY_KEY["us_crypto"], 0) == ""


def test_both_stale_legs_are_named():
    two = ["2026-03-24", "2026-03-25"]
    made = table_of(line("hsi", two, [100, 101]), line("spx", two, [100, 101]), dates=["2026-03-28"])
    assert refusal(made, BY_KEY["hk_us_broad"], 0) == (
        "Hang Seng is stale: its last session is 25 Mar 2026 and 2 later sessions have closed since. "
        "S&P 500 is stale: its last session is 25 Mar 2026 and 2 later sessions have closed since."
    )


@pytest.mark.parametrize("unit", ["pp", "sigma"])
def test_a_higher_threshold_never_fires_more_often(unit):
    made = table()
    for rule in RULES:
        found = one(made, rule, Settings(threshold_unit=unit))
        fires = [found.at(t) for t in (0.0, found.threshold * 0.75, found.threshold, found.threshold * 1.25, 1e9)]
        for lower, higher in pairwise(fires):
            assert not (higher & ~lower).any()
        assert fires[2].sum() > 0, rule.key
        assert not fires[-1].any()


def test_currency_is_the_part_that_exchange_rates_make():
    two = ["2026-03-26", "2026-03-27"]
    rates = line("usdcny", two, [7.0, 7.07]), line("usdhkd", two, [7.8, 7.8078])
    shares = line("sse", two, [100, 102]), line("hsi", two, [100, 100])
    made = table_of(*shares, *rates, dates=["2026-03-28"])
    # The renminbi lost 1%, the Hong Kong dollar 0.1%: nine tenths of a point of the two points.
    assert made.value("gap.cn_hk_broad.fx", 0) == pytest.approx(0.9)
    assert made.value("gap.cn_hk_broad.fx.share", 0) == pytest.approx(45)


def test_currency_of_another_time_is_not_used():
    # At Asia's close of the 27th the currencies' last day is the 26th: it shares 14 of 24 hours with the session, and two days back none.
    sse, hsi = (line(k, days("2026-03-24", last="2026-03-27", calendar="XHKG"), [100, 100, 100, 102]) for k in ("sse", "hsi"))
    old = [line(k, ["2026-03-23", "2026-03-24"], [7, 7.07]) for k in ("usdcny", "usdhkd")]
    new = [line(k, ["2026-03-25", "2026-03-26"], [7, 7.07]) for k in ("usdcny", "usdhkd")]
    known = [table_of(sse, hsi, *fx, dates=["2026-03-27"], edition="asia_close").value("gap.cn_hk_broad.fx", 0) for fx in (old, new)]
    assert known[0] is None
    assert known[1] == pytest.approx(0)


def test_spans_and_half_days_are_the_calendars():
    # The Monday after a weekend: 72 hours of the S&P 500 against BTC's 24.
    spx = line("spx", ["2026-03-27", "2026-03-30"], [100, 101])
    btc = line("btc", ["2026-03-29", "2026-03-30"], [100, 101])
    made = table_of(spx, btc, dates=["2026-03-31"])
    assert [made.value(f"gap.us_crypto.{k}", 0) for k in ("span_a", "span_b", "span_ratio", "half")] == [72, 24, 3, 0]
    # The Friday after Thanksgiving closes early.
    early = [line(k, ["2025-11-26", "2025-11-28"], [100, 101]) for k in ("rut", "spx")]
    assert table_of(*early, dates=["2025-11-29"]).value("gap.small_large.half", 0) == 2


def test_open_interest_is_counted_in_coins():
    two = ["2026-03-26", "2026-03-27"]
    made = table_of(line("btc", two, [100, 90]), line("btc_oi", two, [1e10, 0.9e10]), dates=["2026-03-28"])
    # Dollars fell with the price alone: no position was closed.
    assert made.value("btc_oi.change", 0) == pytest.approx(-10)
    assert made.value("btc_oi.coins", 0) == pytest.approx(0)


def test_the_part_of_a_driver_is_its_slope_times_its_change():
    legs = {k: wander(k, "2025-03-03", 200, seed=i) for i, k in enumerate(("btc", "eth"))}
    rows = np.arange(np.datetime64("2025-03-04"), np.datetime64("2025-03-04") + 200)
    made = table_of(*legs.values(), dates=rows)
    btc, eth = (np.diff(level) / level[:-1] * 100 for level in (legs[k]["value"].to_numpy() for k in ("btc", "eth")))
    gap = btc - eth
    slope, fit = np.polyfit(btc[:-1], gap[:-1], 1)[0], np.corrcoef(btc[:-1], gap[:-1])[0, 1] ** 2
    assert made.value("gap.btc_eth.by_btc", len(rows) - 1) == pytest.approx(slope * btc[-1])
    assert made.value("gap.btc_eth.by_btc.fit", len(rows) - 1) == pytest.approx(fit * 100)
    assert made.value("gap.btc_eth.by_btc.share", len(rows) - 1) == pytest.approx(slope * btc[-1] / gap[-1] * 100)
    recent, year = gap[-21:-1].std(ddof=1), gap[:-1].std(ddof=1)
    assert made.value("gap.btc_eth.stretch", len(rows) - 1) == pytest.approx(recent / year)


def test_the_aligned_gap_is_measured_on_the_gaps_own_scale():
    made, row = table(), table().panel.row(DAY)
    for key in ("us_crypto", "cn_hk_broad", "hk_us_broad"):
        gap, z, aligned, aligned_z = (made.value(f"gap.{key}{s}", row) for s in ("", ".z", ".aligned", ".aligned.z"))
        if abs(gap - aligned) > 1e-9:
            assert (z - aligned_z) * (gap - aligned) > 0
        else:
            assert z == pytest.approx(aligned_z)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.key)
def test_a_test_of_one_session_never_sets_markets_against_each_other_that_close_at_different_hours(rule):
    for wanted in (rule.if_above.resolution, rule.if_below.resolution):
        named = [k for k in (wanted.series, wanted.against) if k and "." not in k]
        assert wanted.sessions > 1 or len({SERIES[k].calendar for k in named}) == 1
