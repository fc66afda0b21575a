"""A-shares: indices, breadth, turnover, and what is known of domestic and foreign money."""

import streamlit as st

from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

report = section.top(view, "a_shares", "A-shares")
left, right = st.columns(2)
with left:
    pictures.draw(view, "lines.rebased", ("sse", "szse", "chinext", "csi300"), 90)
with right:
    pictures.draw(view, "breadth.a_share_breadth")
section.rest(report, "a_shares")
