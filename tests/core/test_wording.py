import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import Unit
from core.wording import NA, arrow, day, instant, listing, money, show, weekday


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.591, Unit.PERCENT, "+0.59%"),
        (-3.52, Unit.PERCENT, "−3.52%"),
        (-0.001, Unit.PERCENT, "0.00%"),
        (6368.85, Unit.POINTS, "6,368.85"),
        (4.11, Unit.PP, "4.1pp"),
        (-0.27, Unit.PP, "−27 bps"),
        (0.994, Unit.PP, "99 bps"),
        (0.996, Unit.PP, "1.0pp"),
        (4.12, Unit.YIELD, "4.12%"),
        (80.04, Unit.SHARE, "80.0%"),
        (1.44, Unit.SIGMA, "+1.4σ"),
        (-0.04, Unit.SIGMA, "0.0σ"),
        (91.0, Unit.PERCENTILE, "91st percentile"),
        (12.0, Unit.PERCENTILE, "12th percentile"),
        (100.0, Unit.PERCENTILE, "99th percentile"),
        (0.63, Unit.RATIO, "0.63"),
        (7.7891, Unit.RATE, "7.7891"),
        (5432.0, Unit.COUNT, "5,432"),
        (37.4, Unit.SCORE, "37"),
        (1.0, Unit.SESSIONS, "1 session"),
        (2.0, Unit.SESSIONS, "2 sessions"),
        (1.0, Unit.DAYS, "1 day"),
        (25.0, Unit.HOURS, "25 hours"),
        (-9.5e8, Unit.USD, "−$950.0M"),
        (2.37e12, Unit.USD, "$2.37T"),
        (1.2e12, Unit.CNY, "¥1.20T"),
    ],
)
def test_every_unit_has_its_form(value, unit, text):
    assert show(value, unit) == text


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("unit", list(Unit))
def test_what_is_not_known_reads_so(value, unit):
    assert show(value, unit) == show(value, unit, sign=True) == NA


@pytest.mark.parametrize(("value", "text"), [(0.5, "+50 bps"), (-4.11, "−4.1pp"), (0.0, "0 bps")])
def test_signs_when_asked(value, text):
    assert show(value, Unit.PP, sign=True) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(66353.4, "$66,353.40"), (0.0, "$0.00"), (999_999.0, "$999,999.00"), (1e6, "$1.00M"), (999_999_999.0, "$1.00B"), (9.996e9, "$10.0B")],
)
def test_money_changes_its_letter_without_a_seam(value, text):
    assert money(value) == text


@given(st.floats(min_value=1e6, max_value=1e15, allow_nan=False))
def test_money_is_off_by_less_than_half_a_percent(value):
    scale = {"M": 1e6, "B": 1e9, "T": 1e12}
    text = money(value)
    shown = float(text[1:-1].replace(",", "")) * scale[text[-1]]
    assert abs(shown - value) <= 0.0051 * value


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(list(Unit)), st.booleans())
def test_nothing_ever_shows_a_negative_zero_or_a_hyphen(value, unit, sign):
    text = show(value, unit, sign=sign)
    assert "-" not in text
    assert "−" not in text or any(c in text for c in "123456789")


@pytest.mark.parametrize(("value", "sign"), [(0.1, "↑"), (0.09, "→"), (-0.09, "→"), (-0.1, "↓"), (None, ""), (math.nan, "")])
def test_arrows_have_a_flat_band(value, sign):
    assert arrow(value) == sign


def test_dates_and_instants():
    friday = dt.date(2026, 3, 27)
    assert (day(friday), day(friday, year=True), weekday(friday), day(None)) == ("27 Mar", "27 Mar 2026", "Fri 27 Mar", NA)
    beijing = dt.datetime(2026, 3, 28, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert instant(beijing) == "28 Mar 2026 00:00 UTC"
    assert instant(None) == NA


def test_listing():
    assert [listing([]), listing(["a"]), listing(["a", "b"]), listing(("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
