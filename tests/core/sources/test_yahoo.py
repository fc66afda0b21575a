import datetime as dt
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, Blocked, NoData, RateLimited, SourceError, Unreachable
from core.settings import ROOT, operator
from core.sources import yahoo
from core.sources.source import Ask
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
CHART = "query2.finance.yahoo.com/v8/finance/chart/"


def bars(*rows, zone="America/New_York"):
    index = pd.DatetimeIndex([pd.Timestamp(day) for day, _ in rows]).tz_localize(zone).as_unit("s")
    return pd.DataFrame({"Close": [close for _, close in rows]}, index=index)


def meta(symbol="^GSPC", zone="America/New_York", *, day=None, end="16:00", quoted=None, granularity="1d"):
    known = {"symbol": symbol, "exchangeTimezoneName": zone, "dataGranularity": granularity}
    if day:
        start = pd.Timestamp(f"{day} 00:00", tz=zone)
        known["currentTradingPeriod"] = {"regular": {"start": start, "end": pd.Timestamp(f"{day} {end}", tz=zone)}}
        known["regularMarketTime"] = pd.Timestamp(quoted, tz=zone)
    return known


def parse(table, about, now=NOW, key="spx", symbol="^GSPC"):
    return yahoo.parse(BY_KEY[key], symbol, table, about, now=now)


def ask(replay, key="spx", start=dt.date(2026, 3, 2)):
    mirror = operator({"UPSTREAM_MIRROR": replay.url})
    return Ask(series=(BY_KEY[key],), start=start, first=start, held="", now=NOW, operator=mirror)


def test_sessions_are_the_exchanges_own_dates_and_known_from_the_close():
    table = parse(bars(("2026-03-26", 6400.5), ("2026-03-27", 6412.8)), meta())
    assert table["session"].dt.date.tolist() == [dt.date(2026, 3, 26), dt.date(2026, 3, 27)]
    assert table["value"].tolist() == [6400.5, 6412.8]
    assert table["available_at"].tolist() == [pd.Timestamp("2026-03-26 20:00"), pd.Timestamp("2026-03-27 20:00")]
    assert set(table["source"]) == {"yahoo"}


def test_an_asian_midnight_stays_on_its_date():
    table = parse(bars(("2026-03-27", 25050.0), zone="Asia/Hong_Kong"), meta("^HSI", "Asia/Hong_Kong"), key="hsi", symbol="^HSI")
    assert table["session"].dt.date.tolist() == [dt.date(2026, 3, 27)]
    assert table["available_at"].tolist() == [pd.Timestamp("2026-03-27 08:00")]


@pytest.mark.parametrize(
    ("now", "quoted", "kept"),
    [
        ("2026-03-27 15:30", "2026-03-27 15:29", False),  # trading
        ("2026-03-27 16:05", "2026-03-27 15:50", False),  # over, but the quotes come late
        ("2026-03-27 16:05", "2026-03-27 16:00", True),
        ("2026-03-27 17:30", "2026-03-27 16:55", True),  # index values settle after the close
    ],
)
def test_the_last_bar_counts_once_its_session_is_over(now, quoted, kept):
    about = meta(day="2026-03-27", quoted=quoted)
    table = parse(bars(("2026-03-26", 6400.0), ("2026-03-27", 6410.0)), about, pd.Timestamp(now, tz="America/New_York").to_pydatetime())
    assert len(table) == 1 + kept


@pytest.mark.parametrize(
    ("now", "quoted", "kept"),
    [
        ("2026-03-26 16:30", "2026-03-26 16:29", False),
        ("2026-03-26 17:30", "2026-03-26 17:00", True),
        ("2026-03-26 20:30", "2026-03-26 20:29", False),  # the next session's price under this date
        ("2026-03-27 20:30", "2026-03-27 17:00", True),  # Friday evening: nothing is traded any more
    ],
)
def test_gold_hardly_pauses(now, quoted, kept):
    day = now[:10]
    about = meta("GC=F", day=day, end="23:59", quoted=quoted)
    table = parse(bars(("2026-03-25", 4400.0), (day, 4410.0)), about, pd.Timestamp(now, tz="America/New_York").to_pydatetime(), "gold", "GC=F")
    assert len(table) == 1 + kept


