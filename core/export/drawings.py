"""The charts of a report as SVG, which web page and PDF share: no script, no font, nothing fetched, the same bytes for the same report."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from core.charts.catalogue import Plot, plots
from core.export import vega
from core.metrics import MetricTable
from core.records import Report

if TYPE_CHECKING:
    from core.charts.picture import Picture, Spec

# Widths in CSS pixels of a chart that fills the line and of one that shares it.
WIDE, HALF = 700, 400
# Text takes the colour of the page around it; the grid is readable on light and dark.
_INK: dict[str, Any] = {"labelColor": "currentColor", "titleColor": "currentColor"}
_GRID: dict[str, Any] = {"gridColor": "#858b95", "gridOpacity": 0.3}
# Numbers and dates are short: looking whether each must be cut would measure it a second time.
_UNCUT: dict[str, Any] = {"axisQuantitative": {"labelLimit": 0}, "axisTemporal": {"labelLimit": 0}}
_NAME = re.compile(r"\w+")
_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart in a file: its words, and the picture without them as SVG."""

    title: str
    subtitle: str
    alt: str
    wide: bool
    svg: str


def pictures(report: Report, table: MetricTable) -> Iterator[tuple[str, Plot, "Picture"]]:
    """Every chart of a file in the language spoken, with its section's key; one of two sections comes with the first."""
    return _each(report, lambda plot: _whole(plot, table, report))


def _each(report: Report, make: Callable[[Plot], "Picture | None"]) -> Iterator[tuple[str, Plot, "Picture"]]:
    seen: set[Plot] = set()
    for section in report.sections:
        for plot in plots(section.key, report):
            picture = None if plot in seen else _tried(plot, make, plot)
            seen.add(plot)
            if picture is not None:
                yield section.key, plot, picture


def _whole(plot: Plot, table: MetricTable, report: Report) -> "Picture | None":
    drawn = plot.draw(table, report)
    return drawn.said() if drawn else None


def _bare(plot: Plot, table: MetricTable, report: Report) -> "Picture | None":
    """The same without what a drawing does not show: its table, and what it says to a pointer."""
    drawn = plot.draw(table, report)
    return replace(drawn, spec=_still(drawn.spec), table=drawn.table.iloc[:0]).said() if drawn else None


def drawings(report: Report, table: MetricTable) -> dict[str, list[Drawing]]:
    """The drawings of each section by its key."""
    return begun(report, table)()


def begun(report: Report, table: MetricTable) -> Callable[[], dict[str, list[Drawing]]]:
    """The same, to be asked for later: the renderer works beside Python, which fills the next chart and writes the rest of a file meanwhile."""
    pen = ThreadPoolExecutor(1, "drawings")
    bare = _each(report, lambda plot: _bare(plot, table, report))
    coming = [(key, pen.submit(_tried, plot, _drawing, picture, plot)) for key, plot, picture in bare]
    pen.shutdown(wait=False)

    def finish() -> dict[str, list[Drawing]]:
        made: dict[str, list[Drawing]] = {section.key: [] for section in report.sections}
        for key, drawing in coming:
            done = drawing.result()
            if done is not None:
                made[key].append(done)
        return made

    return finish


def _tried(plot: Plot, make: Callable[..., _T], *given: object) -> _T | None:
    """The boundary of one chart: a defect in it must not take the file with it; the tables hold its figures."""
    try:
        return make(*given)
    except Exception:  # noqa: BLE001 - see above
        _LOG.exception("chart %s", plot.factory)
        return None


def _drawing(picture: "Picture", plot: Plot) -> Drawing:
    config = picture.spec["config"] | {"aria": False}
    config["axis"] = config["axis"] | _INK | _GRID
    config["legend"] = config["legend"] | _INK
    config |= _UNCUT
    spec = picture.spec | {"width": WIDE if plot.wide else HALF, "config": config}
    svg = vega.svg(spec, picture.key)
    return Drawing(title=picture.title, subtitle=picture.subtitle, alt=picture.alt, wide=plot.wide, svg=svg)


def _still(spec: "Spec") -> "Spec":
    """A spec without layers that only a pointer meets, without what others say to it, and without fields of rows that nothing else reads."""
    layers = [
        layer | {"encoding": {name: channel for name, channel in layer["encoding"].items() if name != "tooltip"}}
        for layer in spec["layer"] if layer["mark"].get("opacity") != 0
    ]  # fmt: skip
    kept = {k: v for k, v in spec.items() if k not in {"layer", "datasets", "config"}}
    readers = [kept, *({**layer, "data": None} for layer in layers)]
    read = set(_NAME.findall(json.dumps(readers)))

    def lean(rows: list[Any]) -> list[Any]:
        return [{k: v for k, v in row.items() if k in read or not _NAME.fullmatch(k)} if isinstance(row, dict) else row for row in rows]

    for layer in layers:
        if "values" in layer["data"]:
            layer["data"] = layer["data"] | {"values": lean(layer["data"]["values"])}
    return spec | {"layer": layers} | {"datasets": {name: lean(rows) for name, rows in spec.get("datasets", {}).items()}}
