"""Charts on a page: a ready picture, its words, and the same content as a table."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.catalogue import Plot
from core.errors import ExplorerError
from core.language import _
from pages.parts import downloads, loads, tables
from pages.parts.lens import Lens
from pages.parts.markup import esc

if TYPE_CHECKING:
    from core.charts.picture import Row

_LOG = logging.getLogger(__name__)


def _arrow(rows: "list[Row]") -> bytes:
    """Rows of data as the browser takes them, in a tenth of the time that Streamlit would need by way of pandas."""
    import pyarrow as pa

    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def plot(view: Lens, declared: Plot) -> bool:
    """Show a chart of the catalogue, as a file does. Returns whether there was anything to show."""
    return draw(view, declared.factory, *declared.arguments, needs=declared.needs)


def draw(view: Lens, factory: str, *arguments: object, needs: str = "table report", picked: Callable[[str], None] | None = None) -> bool:
    """Show the chart that a factory of core.charts makes. Returns whether there was anything to show.

    `picked` is called with the chart's key when the reader clicks on one of its marks, before the run that follows.
    """
    if view.market is None or view.date is None:
        return False
    try:
        picture = loads.picture(view.market, view.date, view.settings, factory, arguments, needs)
    except ExplorerError as error:
        st.html(f'<p class="mi-quiet">{esc(error.text)}</p>')
        return False
    except Exception:  # noqa: BLE001 - the boundary of one chart: a defect in it must not take the page's sentences with it
        _LOG.exception("chart %s", factory)
        st.html(f'<p class="mi-quiet">{esc("This chart could not be drawn; the tables below hold its figures.")}</p>')
        return False
    if picture is None:
        return False
    st.html(f'{tables.heading(picture.title)}<span class="mi-quiet">{esc(picture.subtitle)}</span>')
    key = f"chart {factory} {arguments}"
    chosen = partial(picked, key) if picked else "ignore"
    spec = picture.spec | {"datasets": {name: _arrow(rows) for name, rows in picture.spec.get("datasets", {}).items()}}
    st.vega_lite_chart(spec=spec, theme="streamlit", alt=picture.alt, key=key, on_select=chosen)
    fold = st.expander(_("The same as a table"), key=f"twin {factory} {arguments}", on_change="rerun", type="compact")
    if fold.open:
        with fold:
            st.html(tables.twin(picture.title, picture.table))
            downloads.twin(view, picture)
    return True
