"""The pages, with their titles and icons. A page's file name is its path in the address."""

import datetime as dt
from pathlib import Path

import streamlit as st

from core.language import _, join
from core.wording import day
from pages.parts import tongue

PRODUCT = "Cross-market intelligence"
_SHOWN = "path of the page on show"
_ICON = Path(__file__).with_name("icon.png")
REPORT = {
    "overview": ("Overview", "newspaper"),
    "transmission": ("Transmission chain", "conversion_path"),
    "crypto_defi": ("Crypto & DeFi", "currency_bitcoin"),
    "us": ("US market", "flag"),
    "hong_kong": ("Hong Kong", "location_city"),
    "a_shares": ("A-shares", "stacked_line_chart"),
    "divergences": ("Divergences", "call_split"),
    "capital_flows": ("Capital flows", "account_tree"),
    "watch_next": ("Watch next", "visibility"),
}
MEMORY = {
    "history": ("History", "calendar_month"),
    "similar_days": ("Similar days", "join_inner"),
    "compare": ("Compare", "compare_arrows"),
    "scorecard": ("Scorecard", "scoreboard"),
}
EVIDENCE = {"data": ("Data", "database")}


def _pages(declared: dict[str, tuple[str, str]]) -> list[st.Page]:
    return [
        st.Page(f"pages/{stem}.py", title=_(title), icon=f":material/{icon}:", default=stem == "overview")
        for stem, (title, icon) in declared.items()
    ]  # fmt: skip


def name(title: str, date: dt.date | None) -> None:
    """Name the browser's tab, and so its history and bookmarks, after a page and its report date."""
    parts = (title, day(date, year=True) if date else "", PRODUCT if title != PRODUCT else "")
    st.set_page_config(page_title=_(join(" · ", [p for p in parts if p])))


def shown() -> str:
    """The path of the page on show; empty for the overview."""
    path: str = st.session_state.get(_SHOWN, "")
    return path


def current() -> st.Page:
    """Draw the menu and return the page that the reader asked for.

    The icon is a file of ours because Streamlit would fetch a named one from another host.

    The first link opened after a start may lead to a page without passing the router; that page draws the menu itself.
    """
    tongue.settle()
    st.set_page_config(page_title=_(PRODUCT), page_icon=_ICON, layout="wide")
    page = st.navigation({_("Report"): _pages(REPORT), _("Memory"): _pages(MEMORY), _("Evidence"): _pages(EVIDENCE)}, expanded=True)
    st.session_state[_SHOWN] = page.url_path
    return page
