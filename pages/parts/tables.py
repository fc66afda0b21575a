"""A report's tables as HTML: figures to the right, provenance on hover, direction by sign as well as colour."""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from core.records import Cell, Figure, Table
from pages.parts.markup import esc
from pages.parts.provenance import hover

# Texts longer than this get room to wrap instead of a narrow column.
_LONG = 34
# A number alone, with its sign, currency and unit, or a range of shares.
_NUMBER = re.compile(r"n/a|none|[+−]?[$¥]?[\d,.]+ ?(%|pp|bps|σ|×|[KMBT])?|\d+–\d+%")


def _numeric(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows if row[column].text]
    return bool(cells) and (all(c.figure and len(c.text) < _LONG for c in cells) or all(_NUMBER.fullmatch(c.text) for c in cells))


def _cell(cell: Cell, figures: Mapping[str, Figure], links: Mapping[str, str], *, numeric: bool) -> str:
    kinds = ["n"] if numeric else ["w"] if len(cell.text) > _LONG else []
    if cell.tone in {"up", "down"}:
        kinds.append(f"mi-{cell.tone}")
    text = f'<a href="{esc(links[cell.text])}">{esc(cell.text)}</a>' if cell.text in links else esc(cell.text)
    return f'<td class="{" ".join(kinds)}"{hover(figures.get(cell.figure))}>{text}</td>'


def markup(table: Table, figures: Mapping[str, Figure], links: Mapping[str, str] | None = None) -> str:
    """A table as HTML, with its title as caption and its note below. A column without any text is left out; `links` lead on from some texts."""
    columns = [(i, _numeric(table, i)) for i in range(len(table.columns)) if i == 0 or any(row[i].text for row in table.rows)]
    head = "".join(f'<th scope="col" class="{"n" if n else ""}">{esc(table.columns[i])}</th>' for i, n in columns)
    body = "".join("<tr>" + "".join(_cell(row[i], figures, links or {}, numeric=n) for i, n in columns) + "</tr>" for row in table.rows)
    note = f'<p class="mi-quiet">{esc(table.note)}</p>' if table.note else ""
    return (
        f'<div class="mi-scroll"><table class="mi-table"><caption>{esc(table.title)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}"
    )


def show(table: Table, figures: Mapping[str, Figure], links: Mapping[str, str] | None = None) -> None:
    """Draw a table; one without rows says so."""
    if table.rows:
        st.html(markup(table, figures, links))
    else:
        st.html(f'<p class="mi-quiet">{esc(table.title)}: nothing to list.</p>')


def grid(caption: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table from cells that are HTML already. A column is (class, title): `n` sets it to the right, `w` gives it room to wrap."""
    head = "".join(f'<th scope="col" class="{kind}">{esc(name)}</th>' for kind, name in columns)
    body = "".join("<tr>" + "".join(f'<td class="{k}">{cell}</td>' for (k, _), cell in zip(columns, row, strict=True)) + "</tr>" for row in rows)
    over = f"<caption>{esc(caption)}</caption>" if caption else ""
    return f'<div class="mi-scroll"><table class="mi-table">{over}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def twin(frame: pd.DataFrame) -> str:
    """What a chart draws as an HTML table."""
    return grid("", [("", str(c)) for c in frame.columns], ([esc(v) for v in row] for row in frame.itertuples(index=False)))
