"""The US market: indices, sectors, and whether macro shows stress."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section, sheet
from pages.parts.lens import lens

view = lens()

levels, sectors, gauges = PLOTS["us"]

report, said = section.top(view, "us", "US market")
sheet.show(*said)
left, right = st.columns(2)
with left:
    pictures.draw(view, levels)
with right:
    pictures.draw(view, sectors)
pictures.draw(view, gauges)
section.rest(report, "us")
