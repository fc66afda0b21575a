"""The transmission chain: how a day travels from New York to Hong Kong and the mainland, and where it broke."""

import streamlit as st

from core.records import Report, Section
from pages.parts import pictures
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()

# Links whose scatter is shown: the true overnight lead of each follower.
_LINKS = ("us_hk_broad", "us_hk_tech", "us_cn_broad")


def _charts(view: Lens, report: Report, section: Section) -> None:
    pictures.draw(view, "chain.chain")
    columns = st.columns(len(_LINKS))
    for column, link in zip(columns, _LINKS, strict=True):
        with column:
            pictures.draw(view, "link.link_scatter", link)


page(view, "transmission", "Transmission chain", _charts)
