"""Observations as they were known: at each report date's cutoff, and at a vintage.

A *track* (core.tracks) holds one series. A *row* is a report date. `Panel.position(key)` gives, for every row, the last session of a track
that was available at that row's cutoff: an as-of join, so nothing later than a cutoff can reach a row. Unknown is NaN or −1, never 0.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.catalogue import BY_KEY, Series
from core.catalogue.breaks import Break
from core.errors import DateOutOfRange
from core.language import N_
from core.ledger import Ledger, ledgers
from core.sessions import TOLERATED, Instants, cutoffs, edition, schedule
from core.sources.published import PublishedFigure
from core.tracks import Floats, Positions, Track
from core.wording import day

__all__ = ["Floats", "Panel", "Positions", "Track", "build"]

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Panel:
    """All tracks, and the report dates (rows) at which they are looked at."""

    dataset: str
    edition: str
    dates: Instants
    cutoffs: Instants
    tracks: Mapping[str, Track]
    asof: dt.datetime | None
    published: tuple[PublishedFigure, ...] = ()

    @cached_property
    def in_print(self) -> dict[str, tuple[PublishedFigure, ...]]:
        """The published figures by metric."""
        return {p.key: tuple(q for q in self.published if q.key == p.key) for p in self.published}

    @cached_property
    def _seen(self) -> dict[tuple[str, str], Instants]:
        return {}

    @cached_property
    def _positions(self) -> dict[str, Positions]:
        return {k: _latest(t, self.cutoffs) for k, t in self.tracks.items()}

    def breaks(self, key: str) -> tuple[Break, ...]:
        """The regime breaks of a series, oldest first; none where nothing is stored. Some may lie after a report's cutoff."""
        return self.tracks[key].breaks if key in self.tracks else ()

    def regime(self, key: str) -> Positions:
        """For each row: number of the regime that the last known observation belongs to; −1 where there is none."""
        at = self.position(key)
        return np.where(at >= 0, self.tracks[key].segment[at], -1) if key in self.tracks else at

    def has(self, key: str) -> bool:
        """Whether any observation of the series is stored."""
        return key in self.tracks

    def position(self, key: str) -> Positions:
        """For each row: index of the last observation known at its cutoff; −1 where there is none."""
        return self._positions[key] if key in self.tracks else np.full(len(self.dates), -1)

    def rows(self, key: str, values: Floats) -> Floats:
        """Values given per observation of a series, as known at each row; NaN where nothing is known."""
        at = self.position(key)
        return np.where(at >= 0, values[at], np.nan) if len(values) else np.full(len(self.dates), np.nan)

    def ends(self, key: str) -> Instants:
        """For each row: the instant at which the latest known session ended; NaT where there is none."""
        return self._instants(key, "ends", lambda t: t.closes)

    def starts(self, key: str) -> Instants:
        """For each row: the instant at which the session before the latest known one ended, so where its change begins."""
        return self._instants(key, "starts", lambda t: np.where(t.previous >= 0, t.closes[t.previous], np.datetime64("NaT")))

    def sessions(self, key: str) -> Instants:
        """For each row: the date of the latest known session; NaT where there is none."""
        return self._instants(key, "sessions", lambda t: t.sessions)

    def _instants(self, key: str, name: str, pick: Callable[[Track], Instants]) -> Instants:
        if (key, name) not in self._seen:
            at = self.position(key)
            nothing = np.datetime64("NaT", "D" if name == "sessions" else "us")
            found = np.where(at >= 0, pick(self.tracks[key])[at], nothing) if key in self.tracks else np.full(len(self.dates), nothing)
            self._seen[key, name] = found
        return self._seen[key, name]

    def expected(self, series: Series, row: int) -> dt.date | None:
        """The date of the last session that should have been known at a row's cutoff; None before the calendar."""
        plan = schedule(series.calendar)
        due = int(plan.last_closed(self.cutoffs[row : row + 1] - np.timedelta64(series.available_after))[0])
        return plan.dates[due].item() if due >= 0 else None

    def missed(self, key: str) -> Positions:
        """For each row: how many of the series' sessions should have been known at the cutoff but are not (0: up to date)."""
        if key not in self._missed:
            self._missed[key] = self._late(key)
        return self._missed[key]

    @cached_property
    def _missed(self) -> dict[str, Positions]:
        return {}

    def _late(self, key: str) -> Positions:
        if key not in self.tracks:
            return np.zeros(len(self.dates), dtype=np.int64)
        track = self.tracks[key]
        due = track.plan.last_closed(self.cutoffs - np.timedelta64(track.series.available_after))
        at = self.position(key)
        late = np.where(at >= 0, due - track.ordinals[at], due)
        return np.asarray(np.maximum(late - TOLERATED.get(track.series.calendar, 0), 0), dtype=np.int64)

    def row(self, date: dt.date) -> int:
        """The row of a report date. Raises DateOutOfRange with the dates that can be had."""
        i = int(np.searchsorted(self.dates, np.datetime64(date)))
        if i < len(self.dates) and self.dates[i] == np.datetime64(date):
            return i
        if not len(self.dates):
            raise DateOutOfRange("No data is stored yet.", remedy="Refresh, or look at the demo market.")
        first, last = self.dates[0].item(), self.dates[-1].item()
        early, late = "{date} lies before the data begins.", "{date} lies after the last report that can be made."
        remedy = N_("Pick a date from {first} to {last}.", first=day(first, year=True), last=day(last, year=True))
        raise DateOutOfRange(N_(early if date < first else late, date=day(date, year=True)), remedy=remedy)

    def snapshot(self, row: int, *parts: str) -> str:
        """Hash (16 hex digits) of every observation known at a row's cutoff, and of `parts`."""
        return hashlib.blake2b("\0".join((self._digest(row), *parts)).encode(), digest_size=8).hexdigest()

    def _digest(self, row: int) -> str:
        if row not in self._digests:
            self._digests[row] = self._hashed(row)
        return self._digests[row]

    @cached_property
    def _digests(self) -> dict[int, str]:
        return {}

    @cached_property
    def _ledgers(self) -> dict[str, tuple[Ledger, ...]]:
        return {key: ledgers(self.tracks[key]) for key in sorted(self.tracks)}

    def _hashed(self, row: int) -> str:
        digest, cutoff = hashlib.blake2b(digest_size=16), self.cutoffs[row]
        for key, lines in self._ledgers.items():
            known = b"".join(line.digest(cutoff) for line in lines)
            if known:
                digest.update(key.encode() + known)
        return digest.hexdigest()


