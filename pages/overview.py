"""The one-page report: the headline and what it rests on, the chain, the markets, divergences, flows, what is missing, what to watch."""

import streamlit as st

from core.charts.catalogue import PLOTS
from core.language import _
from pages.parts import cards, findings, loads, pictures, sheet, tables, tiles, trust
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
    asked = (view.market, view.date, view.settings)
    pictures.draw(
        view, PLOTS["transmission"][0],
        cards.head(view, report, PRODUCT), trust.remark(loads.health(*asked)), cards.answer(insight, figures), cards.below(insight, figures),
        tiles.row(view.market, report, TILES), cards.heading("Transmission chain"), cards.answer(report.section("transmission"), figures),
    )  # fmt: skip
    pictures.draw(
        view, PLOTS["capital_flows"][0],
        cards.heading("Divergences"), findings.ranked(report, loads.shares(*asked)), cards.heading("Flows"), cards.answer(flows, figures),
    )  # fmt: skip
    listed = (tables.shown(table, figures) for table in watch.tables)
    sheet.show(cards.below(flows, figures), cards.heading("Watch next"), *listed, cards.claims(watch.claims, figures))
    _links()
    sheet.show(cards.gaps(*report.sections, live=report.dataset == "live"), cards.words(insight, flows, watch))
    cards.evidence(insight, flows, watch)


_page(view)
