"""The transmission chain: how a day travels from New York to Hong Kong and the mainland, and where it broke."""

import streamlit as st

from pages.parts import pictures, section
from pages.parts.lens import lens

view = lens()

# Links whose scatter is shown: each follower against its true overnight lead.
LINKS = ("us_hk_broad", "us_hk_tech", "us_cn_broad")

report = section.top(view, "transmission", "Transmission chain")
pictures.draw(view, "chain.chain")
for column, link in zip(st.columns(len(LINKS)), LINKS, strict=True):
    with column:
        pictures.draw(view, "link.link_scatter", link)
section.rest(report, "transmission")
