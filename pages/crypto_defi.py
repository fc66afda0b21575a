"""Crypto and DeFi: prices, stablecoins, value locked and DEX activity of the UTC day."""

import streamlit as st

from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    left, right = st.columns(2)
    with left:
        pictures.draw(view, "stablecoins.flows", 60)
        pictures.draw(view, "defi.dex_changes")
    with right:
        pictures.draw(view, "defi.tvl_changes")
        pictures.draw(view, "defi.volume_range")


page(view, "crypto_defi", "Crypto & DeFi", _charts)
