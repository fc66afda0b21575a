"""What is said of divergences: reasons only where their tests are met, checks that hedge, and never more than the data allows."""

import datetime as dt
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import linregress

from core import report
from core.divergences import BY_KEY, RULES
from core.divergences.detect import direction
from core.insight.check import unresolved
from core.insight.settling import settled
from core.metrics import METRICS
from core.metrics.gaps import BY_KEY as PAIRS
from core.metrics.gaps import fresh
from core.records import Settings
from tests.core.market import DAY, bent, moved, observations, table

LOW = Settings(thresholds=tuple((r.key, 0.0) for r in RULES))

PARTS = [m.key.removesuffix(".fit") for m in METRICS if m.key.endswith(".fit") and not m.key.endswith(".by_weekday.fit")]
SHARE = re.compile(r"carries (\d+)% of the gap")
HIGH = Settings(thresholds=tuple((r.key, r.highest) for r in RULES))


def built(day=DAY, chosen=None, edition="morning"):
    return report.build(table(edition), day, chosen or Settings())


def finding(made, rule):
    return next(f for f in made.findings if f.rule == rule)


def claims(f):
    return [*f.explanations, *f.checks, *([f.implication] if f.implication else [])]


def said(f, start):
    return next(c for c in claims(f) if c.text.startswith(start))


def test_liquidation_needs_positions_closed_not_dollars_fallen():
    frame = moved(observations(), btc=-10.0)
    for change, kind in ((-12.0, "explanation"), (-10.0, "rejected"), (2.0, "rejected")):
        f = finding(bent(moved(frame, btc_oi=change)), "us_crypto")
        assert next(c for c in f.explanations if c.text.startswith("Liquidation")).kind == kind


def test_a_reason_whose_data_is_missing_says_which():
    made = bent(observations()[lambda f: f["series"] != "btc_oi"])
    f = finding(made, "us_crypto")
    assert said(f, "Liquidation cannot be tested").kind == "abstention"
    missing = {g.what: g.why for g in made.section("divergences").gaps}
    assert missing["BTC open interest"] == "No observation of BTC open interest was known at the cutoff."


def test_reasons_that_fit_come_first_and_all_state_their_figures():
    f = finding(built(), "us_crypto")
    kinds = [c.kind for c in f.explanations]
    assert f.explanations[0].text.startswith("Liquidation fits")  # by now measured, and more than redemptions can show
    assert kinds == sorted(kinds, key=["explanation", "rejected", "abstention"].index)
    assert {"explanation", "rejected"} <= set(kinds)
    assert all(c.evidence and re.search(r"\d", c.text) and c.contradicted_by for c in f.explanations)


def test_reasons_of_the_other_direction_are_not_given():
    for change, name in ((-5.0, "redemptions"), (5.0, "issuance")):
        spx = -1.0 if change > 0 else 1.0
        f = finding(bent(moved(observations(), btc=change, spx=spx)), "us_crypto")
        assert [c for c in f.explanations if c.text.startswith(f"Stablecoin {name}")]
        assert len([c for c in f.explanations if c.text.startswith("Stablecoin")]) == 1


def test_a_gap_that_closing_times_make_says_so_and_implies_nothing():
    # On the demo market a Monday compares the S&P 500 over a weekend with one UTC day of BTC; aligned, such gaps may vanish or turn.
    gap, aligned = (table().columns[f"gap.us_crypto{s}"] for s in ("", ".aligned"))
    fires = direction(table(), BY_KEY["us_crypto"], 0.1) & (np.abs(gap) >= 0.5)
    within, turned, holds = (np.flatnonzero(fires & m)[-2:] for m in (np.abs(aligned) < 0.5, gap * aligned < -0.25, gap == aligned))
    for rows, effect in ((within, True), (turned, True), (holds, False)):
        for row in rows:
            f = finding(built(table().panel.dates[row].item(), Settings(thresholds=(("us_crypto", 0.5),))), "us_crypto")
            assert ("No clock effect" not in f.checks[0].text) == effect
            assert f.direction.endswith(", mostly a clock effect") == effect
            assert (f.implication is None) == effect
            assert not effect or not any("implication" in c.text for c in f.checks)


