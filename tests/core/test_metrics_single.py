"""Metrics of one market, by hand: level, change, week, highs, ranks, breadth, crosses, round levels."""

import numpy as np
import pytest

from core.catalogue import BY_KEY
from tests.core.lines import days, line, table_of, wander

SECTORS = ("xlk", "xlf", "xlv", "xly", "xlc", "xli", "xlp", "xle", "xlu", "xlre", "xlb")
DAY = ["2026-03-28"]
TWO = ["2026-03-26", "2026-03-27"]


def one(table, key, row=-1):
    return table.columns[key][row]


def test_change_in_percent_and_level():
    table = table_of(line("spx", TWO, [6477.16, 6368.85]), dates=DAY)
    assert one(table, "spx.close") == 6368.85
    assert one(table, "spx.change") == pytest.approx(-1.6721, abs=1e-4)


def test_yields_and_scores_change_in_points():
    table = table_of(line("us10y", TWO, [4.10, 4.12]), line("fear_greed", TWO, [39, 37]), dates=DAY)
    assert one(table, "us10y.change") == pytest.approx(0.02)
    assert one(table, "fear_greed.change") == -2


def test_a_change_over_a_hole_is_unknown():
    table = table_of(line("spx", ["2026-03-25", "2026-03-27"], [100, 101]), dates=DAY)
    assert one(table, "spx.close") == 101
    assert np.isnan(one(table, "spx.change"))


def test_a_change_over_a_holiday_is_known_and_stays_until_the_next_session():
    golden_week = line("sse", ["2025-09-30", "2025-10-09"], [100, 103])
    table = table_of(golden_week, dates=["2025-10-09", "2025-10-10", "2025-10-11", "2025-10-12"])
    np.testing.assert_allclose(table.columns["sse.change"], [np.nan, 3, 3, 3])


def test_a_week_is_five_sessions_without_a_hole():
    closes = line("spx", days("2026-03-20", last="2026-03-27", calendar="XNYS"), [100, 101, 99, 98, 104, 110])
    assert one(table_of(closes, dates=DAY), "spx.week") == pytest.approx(10)
    assert np.isnan(one(table_of(closes.drop(index=2), dates=DAY), "spx.week"))
    yields = line("us10y", days("2026-03-20", last="2026-03-27", calendar="XNYS"), [4.0, 4.1, 4.2, 4.1, 4.0, 4.3])
    assert one(table_of(yields, dates=DAY), "us10y.week") == pytest.approx(0.3)


def test_a_volume_of_zero_is_a_fall_of_everything_and_no_crash():
    volume = line("dex_curve", days("2026-03-20", 8), [5, 5, 5, 0, 5, 5, 5, 5])
    table = table_of(volume, dates=days("2026-03-21", 8))
    assert table.columns["dex_curve.change"][3] == -100
    assert np.isnan(table.columns["dex_curve.change"][4])
    assert np.isnan(table.columns["dex_curve.week"]).sum() == 5


def test_the_z_score_sets_a_change_against_those_before_it():
    # Sixty changes of ±1% around 100, then a rise of 5%: z = (5 − mean) / deviation of the sixty.
    levels = [100.0]
    for i in range(60):
        levels.append(levels[-1] * (1.01 if i % 2 else 0.99))
    levels.append(levels[-1] * 1.05)
    sessions = days("2025-06-02", len(levels), calendar="XNYS")
    table = table_of(line("spx", sessions, levels), dates=[sessions[-1], sessions[-1] + 1])
    assert np.isnan(one(table, "spx.z", 0))
    assert one(table, "spx.z", 1) == pytest.approx(5 / np.std([1, -1] * 30, ddof=1))
    assert one(table, "spx.rank", 1) == 100


def test_rank_is_by_size_whatever_the_sign():
    levels = np.cumprod(np.concatenate([[100.0], 1 + np.tile([0.01, -0.02], 40), [0.985]]))
    sessions = days("2025-06-02", len(levels), calendar="XNYS")
    table = table_of(line("spx", sessions, levels), dates=[sessions[-1] + 1])
    # 1.5% is larger than the forty moves of 1% and smaller than the forty of 2%: 41st of 81.
    assert one(table, "spx.rank") == pytest.approx(41 / 81 * 100)


