"""The records a catalogue is made of."""

import datetime as dt
from dataclasses import dataclass

from core.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who supplies data, and on which terms."""

    key: str
    name: str
    home: str
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a series is asked for: the provider's key, and the name the series has there."""

    provider: str
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of observations.

    `name` is whom or what the line is of, where the label adds what is counted: the USDT of "USDT supply"; empty where the label is the name.
    `low` and `high` bound a plausible value in the series' unit; `max_move` bounds |one-session change| in percent (or in the series' own
    unit where `moves_in_points`). `available_after` is added to the session's closing instant. `snapshot` series are stamped with the
    instant they were read; of `latest_only` series no source tells an earlier session. `provisional` is how many of its newest sessions the
    upstream still changes as a matter of course. `sources` is the chain, first choice first. `rebases`: a split may put the whole line on
    another base.
    """

    key: str
    label: str
    label_zh: str
    group: str
    market: str
    unit: Unit
    calendar: str
    sources: tuple[SourceRef, ...]
    low: float
    high: float
    max_move: float
    method: str
    moves_in_points: bool = False
    available_after: dt.timedelta = dt.timedelta(0)
    snapshot: bool = False
    latest_only: bool = False
    provisional: int = 0
    rebases: bool = False
    name: str = ""

    @property
    def short(self) -> str:
        """The name alone, for a table or a sentence that says what is counted."""
        return self.name or self.label
