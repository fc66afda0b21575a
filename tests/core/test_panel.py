import datetime as dt

import numpy as np
import pytest

from core.errors import DateOutOfRange
from tests.core.lines import days, line, panel_of

FRIDAY = "2026-03-27"


def known(panel, key, values=None):
    track = panel.tracks[key]
    return panel.rows(key, track.values if values is None else values).tolist()


def test_the_morning_knows_the_us_close_and_the_utc_day_that_ended():
    panel = panel_of(
        line("spx", ["2026-03-26", FRIDAY], [1, 2]), line("hsi", ["2026-03-26", FRIDAY], [3, 4]), line("btc", ["2026-03-26", FRIDAY], [5, 6]),
        dates=["2026-03-27", "2026-03-28"],
    )  # fmt: skip
    assert [known(panel, k) for k in ("spx", "hsi", "btc")] == [[1, 2], [3, 4], [5, 6]]


def test_the_asia_close_knows_asia_of_the_same_date_but_not_the_us():
    panel = panel_of(
        line("spx", ["2026-03-26", FRIDAY], [1, 2]), line("hsi", ["2026-03-26", FRIDAY], [3, 4]), line("btc", ["2026-03-26", FRIDAY], [5, 6]),
        dates=["2026-03-27"], edition="asia_close",
    )  # fmt: skip
    assert [known(panel, k) for k in ("spx", "hsi", "btc")] == [[1], [4], [5]]


def test_before_the_first_observation_nothing_is_known():
    panel = panel_of(line("spx", [FRIDAY], [1]), dates=["2026-03-26", "2026-03-27", "2026-03-28"])
    np.testing.assert_array_equal(known(panel, "spx"), [np.nan, np.nan, 1])
    assert panel.position("spx").tolist() == [-1, -1, 0]
    assert np.isnat(panel.sessions("spx")).tolist() == [True, True, False]


def test_a_series_that_is_not_stored():
    panel = panel_of(line("spx", [FRIDAY], [1]), dates=["2026-03-28"])
    assert not panel.has("hsi")
    assert panel.position("hsi").tolist() == [-1]
    assert np.isnan(panel.rows("hsi", np.empty(0))).all()
    assert np.isnat(panel.ends("hsi")).all()
    assert np.isnat(panel.starts("hsi")).all()


def test_an_empty_panel():
    panel = panel_of(dates=["2026-03-28"])
    assert panel.tracks == {}
    assert len(panel.snapshot(0)) == 16
    with pytest.raises(DateOutOfRange, match=r"^No data is stored yet\. Refresh, or look at the demo market\.$"):
        panel_of(dates=[]).row(dt.date(2026, 3, 28))


def test_dates_outside_say_what_can_be_had():
    panel = panel_of(line("spx", [FRIDAY], [1]), dates=["2026-03-27", "2026-03-28"])
    assert panel.row(dt.date(2026, 3, 28)) == 1
    with pytest.raises(DateOutOfRange, match=r"^26 Mar 2026 lies before the data begins\. Pick a date from 27 Mar 2026 to 28 Mar 2026\.$"):
        panel.row(dt.date(2026, 3, 26))
    with pytest.raises(DateOutOfRange, match=r"^29 Mar 2026 lies after the last report that can be made\."):
        panel.row(dt.date(2026, 3, 29))


def test_of_several_vintages_the_latest_counts_unless_an_earlier_view_is_asked_for():
    vintages = (line("spx", [FRIDAY], [1], fetched="2026-03-28"), line("spx", [FRIDAY], [2], fetched="2026-04-02"))
    for lines in (vintages, vintages[::-1]):
        assert known(panel_of(*lines, dates=["2026-03-28"]), "spx") == [2]
        sender = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        assert known(panel_of(*lines, dates=["2026-03-28"], asof=sender), "spx") == [1]
        before = dt.datetime(2026, 3, 27, tzinfo=dt.UTC)
        assert not panel_of(*lines, dates=["2026-03-28"], asof=before).has("spx")


