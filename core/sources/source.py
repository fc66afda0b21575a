"""What a source is: a provider that can be asked for series, in one verb."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Event

import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, Unreachable
from core.language import N_
from core.observations import empty
from core.settings import Operator
from core.sources.aside import Aside

# An answer may take so many pages more than its length says.
_SPARE_PAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to a source: series that one call (or one chain of pages) answers.

    `start` is the first session wanted now; `first` the first session of the whole line, stored or wanted; `held` is the source the line
    came from so far (`exchanges:kraken`), empty when nothing is stored. `now` is an aware UTC instant. `known` are the stored sessions, given to
    sources that are asked day by day. `aside` knows which venues must not be asked now, and is told of those that refuse.
    `over` is set once nobody waits for the answer any more.
    """

    series: tuple[Series, ...]
    start: dt.date
    first: dt.date
    held: str
    now: dt.datetime
    operator: Operator
    known: frozenset[dt.date] = frozenset()
    aside: Aside = field(default_factory=Aside)
    over: Event = field(default_factory=Event)

    def proceed(self) -> None:
        """Before every further call. Raises Unreachable where nobody waits for its answer."""
        if self.over.is_set():
            raise Unreachable("The refresh was over before everything was read.")

    def pages(self, who: str, expected: int) -> Iterator[int]:
        """The numbers of the pages to read, while somebody waits. Raises BadPayload some pages beyond `expected`, as no answer goes on for ever."""
        for page in range(expected + _SPARE_PAGES):
            self.proceed()
            yield page
        raise BadPayload(
            N_("{who} goes on after {read} pages where about {expected} were expected.", who=who, read=expected + _SPARE_PAGES, expected=expected)
        )


Fetch = Callable[[Ask], pd.DataFrame]


def alone(symbol: str) -> str:
    """Every symbol is a call of its own."""
    return symbol


def always(_: Operator) -> bool:
    """Asked whatever the operator set."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A provider of the catalogue (`key`), the hosts it is read from, and how.

    `fetch` returns observations (core.observations) of the asked series and raises SourceError. `together` names the call that answers a
    symbol: symbols of one name are asked in one go. `workers` is how many calls may be under way at once. `allowed` tells whether the operator's
    settings let it be asked. `by_day` sources answer single days, and are told which ones are stored.
    """

    key: str
    hosts: tuple[str, ...]
    workers: int
    fetch: Fetch
    together: Callable[[str], str] = alone
    allowed: Callable[[Operator], bool] = always
    by_day: bool = False


def by_symbol(provider: str, series: Iterable[Series]) -> dict[str, Series]:
    """The series by the names they have at a provider."""
    return {ref.symbol: s for s in series for ref in s.sources if ref.provider == provider}


def joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Observations of several series in one table."""
    filled = [f for f in frames if len(f)]
    return pd.concat(filled, ignore_index=True) if filled else empty()


def instant(now: dt.datetime) -> "pd.Timestamp":
    """An aware instant as the stores and tables keep it: UTC without a zone."""
    return pd.Timestamp(now).tz_convert("UTC").tz_localize(None).as_unit("us")
