"""Taking a report away: as a file in every format, or as a link that shows the same anywhere."""

import streamlit as st

from core.export import EXPORTS, file_name
from core.records import Report
from pages.parts import loads
from pages.parts.lens import Lens

_HERE = "/"


def path() -> str:
    """The path of the page being shown, `/` for the overview."""
    url = st.context.url or _HERE
    return "/" + url.split("?")[0].rstrip("/").split("/", 3)[-1] if url.count("/") > 2 else _HERE


def share(view: Lens, report: Report) -> None:
    """A popover with the downloads and the link. Files are made on the click."""
    if view.market is None or view.date is None:
        return
    market, date, settings = view.market, view.date, view.settings
    with st.popover("Take away", icon=":material/ios_share:", width="content"):
        st.caption("This report as a file")
        for e in EXPORTS:
            st.download_button(
                e.label, lambda fmt=e.key: loads.export_bytes(market, date, settings, fmt), file_name(report, e), e.mime,
                key=f"download {e.key}", on_click="ignore", icon=":material/download:", width="stretch",
            )  # fmt: skip
        st.caption("A link to exactly this view, to paste after the app's address")
        st.code(f"{path()}?{view.query}", language=None, wrap_lines=True)