def test_asof_in_another_zone_is_the_same_instant():
    observed = line("spx", [FRIDAY], [1], fetched="2026-03-28T00:00")
    early = dt.datetime(2026, 3, 28, 7, 59, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert not panel_of(observed, dates=["2026-03-28"], asof=early).has("spx")
    assert panel_of(observed, dates=["2026-03-28"], asof=early + dt.timedelta(minutes=1)).has("spx")


def test_a_session_that_is_not_stored_is_a_hole():
    track = panel_of(line("spx", ["2026-03-23", "2026-03-25", "2026-03-26"], [1, 2, 3]), dates=["2026-03-28"]).tracks["spx"]
    assert track.previous.tolist() == [-1, -1, 1]


def test_weekends_and_holidays_are_no_holes():
    golden_week = panel_of(line("sse", ["2025-09-30", "2025-10-09"], [1, 2]), dates=["2025-10-10"]).tracks["sse"]
    assert golden_week.previous.tolist() == [-1, 0]
    weekend = panel_of(line("spx", ["2026-03-20", "2026-03-23"], [1, 2]), dates=["2026-03-28"]).tracks["spx"]
    assert weekend.previous.tolist() == [-1, 0]
    crypto = panel_of(line("btc", ["2026-03-20", "2026-03-23"], [1, 2]), dates=["2026-03-28"]).tracks["btc"]
    assert crypto.previous.tolist() == [-1, -1]


def test_currencies_may_skip_two_weekdays_but_not_three():
    two = panel_of(line("dxy", ["2026-03-23", "2026-03-26"], [1, 2]), dates=["2026-03-28"]).tracks["dxy"]
    three = panel_of(line("dxy", ["2026-03-23", "2026-03-27"], [1, 2]), dates=["2026-03-28"]).tracks["dxy"]
    assert (two.previous.tolist(), three.previous.tolist()) == ([-1, 0], [-1, -1])


@pytest.mark.parametrize(
    ("case", "key", "last", "date", "edition", "missed"),
    [
        ("up to date", "spx", "2026-03-27", "2026-03-28", "morning", 0),
        ("still up to date on Sunday", "spx", "2026-03-27", "2026-03-29", "morning", 0),
        ("Friday's session is missing", "spx", "2026-03-26", "2026-03-28", "morning", 1),
        ("two are missing", "spx", "2026-03-25", "2026-03-28", "morning", 2),
        ("Golden Week asks for nothing", "sse", "2025-09-30", "2025-10-09", "morning", 0),
        ("its first session is over at the Asia close", "sse", "2025-09-30", "2025-10-09", "asia_close", 1),
        ("crypto trades on Sundays", "btc", "2026-03-28", "2026-03-30", "morning", 1),
        ("a currency may be two weekdays late", "dxy", "2026-03-25", "2026-03-28", "morning", 0),
        ("not three", "dxy", "2026-03-24", "2026-03-28", "morning", 1),
        ("Fear & Greed is known an hour into its day", "fear_greed", "2026-03-27", "2026-03-28", "asia_close", 1),
    ],
)
def test_missed_sessions(case, key, last, date, edition, missed):
    panel = panel_of(line(key, [last], [1]), dates=[date], edition=edition)
    assert panel.missed(key).tolist() == [missed]


def test_spans_of_a_change():
    panel = panel_of(line("spx", ["2026-03-26", FRIDAY], [1, 2]), dates=["2026-03-27", "2026-03-28"])
    assert [str(v)[:16] for v in panel.ends("spx")] == ["2026-03-26T20:00", "2026-03-27T20:00"]
    assert [str(v)[:16] for v in panel.starts("spx")] == ["NaT", "2026-03-26T20:00"]


def test_the_snapshot_hash_knows_everything_before_the_cutoff_and_nothing_after():
    base = line("spx", days("2026-03-20", last="2026-03-30", calendar="XNYS"), range(7))
    other = line("btc", ["2026-03-26"], [1])
    dates = ["2026-03-27", "2026-03-28", "2026-03-31"]
    whole = panel_of(base, other, dates=dates)

    later = base.copy()
    later.loc[later["session"] > "2026-03-27", "value"] = 99.0
    assert panel_of(later, other, dates=dates).snapshot(1) == whole.snapshot(1)
    assert panel_of(base.iloc[:-1], other, dates=dates).snapshot(1) == whole.snapshot(1)
    assert panel_of(later, other, dates=dates).snapshot(2) != whole.snapshot(2)

    for column, value in (("value", 99.0), ("source", "elsewhere"), ("basis", "published"), ("fetched_at", np.datetime64("2030-01-02", "us"))):
        changed = base.copy()
        changed.loc[0, column] = value
        assert panel_of(changed, other, dates=dates).snapshot(1) != whole.snapshot(1), column
    assert panel_of(base.iloc[1:], other, dates=dates).snapshot(1) != whole.snapshot(1)
    assert panel_of(base, dates=dates).snapshot(1) != whole.snapshot(1)


def test_the_snapshot_hash_is_that_of_its_row_and_settings_only():
    base = line("spx", days("2026-03-20", last="2026-03-27", calendar="XNYS"), range(6))
    many, one = panel_of(base, dates=["2026-03-27", "2026-03-28"]), panel_of(base, dates=["2026-03-28"])
    assert many.snapshot(1) == one.snapshot(0) == panel_of(base.iloc[::-1], dates=["2026-03-28"]).snapshot(0)
    assert one.snapshot(0, "pp") != one.snapshot(0, "sigma") != one.snapshot(0)


def read_at(*instants):
    """Readings of total market cap at instants, valued 1, 2, …"""
    observed = line("total_cap", [i[:10] for i in instants], np.arange(1, len(instants) + 1))
    observed["available_at"] = np.array(instants, dtype="datetime64[us]")
    return observed


def test_a_series_read_many_times_a_day_has_one_value_a_day():
    reads = read_at("2026-03-26T10:00", "2026-03-26T23:50", "2026-03-27T09:00", "2026-03-27T09:15", "2026-03-27T22:00", "2026-03-28T07:00")
    morning = panel_of(reads, dates=["2026-03-27", "2026-03-28", "2026-03-29"])
    assert known(morning, "total_cap") == [2, 5, 6]
    assert morning.tracks["total_cap"].previous.tolist() == [-1, 0, 1]
    asia = panel_of(reads, dates=["2026-03-27", "2026-03-28"], edition="asia_close")
    assert known(asia, "total_cap") == [2, 6]
