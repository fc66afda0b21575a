"""The US market: indices, sectors, and whether macro shows stress."""

import streamlit as st

from core.insight.us import INDICES, MACRO
from core.metrics.breadth import SECTORS
from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

report = section.top(view, "us", "US market")
left, right = st.columns(2)
with left:
    pictures.draw(view, "lines.rebased", INDICES, 90)
with right:
    pictures.draw(view, "ranked.ranked_changes", SECTORS)
pictures.draw(view, "ranked.unusual", (*INDICES[:3], *MACRO))
section.rest(report, "us")
