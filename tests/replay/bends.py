"""Answers that are well formed and wrong: every upstream's payload, JSON or text, bent in the same ways."""

import re
from collections.abc import Callable
from typing import Any

from tests.replay import market

# Not data: codes by which an upstream says that all is well, and what names a row.
_ENVELOPE = {"code", "rc", "rt", "f12", "f13", "success", "errno", "last", "limit", "sqlId", "gmtoffset", "priceHint", "start", "end"}
_STAMPS = ((1.2e9, 2.2e9), (1.2e12, 2.2e12), (19_000_000, 21_000_000))
_NAMES = {*market.YAHOO, "XXBTZUSD", "XETHZUSD", "BTC/USD", "hkHSI", "sh000001", "PF_XBTUSD"}
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(e-?\d+)?")
_CELL = re.compile(r"(?<=,)-?\d+\.?\d*")
_OTHER_SIZE = 1000.0

Bend = Callable[[object], object]


def _value(leaf: Any) -> float | None:
    """The number in a leaf; None for words, empty cells, zeros and stamps."""
    if isinstance(leaf, bool) or not isinstance(leaf, int | float | str) or (isinstance(leaf, str) and not _NUMBER.fullmatch(leaf)):
        return None
    number = float(str(leaf).replace(",", ""))
    return None if number == 0 or any(low < number < high for low, high in _STAMPS) else number


def _each(change: Callable[[float], object], payload: Any, key: str = "") -> Any:
    if isinstance(payload, dict):
        return {k: _each(change, v, k) for k, v in payload.items()}
    if isinstance(payload, list):
        return [_each(change, v, key) for v in payload]
    number = None if key in _ENVELOPE else _value(payload)
    if number is None:
        return payload
    made = change(number)
    return str(made) if isinstance(payload, str) and made is not None else made


def _bend(change: Callable[[float], object]) -> Bend:
    def bent(payload: object) -> object:
        if isinstance(payload, str):
            return _CELL.sub(lambda cell: "" if (made := change(float(cell[0]))) is None else str(made), payload)
        return _each(change, payload)

    return bent


nulls = _bend(lambda _: None)
nans = _bend(lambda _: float("nan"))
absurd = _bend(lambda number: number * 1e9)
# Another line of about the same size, or the same one in another unit: within every bound, and names and dates are right.
up = _bend(lambda number: number * 3.7)
down = _bend(lambda number: number / 3.7)
_larger = _bend(lambda number: number * _OTHER_SIZE)


def other(payload: object) -> object:
    """Another series: other names, and values of another size."""
    return _renamed(_larger(payload))


def _renamed(payload: Any) -> Any:
    if isinstance(payload, dict):
        return {"OTHER" if k in _NAMES else k: _renamed(v) for k, v in payload.items()}
    if isinstance(payload, list):
        return [_renamed(v) for v in payload]
    return "OTHER" if isinstance(payload, str) and payload in _NAMES else payload


def doubled(payload: Any, *, column: bool = False) -> Any:
    """Every row twice; a list of plain values is a column where it has a name, and a row where it stands in a list."""
    if isinstance(payload, str) and "\n" in payload:
        head, *lines = payload.splitlines()
        return "\n".join([head, *(line for line in lines for _ in range(2))]) + "\n"
    if isinstance(payload, dict):
        return {k: doubled(v, column=True) for k, v in payload.items()}
    if not isinstance(payload, list):
        return payload
    rows = any(isinstance(v, dict | list) for v in payload)
    return [doubled(v) for v in payload for _ in range(2)] if rows or column else payload
