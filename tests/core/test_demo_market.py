import hashlib
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from core.catalogue import BY_KEY, SERIES
from core.observations import available_at, empty
from core.sessions import lead_positions, schedule
from core.settings import ROOT
from core.sources.published import published, statements
from core.sources.synthetic import observations

LAST = pd.Timestamp("2026-03-27")
LAUNCHED = {
    "usds": "2024-09-18", "tvl_base": "2023-08-09", "dex_uniswap_v4": "2025-01-31", "dex_uniswap_v3": "2021-05-05",
    "dex_pancakeswap": "2023-04-03", "dex_aerodrome": "2024-04-25", "dex_fluid": "2024-10-29",
    "dex_pancakeswap_infinity": "2025-04-28", "dex_pancakeswap_stable": "2022-09-27", "dex_aerodrome_v1": "2023-08-28",
    "dex_meteora": "2023-12-04", "dex_pumpswap": "2025-03-20", "dex_hyperliquid_spot": "2024-04-16", "dex_balancer_v3": "2024-12-11",
    "dex_sushiswap_v3": "2023-04-05", "dex_oneinch_aqua": "2025-11-17", "dex_tessera": "2025-06-16",
}  # fmt: skip
DIGEST = """
import hashlib, os, time, warnings
warnings.simplefilter("ignore")
from core.sources.synthetic import observations
for zone in ("Pacific/Auckland", "America/Los_Angeles"):
    os.environ["TZ"] = zone
    time.tzset()
    print(hashlib.sha256(observations().to_csv().encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def table():
    return observations()


@pytest.fixture(scope="module")
def levels(table):
    return {key: rows.set_index("session")["value"] for key, rows in table.groupby("series", sort=False)}


def moves(levels, key):
    """One-session changes in percent, or in the series' own unit where it moves in points."""
    values = levels[key]
    return (values.diff() if BY_KEY[key].moves_in_points else values.pct_change() * 100).dropna()


def computed(levels, key):
    series, _, kind = key.rpartition(".")
    if key == "cn.advance_share":
        counts = {name: levels[name].iloc[-1] for name in ("cn_advancers", "cn_decliners", "cn_unchanged")}
        return 100 * counts["cn_advancers"] / sum(counts.values())
    values = levels[series]
    return values.iloc[-1] if kind == "close" else 100 * (values.iloc[-1] / values.iloc[-2] - 1)


def overnight_move(levels, leader, code, sessions):
    """Change in percent of the leader between the closes that each session and the one before it saw at their open."""
    seen = lead_positions(code, "XNYS")[schedule(code).ordinals(sessions.to_numpy())]
    dates = pd.DatetimeIndex(schedule("XNYS").dates[seen])
    closes = levels[leader].reindex(dates, method="ffill").to_numpy()
    return pd.Series(closes, index=sessions).pct_change() * 100


def correlation(left, right):
    both = pd.concat([left, right], axis=1, sort=True).dropna()
    return both.corr().iloc[0, 1]


def beta(follower, leader):
    both = pd.concat([follower, leader], axis=1, sort=True).dropna().to_numpy()
    return np.cov(both.T)[0, 1] / both[:, 1].var(ddof=1)


def test_table_keeps_the_contract_of_observations(table):
    assert list(table.columns) == list(empty().columns)
    assert (table.dtypes == empty().dtypes).all()
    assert not table.isna().any().any()
    assert np.isfinite(table["value"]).all()
    assert set(table["basis"]) == {"synthetic"}
    assert set(table["source"]) == {"demo"}
    assert (table["fetched_at"] == table["available_at"]).all()
    assert not table.duplicated(["series", "session"]).any()


def test_every_series_of_the_catalogue_is_there_to_the_last_session(levels):
    assert list(levels) == [s.key for s in SERIES]
    for key, values in levels.items():
        assert values.index.is_monotonic_increasing
        assert values.index[-1] == LAST, key
        assert values.index[0] == pd.Timestamp(LAUNCHED.get(key, "2021-03-29")), key


