"""What the store speaks besides tables of observations."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one series in one refresh. `status` is "ok" or the kind of a SourceError; instants are UTC."""

    source: str
    series: str
    started: dt.datetime
    ended: dt.datetime
    status: str
    message: str
    rows: int = 0
    new_rows: int = 0
    restated_rows: int = 0


@dataclass(frozen=True, slots=True)
class Appended:
    """Rows written for one series: sessions seen for the first time, and further vintages of sessions already known."""

    new: int = 0
    restated: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """What is stored of one line, that is of one series from one source: its first and last session."""

    first: dt.date
    last: dt.date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """What one reading restated of one line: how many `sessions`, from `first` to `last`, and the largest change with its sign.

    `change` is in percent of the value before, or in the series' own unit where it moves in points; None where no value before was above zero.
    """

    series: str
    source: str
    fetched_at: dt.datetime
    sessions: int
    first: dt.date
    last: dt.date
    change: float | None


@dataclass(frozen=True, slots=True)
class Rest:
    """A source (`yahoo`) or a venue of one (`exchanges:kraken`) that is left alone until an instant (UTC), and the failure that asked for it."""

    name: str
    until: dt.datetime
    status: str
    message: str
