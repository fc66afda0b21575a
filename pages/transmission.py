"""The transmission chain: how a day travels from New York to Hong Kong and the mainland, and where it broke."""

import dataclasses

import streamlit as st

from core.catalogue import BY_KEY as SERIES
from core.metrics.transmission import LINKS
from pages.parts import own, pictures, section
from pages.parts.lens import lens

view = lens()

_LABELS = {f"{SERIES[k.leader].label} → {SERIES[k.follower].label}": k.key for k in LINKS}

chosen = own.chosen("link", tuple(_LABELS), next(iter(_LABELS)))
report = section.top(dataclasses.replace(view, own=(("link", chosen),)), "transmission", "Transmission chain")
pictures.draw(view, "chain.chain")
st.header("One link, today and over time", anchor=False)
link = _LABELS[st.selectbox("Link", tuple(_LABELS), key="link", bind="query-params")]
for column, factory in zip(st.columns(2), ("link.link_scatter", "link_history.link_history"), strict=True):
    with column:
        pictures.draw(view, factory, link)
section.rest(report, "transmission")
