"""How a declared resolution comes out: in words, from which levels, and in which session."""

import datetime as dt
from functools import cache

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.divergences import Resolution
from core.insight.desk import Desk, label
from core.language import N_
from core.sessions import expected
from core.units import Unit
from core.wording import listing, show, weekday

_ONE = {"up": "{series} up {span}.", "down": "{series} down {span}."}
_TWO = {"up": "{series} beating {other} {span}.", "down": "{series} trailing {other} {span}."}
_BY = {
    "up": ("{series} up by {bound} or more against {other} {span}.", "{series} not up by {bound} against {other} {span}."),
    "down": ("{series} down by {bound} or more against {other} {span}.", "{series} not down by {bound} against {other} {span}."),
}
_BACK = {"up": "down", "down": "up"}


@cache
def settled(wanted: Resolution) -> tuple[str, str]:
    """What would make a resolution come true, and what false, each a sentence."""
    span = "in the next session" if wanted.sessions == 1 else N_("over the next {sessions}", sessions=show(wanted.sessions, Unit.SESSIONS))
    slots = {"series": label(wanted.series), "span": span} | ({"other": label(wanted.against)} if wanted.against else {})
    if wanted.bound:
        true, false = _BY[wanted.side]
        return N_(true, bound=show(wanted.bound, Unit.PP), **slots), N_(false, bound=show(wanted.bound, Unit.PP), **slots)
    said = _TWO if wanted.against else _ONE
    return N_(said[wanted.side], **slots), N_(said[_BACK[wanted.side]], **slots)


def until(desk: Desk, wanted: Resolution, series: tuple[str, ...]) -> dt.date | None:
    """The date of the session that settles it: so many sessions on, counting days on which all the series are to trade; None without a session."""
    last = [s for k in series if (s := desk.session(k))]
    if not last:
        return None
    calendars = dict.fromkeys(SERIES[k].calendar for k in series)
    cutoff = desk.table.panel.cutoffs[desk.row]
    after = [_following(calendar, cutoff, max(last), 8 * wanted.sessions + 40) for calendar in calendars]
    shared = sorted(set(after[0]).intersection(*after[1:]))
    return shared[wanted.sessions - 1] if len(shared) >= wanted.sessions else None


def _following(calendar: str, cutoff: np.datetime64, session: dt.date, count: int) -> list[dt.date]:
    """The next sessions of a calendar after one, as they stood at the report's cutoff."""
    dates = expected(calendar, cutoff).dates
    first = int(dates.searchsorted(np.datetime64(session), side="right"))
    following: list[dt.date] = dates[first : first + count].tolist()
    return following


def deadline(desk: Desk, wanted: Resolution, series: tuple[str, ...]) -> str:
    """That date in words; empty where it is not known."""
    end = until(desk, wanted, series)
    return weekday(end) if end else ""


def levels(desk: Desk, wanted: Resolution) -> str:
    """The levels from which the moves are measured, in words."""
    named = [k for k in (wanted.series, wanted.against) if k and "." not in k]
    return listing([N_("{name} {level}", name=label(k), level=desk.show(f"{k}.close")) for k in named])
