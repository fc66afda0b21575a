"""The page of divergences: the rule under the lamp follows its slider, in percentage points and in standard deviations."""

import re

import pytest


def counts(text):
    """Sessions on which the rule under the lamp would have fired, as its histogram says."""
    return [int(n.replace(",", "")) for n in re.findall(r"it fired on ([\d,]+) of", text)]


@pytest.mark.parametrize("unit", ["pp", "sigma"])
def test_moving_the_slider_updates_the_count_and_the_verdict_at_once(visit, written, unit):
    at = visit("divergences", dataset="demo", rule="US equities vs crypto", unit=unit)
    before = counts(written(at))
    at.slider(key={"pp": "t_us_crypto", "sigma": "z_us_crypto"}[unit]).set_value(4.8).run()
    assert not at.exception
    after = counts(written(at))
    assert after[0] < before[0]
    assert {"pp": "4.8pp", "sigma": "4.8σ"}[unit] in written(at)


@pytest.mark.parametrize("end", [0.0, 10.0])
def test_both_ends_of_the_slider_draw(visit, written, end):
    at = visit("divergences", dataset="demo", rule="US equities vs crypto", t_us_crypto=f"{end:g}")
    assert not at.exception
    text = written(at)
    assert counts(text)[0] > 300 if end == 0 else counts(text)[0] < 10
    assert ("Too few separate events" in text) == (end == 10)
    assert ("The threshold is zero" in text) == (end == 0)


def test_a_refused_rule_under_the_lamp_names_its_sessions(visit, written):
    text = written(visit("divergences", dataset="demo", date="2026-03-23", rule="US equities vs crypto"))
    assert "not compared" in text
    assert "Fri 20 Mar" in text
    assert "Sun 22 Mar" in text


def test_reasons_that_do_not_fit_are_counted_and_folded(visit, written):
    text = written(visit("divergences", dataset="demo", rule="US equities vs crypto"))
    assert "Stablecoin redemptions go with it" in text
    assert "4 reasons tested without fitting" in text
    assert "What it implies" in text


def test_every_rule_stands_in_a_table_that_opens_and_follows_the_thresholds(visit, written):
    at = visit("divergences", opened=("every rule",), dataset="demo", rule="US equities vs crypto")
    assert "All rules, strongest first" in written(at)
    at.slider(key="t_us_crypto").set_value(4.8).run()
    row = re.search(r"<tr>(?:(?!</tr>).)*US equities vs crypto.*?</tr>", written(at).rpartition("All rules, strongest first")[2])
    assert "4.8pp" in row[0]
    assert "All rules, strongest first" not in written(visit("divergences", dataset="demo"))


def test_the_rule_under_the_lamp_has_its_history_in_full_in_a_fold(visit, written):
    text = written(visit("divergences", opened=("timeline",), dataset="demo", rule="BTC vs ETH"))
    assert "BTC less ETH" in text
    assert "Latest session" in text