@pytest.mark.parametrize("key", [s.key for s in SERIES])
def test_sessions_are_those_of_the_calendar(levels, key):
    held = levels[key].index.to_numpy().astype("datetime64[D]")
    calendar = schedule(BY_KEY[key].calendar).dates
    due = calendar[(calendar >= held[0]) & (calendar <= held[-1])]
    assert np.isin(held, due).all()
    skipped = due[~np.isin(due, held)]
    if BY_KEY[key].calendar == "NY17":
        assert {str(day)[5:] for day in skipped} <= {"01-01", "12-25"}
    else:
        assert len(skipped) == 0


def test_values_are_known_when_their_session_closed(table):
    for key, rows in table.groupby("series", sort=False):
        series, days = BY_KEY[key], rows["session"].to_numpy().astype("datetime64[D]")
        known = rows["available_at"].to_numpy()
        expected = days.astype("datetime64[us]") + np.timedelta64(1439, "m") if series.snapshot else available_at(series, days)
        assert (known == expected).all(), key
        assert known[-1] <= np.datetime64("2026-03-28T00:00"), key


@pytest.mark.parametrize("key", [s.key for s in SERIES])
def test_values_and_moves_are_plausible(levels, key):
    series = BY_KEY[key]
    assert levels[key].between(series.low, series.high).all()
    assert moves(levels, key).abs().max() <= series.max_move


@pytest.mark.parametrize("figure", published(), ids=lambda f: f.key)
def test_last_session_shows_the_published_figure(levels, figure):
    assert figure.session == LAST.date()
    assert figure.agrees(computed(levels, figure.key))


def test_published_comparisons_follow_from_the_last_session(levels):
    said = {s.key: s for s in statements()}
    changes = {key: computed(levels, f"{key}.change") for key in ("hsi", "dow", "hstech", "ndx", "spx", "btc")}
    assert round(changes["hsi"] - changes["dow"], 2) == said["hsi_dow.gap"].value
    assert round(changes["hstech"] - changes["ndx"], 2) == said["hstech_ndx.gap"].value
    assert changes["spx"] - changes["btc"] >= said["us_crypto.gap"].value
    coins = sum(levels[coin].diff().iloc[-1] for coin in ("usdt", "usdc", "dai", "usds"))
    for net in (coins, levels["stablecoins"].diff().iloc[-1]):
        assert -0.955e9 < net <= said["stablecoins.net_change"].value


def test_last_session_does_not_show_what_the_published_figures_do_not(levels):
    spx = levels["spx"]
    assert 0.92 < spx.iloc[-1] / spx.iloc[-252:].max() < 0.98
    sectors = [moves(levels, s.key).iloc[-1] for s in SERIES if s.group == "us_sector"]
    assert sum(move > 0 for move in sectors) == 9
    assert -4 < moves(levels, "vix").iloc[-1] < -2
    assert -6 < moves(levels, "btc_oi").iloc[-1] < -4
    assert moves(levels, "btc_funding").iloc[-1] < -1
    assert 9 < moves(levels, "dex").iloc[-1] < 11
    volume = levels["total_volume"]
    assert (volume.iloc[-31:-1] < volume.iloc[-1]).mean() >= 0.85
    assert 300e9 <= levels["stablecoins"].iloc[-1] <= 316e9


@pytest.mark.parametrize(
    "key", ["spx", "ndx", "dow", "hsi", "hscei", "hstech", "sse", "szse", "chinext", "btc", "eth", "usdc", "tvl", "total_cap", "dxy", "dai"]
)
def test_day_before_the_last_is_ordinary(levels, key):
    change = moves(levels, key)
    assert abs(change.iloc[-2] - change.mean()) < 1.5 * change.std()


