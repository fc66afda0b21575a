"""No sentence about the chain is refuted by the very figures it is made from, and none names an answer where there was no lead to answer."""

import numpy as np
import pytest

from core import report
from core.charts import theme
from core.charts.chain_data import arrows
from core.insight import transmission
from core.insight.check import faults
from core.insight.follow import LOST
from core.metrics.breadth import SECTORS
from core.records import Settings
from tests.core.market import DAY, desk_with, table


def refuted(claim, figures):
    """Whether what would contradict a claim holds already, for the refuters that figures can show; None for the others."""
    z = [abs(figures[k].value) for k in claim.evidence if k.endswith(".residual_z")]
    if "in either link" in claim.contradicted_by:
        keys = [f"link.{k}." for k in ("us_hk_broad", "us_cn_broad")]
        return any(abs(figures[k + "residual_z"].value) >= 2 or figures[k + "corr_low"].value <= 0 for k in keys)
    if claim.contradicted_by.startswith("A residual well within one standard deviation"):
        return min(z) < 1
    if claim.contradicted_by.startswith("A residual within half a standard deviation"):
        return min(z) < 0.5
    if claim.contradicted_by.startswith("A correlation by date as high"):
        return figures["link.us_hk_broad.date_corr"].value >= figures["link.us_hk_broad.corr"].value
    return None


@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_no_refuter_holds_at_birth(edition):
    seen = {}
    for day in table(edition).panel.dates[400::37]:
        made = report.build(table(edition), day.item(), Settings())
        figures = made.figures()
        for claim in (c for k in ("transmission", "hong_kong") for c in made.section(k).claims):
            holds = refuted(claim, figures)
            assert not holds, (day, claim.text)
            seen[claim.contradicted_by] = seen.get(claim.contradicted_by, 0) + (holds is not None)
    assert sum(count > 0 for count in seen.values()) >= 4


def test_an_answer_within_the_scatter_has_no_ratio_read_and_no_colour():
    made = report.build(table(), DAY, Settings())
    told = [c.text for k in ("transmission", "hong_kong") for c in made.section(k).claims]
    assert sum("within the usual scatter of what" in t or "nothing to read" in t for t in told) == 3
    assert not any("moderate" in text or "amplified" in text for text in told)
    links = next(t for t in made.section("transmission").tables if t.key == "links")
    assert [c.text for c in links.rows[0]][5:7] == ["0.66", LOST]
    latest = [a for a in arrows(table(), table().panel.row(DAY), Settings().flat) if a.latest]
    assert [a.word for a in latest] == [LOST, LOST]
    assert {theme.FOLLOW[a.word] for a in latest} == {theme.NEUTRAL}


@pytest.mark.parametrize(("measure", "value", "why"), [("corr_low", -0.05, "no proven link"), ("lead", 0.05, "no lead beyond the flat band")])
def test_without_a_lead_to_answer_nothing_is_an_answer(measure, value, why):
    section = transmission.write(desk_with(**{f"link.{k}.{measure}": value for k in ("us_hk_broad", "us_cn_broad")}))
    claim = section.claims[0]
    assert "before it: S&P 500 " in claim.text
    assert why in claim.text
    assert "answered" not in claim.text
    assert "was the lead" not in claim.text
    assert faults(claim, {f.key: f for f in section.figures}) == []


@pytest.mark.parametrize(
    ("sectors", "indices", "word"),
    [
        (11, 3, "Clean risk-on transmission"), (8, 3, "Clean risk-on transmission"), (7, 3, "on a narrow US lead"), (9, 2, "on a narrow US lead"),
        (np.nan, 3, "on a US lead of unknown breadth"), (np.nan, 2, "on a narrow US lead"),
    ],
)  # fmt: skip
def test_clean_needs_a_broad_lead_on_its_own_session(sectors, indices, word):
    section = transmission.write(desk_with(**{"lead.hk_sectors_up": sectors, "lead.hk_indices_up": indices}))
    assert word in section.claims[0].text.split(":")[0]
    assert faults(section.claims[0], {f.key: f for f in section.figures}) == []


def test_the_breadth_of_the_lead_is_that_of_its_session():
    of = table()
    row = of.panel.row(DAY)
    before = of.panel.row(DAY) - 1  # its US session is that of 26 March
    assert of.value("lead.hk_sectors_up", row) == of.value("us.sectors_up", before) == 6
    assert of.value("lead.cn_indices_up", row) == of.value("us.indices_up", before) == 3
    assert len(SECTORS) == 11


@pytest.mark.parametrize(("other", "word"), [(-0.3, "Mixed, no clean transmission"), (-0.05, "Risk-on by direction only")])
def test_direction_alone_needs_the_other_indices_not_to_oppose(other, word):
    unproven = {f"link.{k}.corr_low": -0.05 for k in ("us_hk_broad", "us_cn_broad")}
    assert transmission.write(desk_with(**unproven, **{"hscei.change": other})).claims[0].text.startswith(word)
