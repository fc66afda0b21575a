"""The capital-flow map: solid arrows are dollars that a source counted, dashed ones are inferred and carry no size."""

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section
from pages.parts.flows import in_words
from pages.parts.lens import lens

view = lens()

report, said = section.top(view, "capital_flows", "Capital flows")
pictures.draw(view, PLOTS["capital_flows"][0], *said)
section.rest(report, "capital_flows", in_words(report))
