"""Pages draw the charts that files draw: both read them from one catalogue."""

import pytest

from core.charts.catalogue import PLOTS
from pages.parts import loads

# Charts whose rule or link the reader picks on the page.
PICKED = {
    "transmission": {"link.link_scatter", "link_history.link_history"},
    "divergences": {"divergence.distribution", "divergence.timeline", "divergence.closed"},
}


@pytest.mark.parametrize("section", PLOTS)
def test_a_page_draws_the_charts_of_its_section(visit, monkeypatch, section):
    drawn = set()
    original = loads.picture

    def noted(of, date, settings, factory, arguments, needs):
        drawn.add((factory, arguments, needs))
        return original(of, date, settings, factory, arguments, needs)

    monkeypatch.setattr(loads, "picture", noted)
    assert not visit(section, dataset="demo", date="2026-03-28").exception
    picked = PICKED.get(section, set())
    declared = {(p.factory, p.arguments, p.needs) for p in PLOTS[section]}
    assert {d for d in drawn if d[0] not in picked} == {d for d in declared if d[0] not in picked}
    assert {d[0] for d in declared} <= {d[0] for d in drawn}
