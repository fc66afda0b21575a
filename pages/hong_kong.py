"""Hong Kong: its indices against their US counterparts, on the tape and against the lead they could know."""

import streamlit as st

from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

report = section.top(view, "hong_kong", "Hong Kong")
left, right = st.columns(2)
with left:
    pictures.draw(view, "hk.against_us")
with right:
    pictures.draw(view, "lines.rebased", ("hsi", "hscei", "hstech"), 90)
pictures.draw(view, "link.link_scatter", "us_hk_tech")
section.rest(report, "hong_kong")
