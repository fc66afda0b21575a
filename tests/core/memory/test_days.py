"""The strength of days: the same as the reports say, counted once per session."""

import datetime as dt

import numpy as np
import pytest

from core import report
from core.divergences import BY_KEY, RULES, one
from core.memory.days import NONE, days, per_year, strongest
from core.metrics.gaps import fresh
from core.records import Settings
from tests.core.market import DAY, table

LAST = len(table().panel.dates) - 1


@pytest.mark.parametrize("chosen", [Settings(), Settings(threshold_unit="sigma", thresholds=(("btc_eth", 2.0),))])
def test_a_day_is_as_strong_as_its_report_says(chosen):
    found = days(table(), chosen)
    for row in range(90, LAST, 131):
        made = report.build(table(), table().panel.dates[row].item(), chosen)
        firing = [f for f in made.findings if f.state == "fires"]
        assert found.fired[row] == len(firing)
        sizes = {f.rule: abs(made.figures()[f"{f.gap}.z"].value or 0) for f in firing}
        if not firing:
            assert found.rule[row] == NONE
            assert np.isnan(found.sigma[row])
        else:
            assert RULES[found.rule[row]].key == max(sizes, key=sizes.get)
            assert found.sigma[row] == pytest.approx(max(sizes.values()))


def test_one_rule_is_shown_whether_it_fired_or_not():
    found = days(table(), Settings(), "btc_eth")
    gap = table().columns["gap.btc_eth"]
    assert ((found.rule == NONE) == np.isnan(gap)).all()
    assert (found.fired.astype(bool) == one(table(), BY_KEY["btc_eth"], Settings()).fires).all()


def test_years_count_each_session_once():
    years, fired, watched = per_year(table(), Settings(), LAST)
    assert years == [2021, 2022, 2023, 2024, 2025, 2026]
    for i, rule in enumerate(RULES):
        own = fresh(table().features, rule.pair)
        assert watched[i].sum() == own.sum()
        assert fired[i].sum() == (own & one(table(), rule, Settings()).fires).sum()
    assert per_year(table(), Settings(), 300)[0] == [2021, 2022]


def test_the_strongest_days_fire_are_sorted_and_know_nothing_later():
    for rule in ("", "hk_us_tech"):
        made = strongest(table(), Settings(), rule, LAST)
        sizes = [abs(float(r[3].text.strip("σ").replace("−", "-"))) for r in made.rows]
        assert sizes == sorted(sizes, reverse=True)
        assert len(made.rows) == 15
    until = table().panel.row(dt.date(2023, 1, 1))
    assert all(int(r[0].text.split()[-1]) < 2023 for r in strongest(table(), Settings(), "", until).rows)
    assert {r[4].text for r in strongest(table(), Settings(), "btc_eth", LAST).rows} == {"BTC ahead of ETH", "ETH ahead of BTC"}
    assert DAY.isoformat() == str(table().panel.dates[LAST])
