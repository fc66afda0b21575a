"""Crypto and DeFi: prices, stablecoins, value locked and DEX activity of the UTC day."""

import streamlit as st

from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

report = section.top(view, "crypto_defi", "Crypto & DeFi")
left, right = st.columns(2)
with left:
    pictures.draw(view, "stablecoins.flows", 60)
    pictures.draw(view, "defi.tvl_changes")
with right:
    pictures.draw(view, "defi.dex_changes")
    pictures.draw(view, "defi.volume_range")
section.rest(report, "crypto_defi")
