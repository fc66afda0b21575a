"""Taking a report away: as a file in every format, or as a link that shows the same anywhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.export import EXPORTS, Export, file_name, table_name
from core.export.csv import of_frame, of_table
from core.export.grid import tables
from core.export.look import Look
from core.language import N_, _, speaking
from core.records import Report
from pages.parts import loads
from pages.parts.lens import Lens

if TYPE_CHECKING:
    from core.charts.picture import Picture


def address() -> str:
    """The address of the page being shown as the reader's browser has it, without its query; `/` where no browser tells."""
    return (st.context.url or "/").partition("?")[0]


def share(view: Lens, report: Report) -> None:
    """A popover with the downloads and the link, drawn once it is open. Files are made on the click."""
    if view.market is None or view.date is None:
        return
    over = st.popover(_("Take away"), icon=":material/ios_share:", width="content", key="take away", on_change="rerun")
    if not over.open:
        return
    with over:
        for group in dict.fromkeys(e.group for e in EXPORTS):
            st.caption(_(group))
            members = [e for e in EXPORTS if e.group == group]
            for first in range(0, len(members), 2):
                for column, e in zip(st.columns(2, gap="small"), members[first : first + 2], strict=False):
                    with column:
                        _button(view, report, e)
        _one_table(view, report)
        st.caption(_("A link to this view"))
        st.code(f"{address()}?{view.query}", language=None, wrap_lines=True)
        pinned = view.pinned
        if pinned:
            st.caption(_("The same, pinned to what is known now: later restatements will not change it"))
            st.code(f"{address()}?{pinned}", language=None, wrap_lines=True)


def _button(view: Lens, report: Report, e: Export) -> None:
    market, date, settings, look = view.market, view.date, view.settings, Look(convention=view.colours, language=view.language)
    st.download_button(
        _(e.label), lambda: loads.export_bytes(market, date, settings, e.key, look), file_name(report, e), e.mime, key=f"download {e.key}",
        on_click="ignore", icon=":material/download:", width="stretch",
    )  # fmt: skip


def _one_table(view: Lens, report: Report) -> None:
    """Any table of the report as a file, those of the page's own section first."""
    here = address().rpartition("/")[2]
    found = {name: (section, table) for section, name, table in sorted(tables(report), key=lambda t: t[0].key != here)}
    if not found:
        return
    st.caption(_("One table, as it stands in its section"))
    titled = {name: N_("{name}: {value}", name=section.title, value=table.title) for name, (section, table) in found.items()}
    chosen = st.selectbox(_("Table"), list(found), format_func=lambda name: _(titled[name]), key="one table", label_visibility="collapsed")
    st.download_button(
        _("Chosen table (CSV)"), lambda: _said(view, lambda: of_table(found[chosen][1], report.figures(), report)), table_name(report, chosen),
        "text/csv", key="download one table", on_click="ignore", icon=":material/download:", width="stretch",
    )  # fmt: skip


def _said(view: Lens, make: Callable[[], bytes]) -> bytes:
    """A file in the reader's language; it is made on a click, in a thread that speaks none yet."""
    with speaking(view.language):
        return make()


def twin(view: Lens, picture: "Picture") -> None:
    """The table behind a chart as a file of its own."""
    if view.market is None or view.date is None:
        return
    report = loads.report(view.market, view.date, view.settings)
    name = table_name(report, picture.key)
    st.download_button(
        _("This table (CSV)"), lambda: _said(view, lambda: of_frame(picture.table, report)), name, "text/csv", key=f"download {picture.key}",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
