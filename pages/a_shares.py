"""A-shares: indices, breadth, turnover, and what is known of domestic and foreign money."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

levels, breadth = PLOTS["a_shares"]

report = section.top(view, "a_shares", "A-shares")
left, right = st.columns(2)
with left:
    pictures.plot(view, levels)
with right:
    pictures.plot(view, breadth)
section.rest(report, "a_shares")