def test_highs_need_their_history():
    sessions = days("2024-06-03", 260, calendar="XNYS")
    levels = np.full(260, 100.0)
    levels[5], levels[255] = 120.0, 110.0
    dates = [sessions[248] + 1, sessions[249] + 1, sessions[254] + 1, sessions[255] + 1, sessions[256] + 1]
    table = table_of(line("spx", sessions, levels), dates=dates)
    np.testing.assert_allclose(table.columns["spx.from_high"], [np.nan, -100 / 6, -100 / 6, 0, -100 / 11])
    np.testing.assert_allclose(table.columns["spx.from_record"], [np.nan, -100 / 6, -100 / 6, -100 / 12, -100 / 6])


def test_a_market_is_the_mean_of_its_indices_in_one_session():
    lines = [line(k, TWO, [100, 100 + i]) for i, k in enumerate(("spx", "ndx", "dow"))]
    table = table_of(*lines, dates=DAY)
    assert one(table, "us.mean") == pytest.approx(1)
    assert one(table, "us.indices_up") == 2
    late = table_of(*lines[:2], line("dow", TWO[:1], [100]), dates=DAY)
    assert np.isnan(one(late, "us.mean"))
    assert np.isnan(one(late, "us.indices_up"))


def test_sector_breadth():
    moves = [1, 1, 1, 1, 1, 1, 1, 1, 0, -1, -2]
    lines = [line(k, TWO, [100, 100 + m]) for k, m in zip(SECTORS, moves, strict=True)]
    table = table_of(*lines, dates=DAY)
    assert one(table, "us.sectors_up") == 8
    assert one(table, "us.sector_mean") == pytest.approx(5 / 11)
    assert np.isnan(one(table_of(*lines[:-1], dates=DAY), "us.sectors_up"))


def test_a_share_breadth():
    counts = [line(k, TWO, [1000, n]) for k, n in (("cn_advancers", 4000), ("cn_decliners", 900), ("cn_unchanged", 100))]
    assert one(table_of(*counts, dates=DAY), "cn.advance_share") == 80
    stale = line("cn_unchanged", TWO[:1], [1000])
    assert np.isnan(one(table_of(*counts[:2], stale, dates=DAY), "cn.advance_share"))


def test_one_index_against_another():
    hk = [line("hsi", TWO, [100, 101]), line("hstech", TWO, [100, 99]), line("hscei", TWO[:1], [100])]
    table = table_of(*hk, line("dow", TWO, [100, 100.4]), dates=DAY)
    assert one(table, "hk.tech_broad") == pytest.approx(-2)
    assert np.isnan(one(table, "hk.soe_broad"))
    assert one(table, "hk.hsi_dow") == pytest.approx(0.6)
    behind = table_of(*hk, line("dow", ["2026-03-25", "2026-03-26"], [100, 100.4]), dates=DAY)
    assert np.isnan(one(behind, "hk.hsi_dow"))


@pytest.mark.parametrize(
    ("close", "level", "distance"), [(3990, 4000, 10 / 3990), (4240, 4000, -240 / 4240), (4260, 4500, 240 / 4260), (90, 500, 410 / 90)]
)
def test_round_levels(close, level, distance):
    table = table_of(line("sse", TWO, [close, close]), dates=DAY)
    assert one(table, "sse.round_level") == level
    assert one(table, "sse.round_distance") == pytest.approx(distance * 100)


@pytest.mark.parametrize("key", ["spx", "us10y", "sse", "btc", "fear_greed", "dxy", "tvl_solana"])
def test_a_row_is_the_same_whatever_other_rows_are_asked_for(key):
    calendar = BY_KEY[key].calendar
    history = wander(key, "2024-01-02", 500)
    last = days("2024-01-02", 500, calendar=calendar)[-1]
    every, single = table_of(history, dates=np.arange(last - 300, last + 2)), table_of(history, dates=[last + 1])
    for name, column in single.columns.items():
        if name.startswith(f"{key}."):
            np.testing.assert_array_equal(column[0], every.columns[name][-1])