def _latest(track: Track, cutoffs: Instants) -> Positions:
    """For each cutoff: index of the last chosen observation that was available; −1 where there is none."""
    at = np.searchsorted(track.available[track.chosen], cutoffs, side="right") - 1
    return np.where(at >= 0, track.chosen[at], -1)


def build(
    observations: pd.DataFrame,
    dataset: str,
    edition: str,
    dates: Instants,
    asof: dt.datetime | None = None,
    published: tuple[PublishedFigure, ...] = (),
) -> Panel:
    """Observations (see core.observations) → panel over report `dates` (datetime64[D], ascending).

    With `asof`, observations fetched after that instant are left out. Of several vintages of a value the latest one counts. `published` are
    figures whose source is print, not a market.
    """
    table = observations[observations["series"].isin(list(BY_KEY))]
    if asof is not None:
        table = table[table["fetched_at"] <= pd.Timestamp(asof).tz_convert("UTC").tz_localize(None)]
    table = table.sort_values(["series", "source", "available_at", "session", "fetched_at"], kind="stable")
    table = table.drop_duplicates(["series", "source", "session", "available_at"], keep="last")
    names = table["series"].to_numpy(dtype=object)
    begins = np.flatnonzero(np.r_[True, names[1:] != names[:-1]]) if len(names) else np.array([], dtype=np.int64)
    columns = (
        table["session"].to_numpy().astype("datetime64[D]"), table["value"].to_numpy(),
        table["available_at"].to_numpy().astype("datetime64[us]"), table["fetched_at"].to_numpy().astype("datetime64[us]"),
        table["source"].to_numpy(dtype=object), table["basis"].to_numpy(dtype=object),
    )  # fmt: skip
    ends = np.r_[begins, len(names)][1:]
    tracks = {names[a]: Track(BY_KEY[names[a]], *(c[a:b] for c in columns)) for a, b in zip(begins, ends, strict=True)}
    tracks = {k: _one_a_day(t, edition) if t.series.snapshot else t for k, t in tracks.items()}
    return Panel(dataset, edition, dates, cutoffs(dates, edition), tracks, asof, published)


def _one_a_day(track: Track, edition_key: str) -> Track:
    """The last reading before each day's cutoff: a snapshot read twenty times a day has one value a day, like every other series."""
    since = (track.available - np.timedelta64(edition(edition_key).cutoff)) - np.datetime64(0, "us")
    day_of = -(-since // _DAY)
    keep = np.r_[(day_of[1:] != day_of[:-1]) | (track.lines[1:] != track.lines[:-1]), True]
    return Track(
        track.series, track.sessions[keep], track.values[keep], track.available[keep], track.fetched[keep], track.source[keep], track.basis[keep]
    )  # fmt: skip
