"""What stands above every page: which data it is, what the link got wrong, and what to do where nothing can be shown."""

import datetime as dt

import streamlit as st

from core.datasets import NEEDED, dataset
from core.errors import ExplorerError
from core.language import _
from core.records import Report
from core.wording import day
from pages.parts import ahead, background, loads
from pages.parts.lens import Lens
from pages.parts.markup import esc, md


def opened(view: Lens) -> Report:
    """The report to show, with the notices above it. Where there is none, the page ends here with the reason."""
    remarks(view)
    banner(view)
    if view.trouble:
        st.error(md(view.trouble), icon=":material/error:")
        st.stop()
    if view.market is None or view.date is None:
        _nothing(view)
        st.stop()
    try:
        report = loads.report(view.market, view.date, view.settings)
    except ExplorerError as error:
        st.error(md(error.text), icon=":material/error:")
        st.stop()
    ahead.begin(view)
    return report


def remarks(view: Lens) -> None:
    """What the link got wrong."""
    for remark in view.remarks:
        st.warning(md(remark), icon=":material/link_off:")


def banner(view: Lens) -> None:
    """Which data it is, where it is not the real market; and that the store had to be rebuilt, where it had."""
    if not view.trouble and (alert := dataset(view.dataset).alert()):
        st.warning(md(alert), icon=":material/healing:")
    notice = dataset(view.dataset).notice
    if not notice:
        return
    why = "No live data has been fetched yet." if loads.live_is_empty() else "Live data is one click away, in the sidebar."
    st.html(f'<div class="mi-banner" role="note"><strong>{esc(notice)}</strong> <span class="mi-quiet">{esc(why)}</span></div>')


def _before(date: dt.date) -> None:
    """A date before the stored history: what it needs can be fetched, and is shown as soon as it is there."""
    running = (found := background.latest()) is not None and found.running
    fetching = "{date} lies before what is stored. Data is being fetched; progress stands in the sidebar."
    idle = "{date} lies before what is stored. Its report can be made once the history it needs is fetched."
    st.info(_(fetching if running else idle, date=day(date, year=True)), icon=":material/history:")
    since = date - dt.timedelta(days=NEEDED)
    st.button(
        _("Fetch what {date} needs", date=day(date, year=True)), icon=":material/download:", type="primary", disabled=running,
        on_click=background.start, kwargs={"asked": True, "since": since},
        help=_("Asks every source for what lacks since {date}. It can take some minutes.", date=day(since, year=True)),
    )  # fmt: skip


def _nothing(view: Lens) -> None:
    if view.lacking is not None:
        _before(view.lacking)
        return
    if view.asof is not None:
        said = _("Nothing had been read by that instant. Clear “As known at” in the sidebar to see what is known now.")
        st.info(said, icon=":material/history:")
        return
    running = (found := background.latest()) is not None and found.running
    fetching = "The store holds no live data yet. It is being fetched; progress stands in the sidebar."
    idle = "The store holds no live data yet. Fetch it now, or look at the demo market."
    st.info(_(fetching if running else idle), icon=":material/database:")
    with st.container(horizontal=True):
        st.button(
            _("Fetch live data"), icon=":material/refresh:", type="primary", disabled=running, on_click=background.start, kwargs={"asked": True}
        )  # fmt: skip
        st.button(_("Open the demo market"), icon=":material/science:", on_click=_open_demo)


def _open_demo() -> None:
    st.session_state["dataset"] = "demo"
