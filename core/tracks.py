"""One series as metrics read it. What different sources say of it are *lines* that stand one behind the other and are never spliced.

A track holds every line whole, so that a statistic of a value always rests on the history of that value's own source. `chosen` says
which line speaks for each session: the longest-held one that has the session and the session before it. That looks at no later session, so
nothing that comes later changes what was read before. Where the chosen line changes, the series has a regime break.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.catalogue import Series, supplier
from core.catalogue.breaks import BREAKS, Break
from core.language import N_
from core.sessions import TOLERATED, Instants, Schedule, schedule

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

# Lines stand this many calendar positions apart, so that a position and its line make one ascending number.
_APART = 1 << 20


@dataclass(frozen=True)
class Track:
    """One series, line by line, each in the order in which it became known; all arrays have one length.

    `sessions` datetime64[D]; `available`, `fetched` datetime64[us] UTC; `values` in the series' unit; `source`, `basis` text. A line is a
    run of one `source`.
    """

    series: Series
    sessions: Instants
    values: Floats
    available: Instants
    fetched: Instants
    source: npt.NDArray[np.object_]
    basis: npt.NDArray[np.object_]

    @cached_property
    def plan(self) -> Schedule:
        """The calendar of the series."""
        return schedule(self.series.calendar)

    @cached_property
    def moments(self) -> tuple[Positions, Positions]:
        """`available` and `fetched` in microseconds since 1970."""
        return self.available.view(np.int64), self.fetched.view(np.int64)

    @cached_property
    def ordinals(self) -> Positions:
        """Position of each session in the calendar."""
        return self.plan.ordinals(self.sessions)

    @cached_property
    def lines(self) -> Positions:
        """Number of the line that each observation belongs to, from 0."""
        return np.cumsum(np.r_[False, self.source[1:] != self.source[:-1]]).astype(np.int64)

    @cached_property
    def segment(self) -> Positions:
        """Number of the regime that each observation belongs to: its line, and how many known breaks it lies behind."""
        known = np.array([b.session for b in BREAKS if b.series == self.series.key], dtype="datetime64[D]")
        behind = np.searchsorted(np.sort(known), self.sessions, side="right")
        return np.asarray(self.lines * (len(known) + 1) + behind, dtype=np.int64)

    @cached_property
    def segments(self) -> tuple[slice, ...]:
        """The regimes as slices of the arrays: within one, statistics may run."""
        return runs(self.segment)

    @cached_property
    def previous(self) -> Positions:
        """Index of the session before each one in its regime; −1 where it is not stored, so that a change over a hole is unknown."""
        place = self.lines * _APART + self.ordinals
        before = np.searchsorted(place, place, side="left") - 1
        skipped = place - place[before] - 1
        near = (before >= 0) & (skipped <= TOLERATED.get(self.series.calendar, 0))
        return np.where(near & (self.segment[before] == self.segment), before, -1)

    @cached_property
    def chosen(self) -> Positions:
        """Indices of the observations that speak for their sessions, in the order in which they became known."""
        if not self.lines[-1]:
            return np.arange(len(self.sessions))
        order = sorted(range(int(self.lines[-1]) + 1), key=self._seniority)
        days = np.unique(self.sessions)
        winner = np.full(len(days), -1)
        for wanted in (self.previous >= 0, np.ones(len(self.sessions), bool)):
            for line in order:
                has = np.isin(days, self.sessions[(self.lines == line) & wanted])
                winner = np.where((winner < 0) & has, line, winner)
        mine = np.flatnonzero(winner[np.searchsorted(days, self.sessions)] == self.lines)
        return mine[np.lexsort((self.sessions[mine], self.available[mine]))]

    def _seniority(self, line: int) -> tuple[int, int, str]:
        """Lines that began earlier come first, then the catalogue's order of sources."""
        first = int(np.searchsorted(self.lines, line))
        chain = [ref.provider for ref in self.series.sources]
        name = str(self.source[first])
        return int(self.ordinals[first]), chain.index(_provider(name)) if _provider(name) in chain else len(chain), name

    def begin(self, at: int) -> int:
        """Index of the first observation of the line that an observation belongs to."""
        return int(np.searchsorted(self.lines, self.lines[at]))

    def index_of(self, ordinals: Positions) -> Positions:
        """Where calendar positions stand among the chosen observations, as indices of the arrays; −1 where a session is not stored."""
        mine = self.ordinals[self.chosen]
        at = np.clip(np.searchsorted(mine, ordinals), 0, len(mine) - 1)
        return np.where(mine[at] == ordinals, self.chosen[at], -1)

    def on(self, sessions: Instants) -> Positions:
        """Indices of the chosen observations of some dates; −1 where a date is not stored."""
        mine = self.sessions[self.chosen]
        at = np.clip(np.searchsorted(mine, sessions), 0, len(mine) - 1)
        return np.where(mine[at] == sessions, self.chosen[at], -1)

    def moved(self, old: Positions, new: Positions) -> Floats:
        """Move in percent between observations given by index; NaN where one is unknown (−1) or a regime break lies between."""
        known = (old >= 0) & (new >= 0) & (self.segment[old] == self.segment[new]) & (self.values[old] > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(known, (self.values[new] / self.values[old] - 1) * 100, np.nan)

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """The regime breaks of the series, oldest first: those known beforehand, and every change of the source that speaks for it."""
        mine = self.chosen
        turns = np.flatnonzero(self.lines[mine][1:] != self.lines[mine][:-1]) + 1
        first, last = self.sessions[mine[0]], self.sessions[mine[-1]]
        known = [b for b in BREAKS if b.series == self.series.key and first < np.datetime64(b.session) <= last]
        changed = [
            Break(
                series=self.series.key, session=self.sessions[mine[i]].item(),
                why=N_("The source changes from {before} to {after}.", before=_name(self.source[mine[i - 1]]), after=_name(self.source[mine[i]])),
            )
            for i in turns
        ]  # fmt: skip
        return tuple(sorted((*known, *changed), key=lambda b: b.session))

    @cached_property
    def closes(self) -> Instants:
        """The instant at which each session ended (UTC)."""
        return self.plan.closes[np.clip(self.ordinals, 0, None)]


def runs(codes: Positions) -> tuple[slice, ...]:
    """The stretches of equal neighbours of an array, as slices.

    >>> runs(np.array([0, 0, 3, 3, 3, 1]))
    (slice(0, 2, None), slice(2, 5, None), slice(5, 6, None))
    """
    ends = [*(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
    return tuple(slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True))


def piecewise(pieces: tuple[slice, ...], statistic: Callable[..., Floats], *arrays: Floats) -> Floats:
    """A statistic of arrays, computed within each of `pieces` as if there were nothing outside it."""
    if len(pieces) <= 1:
        return statistic(*arrays)
    return np.concatenate([statistic(*(a[piece] for a in arrays)) for piece in pieces])


def _provider(source: str) -> str:
    return source.split(":", maxsplit=1)[0]


def _name(source: str) -> str:
    """A source as a reader knows it: `exchanges:kraken` is Kraken."""
    behind = supplier(str(source))
    return behind.name if behind else str(source)
