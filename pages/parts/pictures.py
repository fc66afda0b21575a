"""Charts on a page: a ready picture, its words, and the same content as a table."""

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from core.charts.catalogue import Plot
from core.errors import ExplorerError
from core.language import _
from pages.parts import downloads, loads, sheet, tables
from pages.parts.lens import Lens
from pages.parts.markup import esc

if TYPE_CHECKING:
    from core.charts.picture import Picture, Row, Spec

_LOG = logging.getLogger(__name__)
# Rows of a layer from which on they go to the browser as a text.
_MANY = 500


def _arrow(rows: "list[Row]") -> bytes:
    """Rows of data as the browser takes them, in a tenth of the time that Streamlit would need by way of pandas."""
    import pyarrow as pa

    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _lean(layer: "Spec") -> "Spec":
    """A layer whose rows are one text where they are many, which a browser hands on in place of reading them again at every step."""
    rows = layer["data"].get("values", ())
    if len(rows) < _MANY:
        return layer
    return layer | {"data": {"values": json.dumps(rows, ensure_ascii=False, separators=(",", ":")), "format": {"type": "json"}}}


class Made(NamedTuple):
    """A chart and the words above it as HTML; without a chart they say why, or nothing where there is nothing to show."""

    name: str
    words: str
    picture: "Picture | None"

    @property
    def folded(self) -> str:
        """What the chart shows as a table behind a line, as HTML; empty where there is no chart."""
        if self.picture is None:
            return ""
        table = tables.twin(self.picture.title, self.picture.table)
        return f'<details class="mi-fold"><summary>{esc("The same as a table")}</summary>{table}</details>'


def made(view: Lens, plot: Plot) -> Made:
    """A chart of core.charts as it will be shown, made before anything is drawn: what a browser receives at once it draws at once."""
    name = f"{plot.factory} {plot.arguments}"
    if view.market is None or view.date is None:
        return Made(name, "", None)
    try:
        picture = loads.picture(view.market, view.date, view.settings, plot.factory, plot.arguments, plot.needs)
    except ExplorerError as error:
        return Made(name, f'<p class="mi-quiet">{esc(error.text)}</p>', None)
    except Exception:  # noqa: BLE001 - the boundary of one chart: a defect in it must not take the page's sentences with it
        _LOG.exception("chart %s", plot.factory)
        return Made(name, f'<p class="mi-quiet">{esc("This chart could not be drawn; the tables below hold its figures.")}</p>', None)
    if picture is None:
        return Made(name, "", None)
    return Made(name, f'{tables.heading(picture.title)}<span class="mi-quiet">{esc(picture.subtitle)}</span>', picture)


def _twin(view: Lens, picture: "Picture", name: str) -> None:
    """The same content as a table, drawn once it is open."""
    fold = st.expander(_("The same as a table"), key=f"twin {name}", on_change="rerun", type="compact")
    if fold.open:
        with fold:
            st.html(tables.twin(picture.title, picture.table))
            downloads.twin(view, picture)


def draw(view: Lens, plot: Plot, *over: str, picked: Callable[[str], None] | None = None) -> None:
    """Show a chart as a file does, below blocks of HTML that stand `over` its words, with its table folded below it.

    `picked` is called with the chart's key when the reader clicks on one of its marks, before the run that follows.
    """
    chart = made(view, plot)
    show(chart, *over, picked=picked)
    if chart.picture is not None:
        _twin(view, chart.picture, chart.name)


def show(chart: Made, *over: str, picked: Callable[[str], None] | None = None) -> None:
    """The same for a chart that is made already, without the table, which the page shows in another way."""
    sheet.show(*over, chart.words)
    if chart.picture is None:
        return
    spec = chart.picture.spec
    spec = spec | {"layer": [_lean(layer) for layer in spec["layer"]]}
    spec = spec | {"datasets": {name: _arrow(rows) for name, rows in spec.get("datasets", {}).items()}}
    key = f"chart {chart.name}"
    st.vega_lite_chart(spec=spec, theme="streamlit", alt=chart.picture.alt, key=key, on_select=partial(picked, key) if picked else "ignore")
