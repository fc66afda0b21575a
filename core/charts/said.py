"""A picture's specification and table in the language spoken: what is shown is said, and what the renderer reads stays as it is."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.language import _

# Where a specification holds text that is shown. A scale's domain is shown in its legend, and has to match what is said in the data.
_SHOWN = frozenset(("title", "text", "subtitle", "domain", "format"))
# What the renderer reads in a row of data, or the code that charts tell it by.
_READ = frozenset(("date", "day", "at", "from", "to", "into", "style", "key", "color", "align", "side"))


def spec(made: Mapping[str, Any]) -> dict[str, Any]:
    """A specification whose titles, legends, formats of dates, values and data are said."""
    return {k: _part(k, v) for k, v in made.items()}


def _part(key: str, value: Any) -> Any:  # noqa: ANN401
    if key == "values" and isinstance(value, list):
        return [_row(v) if isinstance(v, dict) else v for v in value]
    if key == "datasets":
        return {name: [_row(v) for v in rows] for name, rows in value.items()}
    if key == "value" and isinstance(value, list):
        return [_text(v) for v in value]
    if key in _SHOWN and isinstance(value, str | list):
        return [_text(v) for v in value] if isinstance(value, list) else _(value)
    if isinstance(value, dict):
        return {k: _part(k, v) for k, v in value.items()}
    return [_part("", v) for v in value] if isinstance(value, list) else value


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _(v) if isinstance(v, str) and k not in _READ else v for k, v in row.items()}


def _text(value: Any) -> Any:  # noqa: ANN401
    return _(value) if isinstance(value, str) else value


def table(made: pd.DataFrame) -> pd.DataFrame:
    """A table whose columns and cells are said."""
    rows = [[_text(v) for v in row] for row in made.itertuples(index=False)]
    return pd.DataFrame(rows, columns=[_(c) for c in made.columns], dtype=object)
