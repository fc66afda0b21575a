"""The other sources of lines that Yahoo gives first: Tencent, FRED, Cboe."""

import datetime as dt

import pandas as pd
import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, RateLimited, SourceError, Unreachable
from core.settings import operator
from core.sources import cboe, fred, tencent
from core.sources.source import Ask
from tests.replay import market
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 27)
MARCH = dt.date(2026, 3, 1)


def ask(replay, key, start=MARCH, now=NOW):
    replay.clock = now
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    return Ask(series=(BY_KEY[key],), start=start, first=start, held="", now=now, operator=mirror)


def day(*prices, date="2026-03-27"):
    return {"code": 0, "msg": "", "data": {"hkHSI": {"day": [[date, *prices, "1"]]}}}


def test_the_close_stands_in_third_place():
    assert tencent.parse("hkHSI", day("25000", "25100", "25200", "24900"), first=MARCH) == {FRIDAY: 25100.0}


def test_a_row_in_another_order_is_noticed():
    with pytest.raises(BadPayload, match="outside the day's range"):
        tencent.parse("hkHSI", day("25000", "25200", "24900", "25100"), first=MARCH)  # open, high, low, close


def test_an_empty_window_is_no_fault_and_older_rows_are_left_out():
    assert tencent.parse("hkHSI", {"code": 0, "msg": "", "data": []}, first=MARCH) == {}
    assert tencent.parse("hkHSI", day("1", "1", "1", "1", date="2026-02-27"), first=MARCH) == {}


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"code": 1, "data": []}, {"code": 0, "data": {"hkHSTECH": {"day": []}}}, {"code": 0, "data": {"hkHSI": {"qfqday": []}}},
     day("a", "b", "c", "d"), day("1", "1"), day("1", "1", "1", "1", date="27 March")],
)  # fmt: skip
def test_another_shape_of_tencents_is_refused(payload):
    with pytest.raises(BadPayload):
        tencent.parse("hkHSI", payload, first=MARCH)


@pytest.mark.parametrize(("now", "last"), [("2026-03-27T08:30", 26), ("2026-03-27T09:15", 27), ("2026-03-27T04:00", 26)])
def test_a_session_counts_an_hour_after_its_close(replay, now, last):
    table = tencent.fetch(ask(replay, "hsi", now=dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)))
    assert table["session"].max().day == last


def test_a_long_history_is_asked_in_windows_without_a_hole(replay):
    table = tencent.fetch(ask(replay, "hstech", dt.date(2021, 3, 28)))
    paths = [r.split("%2C") for r in replay.requests]
    assert [p[0] for p in paths] == ["/web.ifzq.gtimg.cn/appstock/app/hkfqkline/get?param=hkHSTECH"] * 3
    assert (paths[0][2], paths[-1][3]) == ("2021-03-28", "2026-03-28")
    expected = [d for d, _, closed in market.sessions("XHKG", dt.date(2021, 3, 28), NOW) if closed < NOW]
    assert table["session"].dt.date.tolist() == expected
    assert table["value"].iloc[-1] == pytest.approx(5010.0)


@pytest.mark.parametrize("key", ["hsi", "hscei", "hstech", "sse", "szse", "chinext", "csi300"])
def test_tencent_has_every_index_of_hong_kong_and_the_mainland(replay, key):
    table = tencent.fetch(ask(replay, key))
    path = "hkfqkline" if BY_KEY[key].market == "hk" else "fqkline"
    assert f"/app/{path}/get" in replay.requests[0]
    assert (set(table["source"]), table["session"].max()) == ({"tencent"}, pd.Timestamp(FRIDAY))


def fred_parse(text, key="us10y", symbol="DGS10", now=NOW):
    return fred.parse(BY_KEY[key], symbol, text, start=MARCH, now=now)


def test_missing_values_of_fred_are_a_dot_or_nothing():
    table = fred_parse("observation_date,DGS10\n2026-02-27,4.00\n2026-03-24,4.25\n2026-03-25,.\n2026-03-26,\n2026-03-27,0\n")
    assert table["value"].tolist() == [4.25, 0.0]


def test_the_treasury_tells_its_yields_after_the_close():
    text = "DATE,DGS10\n2026-03-26,4.25\n2026-03-27,4.31\n"
    early, late = (fred_parse(text, now=dt.datetime(2026, 3, 27, *at, tzinfo=dt.UTC)) for at in ((22, 29), (22, 30)))
    assert (early["value"].tolist(), late["value"].tolist()) == ([4.25], [4.25, 4.31])


@pytest.mark.parametrize(
    "text", ["DATE,SP500\n2026-03-27,1\n", "date;DGS10\n", "observation_date,DGS10\n27.3.2026,4\n", "DATE,DGS10\n2026-03-27,x\n"]
)  # fmt: skip
def test_another_file_of_freds_is_refused(text):
    with pytest.raises(BadPayload):
        fred_parse(text)


def test_a_file_without_values_is_no_data():
    with pytest.raises(NoData):
        fred_parse("observation_date,DGS10\n2026-03-27,.\n")


@pytest.mark.parametrize(("key", "value"), [("spx", 6412.8), ("ndx", 23046.0), ("dow", 45090.0), ("nasdaq", 21042.0), ("us10y", 4.01)])
def test_fred_has_the_us_lines(replay, key, value):
    table = fred.fetch(ask(replay, key))
    assert (set(table["source"]), table["value"].iloc[-1]) == ({"fred"}, pytest.approx(value, abs=0.01))
    assert "cosd=2026-03-01" in replay.requests[0]


def test_cboe_writes_dates_the_american_way():
    text = "DATE,OPEN,HIGH,LOW,CLOSE\n02/27/2026,1,1,1,1\n03/02/2026,20.0,22.0,19.5,21.25\n"
    table = cboe.parse(BY_KEY["vix"], "VIX", text, start=MARCH, now=NOW)
    assert (table["session"].dt.date.tolist(), table["value"].tolist()) == ([dt.date(2026, 3, 2)], [21.25])


@pytest.mark.parametrize(
    "text", ["DATE,CLOSE\n03/02/2026,1\n", "DATE,OPEN,HIGH,LOW,CLOSE\n2026-03-02,1,1,1,1\n", "DATE,OPEN,HIGH,LOW,CLOSE\n03/02/2026,1,1,1\n"]
)  # fmt: skip
def test_another_file_of_cboes_is_refused(text):
    with pytest.raises(BadPayload):
        cboe.parse(BY_KEY["vix"], "VIX", text, start=MARCH, now=NOW)


def test_cboe_has_the_vix(replay):
    table = cboe.fetch(ask(replay, "vix"))
    assert (set(table["source"]), table["value"].iloc[-1]) == ({"cboe"}, pytest.approx(20.04))
    with pytest.raises(NoData):
        cboe.fetch(ask(replay, "vix", start=dt.date(2026, 3, 28)))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 429, b"", (("Retry-After", "0"),)), RateLimited),
        (Fault("status", 200, b""), BadPayload),
        (Fault("html"), BadPayload),
        (Fault("drop"), Unreachable),
    ],
    ids=lambda x: f"{x.kind}{x.status}" if isinstance(x, Fault) else x.__name__,
)
@pytest.mark.parametrize(("source", "key"), [(tencent, "hsi"), (fred, "spx"), (cboe, "vix")], ids=["tencent", "fred", "cboe"])
def test_every_failure_has_its_name(replay, source, key, fault, error):
    replay.faults |= dict.fromkeys(source.SOURCE.hosts, fault)
    with pytest.raises(SourceError) as caught:
        source.fetch(ask(replay, key))
    assert type(caught.value) is error
