"""The transmission chain: how a day travels from New York to Hong Kong and the mainland, and where it broke."""

import dataclasses

import streamlit as st

from core.catalogue import BY_KEY as SERIES
from core.charts.catalogue import PLOTS, Plot
from core.language import N_, _
from core.metrics.transmission import LINKS
from pages.parts import cards, own, pictures, section, sheet
from pages.parts.lens import lens

view = lens()

_LINKS = {k.key: N_("{leader} → {follower}", leader=SERIES[k.leader].label, follower=SERIES[k.follower].label) for k in LINKS}

chosen = own.chosen("link", _LINKS, next(iter(_LINKS)))
report, said = section.top(dataclasses.replace(view, own=(("link", _LINKS[chosen]),)), "transmission", "Transmission chain")
pictures.draw(view, PLOTS["transmission"][0], *said)
sheet.show(cards.heading("One link, today and over time"))
link = st.selectbox(_("Link"), tuple(_LINKS), format_func=lambda key: _(_LINKS[key]), key="link", bind="query-params")
for column, factory in zip(st.columns(2), ("link.link_scatter", "link_history.link_history"), strict=True):
    with column:
        pictures.draw(view, Plot(factory, (link,)))
section.rest(report, "transmission")