def test_a_clock_effect_comes_after_what_is_none():
    for day in table().panel.dates[500::171]:
        fired = [f for f in built(day.item(), LOW).findings if f.state == "fires"]
        effects = [f.direction.endswith("clock effect") for f in fired]
        assert effects == sorted(effects)


@pytest.mark.parametrize("unit", ["pp", "sigma"])
def test_robust_and_fragile_by_the_threshold(unit):
    made = built()
    gap = abs(made.figures()["gap.us_crypto.z" if unit == "sigma" else "gap.us_crypto"].value)
    for threshold, start in ((gap / 1.26, "Robust"), (gap / 1.24, "Fragile"), (0.0, "The threshold is zero")):
        f = finding(built(chosen=Settings(threshold_unit=unit, thresholds=(("us_crypto", threshold),))), "us_crypto")
        assert said(f, start)
    near, far = (finding(built(chosen=Settings(threshold_unit=unit, thresholds=(("us_crypto", gap * k),))), "us_crypto") for k in (1.3, 1.35))
    assert near.why == "Below its threshold; it would fire at one a quarter lower."
    assert far.why == "Below its threshold."


def test_a_quiet_rule_says_no_direction_that_its_legs_do_not_have():
    for day in table().panel.dates[200::167]:
        made = built(day.item())
        row = table().panel.row(day.item())
        for f in made.findings:
            if BY_KEY[f.rule].mode != "relative" and f.state == "quiet" and f.direction:
                assert direction(table(), BY_KEY[f.rule], 0.1)[row]


@pytest.mark.parametrize("chosen", [LOW, Settings(threshold_unit="sigma", thresholds=LOW.thresholds), HIGH], ids=["zero", "zero sigma", "top"])
def test_every_number_resolves_at_the_ends_of_the_sliders(chosen):
    for day in table().panel.dates[::433]:
        made = built(day.item(), chosen)
        figures = made.figures()
        for f in made.findings:
            assert [(c.text, left) for c in claims(f) if (left := unresolved(c, figures))] == []
            assert (f.state in {"fires", "ordinary"}) == bool(f.checks)


def test_before_any_history_nothing_is_claimed_of_it():
    first = table().panel.dates[0].item()
    made = built(first, LOW)
    for f in made.findings:
        if f.state == "fires":
            assert said(f, "Too few to say what follows")
            assert f.base_rates is None
    sigma = built(first, Settings(threshold_unit="sigma", thresholds=LOW.thresholds))
    short = [f for f in sigma.findings if f.why == "Not enough history for a threshold in standard deviations."]
    assert short
    assert all(f.state == "missing" for f in short)


@pytest.mark.parametrize("unit", ["pp", "sigma"])
def test_a_rule_that_cannot_be_computed_is_never_quiet(unit):
    column = "gap.{}.z" if unit == "sigma" else "gap.{}"
    for edition in ("morning", "asia_close"):
        for day in table(edition).panel.dates[::149]:
            row = table(edition).panel.row(day.item())
            for f in built(day.item(), Settings(threshold_unit=unit), edition).findings:
                known = np.isfinite(table(edition).columns[column.format(f.rule)][row])
                assert known == (f.state in {"fires", "ordinary", "quiet"}), (day, f)
                assert known or f.why


_KEYS = sorted({s for r in RULES for s in r.pair.series} | {"usdcny", "usdhkd", "btc_oi", "usdt", "usdc"})


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(absent=st.sets(st.sampled_from(_KEYS), min_size=1, max_size=3), low=st.booleans())
def test_taking_inputs_away_never_makes_a_verdict_sharper(absent, low):
    chosen = LOW if low else Settings()
    whole, made = bent(observations(), settings=chosen), bent(observations()[lambda f: ~f["series"].isin(list(absent))], settings=chosen)
    for f in made.findings:
        before = finding(whole, f.rule)
        if set(BY_KEY[f.rule].pair.series) & absent:
            assert f.state in {"missing", "refused"}
            continue
        assert (f.state, f.why) == (before.state, before.why)
        # A hedge may come or widen, never go; a reason may become untestable, never begin to fit.
        assert f.direction == before.direction or f.direction.endswith("not checked against closing times")
        fits = {c.text for c in before.explanations if c.kind == "explanation"}
        assert {c.text for c in f.explanations if c.kind == "explanation"} <= fits


