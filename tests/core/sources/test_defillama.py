import datetime as dt

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, SourceError
from core.settings import operator
from core.sources import defillama
from core.sources.source import Ask
from tests.replay import market
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
DAY = 1774569600  # 2026-03-27


def ask(mirror, *keys, first=dt.date(2026, 3, 1)):
    series = tuple(BY_KEY[key] for key in keys)
    return Ask(series=series, start=first, first=first, held="", now=NOW, operator=operator({"UPSTREAM_MIRROR": mirror}))


def test_stablecoins_are_summed_over_pegs_and_a_peg_left_out_counts_nothing():
    payload = [
        {"date": str(DAY), "totalCirculatingUSD": {"peggedUSD": 100, "peggedEUR": 5}},
        {"date": str(DAY + 86400), "totalCirculatingUSD": {"peggedUSD": 101.25}},
        {"date": str(DAY - 86400), "totalCirculatingUSD": {}},
    ]
    assert defillama.parse_stablecoins(payload) == [(DAY - 86400, 0.0), (DAY, 105.0), (DAY + 86400, 101.25)]


def test_null_is_unknown_and_zero_is_zero():
    assert defillama.parse_tvl([{"date": DAY, "tvl": None}, {"date": DAY + 86400, "tvl": 0}]) == [(DAY + 86400, 0.0)]


def test_a_protocol_has_values_only_where_it_is_named():
    payload = {"totalDataChart": [[DAY, 10], [DAY + 86400, 12]], "totalDataChartBreakdown": [[DAY, {"A": 4}], [DAY + 86400, {"A": 5, "B": 0}]]}
    lines = defillama.parse_dex(payload, ["all", "A", "B", "C"])
    assert lines == {"all": [(DAY, 10.0), (DAY + 86400, 12.0)], "A": [(DAY, 4.0), (DAY + 86400, 5.0)], "B": [(DAY + 86400, 0.0)], "C": []}


@pytest.mark.parametrize("payload", [None, {}, "x", [1], [{"date": "soon", "tvl": 1}], [{"day": 1}], [{"date": 1, "tvl": [2]}]])
def test_another_shape_is_refused(payload):
    with pytest.raises(BadPayload):
        defillama.parse_tvl(payload)


@pytest.mark.parametrize("payload", [[], {}, {"totalDataChart": [[1]]}, {"totalDataChart": None}, {"totalDataChart": [1]}])
def test_another_shape_of_the_overview_is_refused(payload):
    with pytest.raises(BadPayload):
        defillama.parse_dex(payload, ["all"])


def test_nothing_is_no_data():
    with pytest.raises(NoData):
        defillama.parse_stablecoins([])
    with pytest.raises(NoData):
        defillama.parse_dex({"totalDataChart": []}, ["all"])


def test_the_day_under_way_and_days_before_the_line_are_left_out():
    line = [(DAY - 30 * 86400, 1.0), (DAY, 2.0), (DAY + 86400, 3.0)]
    table = defillama.observed(BY_KEY["tvl"], line, ask("", "tvl"))
    assert table["value"].tolist() == [2.0]
    assert table["session"].dt.date.tolist() == [dt.date(2026, 3, 27)]


def test_every_kind_is_asked_at_the_mirror(replay):
    total = defillama.fetch(ask(replay.url, "stablecoins"))
    usds = defillama.fetch(ask(replay.url, "usds"))
    base = defillama.fetch(ask(replay.url, "tvl_base"))
    dex = defillama.fetch(ask(replay.url, "dex", "dex_orca"))
    assert replay.requests == [
        "/stablecoins.llama.fi/stablecoincharts/all",
        "/stablecoins.llama.fi/stablecoincharts/all?stablecoin=209",
        "/api.llama.fi/v2/historicalChainTvl/Base",
        "/api.llama.fi/overview/dexs?excludeTotalDataChart=false&excludeTotalDataChartBreakdown=false",
    ]
    friday = dt.date(2026, 3, 27)
    euros = market.EUROS if friday.toordinal() % 3 else 0
    assert total["value"].iloc[-1] == round(268e9 * 1.002) + euros
    assert usds["value"].iloc[-1] == 8e9 * 1.002
    assert base["value"].iloc[-1] == round(3.5e9 * 1.002)
    assert dex.groupby("series")["value"].last().to_dict() == {"dex": pytest.approx(5e9 * 1.002), "dex_orca": 3e8 * 1.002}
    assert {len(t) for t in (total, usds, base)} == {27}


def test_an_outage_is_told(replay):
    replay.faults["api.llama.fi"] = Fault("status", 500, b"Internal Error", (("Retry-After", "0"),))
    with pytest.raises(SourceError, match="HTTP 500"):
        defillama.fetch(ask(replay.url, "tvl"))
