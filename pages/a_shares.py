"""A-shares: indices, breadth, turnover, and what is known of domestic and foreign money."""

import streamlit as st

from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    left, right = st.columns(2)
    with left:
        pictures.draw(view, "lines.rebased", ("sse", "szse", "chinext", "csi300"), 90)
    with right:
        pictures.draw(view, "breadth.a_share_breadth")


page(view, "a_shares", "A-shares", _charts)
