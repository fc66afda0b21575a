"""The only room that turns numbers and dates into text."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from core.language import N_, join
from core.units import Unit

NA = "n/a"
MINUS = "\N{MINUS SIGN}"
_SUFFIXED = {1: "{n}st percentile", 2: "{n}nd percentile", 3: "{n}rd percentile"}
_MONTHS = (
    "{day} Jan", "{day} Feb", "{day} Mar", "{day} Apr", "{day} May", "{day} Jun", "{day} Jul", "{day} Aug", "{day} Sep", "{day} Oct", "{day} Nov",
    "{day} Dec",
)  # fmt: skip
_WEEKDAYS = ("Mon {date}", "Tue {date}", "Wed {date}", "Thu {date}", "Fri {date}", "Sat {date}", "Sun {date}")
_DIGITS = tuple(f",.{n}f" for n in range(5))
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def _number(value: float, digits: int, *, sign: bool) -> str:
    text = format(abs(value), _DIGITS[digits])
    if not (sign or value < 0) or not text.strip("0.,"):
        return text
    return f"{MINUS}{text}" if value < 0 else f"+{text}"


def money(value: float, *, sign: bool = False, symbol: str = "$", flow: bool = False) -> str:
    """Money with M, B or T: `$2.37T`, `−$950.0M`. Below a million in full, as a price is; a flow, or what has a sign, in K.

    >>> money(2.37e12), money(-9.5e8), money(66353.4), money(513228.2, sign=True)
    ('$2.37T', '−$950.0M', '$66,353.40', '+$513.2K')
    """
    size = abs(value)
    lead = "" if size < 0.005 else MINUS if value < 0 else "+" if sign else ""
    if size < 1e6 and not ((sign or flow) and size >= 1e3):
        return f"{lead}{symbol}{size:,.2f}"
    rounded = float(f"{size:.4g}") if size < 1e15 else size
    scale, letter = _SCALES[0] if rounded >= 1e12 else _SCALES[1] if rounded >= 1e9 else _SCALES[2] if rounded >= 1e6 else _SCALES[3]
    scaled = size / scale
    return f"{lead}{symbol}{scaled:,.2f}{letter}" if scaled < 9.995 else f"{lead}{symbol}{scaled:,.1f}{letter}"


def _points(value: float, *, sign: bool) -> str:
    return _number(value, 2, sign=sign)


def _gap(value: float, *, sign: bool) -> str:
    if abs(value) < 0.995:
        return _counted("{n} bps", _number(value * 100, 0, sign=sign))
    return _counted("{n}pp", _number(value, 1, sign=sign))


def gaps(values: Sequence[float], *, sign: bool = True) -> tuple[str, ...]:
    """Differences in percentage points in one unit that suits all of them: basis points where the widest is below one point.

    >>> gaps([0.27, -0.09]), gaps([0.27, -1.2])
    (('+27 bps', '−9 bps'), ('+0.3pp', '−1.2pp'))
    """
    if in_bps(values):
        return tuple(_counted("{n} bps", _number(v * 100, 0, sign=sign)) for v in values)
    return tuple(_counted("{n}pp", _number(v, 1, sign=sign)) for v in values)


def in_bps(values: Sequence[float]) -> bool:
    """Whether differences in percentage points read better in basis points, as where the widest is below one point."""
    return max(map(abs, values), default=0.0) < 0.995


@lru_cache(maxsize=4096)
def _counted(text: str, n: str) -> str:
    """A number with its unit: the same few hundred in every report."""
    return N_(text, n=n)


def _ordinal(value: float) -> str:
    n = min(max(int(value), 1), 99)
    suffixed = "{n}th percentile" if 10 <= n % 100 <= 20 else _SUFFIXED.get(n % 10, "{n}th percentile")
    return _counted(suffixed, str(n))


def _several(value: float, one: str, several: str) -> str:
    return _counted(one if round(value) == 1 else several, _number(value, 0, sign=False))


_FORMATS: dict[Unit, Callable[[float, bool], str]] = {
    Unit.POINTS: lambda v, s: _points(v, sign=s),
    Unit.USD: lambda v, s: money(v, sign=s),
    Unit.FLOW: lambda v, s: money(v, sign=s, flow=True),
    Unit.CNY: lambda v, s: money(v, sign=s, symbol="¥"),
    Unit.PERCENT: lambda v, _: f"{_number(v, 2, sign=True)}%",
    Unit.YIELD: lambda v, s: f"{_number(v, 2, sign=s)}%",
    Unit.SHARE: lambda v, s: f"{_number(v, 1, sign=s)}%",
    Unit.PP: lambda v, s: _gap(v, sign=s),
    Unit.SIGMA: lambda v, _: f"{_number(v, 1, sign=True)}σ",
    Unit.PERCENTILE: lambda v, _: _ordinal(v),
    Unit.RATIO: lambda v, s: _number(v, 2, sign=s),
    Unit.COUNT: lambda v, s: _number(v, 0, sign=s),
    Unit.RATE: lambda v, _: _number(v, 4, sign=False),
    Unit.SCORE: lambda v, s: _number(v, 0, sign=s),
    Unit.BRIER: lambda v, s: _number(v, 3, sign=s),
    Unit.SESSIONS: lambda v, _: _several(v, "{n} session", "{n} sessions"),
    Unit.HOURS: lambda v, _: _several(v, "{n} hour", "{n} hours"),
    Unit.DAYS: lambda v, _: _several(v, "{n} day", "{n} days"),
}


_FINE = {Unit.PP: "{n}pp", Unit.SIGMA: "{n}σ"}


def show(value: float | None, unit: Unit, *, sign: bool = False) -> str:
    """`value` as a reader sees it; `n/a` for None, NaN and infinities.

    >>> show(0.591, Unit.PERCENT), show(-0.27, Unit.PP), show(4.11, Unit.PP), show(None, Unit.USD)
    ('+0.59%', '−27 bps', '4.1pp', 'n/a')
    """
    if value is None or not math.isfinite(value):
        return NA
    return _FORMATS[unit](value, sign)


def sized(value: float, unit: Unit) -> str:
    """A size without a sign.

    >>> sized(-0.27, Unit.PP), sized(1.5, Unit.SIGMA)
    ('27 bps', '1.5σ')
    """
    text = show(abs(value), unit)
    return text.removeprefix("+") if text.startswith("+") else text


def limit(value: float, unit: Unit) -> str:
    """A threshold as a size without a sign, with a second decimal where one would not tell it.

    >>> limit(2.0, Unit.PP), limit(2.05, Unit.PP), limit(0.75, Unit.PP), limit(1.25, Unit.SIGMA)
    ('2.0pp', '2.05pp', '75 bps', '1.25σ')
    """
    size = abs(value)
    if unit not in _FINE or abs(round(size, 1) - size) < 1e-9 or (unit is Unit.PP and size < 0.995):
        return sized(size, unit)
    return N_(_FINE[unit], n=f"{size:.2f}")


def arrow(value: float | None, flat: float = 0.10) -> str:
    """Direction as a sign that needs no colour: ↑, ↓ or → (|value| below `flat`), empty for a missing value."""
    if value is None or not math.isfinite(value):
        return ""
    return "→" if abs(value) < flat else "↑" if value > 0 else "↓"


@lru_cache(maxsize=4096)
def day(value: dt.date | None, *, year: bool = False) -> str:
    """A date as `27 Mar` or `27 Mar 2026`, the same in every locale."""
    if value is None:
        return NA
    made = N_(_MONTHS[value.month - 1], day=value.day)
    return N_("{date} {year}", date=made, year=value.year) if year else made


@lru_cache(maxsize=4096)
def weekday(value: dt.date) -> str:
    """A date with its day of the week: `Fri 27 Mar`."""
    return N_(_WEEKDAYS[value.weekday()], date=day(value))


def last_traded(session: dt.date, before: dt.date) -> str:
    """The date of a market's last session where it was closed since: with its weekday where only a weekend lies between it and `before`.

    >>> last_traded(dt.date(2026, 3, 20), dt.date(2026, 3, 22)), last_traded(dt.date(2026, 3, 19), dt.date(2026, 3, 22))
    ('Fri 20 Mar', '19 Mar, closed since')
    """
    between = ((session + dt.timedelta(days=i)).weekday() for i in range(1, (before - session).days))
    return weekday(session) if all(d > 4 for d in between) else N_("{date}, closed since", date=day(session))


@lru_cache(maxsize=4096)
def instant(value: dt.datetime | None) -> str:
    """An instant as `28 Mar 2026 00:00 UTC`."""
    if value is None:
        return NA
    utc = value.astimezone(dt.UTC)
    return N_("{date} {time} UTC", date=day(utc.date(), year=True), time=f"{utc:%H:%M}")


def listing(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return N_("{several} and {last}", several=join(", ", items[:-1]), last=items[-1]) if len(items) > 1 else join(", ", items)
