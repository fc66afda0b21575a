"""Stablecoin flows, value locked without price, volume against its weekday and its month, by hand."""

import numpy as np
import pytest

from tests.core.lines import days, line, table_of, wander

COINS = ("usdt", "usdc", "dai", "usds")
TWO = ["2026-03-26", "2026-03-27"]
DAY = ["2026-03-28"]
# Circulating supply in billions on two days: USDC shrinks by 0.954, USDT and DAI stand still, USDS grows a little.
SUPPLY = {"usdt": (184.0, 184.0), "usdc": (78.2, 77.246), "dai": (4.42, 4.42), "usds": (7.93, 7.931)}


def coins(**changed):
    return [line(k, TWO[: len(v)], np.array(v) * 1e9) for k, v in (SUPPLY | changed).items() if v]


def one(table, key, row=-1):
    return table.columns[key][row]


def test_the_net_flow_is_the_sum_over_coins():
    table = table_of(*coins(), dates=DAY)
    assert one(table, "usdc.flow") == pytest.approx(-9.54e8)
    assert one(table, "stable.net") == pytest.approx(-9.53e8)
    assert one(table, "stable.issued") == pytest.approx(1e6)
    assert one(table, "stable.redeemed") == pytest.approx(-9.54e8)


def test_rotation_between_coins_nets_to_nothing():
    table = table_of(*coins(usdt=(184.0, 184.954), usds=(7.93, 7.93)), dates=DAY)
    assert one(table, "stable.net") == pytest.approx(0, abs=1)
    assert one(table, "stable.issued") == pytest.approx(9.54e8)


@pytest.mark.parametrize("absent", COINS)
def test_without_one_coin_the_net_is_unknown_not_smaller(absent):
    for lines in (coins(**{absent: ()}), coins(**{absent: SUPPLY[absent][:1]})):
        table = table_of(*lines, dates=DAY)
        assert all(np.isnan(one(table, k)) for k in ("stable.net", "stable.issued", "stable.redeemed"))


def test_before_its_launch_a_coin_counts_nothing_but_a_short_history_is_unknown():
    dates = ["2024-09-10", "2024-09-11"]
    three = [line(k, dates, [1e10, 1.1e10]) for k in COINS[:3]]
    later = line("usds", ["2024-09-19", "2024-09-20"], [1e9, 1e9])
    assert one(table_of(*three, later, dates=["2024-09-12"]), "stable.net") == pytest.approx(3e9)
    late_usdc = line("usdc", ["2024-09-12"], [1e10])
    assert np.isnan(one(table_of(three[0], three[2], later, late_usdc, dates=["2024-09-12"]), "stable.net"))


def test_the_flow_of_all_coins_is_ranked_by_size():
    supply = 3e11 + np.concatenate([np.cumsum(np.tile([1e8, -2e8], 50)), [-5e9 - 1e9]])
    sessions = days("2025-12-01", len(supply))
    table = table_of(line("stablecoins", sessions, supply), dates=[sessions[-1] + 1])
    assert one(table, "stable.flow_rank") == 100
    assert one(table, "stable.flow_z") < -5


def test_volume_against_the_same_weekday():
    sessions = days("2026-02-27", 29)
    volume = np.full(29, 1e9)
    volume[[0, 7, 14, 21]] = [1e9, 2e9, 3e9, 2e9]  # mean 2e9
    volume[28] = 3e9
    table = table_of(line("dex", sessions, volume), dates=[sessions[-1], sessions[-1] + 1])
    np.testing.assert_allclose(table.columns["dex.vs_weekday"], [np.nan, 50])
    without_one = line("dex", sessions, volume).drop(index=14)
    assert np.isnan(one(table_of(without_one, dates=[sessions[-1] + 1]), "dex.vs_weekday"))


def snapshots(values):
    sessions = days("2026-01-01", len(values))
    read = line("total_volume", sessions, values)
    read["available_at"] = (sessions + 1).astype("datetime64[us]") - np.timedelta64(1, "m")
    return read, [sessions[-1] + 1]


@pytest.mark.parametrize(
    ("before", "now", "position"), [([1e11, 2e11] * 15, 1.5e11, 50), ([1e11, 2e11] * 15, 2.5e11, 150), ([1e11] * 30, 2e11, np.nan)]
)
def test_volume_within_its_month(before, now, position):
    read, dates = snapshots([*before, now])
    np.testing.assert_allclose(one(table_of(read, dates=dates), "total_volume.range30"), position)


def test_value_locked_that_only_follows_the_token_did_not_move():
    eth = wander("eth", "2025-06-01", 200, start=2000.0)
    moves = eth["value"].to_numpy()[1:] / eth["value"].to_numpy()[:-1] - 1
    levels = 5e10 * np.cumprod(np.concatenate([[1.0], 1 + 0.6 * moves]))
    levels[-1] = levels[-2] * (1 + 0.6 * moves[-1] - 0.03)
    sessions = days("2025-06-01", 200)
    table = table_of(eth, line("tvl", sessions, levels), dates=[sessions[-2] + 1, sessions[-1] + 1])
    np.testing.assert_allclose(table.columns["tvl.adjusted"], [0, -3], atol=1e-9)
    np.testing.assert_allclose(table.columns["tvl.adjusted_flow"], [0, -0.03 * levels[-2]], atol=1)


def test_without_the_token_nothing_is_adjusted():
    table = table_of(wander("tvl", "2025-06-01", 200, start=5e10), dates=["2025-12-01"])
    assert np.isnan(one(table, "tvl.adjusted"))
    assert np.isfinite(one(table, "tvl.change"))
