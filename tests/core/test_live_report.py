"""The whole path once: every upstream asked through the real clients, stored, and put into a report whose figures were worked by hand.

In the replay's market a level is base × (1 + (ordinal mod 10) / 1000). 27 March 2026 has ordinal 739,702, so it stands at 1.002, the day before
at 1.001 and the one before that at 1.000.
"""

import datetime as dt
import json

import numpy as np
import pytest

from core import datasets, report
from core.catalogue import group
from core.export import BY_KEY as EXPORTS
from core.insight.check import unresolved
from core.records import Settings
from core.refresh import refresh
from core.settings import operator
from core.store import Store
from core.units import Basis
from tests.core.market import sentences
from tests.replay.server import serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 28)
STEP = (1.002 / 1.001 - 1) * 100


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('live') / 'store.sqlite'}"
    store = Store(url)
    with serving(NOW) as replay:
        summary = refresh(store, operator({"UPSTREAM_MIRROR": replay.url, "REFRESH_DEADLINE": "120"}), now=NOW, since=DAY - dt.timedelta(days=500))
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORE_URL", url)
        table = datasets.metric_table("live", "morning", now=NOW)
    return summary, report.build(table, DAY, Settings()), table


def test_every_source_answered(made):
    assert {s.status for s in made[0].sources} == {"ok"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("spx.close", 6412.8),
        ("spx.change", STEP),
        ("hsi.close", 25050.0),
        ("sse.change", STEP),
        ("btc.change", STEP),
        ("usdt.close", 180.36e9),
        ("usdt.flow", 0.18e9),
        ("stable.net", 0.268e9),
        ("tvl.close", 90.18e9),
        ("dex_uniswap_v4.close", 1.002e9),
        ("fear_greed.close", 20 + 739_702 % 60),
        ("hstech.close", 5010.0),
        ("nasdaq.close", 21042.0),
        ("rut.close", 2404.8),
        ("csi300.close", 4509.0),
        ("usdcny.close", 7.014),
        ("gold.close", 4408.8),
        ("us10y.close", 4.008),
        ("dxy.close", 99.198),
        ("cn_turnover.close", 2.1e12 * 1.002),
        ("northbound_turnover.close", 290.58e9),
        ("btc_funding.close", 1.2e-5 * 24 * 365 * 100),
        ("btc_oi.close", 5000 * 66000 * 1.002**2),
        ("link.us_hk_broad.lead", 0.1),
        ("gap.us_crypto", 0.0),
    ],
)
def test_figures_worked_by_hand(made, key, value):
    figure = made[1].figures()[key]
    assert figure.value == pytest.approx(value, rel=1e-6, abs=1e-9)
    assert figure.session == dt.date(2026, 3, 26 if key.endswith("lead") else 27)
    assert figure.basis in {Basis.MEASURED, Basis.DERIVED}
    assert figure.fetched_at == NOW


def test_sources_are_named_down_to_the_venue(made):
    figures = made[1].figures()
    assert figures["spx.close"].source == "yahoo"
    assert figures["btc.close"].source.startswith("exchanges:")
    assert "Stablecoin supply, TVL and DEX volume: DefiLlama. Free API; attribution requested." in made[1].attribution


def test_every_sector_and_currency_arrives(made):
    table, last = made[2].panel.tracks, np.datetime64("2026-03-27")
    for series in (*group("us_sector"), *group("fx"), *group("cn_breadth"), *group("derivatives"), *group("dex_protocol")):
        assert table[series.key].sessions[-1] == last, series.key
    counts = {key: table[key].values[-1] for key in ("cn_advancers", "cn_decliners", "cn_unchanged", "eth_funding")}
    assert counts == {"cn_advancers": 2240, "cn_decliners": 2900, "cn_unchanged": 130, "eth_funding": pytest.approx(21.024)}


def test_a_venue_is_credited_by_its_own_name(made):
    used = {f.source for f in made[1].figures().values()}
    assert "exchanges:kraken" in used
    assert {line for line in made[1].attribution if line.startswith(("BTC and ETH candles", "Funding"))} == {
        "BTC and ETH candles: public market data of Kraken. Public market data under Kraken's terms.",
        "Funding and open interest: public data of Kraken Futures. Public market data under Kraken Futures's terms.",
    }


def test_sentences_and_exports_hold_on_live_data(made):
    figures = made[1].figures()
    assert [c.text for c in sentences(made[1]) if unresolved(c, figures)] == []
    assert json.loads(EXPORTS["json"].make(made[1], made[0]))["dataset"] == "live"
    assert b"Synthetic data" not in EXPORTS["md"].make(made[1], made[0])


def test_what_the_source_still_changes_is_marked_provisional(made):
    figures = made[1].figures()
    note = "Provisional: when DeFi TVL of 27 Mar was read, its source still changed it."
    assert [figures[k].note for k in ("tvl.close", "spx.close", "btc.close", "fear_greed.close")] == [note, "", "", ""]
    assert figures["usdt.flow"].note.startswith("Provisional: when USDT supply of 27 Mar")
    assert not figures["tvl.close"].closed
    assert note.encode() in EXPORTS["md"].make(made[1], made[0])
