"""Numbers as sentences write them, and which figures they can be."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.records import Figure
from core.units import Unit
from core.wording import MINUS, day

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_NUMBER = re.compile(
    rf"(?P<sign>[+{MINUS}-])?(?P<money>[$¥])?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    rf"(?P<unit>[TBMK](?![A-Za-z])|%|σ|pp\b|\s?bps\b|(?:st|nd|rd|th)\spercentile|\s(?:{_MONTHS})(?:\s\d{{4}})?\b)?"
)
_NAMES_OF_MONTHS = frozenset(_MONTHS.split("|"))
_SCALES = {"T": 1e12, "B": 1e9, "M": 1e6, "K": 1e3}
_PLAIN = {Unit.POINTS, Unit.RATIO, Unit.BRIER, Unit.COUNT, Unit.RATE, Unit.SCORE, Unit.SESSIONS, Unit.HOURS, Unit.DAYS}
# Marks after a number: the units of figures that may be written so, and how many of the mark make one of the figure's own.
_UNITS: dict[str, tuple[set[Unit], float]] = {
    "%": ({Unit.PERCENT, Unit.YIELD, Unit.SHARE}, 1.0),
    "pp": ({Unit.PP}, 1.0),
    "bps": ({Unit.PP}, 100.0),
    "σ": ({Unit.SIGMA}, 1.0),
    "": (_PLAIN, 1.0),
}


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text: where it stands, how it is written, and what it says. `sign` is 0 where none is written."""

    start: int
    text: str
    sign: int
    money: str
    size: float
    digits: int
    unit: str

    @property
    def is_date(self) -> bool:
        """Whether it is the day of a date, as in `27 Mar`."""
        return self.unit[:3] in _NAMES_OF_MONTHS

    def is_of(self, figure: Figure) -> bool:
        """Whether the figure's value, rounded as the text rounds, is this number; its session's date counts too.

        A number without a sign says a size, which fits a value of either sign.
        """
        if self.is_date:
            return figure.session is not None and self.text in {day(figure.session), day(figure.session, year=True)}
        value = figure.value
        if value is None or not math.isfinite(value):
            return False
        if self.unit.endswith("percentile"):
            return figure.unit is Unit.PERCENTILE and min(max(int(value), 1), 99) == self.size
        if self.money:
            fits, scaled = figure.unit in {"$": (Unit.USD, Unit.FLOW), "¥": (Unit.CNY,)}[self.money], value / _SCALES.get(self.unit, 1.0)
        else:
            units, times = _UNITS.get(self.unit, (set[Unit](), 1.0))
            fits, scaled = figure.unit in units, value * times
        step = 0.5 * 10.0**-self.digits
        return fits and abs(abs(scaled) - self.size) <= step * (1 + 1e-6) and (not self.sign or self.sign * scaled > -step * 1e-6)


def numbers(text: str) -> Iterator[Number]:
    """The numbers of a text in order, each with the mark that tells what it counts.

    >>> [n.text for n in numbers("S&P closed +0.59% on 27 Mar, 27 bps ahead: $952.7M at the 99th percentile")]
    ['+0.59%', '27 Mar', '27 bps', '$952.7M', '99th percentile']
    """
    for m in _NUMBER.finditer(text):
        written = m["digits"].rstrip(",")
        decimals = len(written.partition(".")[2])
        sign = {None: 0, "+": 1}.get(m["sign"], -1)
        unit = (m["unit"] or "").strip()
        yield Number(m.start(), m[0].rstrip(","), sign, m["money"] or "", float(written.replace(",", "")), decimals, unit)
