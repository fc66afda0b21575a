"""The capital-flow map: solid arrows are dollars that a source counted, dashed ones are inferred and carry no size."""

import streamlit as st

from core.export.arrange import flow
from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.markup import esc
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    pictures.draw(view, "flow_map.flow_map", needs="report")
    sentences = "".join(f"<li>{esc(flow(edge, report))}.</li>" for edge in report.flows.edges)
    if sentences:
        st.html(f'<details class="mi-fold"><summary>The map in words</summary><ul>{sentences}</ul></details>')


page(view, "capital_flows", "Capital flows", _charts)
