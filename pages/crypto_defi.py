"""Crypto and DeFi: prices, stablecoins, value locked and DEX activity of the UTC day."""

import streamlit as st

from core.charts.catalogue import PLOTS
from pages.parts import pictures, section, sheet
from pages.parts.lens import lens

view = lens()

supply, locked, traded, ranges = PLOTS["crypto_defi"]

report, said = section.top(view, "crypto_defi", "Crypto & DeFi")
sheet.show(*said)
left, right = st.columns(2)
with left:
    pictures.draw(view, supply)
    pictures.draw(view, locked)
with right:
    pictures.draw(view, traded)
    pictures.draw(view, ranges)
section.rest(report, "crypto_defi")
