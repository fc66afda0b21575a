"""The report as one HTML file that asks for nothing else: no script, no font, no picture from anywhere; its charts are drawn inside it."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.charts.palette import style
from core.export import arrange, made
from core.export.drawings import begun
from core.export.look import TAGS, USUAL, Look
from core.export.plain import joined, plain, width
from core.language import _
from core.metrics import MetricTable
from core.records import Cell, Figure, Report, Table
from core.wording import MINUS, instant

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

# Widths in Latin characters up to which a column's cells stay in one line, and from which on they may not be squeezed into a narrow one.
_SHORT, _LONG = 16, 40
_ARROWS = {"up": "↑", "down": "↓", "flat": "→"}


def make(report: Report, table: MetricTable, look: Look = USUAL) -> bytes:
    """UTF-8 HTML in the look's colours, printed on its paper; the charts are drawn from the table of metrics that the report is a row of."""
    from markupsafe import Markup

    charts = begun(report, table)
    figures, ways, (series_head, series) = report.figures(), made.methods(report), arrange.described(report)
    there = {"figures": figures, "methods": ways, "series": series, "attribution": True}
    page = _template().render(
        report=report,
        look=look,
        tones=Markup(style(look.convention)),  # noqa: S704 - made of our own colours
        title=arrange.title(report),
        figures=figures,
        numbers=arrange.numbered(report),
        titles={key: arrange.provenance(f) for key, f in figures.items()},
        charts={key: [(d, Markup(d.svg)) for d in found] for key, found in charts().items()},  # noqa: S704 - made by the renderer
        ways=ways,
        way_of={figure: way.number for _, found in ways for way in found for figure in way.figures},
        spans=made.spans,
        series=series,
        series_head=series_head,
        _=_,
        tag=TAGS[look.language],
        known=_known,
        quoted=_quoted,
        numeric=arrange.numeric,
        sizes=_sizes,
        tone=_tone,
        appendices=[(name, heading) for name, heading in arrange.APPENDICES if there[name]],
        arrange=arrange,
    )
    return page.encode("utf-8")


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    return environment.get_template("report.html.j2")


def _shown(value: object) -> object:
    """A text in the language spoken, on one line; what is markup already stays."""
    return joined(plain(value)) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _sizes(table: Table) -> list[str]:
    """The class of each column by its longest cell."""
    longest = [max((width(row[i].text) for row in table.rows), default=0) for i in range(len(table.columns))]
    return ["short" if size <= _SHORT else "long" if size >= _LONG else "" for size in longest]


def _quoted(text: str) -> "Markup":
    """A text inside quotes of CSS, whatever it holds."""
    from markupsafe import Markup

    return Markup("".join(c if c.isalnum() or c in " ,.:" else f"\\{ord(c):x} " for c in plain(text)))  # noqa: S704 - nothing of it can be markup


def _known(figure: Figure) -> str:
    return instant(figure.available_at) if figure.available_at else ""


def _tone(cell: Cell) -> str:
    """The arrow of a signed cell whose text does not carry one itself."""
    signed = MINUS in cell.text or "+" in cell.text
    return _ARROWS.get(cell.tone, "") if signed and not any(a in cell.text for a in _ARROWS.values()) else ""
