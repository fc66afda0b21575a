"""The one-page report: the headline and what it rests on, the chain, the markets, divergences, flows, what is missing, what to watch."""

import streamlit as st

from core.language import _
from pages.parts import cards, findings, loads, pictures, tables, tiles, trust
from pages.parts.lens import Lens, lens
from pages.parts.menu import PRODUCT
from pages.parts.notices import opened

view = lens()

TILES = ("spx", "ndx", "vix", "us10y", "hsi", "hstech", "sse", "szse", "btc", "eth", "stablecoins", "tvl")


def _links() -> None:
    with st.container(horizontal=True):
        for stem, title in (("divergences", "All divergences"), ("capital_flows", "The flow map"), ("data", "Sources and data")):
            st.page_link(f"pages/{stem}.py", label=_(title), icon=":material/arrow_forward:")


def _page(view: Lens) -> None:
    report = opened(view)
    figures, insight, flows, watch = report.figures(), *(report.section(k) for k in ("key_insight", "capital_flows", "watch_next"))
    cards.head(view, report, PRODUCT)
    if view.market and view.date:
        trust.remark(loads.health(view.market, view.date, view.settings))
    cards.answer(insight, figures)
    cards.below(insight, figures)
    tiles.row(view.market, report, TILES)
    st.header(_("Transmission chain"), anchor=False)
    cards.answer(report.section("transmission"), figures)
    pictures.draw(view, "chain.chain")
    st.header(_("Divergences"), anchor=False)
    findings.ranked(report, loads.shares(view.market, view.date, view.settings) if view.market and view.date else {})
    st.header(_("Flows"), anchor=False)
    cards.answer(flows, figures)
    pictures.draw(view, "flow_map.flow_map", needs="report")
    cards.below(flows, figures)
    st.header(_("Watch next"), anchor=False)
    for table in watch.tables:
        tables.show(table, figures)
    cards.claims(watch.claims, figures)
    _links()
    cards.gaps(*report.sections, live=report.dataset == "live")
    cards.evidence(insight, flows, watch)


_page(view)
