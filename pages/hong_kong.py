"""Hong Kong: its indices against their US counterparts, on the tape and against the lead they could know."""

import streamlit as st

from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    left, right = st.columns(2)
    with left:
        pictures.draw(view, "hk.against_us")
    with right:
        pictures.draw(view, "lines.rebased", ("hsi", "hscei", "hstech"), 90)
    pictures.draw(view, "link.link_scatter", "us_hk_tech")


page(view, "hong_kong", "Hong Kong", _charts)
