"""No sentence says more than its figures show: over the demo market, over live-like data, and for sentences made false on purpose."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from core import datasets, report
from core.insight.check import faults
from core.insight.notation import numbers
from core.records import Claim, Settings
from core.refresh import refresh
from core.settings import operator
from core.store import Store
from core.units import Unit
from tests.core.market import DAY, everything_fell, made, sentences, table
from tests.replay.server import serving

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)


def wrong(told):
    figures = told.figures()
    return [(told.date, c.text, found) for c in sentences(told) if (found := faults(c, figures))]


@pytest.mark.parametrize(("edition", "step", "unit"), [
    ("morning", 61, "pp"), ("asia_close", 173, "pp"), ("morning", 307, "sigma"),
    *(pytest.param(*every, marks=pytest.mark.whole) for every in (("morning", 11, "pp"), ("asia_close", 23, "pp"), ("morning", 97, "sigma"))),
])  # fmt: skip
def test_every_sentence_of_many_reports_is_borne_out(edition, step, unit):
    for day in table(edition).panel.dates[::step]:
        assert wrong(made(day.item(), edition, Settings(threshold_unit=unit))) == []


@pytest.mark.parametrize("day", ["2026-03-22", "2025-10-08", "2025-12-26", "2024-02-13"])
def test_weekends_and_holidays_are_borne_out(day):
    for edition in ("morning", "asia_close"):
        assert wrong(report.build(table(edition), dt.date.fromisoformat(day), Settings())) == []


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('claims') / 'store.sqlite'}"
    store = Store(url)
    with serving(NOW) as replay:
        refresh(store, operator({"UPSTREAM_MIRROR": replay.url, "REFRESH_DEADLINE": "120"}), now=NOW, since=DAY - dt.timedelta(days=120))
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORE_URL", url)
        return datasets.metric_table("live", "morning", now=NOW)


def test_every_sentence_about_fetched_data_is_borne_out(live):
    for day in live.panel.dates[-30::2]:
        assert wrong(report.build(live, day.item(), Settings())) == []


@pytest.fixture(scope="module")
def falling():
    return everything_fell()


def planted(told, words, old, new):
    """The first claim that holds `words`, with `old` replaced by `new`."""
    claim = next(c for c in sentences(told) if words in c.text and old in c.text)
    return dataclasses.replace(claim, text=claim.text.replace(old, new))


FALSE = {
    "a sign": ("BTC −3.52%, ETH −3.39%", "BTC −3.52%", "BTC +3.52%"),
    "a digit": ("BTC −3.52%, ETH −3.39%", "−3.39%", "−3.93%"),
    "a date": ("over the UTC day", "27 Mar", "26 Mar"),
    "a unit": ("underperformed the Dow", "27 bps", "27pp"),
    "a scale": ("left stablecoins", "$952.7M", "$952.7B"),
    "a percentile": ("daily flows", "99th percentile", "91st percentile"),
    "legs swapped": ("Crypto is the outlier", "BTC −3.52% against the S&P 500's +0.59%", "BTC +0.59% against the S&P 500's −3.52%"),
    "coins swapped": ("BTC −3.52%, ETH −3.39%", "BTC −3.52%, ETH −3.39%", "BTC −3.39%, ETH −3.52%"),
    "markets swapped": ("Tape, side by side", "US +0.56%, Hong Kong +0.50%", "US +0.50%, Hong Kong +0.56%"),
    "fell for rose": ("Mainland shares rose", "Mainland shares rose", "Mainland shares fell"),
    "rose for left": ("left stablecoins", "left", "entered"),
    "down for up": ("A common disconnect", "+10.20%, up while prices fell", "+10.20%, up while prices rose"),
    "turnover fell": ("Turnover rose", "rose", "fell"),
    "ahead for behind": ("By the lead", "24 bps behind", "24 bps ahead of"),
    "outperformed": ("underperformed the Dow", "underperformed the Dow", "outperformed the Dow"),
    "behind for ahead": ("State-owned and value", "ahead of", "behind"),
    "above for below": ("Near round levels", "below 4,000", "above 4,000"),
    "above the high": ("No fresh high", "below", "above"),
    "decouples upward": ("Crypto decouples", "to the downside", "to the upside"),
    "who led": ("was the lead",
                "the S&P 500's +0.80% of 26 Mar was the lead (3 of 3 indices and 6 of 11 sectors up), the Hang Seng answered with +0.38%",
                "the Hang Seng's +0.38% was the lead, the S&P 500 answered with +0.80% of 26 Mar"),
    "a fresh high": ("No fresh high", "No fresh high", "Fresh high"),
    "at its high": ("No fresh high", "No fresh high", "Closed at a 52-week high"),
    "a record": ("Turnover rose", "Turnover rose", "Record turnover rose"),
    "largest": ("Counted in dollars", "Counted in dollars", "Largest flow"),
    "sharply": ("Mainland shares rose", "rose on", "rose sharply on"),
    "exceptionally": ("Mainland shares rose", "Mainland", "Exceptionally broad: mainland"),
    "liquidation, unhedged": ("Leverage came off", "consistent with liquidation", "this is liquidation"),
    "liquidation, elsewhere": ("Counted in dollars", "stablecoins.", "stablecoins, consistent with liquidation."),
    "capital flight": ("left stablecoins", "left stablecoins", "left stablecoins: genuine capital flight"),
    "regulation": ("BTC −3.52%, ETH −3.39%", "over the UTC day", "on regulatory overhang over the UTC day"),
    "because": ("Mainland shares rose", "SZSE Component led", "because of policy SZSE Component led"),
}  # fmt: skip


@pytest.mark.parametrize("case", FALSE)
def test_a_false_sentence_is_caught(case):
    words, old, new = FALSE[case]
    figures = made().figures()
    claim = planted(made(), words, old, new)
    assert faults(dataclasses.replace(claim, text=claim.text.replace(new, old)), figures) == []
    assert faults(claim, figures), claim.text


FALSE_ON_A_FALL = {
    "risk-on": ("Broad risk-off", "risk-off", "risk-on"),
    "rose with": ("Crypto fell with equities", "Crypto fell", "Crypto rose"),
    "lagged": ("outperformed the Dow", "outperformed the Dow", "lagged the Dow"),
}


@pytest.mark.parametrize("case", FALSE_ON_A_FALL)
def test_a_false_sentence_about_a_falling_day_is_caught(case, falling):
    words, old, new = FALSE_ON_A_FALL[case]
    assert faults(planted(falling, words, old, new), falling.figures())


def test_figures_of_different_sessions_may_not_stand_side_by_side_unsaid():
    figures = dict(made().figures())
    claim = Claim(kind="reading", text="S&P 500 +0.59%, BTC −3.52%.", rule="", evidence=("spx.change", "btc.change"), contradicted_by="")
    assert faults(claim, figures) == []
    figures["spx.change"] = figures["spx.change"]._replace(session=dt.date(2026, 3, 25))
    assert faults(claim, figures)
    said = dataclasses.replace(claim, text=f"{claim.text} Sessions: S&P 500 25 Mar; BTC 27 Mar.")
    assert faults(said, figures) == []


@pytest.mark.parametrize("evidence", [(), ("spx.change", "no.such_figure")])
def test_a_sentence_without_its_evidence_is_caught(evidence):
    claim = Claim(kind="reading", text="Equities.", rule="", evidence=evidence, contradicted_by="")
    assert faults(claim, made().figures())


@pytest.mark.parametrize(
    ("text", "holds"),
    [("0.6%", True), ("+0.59%", True), ("0.591%", False), ("−0.59%", False), ("0.5%", False), ("59 bps", False), ("0.59", False), ("$0.59", False)],
)
def test_equal_notations_resolve_and_others_do_not(text, holds):
    (number,) = numbers(text)
    figure = made().figures()["spx.change"]
    assert number.is_of(figure._replace(value=0.5897)) is holds


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("27 bps", -0.27, Unit.PP), ("0.27pp", -0.27, Unit.PP), ("4.1pp", 4.11, Unit.PP), ("410 bps", 4.1, Unit.PP), ("$0.95B", -9.527e8, Unit.USD),
        ("−$952.7M", -9.527e8, Unit.USD), ("¥2.06T", 2.0649e12, Unit.CNY), ("80%", 80.0, Unit.SHARE), ("99th percentile", 99.7, Unit.PERCENTILE),
        ("1,735", 1735, Unit.COUNT), ("−0.2σ", -0.16, Unit.SIGMA), ("250 sessions", 250, Unit.SESSIONS),
    ],
)  # fmt: skip
def test_notations_of_every_unit(text, value, unit):
    (number,) = numbers(text)
    figure = made().figures()["spx.change"]._replace(value=value, unit=unit)
    assert number.is_of(figure)
    assert not number.is_of(figure._replace(value=value * 0.6))
    assert not number.is_of(figure._replace(value=None))
    assert not number.is_of(figure._replace(value=np.nan))