def test_null_closes_are_unknown_and_a_repeated_day_counts_once():
    table = parse(bars(("2026-03-25", None), ("2026-03-26", 6400.0), ("2026-03-26", 6401.0)), meta())
    assert table["value"].tolist() == [6401.0]


def test_zero_is_a_value_for_the_door_to_judge():
    assert parse(bars(("2026-03-26", 0.0)), meta())["value"].tolist() == [0.0]


@pytest.mark.parametrize(
    "about", [meta("APPL"), meta(granularity="3mo"), meta(zone="Europe/London"), {}], ids=["symbol", "granularity", "zone", "nothing"]
)
def test_an_answer_to_another_question_is_refused(about):
    with pytest.raises(BadPayload):
        parse(bars(("2026-03-26", 6400.0)), about)


def test_no_close_at_all_is_no_data():
    with pytest.raises(NoData):
        parse(bars(("2026-03-26", None)), meta())


def test_one_request_per_series_goes_to_the_mirror(replay):
    table = yahoo.fetch(ask(replay))
    assert len(replay.requests) == 1
    assert replay.requests[0].startswith(f"/{CHART}%5EGSPC?period1=")
    assert table["session"].max() == pd.Timestamp("2026-03-27")
    assert table["value"].iloc[-1] == pytest.approx(6400 * 1.002)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 429, b"Too Many Requests\r\n"), RateLimited),
        (Fault("status", 451, b"{}"), Blocked),
        (Fault("status", 403, b"<html>denied</html>"), Blocked),
        (Fault("status", 500, b"<html>oops</html>"), SourceError),
        (Fault("html"), BadPayload),
        (Fault("truncated"), BadPayload),
        (Fault("symbol"), BadPayload),
        (Fault("coarse"), BadPayload),
        (Fault("drop"), Unreachable),
    ],
    ids=lambda x: x.kind + (str(x.status) if x.kind == "status" else "") if isinstance(x, Fault) else x.__name__,
)
def test_every_failure_has_its_name(replay, fault, error):
    replay.faults[CHART] = fault
    with pytest.raises(error) as caught:
        yahoo.fetch(ask(replay))
    assert type(caught.value) is error
    assert len(replay.requests) <= 2


def test_an_unknown_symbol_is_no_data(replay, monkeypatch):
    monkeypatch.delitem(__import__("tests.replay.market", fromlist=["YAHOO"]).YAHOO, "^GSPC")
    with pytest.raises(NoData):
        yahoo.fetch(ask(replay))


def test_an_endless_body_and_a_slow_one_are_cut(replay, monkeypatch):
    monkeypatch.setattr(yahoo, "_SECONDS", 1)
    replay.faults[CHART] = Fault("drip", seconds=0.1)
    with pytest.raises(Unreachable, match="too slow"):
        yahoo.fetch(ask(replay))
    replay.faults[CHART] = Fault("endless")
    with pytest.raises(BadPayload, match="more than 8 MB"):
        yahoo.fetch(ask(replay))


def test_a_line_without_history_is_no_line():
    with pytest.raises(NoData, match="keeps no history"):
        parse(bars(("2026-03-27", 5010.0)), meta() | {"validRanges": ["1d", "5d"]})


def test_an_endless_name_is_quoted_on_a_line():
    with pytest.raises(BadPayload) as refused:
        yahoo.parse(BY_KEY["spx"], "^GSPC", pd.DataFrame(), {"symbol": "X" * 3_000_000}, now=dt.datetime(2026, 3, 28, tzinfo=dt.UTC))
    assert len(str(refused.value.args[0])) < 120


def test_what_yfinance_keeps_on_disk_goes_with_the_process():
    words = "from core.sources import yahoo; yahoo._session(''); yahoo._session('http://127.0.0.1:1'); print(yahoo._scratch().name)"
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True, cwd=ROOT)
    place = Path(ran.stdout.strip())
    assert place.name.startswith("yfinance-")
    assert not place.exists()
