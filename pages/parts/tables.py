"""A report's tables as HTML: figures to the right, provenance on hover, direction by sign as well as colour."""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from core.language import N_
from core.records import Cell, Figure, Table
from pages.parts.glossary import hint
from pages.parts.markup import esc
from pages.parts.provenance import hover, scroll

# A column with a text longer than this gets room to wrap instead of a narrow place.
_LONG = 34
# Tables with as many columns do not fit a phone, nor do sentences side by side.
_MANY = 4
# A number alone, with its sign, currency and unit, or a range of shares.
_NUMBER = re.compile(r"n/a|none|[+−]?[$¥]?[\d,.]+ ?(%|pp|bps|σ|×|[KMBT])?|\d+–\d+%")


def _numeric(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows if row[column].text]
    return bool(cells) and (all(c.figure and len(c.text) < _LONG for c in cells) or all(_NUMBER.fullmatch(c.text) for c in cells))


def _kind(table: Table, column: int) -> str:
    """`n` for a column of figures, set to the right; `w` for one of sentences, which gets room to wrap. The first names the rows."""
    if column and _numeric(table, column):
        return "n"
    return "w" if any(len(row[column].text) > _LONG for row in table.rows) else ""


def _cell(cell: Cell, figures: Mapping[str, Figure], links: Mapping[str, str], label: str, kind: str) -> str:
    kinds = [kind] if kind else []
    if cell.tone in {"up", "down"}:
        kinds.append(f"mi-{cell.tone}")
    text = f'<a href="{esc(links[cell.text])}">{esc(cell.text)}</a>' if cell.text in links else esc(cell.text)
    return f'<td class="{" ".join(kinds)}" data-label="{esc(label)}"{hover(figures.get(cell.figure))}>{text}</td>'


def markup(table: Table, figures: Mapping[str, Figure], links: Mapping[str, str] | None = None, *, headed: bool = True) -> str:
    """A table as HTML, with its title as heading and its note below. A column without any text is left out; `links` lead on from some texts."""
    columns = [(i, _kind(table, i)) for i in range(len(table.columns)) if i == 0 or any(row[i].text for row in table.rows)]
    head = "".join(f'<th scope="col" class="{kind}"{hint(table.columns[i])}>{esc(table.columns[i])}</th>' for i, kind in columns)
    rows = ("".join(_cell(row[i], figures, links or {}, table.columns[i], kind) for i, kind in columns) for row in table.rows)
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    note = f'<p class="mi-quiet">{esc(table.note)}</p>' if table.note else ""
    return f"{heading(table.title) if headed else ''}{frame(table.title, head, body, len(columns))}{note}"


def heading(title: str) -> str:
    """The title of a table or a chart as HTML; nothing for an empty one."""
    return f'<h3 class="mi-title">{esc(title)}</h3>' if title else ""


def frame(name: str, head: str, body: str, columns: int) -> str:
    """Rows of cells as a table. One of many columns or of sentences becomes a card a row on a phone, each cell beside its `data-label`."""
    cards = columns >= _MANY or 'class="w"' in body
    return scroll(name, f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>", "mi-table mi-cards" if cards else "mi-table")


def shown(table: Table, figures: Mapping[str, Figure], links: Mapping[str, str] | None = None, *, folded: bool = False) -> str:
    """A table, or `folded` behind its title; one without rows says so."""
    if table.rows and folded:
        counted = N_("{title} ({n})", title=table.title, n=len(table.rows))
        inside = markup(table, figures, links, headed=False)
        return f'<details class="mi-fold"><summary>{esc(counted)}</summary>{inside}</details>'
    if table.rows:
        return markup(table, figures, links)
    return f'<p class="mi-quiet">{esc(N_("{title}: nothing to list.", title=table.title))}</p>'


def grid(caption: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], *, headed: bool = True) -> str:
    """An HTML table from cells that are HTML already. A column is (class, title): `n` sets it to the right, `w` gives it room to wrap."""
    head = "".join(f'<th scope="col" class="{kind}"{hint(name)}>{esc(name)}</th>' for kind, name in columns)
    body = "".join("<tr>" + "".join(_ready(kind, name, cell) for (kind, name), cell in zip(columns, row, strict=True)) + "</tr>" for row in rows)
    return (heading(caption) if headed else "") + frame(caption, head, body, len(columns))


def _ready(kind: str, name: str, cell: str) -> str:
    return f'<td class="{kind}" data-label="{esc(name)}">{cell}</td>'


def twin(title: str, frame: pd.DataFrame) -> str:
    """What the chart of that title draws as an HTML table."""
    return grid(title, [("", str(c)) for c in frame.columns], ([esc(v) for v in row] for row in frame.itertuples(index=False)), headed=False)
