import datetime as dt

import numpy as np
import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, Blocked, NoData, RateLimited, SourceError, Unreachable
from core.settings import operator
from core.sources import derivatives
from core.sources.source import Ask
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
KRAKEN, HYPERLIQUID, OKX = "futures.kraken.com", "api.hyperliquid.xyz", "www.okx.com"
HOUR = 3_600_000
FRIDAY = 1774569600000  # 2026-03-27 00:00 UTC


def ask(replay, key, first=dt.date(2026, 1, 1), start=None, held=""):
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    return Ask(series=(BY_KEY[key],), start=start or first, first=first, held=held, now=NOW, operator=mirror)


def hourly(*rates, start=FRIDAY, step=HOUR, late=0):
    return [(start + n * step + late, rate) for n, rate in enumerate(rates)]


def day(text):
    return np.datetime64(text, "us")


def test_the_same_cost_a_year_reads_the_same_whatever_the_interval():
    eight = derivatives.annualised("x", hourly(*[8e-5] * 3, step=8 * HOUR))
    one = derivatives.annualised("x", hourly(*[1e-5] * 24))
    assert eight == {day("2026-03-27"): pytest.approx(1e-5 * 24 * 365 * 100)}
    assert one == pytest.approx(eight)


def test_a_venue_that_changes_its_interval_is_followed_day_by_day():
    four = hourly(*[4e-5] * 6, start=FRIDAY + 24 * HOUR, step=4 * HOUR)
    values = derivatives.annualised("x", hourly(*[8e-5] * 3, step=8 * HOUR) + four)
    assert list(values.values()) == [pytest.approx(8.76)] * 2


def test_stamps_off_by_milliseconds_stay_on_their_hour_and_day():
    early, late = (derivatives.annualised("x", hourly(*[1e-5] * 24, late=ms)) for ms in (-3, 31))
    assert early == late == {day("2026-03-27"): pytest.approx(8.76)}


def test_zero_and_negative_rates_count_and_the_mean_is_over_the_day():
    values = derivatives.annualised("x", hourly(*[0.0] * 12, *[-2e-5] * 12))
    assert values == {day("2026-03-27"): pytest.approx(-8.76)}


@pytest.mark.parametrize(("payments", "known"), [(24, True), (18, True), (17, False)])
def test_a_day_known_in_part_only_is_left_out(payments, known):
    whole = hourly(*[1e-5] * 24, start=FRIDAY - 24 * HOUR)
    assert len(derivatives.annualised("x", whole + hourly(*[1e-5] * payments))) == 1 + known


def test_rows_that_are_no_payments_are_refused():
    with pytest.raises(BadPayload, match="further apart"):
        derivatives.annualised("x", hourly(*[1e-5] * 5, step=24 * HOUR))
    for bad in (None, float("nan"), "0.0001"):
        with pytest.raises(BadPayload):
            derivatives.annualised("x", hourly(1e-5, bad))
    with pytest.raises(NoData):
        derivatives.annualised("x", hourly(1e-5))


@pytest.mark.parametrize("rows", [[(FRIDAY + 16 * HOUR, 1e9)], [(FRIDAY, 0.0)], [(FRIDAY, -1.0)], [(FRIDAY, None)]])
def test_open_interest_of_another_day_or_of_nothing_is_refused(rows):
    with pytest.raises(BadPayload):
        derivatives.at_day_end("x", rows)


def test_the_day_under_way_and_days_before_the_line_are_left_out():
    values = derivatives.at_day_end("x", [(FRIDAY + n * 24 * HOUR, 1e9 + n) for n in (-2, -1, 0, 1)])
    table = derivatives.observed(BY_KEY["btc_oi"], "okx", values, start=dt.date(2026, 3, 26), now=NOW)
    assert table["value"].tolist() == [1e9 - 1, 1e9]
    assert table["available_at"].max() == day("2026-03-28")


def test_a_line_that_stopped_days_ago_is_refused():
    values = derivatives.at_day_end("x", [(FRIDAY - 5 * 24 * HOUR, 1e9)])
    with pytest.raises(BadPayload, match="stops days ago"):
        derivatives.observed(BY_KEY["btc_oi"], "okx", values, start=dt.date(2026, 3, 1), now=NOW)


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"errors": [{"msg": "bad"}], "result": {}}, {"errors": [], "result": {"timestamp": [1], "data": [], "more": False}},
     {"errors": [], "result": {"timestamp": [1], "data": [["1", "1", "1"]], "more": False}}],
)  # fmt: skip
def test_another_shape_of_krakens_buckets_is_refused(payload):
    with pytest.raises(BadPayload):
        derivatives.contracts(payload)