def test_hong_kong_and_mainland_follow_the_us_session_that_closed_before_they_opened(levels):
    lead = {}
    for key, leader, code in (("hsi", "spx", "XHKG"), ("hstech", "ndx", "XHKG"), ("sse", "spx", "XSHG")):
        change = moves(levels, key)
        before = overnight_move(levels, leader, code, change.index)
        lead[key] = (correlation(change, before), beta(change, before))
        assert abs(correlation(change, moves(levels, leader))) < 0.10, key
    assert lead["hsi"][0] == pytest.approx(0.40, abs=0.05)
    assert lead["hsi"][1] == pytest.approx(0.60, abs=0.10)
    assert lead["hstech"][1] == pytest.approx(0.80, abs=0.10)
    assert lead["sse"][1] == pytest.approx(0.25, abs=0.08)
    assert correlation(moves(levels, "hsi"), moves(levels, "spx")) == pytest.approx(0.05, abs=0.05)


def test_us_lines_move_together_and_vix_against_them(levels):
    spx = moves(levels, "spx")
    for key, least in (("ndx", 0.88), ("dow", 0.88), ("nasdaq", 0.88), ("rut", 0.75)):
        assert least < correlation(moves(levels, key), spx) < 0.99, key
    vix = moves(levels, "vix")
    assert correlation(vix, spx) < -0.6
    assert abs(beta(vix[spx < 0], spx[spx < 0])) > abs(beta(vix[spx > 0], spx[spx > 0]))
    assert levels["vix"].between(10, 60).all()


def test_vix_never_rests_on_a_bound(levels):
    lowest = levels["vix"].nsmallest(5)
    assert lowest.is_unique
    assert (moves(levels, "vix").abs() < 0.005).mean() < 0.005


def test_crypto_shares_part_of_the_equity_move_and_rests_on_weekends(levels):
    btc = moves(levels, "btc")
    assert correlation(btc, moves(levels, "spx")) == pytest.approx(0.40, abs=0.06)
    assert beta(moves(levels, "eth"), btc) == pytest.approx(1.15, abs=0.10)
    weekend = btc.index.day_of_week >= 5
    assert btc[weekend].std() < 0.75 * btc[~weekend].std()
    assert moves(levels, "btc_oi")[btc < -6].mean() < -6.5


@pytest.mark.parametrize("key", ["spx", "ndx", "dow", "hsi", "hstech", "sse", "szse", "btc", "eth"])
def test_returns_have_fat_tails_and_clustered_volatility(levels, key):
    change = moves(levels, key)
    assert change.kurt() + 3 > 4
    assert change.abs().autocorr(1) > 0.03 or change.abs().rolling(10).mean().autocorr(10) > 0.1


def test_aggregates_hold_together(levels):
    coins = pd.concat([levels[k] for k in ("usdt", "usdc", "dai", "usds")], axis=1, sort=True).sum(axis=1)
    assert (levels["stablecoins"] > coins).all()
    chains = pd.concat([levels[s.key] for s in SERIES if s.group == "tvl_chain"], axis=1, sort=True).sum(axis=1)
    assert (levels["tvl"] > chains).all()
    protocols = pd.concat([levels[s.key] for s in SERIES if s.group == "dex_protocol"], axis=1, sort=True).sum(axis=1)
    assert (levels["dex"] > protocols).all()
    assert (levels["btc_dominance"] / 100 * levels["total_cap"] / levels["btc"]).between(18.6e6, 20.1e6).all()
    counted = levels["cn_advancers"] + levels["cn_decliners"] + levels["cn_unchanged"]
    assert counted.is_monotonic_increasing
    assert counted.iloc[-1] == 5350
    assert correlation(levels["cn_advancers"] / counted, moves(levels, "sse")) > 0.6


def test_two_calls_give_the_same_table(table):
    pd.testing.assert_frame_equal(observations(), table, check_exact=True)


def test_every_process_and_timezone_gives_the_same_bytes(table):
    with subprocess.Popen([sys.executable, "-c", DIGEST], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        here = hashlib.sha256(table.to_csv().encode()).hexdigest()
        assert run.communicate(timeout=120)[0].split() == [here, here]


def test_is_drawn_in_well_under_a_second(table):
    assert len(table) > 90_000
    began = time.perf_counter()
    observations()
    assert time.perf_counter() - began < 1.0