def test_a_stale_leg_is_refused_by_its_session():
    made = built(dt.date(2026, 3, 23))
    f = finding(made, "us_crypto")
    assert (f.state, f.checks, f.explanations, f.implication) == ("refused", (), (), None)
    assert "Fri 20 Mar" in f.why
    assert "Sun 22 Mar" in f.why


def test_the_record_states_its_n_and_its_method():
    f = finding(built(), "us_crypto")
    assert "94 separate events in 1,192 sessions" in said(f, "Before:").text
    assert all(row[1].text for row in f.base_rates.rows)
    assert "Wilson" in f.base_rates.note
    assert "shifting the events" in f.base_rates.note


def test_the_history_sentence_is_no_surer_than_its_interval():
    words = {-1: "less often than", 0: "cannot be told from", 1: "more often than"}
    seen = set()
    for day in table().panel.dates[500::61]:
        made = built(day.item())
        figures = made.figures()
        for f in made.findings:
            before = [c for c in f.checks if c.text.startswith("Before:")]
            for c in before:
                low, high = (figures[f"base.{f.rule}.{k}"].value for k in ("lift_low", "lift_high"))
                told = 1 if low > 1 else -1 if high < 1 else 0
                seen.add(told)
                assert words[told] in c.text
    assert {0, 1} <= seen


def test_what_settles_an_implication_is_said():
    assert settled(BY_KEY["us_crypto"].if_above.resolution) == (
        "BTC trailing S&P 500 over the next 5 sessions.", "BTC beating S&P 500 over the next 5 sessions.",
    )  # fmt: skip
    assert settled(BY_KEY["vix_spx"].if_above.resolution) == ("S&P 500 down over the next 5 sessions.", "S&P 500 up over the next 5 sessions.")
    assert settled(BY_KEY["hk_us_broad"].if_below.resolution)[1] == "Hang Seng down in the next session."


def test_reasons_say_how_much_of_the_gap_they_carry_or_that_it_cannot_be_told():
    told = {"carries": 0, "cannot be shown": 0, "away": 0}
    for day in table().panel.dates[150::61]:
        made = report.build(table(), day.item(), Settings())
        figures, row = made.figures(), table().panel.row(day.item())
        for f in made.findings:
            shares = []
            for c in f.explanations:
                reason = next(e for e in BY_KEY[f.rule].explanations if c.rule.startswith(f"{f.rule}: {e.name}: "))
                if c.kind != "explanation":
                    continue
                value = table().columns[f"{reason.part}.share"][row] if reason.part else np.nan
                if share := SHARE.search(c.text):
                    assert 0 <= int(share[1]) <= 100
                    assert int(share[1]) == round(value)
                proven = reason.part and all(k.holds(table().columns[k.metric][row]) for k in reason.proof)
                assert proven or reason.untold
                if "carries cannot be shown" in c.text:
                    assert value < 0 or value > 100 or figures[f"{reason.part}.fit"].value < 33
                fully = not reason.partly or reason.partly.partition(":")[0] not in c.text
                shares.append((fully, min(value, 1e4 / value) if proven and value > 0 else 0.0))
                told |= {k: n + (k in c.text) for k, n in told.items()}
            assert shares == sorted(shares, reverse=True)
    assert all(told.values()), told


def test_a_part_without_its_history_is_not_known_and_says_why():
    frame = observations()
    young = frame[(frame["series"] != "btc_oi") | (frame["session"] > np.datetime64(DAY) - 30)]
    made = bent(young)
    assert said(finding(made, "us_crypto"), "Liquidation fits").text.endswith(" How much of the gap it carries is not known.")
    missing = {g.what: g.why for g in made.section("divergences").gaps}
    assert "its history is too short" in missing["S&P 500 and BTC: the part that usually goes with BTC open interest in coins"]