def test_the_close_of_a_bucket_counts():
    payload = {"result": {"timestamp": [1789932960], "data": [["3", "4", "2", "3719475.6"]], "more": True}, "errors": []}
    assert derivatives.contracts(payload) == ([(1789932960000, 3719475.6)], True)


@pytest.mark.parametrize(
    ("silent", "venue", "rows"), [((), "kraken", 86), ((KRAKEN,), "hyperliquid", 86), ((KRAKEN, HYPERLIQUID), "okx", 86)]
)  # fmt: skip
def test_each_venue_gives_the_same_funding_worked_by_hand(replay, silent, venue, rows):
    replay.faults |= dict.fromkeys(silent, Fault("html"))
    table = derivatives.fetch(ask(replay, "btc_funding"))
    assert set(table["source"]) == {f"derivatives:{venue}"}
    assert (len(table), table["value"].iloc[-1]) == (rows, pytest.approx(1.2e-5 * 24 * 365 * 100))


def test_open_interest_is_contracts_times_the_venues_own_mark_price(replay):
    kraken = derivatives.fetch(ask(replay, "btc_oi"))
    assert kraken["value"].iloc[-1] == pytest.approx(5000 * 1.002 * 66000 * 1.002)
    replay.faults[KRAKEN] = Fault("status", 503, b"{}", (("Retry-After", "0"),))
    okx = derivatives.fetch(ask(replay, "btc_oi"))
    assert set(okx["source"]) == {"derivatives:okx"}
    assert okx["value"].iloc[-1] == pytest.approx(2500 * 1.002 * 66000 * 1.002, rel=1e-6)
    assert "period=1Dutc" in replay.requests[-1]


def test_pages_are_asked_until_the_beginning_and_never_for_markets(replay):
    replay.faults[KRAKEN] = Fault("html")
    derivatives.fetch(ask(replay, "eth_funding", dt.date(2026, 2, 1)))
    assert [r for r in replay.requests if HYPERLIQUID in r] == ["/api.hyperliquid.xyz/info"] * 3  # 1,321 hours
    replay.faults[HYPERLIQUID] = Fault("html")
    derivatives.fetch(ask(replay, "eth_funding", dt.date(2026, 2, 1)))
    assert len([r for r in replay.requests if OKX in r]) == 2
    assert not any("instruments" in r or "meta" in r for r in replay.requests)


def test_the_venue_that_holds_a_line_is_asked_first_and_for_what_is_new_only(replay):
    table = derivatives.fetch(ask(replay, "btc_funding", start=dt.date(2026, 3, 20), held="derivatives:hyperliquid"))
    assert set(table["source"]) == {"derivatives:hyperliquid"}
    assert len(table) == 8
    assert replay.requests == ["/api.hyperliquid.xyz/info"]


def test_okx_says_no_with_a_code_and_http_200(replay):
    refusal = Fault("status", 200, b'{"code":"50011","msg":"Too Many Requests","data":[]}')
    replay.faults |= {KRAKEN: Fault("html"), HYPERLIQUID: Fault("html"), OKX: refusal}
    with pytest.raises(SourceError, match="okx asked us to slow down"):
        derivatives.fetch(ask(replay, "btc_funding"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 403, b"<html>"), Blocked),
        (Fault("status", 429, b"<html>", (("Retry-After", "0"),)), RateLimited),
        (Fault("drop"), Unreachable),
        (Fault("truncated"), NoData),
    ],
    ids=lambda x: x.kind if isinstance(x, Fault) else x.__name__,
)
def test_when_no_venue_answers_the_reasons_are_told(replay, fault, error):
    replay.faults |= dict.fromkeys((KRAKEN, HYPERLIQUID, OKX), fault)
    with pytest.raises(SourceError) as caught:
        derivatives.fetch(ask(replay, "btc_funding"))
    assert type(caught.value) is error
    assert all(name in str(caught.value) for name in ("kraken", "hyperliquid", "okx"))
