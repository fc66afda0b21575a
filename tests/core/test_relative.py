"""A tie has no direction: what lies within the flat band is in line, in every sentence, table, rule and chart; and tape and lead are told apart."""

import datetime as dt

import numpy as np
import pytest

from core import report
from core.charts import hk
from core.divergences import BY_KEY, RULES
from core.insight import a_shares, chain_tables, divergences, hong_kong
from core.insight.check import faults
from core.insight.relative import against, side
from core.records import Settings
from tests.core.market import DAY, desk_with, table

ASIA = dt.date(2026, 3, 27)
TIE = dict.fromkeys((f"{k}.change" for k in ("spx", "ndx", "dow", "hsi", "hscei", "hstech", "sse", "szse", "chinext", "btc", "eth")), 0.3)
GAPS = dict.fromkeys(("hk.hsi_dow", "hk.hscei_spx", "hk.hstech_ndx", "lead.hsi_dow", "lead.hscei_spx", "lead.hstech_ndx", "hk.soe_broad",
                      "hk.tech_broad", "cn.sse_hsi", "cn.szse_hstech", "cn.szse_sse", "cn.chinext_sse"), 0.0)  # fmt: skip
MEANS = {"us.mean": 0.3, "hk.mean": 0.3, "cn.mean": 0.3}
DIRECTED = ("ahead of", "behind", "outperformed", "underperformed", "lagged", " beat ", " led", "and leading", "stronger", "weaker", "held up best")


@pytest.mark.parametrize(
    ("gap", "word"),
    [(0.1, "ahead of"), (0.099, "in line with"), (0.0, "in line with"), (-0.099, "in line with"), (-0.1, "behind"), (None, ""), (np.nan, "")],
)
def test_the_one_comparison_and_its_band(gap, word):
    assert against(gap, 0.1) == word
    assert side(gap, 0.1) == {"ahead of": 1, "behind": -1}.get(word, 0)


@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_equal_moves_have_no_direction_anywhere(edition):
    desk = desk_with(edition, DAY if edition == "morning" else ASIA, **TIE, **GAPS, **MEANS)
    sections = [hong_kong.write(desk), a_shares.write(desk)]
    said = [c for s in sections for c in s.claims if c.kind != "question" and not c.rule.startswith("hong_kong.lead: actual")]
    cells = [c.text for s in sections for t in s.tables for row in t.rows for c in row]
    for text in (*(c.text for c in said), *cells, chain_tables._hk_signal(desk), chain_tables._cn_signal(desk)):
        assert not [w for w in DIRECTED if w in text], text
    assert "none of the three stands out" in sections[1].claims[0].text
    assert any(c.text.startswith("Domestic shares in line with Hong Kong") for c in said)
    figures = {f.key: f for s in sections for f in s.figures}
    assert [found for c in said if (found := faults(c, figures))] == []


@pytest.mark.parametrize("key", [r.key for r in RULES if r.mode == "relative"])
def test_a_rule_gives_a_gap_within_the_band_no_direction(key):
    rule = BY_KEY[key]
    legs = {rule.pair.a.metric: 0.3, rule.pair.b.metric: 0.3}
    words = {gap: divergences.said(desk_with(**legs, **{f"gap.{key}": gap}), rule) for gap in (0.0, 0.05, -0.05, 0.2, -0.2)}
    assert {words[g] for g in (0.0, 0.05, -0.05)} == {f"{rule.pair.a.label} in line with {rule.pair.b.label}"}
    assert (words[0.2], words[-0.2]) == (rule.above, rule.below)


def test_two_indices_within_the_band_lead_together():
    moved = {"sse.change": 0.1, "szse.change": 0.62, "chinext.change": 0.6, "cn.mean": 0.44}
    assert a_shares.write(desk_with(**moved)).claims[0].text.endswith("; SZSE Component and ChiNext led.")
    alone = a_shares.write(desk_with(**moved | {"szse.change": 0.3})).claims[0].text
    assert alone.endswith("; ChiNext led.")


def indices(made):
    return next(t for t in made.section("hong_kong").tables if t.key == "indices")


def test_where_the_tape_is_the_lead_one_column_says_so():
    made = report.build(table("asia_close"), ASIA, Settings())
    asia = indices(made)
    assert asia.note.startswith("The tape is the lead")
    assert "vs US" in asia.columns
    assert not {"vs US, tape", "vs US, lead", "On the tape"} & set(asia.columns)
    assert "tape" not in " ".join(c.text for c in made.section("hong_kong").claims)
    picture = hk.against_us(table("asia_close"), made)
    assert picture.title == "Hang Seng against Dow: 24 bps behind against the lead it could know"
    assert "the tape is the lead" in picture.subtitle


def test_the_footnote_takes_the_order_of_closing_from_the_sessions():
    morning = report.build(table(), DAY, Settings())
    assert "which closed after Hong Kong" in indices(morning).note
    assert "on the tape" in hk.against_us(table(), morning).title
    after_holiday = report.build(table("asia_close"), dt.date(2025, 10, 8), Settings())
    assert "which had closed before Hong Kong" in indices(after_holiday).note
    assert "vs US, lead" in indices(after_holiday).columns


@pytest.mark.parametrize(("day", "unit", "mark"), [(DAY, "basis points", " bps"), (dt.date(2025, 12, 17), "percentage points", "pp")])
def test_the_picture_against_the_us_has_one_unit_on_its_axis_and_its_labels(day, unit, mark):
    spec = hk.against_us(table(), report.build(table(), day, Settings())).spec
    dots = [row for layer in spec["layer"] for row in layer.get("data", {}).get("values", ()) if "shown" in row]
    assert dots
    for row in dots:
        assert row["shown"].endswith(mark)
        written = float(row["shown"].removesuffix(mark).replace("\N{MINUS SIGN}", "-"))
        assert written == pytest.approx(row["value"], abs=0.5 if mark == " bps" else 0.05)
    assert f"Hong Kong less US ({unit})" in str(spec)