def test_the_part_of_a_reason_is_worked_out_by_hand():
    columns = table().columns
    row = table().panel.row(DAY)
    gap, adjusted = (columns[k][row] for k in ("gap.tvl_price", "tvl.adjusted"))
    assert columns["gap.tvl_price.by_deposits.share"][row] == pytest.approx(adjusted / gap * 100)
    assert columns["gap.tvl_price.by_deposits.share"][row] + columns["gap.tvl_price.beta.share"][row] == pytest.approx(100)
    flow, price = (columns[k][row] for k in ("stable.flow_z", "btc.z"))
    assert columns["gap.stable_price.by_flow.share"][row] == pytest.approx(flow / (flow - price) * 100)
    track = table().panel.tracks["dex"]
    at = int(table().panel.position("dex")[row])
    changes = table().features.change("dex")
    alike = changes[at - 7 : at - 7 * 53 : -7]
    assert len(alike) == 52
    assert {d.item().weekday() for d in track.sessions[at - 7 : at - 7 * 53 : -7]} == {track.sessions[at].item().weekday()}
    assert columns["gap.dex_price.by_weekday"][row] == pytest.approx(np.median(alike))
    own = np.flatnonzero(fresh(table().features, PAIRS["us_crypto"]))
    before = own[own < row][-250:] if own[own <= row][-1] == row else own[own <= row][:-1][-250:]
    x, y = columns["btc_oi.coins"][before], columns["gap.us_crypto"][before]
    known = np.isfinite(x)
    fitted = linregress(x[known], y[known])
    assert columns["gap.us_crypto.by_btc_oi"][row] == pytest.approx(fitted.slope * columns["btc_oi.coins"][row])
    assert columns["gap.us_crypto.by_btc_oi.fit"][row] == pytest.approx(fitted.rvalue**2 * 100)


def test_a_reason_fits_in_full_only_with_half_the_gap_and_a_link_that_holds():
    seen = set()
    for day in table().panel.dates[400::61]:
        made = report.build(table(), day.item(), Settings())
        figures = made.figures()
        for f in made.findings:
            for c in f.explanations:
                part = next((k for k in PARTS if f"{k}.share" in c.evidence and k.startswith(f"gap.{f.rule}.")), None)
                if part is None or c.kind == "abstention" or c.text.startswith(("Liquidation", "Short covering", "Stablecoin")):
                    continue
                share, fit = (figures[f"{part}.{x}"].value for x in ("share", "fit"))
                word = "fits" if 50 <= share <= 200 and fit >= 25 else "partly fits" if 25 <= share <= 400 and fit >= 10 else "does not explain it"
                assert f" {word}: " in c.text
                seen.add(word)
    assert seen == {"fits", "partly fits", "does not explain it"}


def test_a_reason_never_carries_more_than_the_gap_nor_a_share_on_a_loose_link():
    seen = set()
    for day in table().panel.dates[250::23]:
        made = report.build(table(), day.item(), Settings())
        figures = made.figures()
        for f in made.findings:
            for c in f.explanations:
                assert all(int(n) <= 100 for n in re.findall(r"(\d+)% of (?:the gap|it)\b", c.text)), c.text
                fits = [figures[k].value for k in c.evidence if k.endswith(("_oi.fit", "_coins.fit"))]
                if fits and c.kind == "explanation":
                    seen.add("carries" in c.text and "cannot be shown" not in c.text)
                    assert fits[0] >= 33 or "cannot be shown" in c.text
    assert seen == {True, False}


def test_what_dex_volume_implies_is_what_settles_it():
    implied = BY_KEY["dex_price"].if_above
    assert implied.resolution.side == "down"
    assert implied.text == "Trading grew into the fall, so sellers may be in a hurry. If they are not done, BTC falls on."


def test_the_table_of_rules_names_closing_times_where_they_made_the_gap_and_reasons_by_name_alone():
    seen = set()
    for day in table().panel.dates[250::41]:
        made = report.build(table(), day.item(), Settings())
        rows = {row[1].figure: row[-1].text for row in next(t for t in made.section("divergences").tables if t.key == "divergences").rows}
        for f in (f for f in made.findings if f.state == "fires"):
            effect = f.direction.endswith("mostly a clock effect")
            fits = [c.rule.split(": ")[1] for c in f.explanations if c.kind == "explanation"]
            told = rows[f.gap]
            assert told.startswith("Closing times") == effect
            assert (told == "No reason that was tested fits.") == (not effect and not fits)
            places = [told.index(name) for name in fits]
            assert places == sorted(places)
            assert len(told) < 120
            seen.add((effect, bool(fits)))
    assert len(seen) == 4
