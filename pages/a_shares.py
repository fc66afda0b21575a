"""A-shares: indices, breadth, turnover, and what is known of domestic and foreign money."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section, sheet
from pages.parts.lens import lens

view = lens()

levels, breadth = PLOTS["a_shares"]

report, said = section.top(view, "a_shares", "A-shares")
sheet.show(*said)
left, right = st.columns(2)
with left:
    pictures.draw(view, levels)
with right:
    pictures.draw(view, breadth)
section.rest(report, "a_shares")
