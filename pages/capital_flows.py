"""The capital-flow map: solid arrows are dollars that a source counted, dashed ones are inferred and carry no size."""

from pages.parts import pictures, section
from pages.parts.flows import in_words
from pages.parts.lens import lens

view = lens()

report = section.top(view, "capital_flows", "Capital flows")
pictures.draw(view, "flow_map.flow_map", needs="report")
in_words(report)
section.rest(report, "capital_flows")
