"""Hong Kong: its indices against their US counterparts, on the tape and against the lead they could know."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section, sheet
from pages.parts.lens import lens

view = lens()

gaps, levels, tech_link = PLOTS["hong_kong"]

report, said = section.top(view, "hong_kong", "Hong Kong")
sheet.show(*said)
left, right = st.columns(2)
with left:
    pictures.draw(view, gaps)
with right:
    pictures.draw(view, levels)
pictures.draw(view, tech_link)
section.rest(report, "hong_kong")
