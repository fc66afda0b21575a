"""The US market: indices, sectors, and whether macro shows stress."""

import streamlit as st

from core.insight.us import INDICES, MACRO
from core.metrics.breadth import SECTORS
from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    left, right = st.columns(2)
    with left:
        pictures.draw(view, "lines.rebased", INDICES, 90)
        pictures.draw(view, "ranked.unusual", (*INDICES[:3], *MACRO))
    with right:
        pictures.draw(view, "ranked.ranked_changes", SECTORS)


page(view, "us", "US market", _charts)
