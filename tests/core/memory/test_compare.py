"""Two dates side by side: symmetric, complete, and ranked by how unusual a change is."""

import datetime as dt

import numpy as np
import pytest

from core import report
from core.memory.compare import changes, compare, leading
from core.metrics import BY_KEY as METRICS
from core.metrics import compute
from core.panel import build
from core.records import Settings
from core.wording import NA
from tests.core.market import DAY, observations, table

BEFORE = dt.date(2026, 3, 20)


@pytest.fixture(scope="module")
def reports():
    return tuple(report.build(table(), d, Settings()) for d in (BEFORE, DAY))


def test_a_change_is_measured_against_changes_over_as_many_days():
    (made,) = changes(table(), BEFORE, DAY, ["vix.close"])
    level = table().columns["vix.close"]
    usual = (level[8:] / level[:-8] - 1) * 100
    usual = usual[np.isfinite(usual)]
    assert made.change == pytest.approx((made.b / made.a - 1) * 100)
    assert made.unusual == pytest.approx(abs(made.change) / np.sqrt(np.mean(usual**2)))


def test_what_comes_after_the_later_date_does_not_count():
    earlier = dt.date(2024, 3, 1), dt.date(2024, 3, 8)
    whole = changes(table(), *earlier, list(METRICS))
    level = table().columns["spx.close"][: table().panel.row(earlier[1]) + 1]
    usual = (level[7:] / level[:-7] - 1) * 100
    spx = next(c for c in whole if c.key == "spx.close")
    assert spx.unusual == pytest.approx(abs(spx.change) / np.sqrt(np.nanmean(usual**2)))


def test_the_most_unusual_comes_first_and_the_unmeasured_last():
    made = changes(table(), BEFORE, DAY, list(METRICS))
    sizes = [c.unusual for c in made if c.unusual is not None]
    assert sizes == sorted(sizes, reverse=True)
    kinds = [(c.change is None, c.unusual is None) for c in made]
    assert kinds == sorted(kinds)
    assert made[0].key == "stable.redeemed"


def test_turned_round_every_change_has_the_other_sign():
    there, back = changes(table(), BEFORE, DAY, ["spx.change", "us10y.close"]), changes(table(), DAY, BEFORE, ["spx.change", "us10y.close"])
    assert {c.key: -c.change for c in there} == pytest.approx({c.key: c.change for c in back})
    assert {c.key: c.unusual for c in there} == pytest.approx({c.key: c.unusual for c in back})


def test_every_section_is_compared_and_differing_rules_are_named(reports):
    made = compare(table(), *reports)
    assert [p.key for p in made.parts] == [s.key for s in reports[1].sections]
    for p, a, b in zip(made.parts, *(r.sections for r in reports), strict=True):
        assert (p.before, p.after) == (a.answer, b.answer)
        assert p.differs == (a.answer != b.answer)
    states = [{f.label: f.state for f in r.findings} for r in reports]
    assert {r[0].text for r in made.rules.rows} == {k for k in states[1] if states[0][k] != states[1][k]}
    assert "2026" in made.biggest.columns[1]


def test_the_leading_changes_do_not_repeat_each_other():
    found = leading(changes(table(), BEFORE, DAY, list(METRICS)))
    inputs = [METRICS[c.key].inputs for c in found]
    assert len(inputs) == len(set(inputs)) == 15
    assert not any(c.key.endswith((".z", ".rank")) for c in found)


@pytest.mark.parametrize("before", [dt.date(2024, 3, 1), dt.date(2025, 6, 10), BEFORE])
def test_the_leading_changes_are_moves_of_markets_and_no_statistics_of_a_link_or_a_reason(before):
    keys = {c.key for c in leading(changes(table(), before, before + dt.timedelta(days=1), list(METRICS)), 40)}
    inner = (".by_", ".stretch", ".waiting", ".held", "_beta", ".beta", ".follow", "corr", "residual", "implied", ".pending_", ".span_")
    assert keys
    assert not [k for k in keys if any(part in k for part in inner)]


def test_a_date_against_itself_has_no_change(reports):
    made = compare(table(), reports[1], reports[1])
    assert made.biggest.rows == made.rules.rows == ()
    assert not any(p.differs or p.figures.rows for p in made.parts)


def test_an_unknown_figure_is_no_change():
    frame = observations()[lambda f: (f["series"] != "vix") | (f["session"] > "2026-03-24")]
    of = compute(build(frame, "demo", "morning", np.arange(np.datetime64(BEFORE), np.datetime64(DAY) + 1)))
    (made,) = changes(of, BEFORE, DAY, ["vix.close"])
    assert made.b is not None
    assert (made.a, made.change, made.unusual, made.shown) == (None, None, None, NA)
    parts = compare(of, *(report.build(of, d, Settings()) for d in (BEFORE, DAY))).parts
    row = next(r for p in parts if p.key == "us" for r in p.figures.rows if r[0].text == "VIX")
    assert [c.text for c in row] == ["VIX", NA, "16.96", NA, NA]
