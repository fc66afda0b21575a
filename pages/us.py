"""The US market: indices, sectors, and whether macro shows stress."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

levels, sectors, gauges = PLOTS["us"]

report = section.top(view, "us", "US market")
left, right = st.columns(2)
with left:
    pictures.plot(view, levels)
with right:
    pictures.plot(view, sectors)
pictures.plot(view, gauges)
section.rest(report, "us")
