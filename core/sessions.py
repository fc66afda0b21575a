"""Calendars, closing instants, cutoffs and the true overnight lead of a session.

A *session* is a date in its market's own calendar. All instants are UTC, as numpy `datetime64[us]` (naive, meaning UTC).

Calendars: XNYS, XHKG and XSHG come from exchange_calendars (holidays, half days, daylight saving, typhoons). `UTC` is the crypto day,
every day from 00:00 to 24:00 UTC. `NY17` is the dealing day of currencies, gold and the dollar index: weekdays, ending at
17:00 in New York; such series skip some holidays, so one or two missing weekdays are no gap in them. `CONNECT` are the days on which Stock
Connect trades the mainland from Hong Kong: those on which both exchanges do, with the mainland's hours. (Until April 2023 it also paused where
money could not be settled in Hong Kong the day after.)
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.language import N_, written

Instants = npt.NDArray[np.datetime64]

FIRST_DAY = dt.date(2014, 1, 1)
_HORIZON_DAYS = 400
EXCHANGES = {"XNYS": "New York", "XHKG": written("Hong Kong", "the city of Hong Kong"), "XSHG": "Shanghai"}
PLACES = {**EXCHANGES, "CONNECT": "Stock Connect", "UTC": "Crypto (UTC day)", "NY17": "Currencies and gold"}
# Sessions that may lie between two neighbouring observations of a calendar without anything being missing.
TOLERATED = {"NY17": 2}
# Whole-day closures that the calendar library does not know: super typhoon Saola and the black rainstorm of September 2023.
EXTRA_CLOSURES = {"XHKG": ("2023-09-01", "2023-09-08")}
# Whole-day closures that no calendar listed beforehand, and from when on (UTC) they were known. Those of the weather, here at the hour of the
# close: Nida, Haima, Hato, Nangka, Kompasu, Talim, Saola, the black rainstorm and Yagi; since then Hong Kong trades through such weather.
UNSCHEDULED = {
    "XHKG": {day: f"{day}T08:00" for day in ("2016-08-02", "2016-10-21", "2017-08-23", "2020-10-13", "2021-10-13", "2023-07-17", "2023-09-01",
                                             "2023-09-08", "2024-09-06")},
    "XNYS": {"2018-12-05": "2018-12-02T00:00", "2025-01-09": "2024-12-31T00:00"},  # national days of mourning
    "XSHG": {"2020-01-31": "2020-01-28T00:00"},  # the Lunar New Year prolonged against the epidemic
}  # fmt: skip
_PARTS = {"CONNECT": ("XSHG", "XHKG")}  # a calendar made of those of several exchanges
_ZONES = {
    "XNYS": "America/New_York", "XHKG": "Asia/Hong_Kong", "XSHG": "Asia/Shanghai", "CONNECT": "Asia/Shanghai", "UTC": "UTC",
    "NY17": "America/New_York",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """A time of day at which reports are cut."""

    key: str
    label: str
    cutoff: dt.timedelta


EDITIONS = (
    Edition("morning", "Asia morning (00:00 UTC)", dt.timedelta(0)),
    Edition("asia_close", "Asia close (08:30 UTC)", dt.timedelta(hours=8, minutes=30)),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The sessions of one calendar in order; all arrays have one length.

    `dates` datetime64[D]; `opens`, `closes` datetime64[us] in UTC; `early` marks half days; after `known_until` sessions are
    weekdays by assumption, because the exchange has not announced its holidays yet.
    """

    code: str
    dates: Instants
    opens: Instants
    closes: Instants
    early: npt.NDArray[np.bool_]
    known_until: dt.date

    def ordinals(self, sessions: Instants) -> npt.NDArray[np.int64]:
        """Position of each date's session, or of the last session before it; −1 before the calendar."""
        return np.searchsorted(self.dates, sessions.astype("datetime64[D]"), side="right") - 1

    def last_closed(self, instants: Instants) -> npt.NDArray[np.int64]:
        """Position of the last session closed at each instant; −1 where there is none."""
        return np.searchsorted(self.closes, instants, side="right") - 1

    def next_open(self, instant: np.datetime64) -> int:
        """Position of the first session that opens at or after an instant (UTC)."""
        return int(np.searchsorted(self.opens, instant, side="left"))

    def missing(self, present: Instants, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
        """The sessions between two dates, both included, that are not among `present`."""
        between = self.dates[(self.dates >= np.datetime64(first)) & (self.dates <= np.datetime64(last))]
        return tuple(between[~np.isin(between, present.astype("datetime64[D]"))].tolist())

    def is_session(self, day: dt.date) -> bool:
        """Whether the market trades on that date."""
        i = int(self.ordinals(np.array([day], dtype="datetime64[D]"))[0])
        return i >= 0 and self.dates[i] == np.datetime64(day)


def edition(key: str) -> Edition:
    """The edition of that key. Raises BadInput."""
    for e in EDITIONS:
        if e.key == key:
            return e
    raise BadInput(N_("There is no edition {key}.", key=repr(key)), remedy=N_("Use one of: {keys}.", keys=", ".join(e.key for e in EDITIONS)))


def cutoffs(dates: Instants, edition_key: str) -> Instants:
    """The cutoff instants (UTC) of the reports of `dates`."""
    return np.asarray(dates.astype("datetime64[us]") + np.timedelta64(edition(edition_key).cutoff), dtype="datetime64[us]")


@lru_cache(maxsize=8)
def schedule(code: str) -> Schedule:
    """The sessions of a calendar from 2014 to about a year ahead. Raises BadInput for an unknown code."""
    if code in EXCHANGES:
        return _exchange(code)
    days = np.arange(np.datetime64(FIRST_DAY), _horizon())
    if code == "UTC":
        opens = days.astype("datetime64[us]")
        closes = np.asarray(opens + np.timedelta64(1, "D"), dtype="datetime64[us]")
        return Schedule(code, days, opens, closes, np.zeros(len(days), bool), days[-1].item())
    if code == "CONNECT":
        return _shared(*(schedule(c) for c in _PARTS[code]))
    if code == "NY17":
        days = days[np.is_busday(days)]
        closes = wall_clock(days, dt.time(17), "America/New_York")
        opens = np.concatenate([closes[:1] - np.timedelta64(1, "D"), closes[:-1]])
        return Schedule(code, days, opens, closes, np.zeros(len(days), bool), days[-1].item())
    raise BadInput(N_("There is no calendar {code}.", code=repr(code)), remedy=N_("Use one of: {keys}.", keys=", ".join(PLACES)))


def wall_clock(days: Instants, time: dt.time, zone: str) -> Instants:
    """UTC instants at which clocks in `zone` show `time` on each of `days`."""
    import pandas as pd

    naive = pd.DatetimeIndex(days.astype("datetime64[us]")) + pd.Timedelta(hours=time.hour, minutes=time.minute)
    return naive.tz_localize(zone).tz_convert("UTC").tz_localize(None).as_unit("us").to_numpy()


def local(instant: dt.datetime, code: str) -> dt.datetime:
    """An instant on the clocks of a calendar's place."""
    return instant.astimezone(ZoneInfo(_ZONES[code]))


def lead_positions(follower: str, leader: str) -> npt.NDArray[np.int64]:
    """For every session of `follower`: the position of the leader's last session that had closed when it opened (−1: none)."""
    return schedule(leader).last_closed(schedule(follower).opens)


def expected(code: str, instant: np.datetime64) -> Schedule:
    """The sessions of a calendar as they stood at an instant (UTC): those that were cancelled at short notice afterwards are still among them.

    Raises BadInput for an unknown code.
    """
    return _expected(code, tuple(tuple(day for day, known in UNSCHEDULED.get(c, {}).items() if instant < np.datetime64(known))
                                 for c in _PARTS.get(code, (code,))))  # fmt: skip


@lru_cache(maxsize=256)
def holidays(code: str, first: dt.date, days: int = 14, at: np.datetime64 | None = None) -> tuple[dt.date, ...]:
    """Weekdays without a session in the `days` from a date on, as far as they were announced `at` an instant (UTC), or as that date began."""
    s = expected(code, np.datetime64(first) if at is None else at)
    span = np.arange(np.datetime64(first), np.datetime64(first) + days)
    span = span[np.is_busday(span) & (span <= np.datetime64(s.known_until))]
    first_at, last_at = np.searchsorted(s.dates, (span[0], span[-1] + 1)) if len(span) else (0, 0)
    return tuple(sorted({*span.tolist()} - {*s.dates[first_at:last_at].tolist()}))


def _horizon() -> np.datetime64:
    today = dt.datetime.now(dt.UTC).date()
    return np.datetime64(today) + np.timedelta64(_HORIZON_DAYS, "D")


@lru_cache(maxsize=64)
def _expected(code: str, cancelled: tuple[tuple[str, ...], ...]) -> Schedule:
    """A calendar with the sessions that were cancelled later, by the calendars that it is made of."""
    if code in _PARTS:
        return _shared(*(_expected(c, (days,)) for c, days in zip(_PARTS[code], cancelled, strict=True)))
    plan = schedule(code)
    days = np.array(cancelled[0], dtype="datetime64[D]")
    if not len(days):
        return plan
    opens, closes = _full_days(code, days)
    dates = np.concatenate([plan.dates, days])
    order = dates.argsort()
    early = np.concatenate([plan.early, np.zeros(len(days), bool)])
    return Schedule(code, dates[order], np.concatenate([plan.opens, opens])[order], np.concatenate([plan.closes, closes])[order], early[order],
                    plan.known_until)  # fmt: skip


def _full_days(code: str, days: Instants) -> tuple[Instants, Instants]:
    """Opening and closing instants (UTC) of full sessions of an exchange, at its present hours."""
    import exchange_calendars as xc

    calendar = xc.get_calendar(code, start=FIRST_DAY.isoformat())
    return wall_clock(days, calendar.open_times[-1][1], _ZONES[code]), wall_clock(days, calendar.close_times[-1][1], _ZONES[code])


def _shared(mine: Schedule, theirs: Schedule) -> Schedule:
    """The sessions of one calendar on whose dates another one trades too."""
    both = np.isin(mine.dates, theirs.dates)
    known = min(mine.known_until, theirs.known_until)
    return Schedule("CONNECT", mine.dates[both], mine.opens[both], mine.closes[both], mine.early[both], known)


def _exchange(code: str) -> Schedule:
    import exchange_calendars as xc

    calendar = xc.get_calendar(code, start=FIRST_DAY.isoformat())
    table = calendar.schedule
    table = table[~table.index.isin(np.array(EXTRA_CLOSURES.get(code, ()), dtype="datetime64[ns]"))]
    dates = table.index.to_numpy().astype("datetime64[D]")
    opens = table["open"].dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    closes = table["close"].dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    early = np.isin(dates, calendar.early_closes.to_numpy().astype("datetime64[D]"))
    known = dates[-1]
    beyond = np.arange(known + 1, _horizon())
    beyond = beyond[np.is_busday(beyond)]
    if len(beyond):
        opens, closes = (np.concatenate(both) for both in zip((opens, closes), _full_days(code, beyond), strict=True))
        dates = np.concatenate([dates, beyond])
        early = np.concatenate([early, np.zeros(len(beyond), bool)])
    return Schedule(code, dates, opens, closes, early, known.item())
