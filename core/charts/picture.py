"""The record of a chart, and how a form declared once with Altair is filled with a day's data.

A *form* is a chart without data: declared with Altair and compiled once per process. A factory fills
it, which takes well under a millisecond, so that moving a threshold never pays for building a chart. Data are put into the layers, not at the
top of the spec, because Streamlit converts what it finds at the top.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import Any

import numpy as np
import pandas as pd
from altair.utils.schemapi import debug_mode

from core.charts import said, theme
from core.charts.breaking import wrapped
from core.language import ENGLISH, N_, _, spoken
from core.language import fill as filled
from core.records import Report

Spec = dict[str, Any]
Row = dict[str, Any]

# Room for the outermost labels of a horizontal axis.
_PADDING = {"left": 0, "right": 12, "top": 6, "bottom": 6}
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_MARKED = "{text} {mark}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart ready to show.

    `title` says the finding and `subtitle` what is drawn, in which units and window: a page writes both as text above the chart. `alt` is
    for screen readers. `spec` is Vega-Lite JSON as wide as its container, on a transparent background, with the demo market's mark in it; it
    does not repeat the title. `titled` gives the same with title and subtitle inside, for files. `table` is the twin of what is drawn. All of
    it is English; who shows a picture shows what is `said`.
    """

    key: str
    title: str
    subtitle: str
    alt: str
    spec: Spec
    table: pd.DataFrame

    def titled(self, width: int = 720) -> Spec:
        """The spec at a fixed width in pixels, with title and subtitle inside."""
        mark = _(_MARKED, text="", mark=theme.DEMO_MARK)
        under = wrapped(self.subtitle.removesuffix(mark), max(width // 6, 20))
        title = {
            "text": wrapped(self.title, max(int(width / 8.5), 16)), "subtitle": [*under, _(theme.DEMO_MARK)] if "title" in self.spec else under,
            "anchor": "start", "align": "left", "frame": "bounds", "fontSize": 15, "subtitleFontSize": 11, "subtitlePadding": 4, "offset": 12,
        }  # fmt: skip
        return {**self.spec, "width": width, "title": title}

    def said(self) -> "Picture":
        """The picture in the language spoken now; itself in English."""
        if spoken() == ENGLISH:
            return self
        return replace(
            self, title=_(self.title), subtitle=_(self.subtitle), alt=_(self.alt), spec=said.spec(self.spec), table=said.table(self.table)
        )


def form(make: Callable[..., Any]) -> Callable[..., Spec]:
    """Compile what `make` declares once per set of arguments. The compiled form is shared: fill it, never change it.

    The tests hold every form against the schema; doing so here would triple the time until a page's first chart.
    """

    @lru_cache(maxsize=128)
    def compiled(*args: Any) -> Spec:  # noqa: ANN401
        with debug_mode(arg=False):
            made: Spec = make(*args).to_dict(validate=False)
        return made

    @wraps(make)
    def cached(*args: str) -> Spec:
        return compiled(*args)

    return cached


def fill(
    made: Spec, rows: Mapping[str, Sequence[Row]], *, height: int, synthetic: bool, values: Mapping[str, Any] | None = None,
    named: Mapping[str, str] | None = None, moving: Collection[str] = (),
) -> Spec:  # fmt: skip
    """A form with data: `rows` by data name, `values` of the parameters that its expressions name, `height` of the plot in pixels.

    `named` fills the slots that titles of the form leave open. A layer without rows is left out: it would have no extent. Data that are `moving`
    stand at the top of the spec by name, with their layers always in it: a browser puts new ones into the chart that it has drawn already.
    """
    spec = {k: v for k, v in made.items() if k not in {"data", "layer", "datasets", "config"}}
    shared = made.get("data")
    layers = [_filled(layer, shared, rows, moving) for layer in made["layer"]]
    spec["layer"] = [_named(layer, named) if named else layer for layer in layers if layer["data"].get("values", True)]
    if moving:
        spec["datasets"] = {name: list(rows[name]) for name in moving}
    spec["params"] = [*made.get("params", []), *({"name": name, "value": value} for name, value in (values or {}).items())]
    spec |= {"$schema": _SCHEMA, "width": "container", "height": height, "autosize": {"type": "fit-x", "contains": "padding"},
             "padding": _PADDING, "config": theme.CONFIG}  # fmt: skip
    if synthetic:
        spec["title"] = {
            "text": theme.DEMO_MARK, "anchor": "end", "align": "right", "fontSize": 11, "fontWeight": "bold", "color": theme.DEMO, "offset": 6,
        }  # fmt: skip
    return spec


def _filled(layer: Spec, shared: Spec | None, rows: Mapping[str, Sequence[Row]], moving: Collection[str]) -> Spec:
    name = (layer.get("data") or shared or {})["name"]
    return {**layer, "data": {"name": name} if name in moving else {"values": list(rows[name])}}


def _named(layer: Spec, named: Mapping[str, str]) -> Spec:
    """A layer whose axes and tooltips have the slots of their titles filled."""

    def titled(channel: Any) -> Any:  # noqa: ANN401
        if isinstance(channel, list):
            return [titled(each) for each in channel]
        return channel | {"title": filled(channel["title"], named)} if isinstance(channel, dict) and channel.get("title") else channel

    return {**layer, "encoding": {k: titled(channel) for k, channel in layer["encoding"].items()}}


def subtitle(report: Report, text: str) -> str:
    """A subtitle, with the demo market named in it."""
    return N_(_MARKED, text=text, mark=theme.DEMO_MARK) if report.synthetic else text


def frame(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> pd.DataFrame:
    """The table of a chart; its texts keep what they say in other languages."""
    return pd.DataFrame(list(rows), columns=pd.Index(np.array(columns, dtype=object), dtype="object"), dtype=object)
