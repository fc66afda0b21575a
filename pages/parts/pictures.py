"""Charts on a page: a ready picture, its words, and the same content as a table."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.catalogue import Plot
from core.errors import ExplorerError
from core.language import _
from pages.parts import downloads, loads, sheet, tables
from pages.parts.lens import Lens
from pages.parts.markup import esc

if TYPE_CHECKING:
    from core.charts.picture import Picture, Row

_LOG = logging.getLogger(__name__)


def _arrow(rows: "list[Row]") -> bytes:
    """Rows of data as the browser takes them, in a tenth of the time that Streamlit would need by way of pandas."""
    import pyarrow as pa

    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _made(view: Lens, plot: Plot) -> "tuple[str, Picture | None]":
    """The words that stand above a chart, as HTML, and the chart; without a chart they say why, or nothing where there is nothing to show."""
    if view.market is None or view.date is None:
        return "", None
    try:
        picture = loads.picture(view.market, view.date, view.settings, plot.factory, plot.arguments, plot.needs)
    except ExplorerError as error:
        return f'<p class="mi-quiet">{esc(error.text)}</p>', None
    except Exception:  # noqa: BLE001 - the boundary of one chart: a defect in it must not take the page's sentences with it
        _LOG.exception("chart %s", plot.factory)
        return f'<p class="mi-quiet">{esc("This chart could not be drawn; the tables below hold its figures.")}</p>', None
    if picture is None:
        return "", None
    return f'{tables.heading(picture.title)}<span class="mi-quiet">{esc(picture.subtitle)}</span>', picture


def _twin(view: Lens, picture: "Picture", name: str) -> None:
    """The same content as a table, drawn once it is open."""
    fold = st.expander(_("The same as a table"), key=f"twin {name}", on_change="rerun", type="compact")
    if fold.open:
        with fold:
            st.html(tables.twin(picture.title, picture.table))
            downloads.twin(view, picture)


def folded(view: Lens, plot: Plot) -> str:
    """What a chart shows as a table behind a line, as HTML; empty where there is no chart."""
    picture = _made(view, plot)[1]
    if picture is None:
        return ""
    return f'<details class="mi-fold"><summary>{esc("The same as a table")}</summary>{tables.twin(picture.title, picture.table)}</details>'


def there(view: Lens, plot: Plot) -> bool:
    """Whether a chart has anything to show."""
    return _made(view, plot)[1] is not None


def draw(view: Lens, plot: Plot, *over: str, twin: bool = True, picked: Callable[[str], None] | None = None) -> None:
    """Show a chart of core.charts, as a file does, below blocks of HTML that stand `over` its words.

    Its table stands folded below it, unless the page shows the same as a table anyway. `picked` is called with the chart's key when the reader
    clicks on one of its marks, before the run that follows.
    """
    words, picture = _made(view, plot)
    sheet.show(*over, words)
    if picture is None:
        return
    name = f"{plot.factory} {plot.arguments}"
    key, spec = f"chart {name}", picture.spec | {"datasets": {n: _arrow(rows) for n, rows in picture.spec.get("datasets", {}).items()}}
    st.vega_lite_chart(spec=spec, theme="streamlit", alt=picture.alt, key=key, on_select=partial(picked, key) if picked else "ignore")
    if twin:
        _twin(view, picture, name)
