"""What the charts of gaps say: counts as the record counts them, breaks drawn and nothing counted across them."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from core import report
from core.charts import divergence
from core.charts.gap_history import gaps
from core.divergences import BY_KEY, RULES, base_rate, one
from core.records import Settings
from tests.core.charts.gallery import rows
from tests.core.lines import days, line, table_of
from tests.core.market import DAY, table


def built(date=DAY, **chosen):
    return report.build(table(), date, Settings(**chosen))


def told(picture, field):
    return [r for _, r in rows(picture) if field in r]


@pytest.mark.parametrize("unit", ["pp", "sigma"])
@pytest.mark.parametrize("rule", [r.key for r in RULES])
def test_the_chart_of_what_followed_is_the_record(rule, unit):
    made = built(dt.date(2026, 3, 25), threshold_unit=unit)
    past = base_rate(table(), one(table(), BY_KEY[rule], made.settings), table().panel.row(made.date))
    picture = divergence.closed(table(), made, rule)
    if not past.enough:
        assert picture is None
        return
    drawn = told(picture, "upper")
    drawn = drawn[: len(past.horizons)]
    for h, r in zip(past.horizons, drawn, strict=True):
        assert (r["share"], r["low"], r["upper"], r["usual"]) == (h.closed.share, h.closed.low, h.closed.high, h.closed.usual)
        assert r["shown"].endswith(f"of {h.n:,}")
    assert f"{past.events:,} separate events among {past.watched:,} sessions" in picture.subtitle
    five = past.horizons[1].closed
    assert picture.title.endswith({1: "more often than after any session", -1: "less often than after any session"}.get(five.told, "any session"))
    assert ("no telling" in picture.title) == (five.told == 0)


def test_too_few_events_draw_nothing():
    assert divergence.closed(table(), built(thresholds=(("us_crypto", 9.9),)), "us_crypto") is None


def test_the_histogram_says_how_often_and_how_many_events():
    made = built(thresholds=(("soe_tech", 2.0),))
    g = gaps(table(), made, "soe_tech")
    picture = divergence.distribution(table(), made, "soe_tech")
    share = g.fires.mean() * 100
    assert f"At ±2.0pp it fired on {g.fires.sum():,} of {len(g.values):,} sessions ({share:.1f}%), {g.events} separate events" in picture.subtitle
    assert {r["at"] for r in told(picture, "zero")} == {-2.0, 2.0}


def broken():
    """Two legs over 300 sessions of Hong Kong; the first comes from another source from the 280th on."""
    rng = np.random.default_rng(4)
    sessions = days("2024-01-02", count=300, calendar="XHKG")
    levels = [100 * np.exp(np.cumsum(rng.normal(0, 0.015, 300))) for _ in range(2)]
    lines = [
        line("hscei", sessions[:280], levels[0][:280], source="yahoo"), line("hscei", sessions[280:], levels[0][280:], source="eastmoney"),
        line("hstech", sessions, levels[1], source="yahoo"),
    ]  # fmt: skip
    made = table_of(*lines, dates=np.arange(sessions[0], sessions[-1] + 2))
    demo = dataclasses.replace(made.panel, dataset="live")
    return dataclasses.replace(made, panel=demo), sessions


def test_a_regime_break_is_drawn_and_named_and_nothing_is_counted_across_it():
    made, sessions = broken()
    last = made.panel.dates[-1].item()
    shown = report.build(made, last, Settings(thresholds=(("soe_tech", 0.5),)))
    picture = divergence.timeline(made, shown, "soe_tech")
    marks = told(picture, "why")
    assert {m["at"] for m in marks} == {str(gaps(made, shown, "soe_tech", 250).breaks[0].session)}
    assert "The source changes" in marks[0]["why"]
    assert {m["label"] for m in marks} == {"new regime"}
    assert "nothing is counted across it" in picture.subtitle
    assert len(told(picture, "fired")) > 200
    # The histogram holds the sessions of the report's own regime alone.
    g = gaps(made, shown, "soe_tech")
    assert g.sessions[0] >= sessions[280]
    assert g.breaks == ()
    section = shown.section("divergences")
    assert any("Nothing is counted across a regime break. The source changes" in x.why for x in section.gaps)
    checks = next(f for f in shown.findings if f.rule == "soe_tech").checks
    assert any("since its regime began" in c.text for c in checks)


def test_without_breaks_none_is_drawn():
    picture = divergence.timeline(table(), built(), "us_crypto")
    assert told(picture, "why") == []
    assert "regime" not in picture.subtitle
