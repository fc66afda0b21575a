"""The figures of the report of 28 March 2026, as published. They pin the demo market and are what a report is checked against."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.settings import ROOT
from core.units import Unit

PATH = ROOT / "data_cache" / "published" / "2026-03-28.json"
_SCALES = {"T": 1e12, "B": 1e9, "M": 1e6}
_NUMBER = re.compile(r"\d[\d,]*(?:\.(?P<decimals>\d+))?(?P<scale>[TBM])?")
_FLAT = 0.2  # "flat" is |change| < 0.10%: a step of 0.20 around zero


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """One published number: `value` in `unit`, known to one `step` (0.01 for "+0.65%", 1e10 for "$2.37T")."""

    key: str
    session: dt.date
    value: float
    unit: Unit
    text: str
    step: float

    def agrees(self, computed: float) -> bool:
        """Whether a computed figure would be published as the same number."""
        return abs(computed - self.value) <= self.step / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedStatement:
    """A comparison the report draws from its figures. `at_least`: published as a lower bound of the size ("$950M+")."""

    key: str
    value: float
    unit: Unit
    text: str
    at_least: bool


@lru_cache(maxsize=1)
def published() -> tuple[PublishedFigure, ...]:
    """The published figures, in the order of the report's groups."""
    return tuple(
        PublishedFigure(
            key=row["key"], session=dt.date.fromisoformat(row["session"]), value=row["value"], unit=Unit(row["unit"]), text=row["text"],
            step=_step(row["text"]),
        )
        for row in _document()["figures"]
    )  # fmt: skip


@lru_cache(maxsize=1)
def statements() -> tuple[PublishedStatement, ...]:
    """The published comparisons."""
    return tuple(
        PublishedStatement(key=row["key"], value=row["value"], unit=Unit(row["unit"]), text=row["text"], at_least="+" in row["text"])
        for row in _document()["statements"]
    )


def _document() -> dict[str, list[dict[str, Any]]]:
    document: dict[str, list[dict[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))
    return document


def _step(text: str) -> float:
    """The smallest difference the published text can show, in the figure's own unit.

    >>> _step("+0.65%"), _step("$2.37T"), _step("80%"), _step("flat")
    (0.01, 10000000000.0, 1.0, 0.2)
    """
    found = _NUMBER.search(text)
    if found is None:
        return _FLAT
    decimals = len(found["decimals"] or "")
    return _SCALES.get(found["scale"] or "", 1.0) * 10.0**-decimals
