"""What is refused at the door: a payload that parsed well may still be wrong. Pure: nothing is fetched, stored or looked up elsewhere."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload
from core.language import N_, join
from core.sessions import PLACES, TOLERATED, Schedule, schedule
from core.wording import day

# Clocks of upstreams may run ahead of ours by this much.
_SKEW = np.timedelta64(10, "m")
# More sessions than this share outside the calendar: the dates are shifted by a time zone.
_STRANGERS = 0.15
# Fewer than this share of the sessions they span: the upstream answered coarser than daily.
_DENSITY = 0.5
_SHORT, _SHORT_ROWS, _LONG, _LONG_ROWS = 5, 3, 40, 10
# More rows than this share, or so many of the newest, out of reach of what is known: the line is another one, or in another unit.
_ASTRAY, _NEWEST = 1 / 3, 2
# A session missing further back than this is taken for one that the upstream will never have.
LOOKED_BACK = dt.timedelta(days=45)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Checked:
    """The observations that may be stored, a sentence for everything that was left out or lacks, and how many sessions behind they end."""

    observations: pd.DataFrame
    remarks: tuple[str, ...]
    behind: int = 0


def check(
    series: Series, observations: pd.DataFrame, *, now: dt.datetime, start: dt.date, anchor: float | None = None, dense: bool = True,
    among: pd.DataFrame | None = None,
) -> Checked:  # fmt: skip
    """The observations of one series that can be believed.

    `start` is the first session that was asked for; `anchor` the value known for the session before the first row, if any.
    `dense`: the answer holds every session, not single days; those are judged by what is stored `among` and around them.
    Raises BadPayload where the payload as a whole cannot be right: time zone, granularity, level, too few rows, or nothing left.
    """
    _dated(series, observations)
    rows = observations.sort_values(["session", "available_at"], kind="stable", ignore_index=True)
    remarks = []
    refused = np.zeros(len(rows), bool)
    for fault, found in _faults(series, rows, _utc(now)):
        first_fault = found & ~refused
        refused |= found
        if first_fault.any():
            remarks.append(_remark(series, rows[first_fault], fault))
    rows = rows[~refused].reset_index(drop=True)
    if dense and not series.snapshot:
        _dense(series, rows, _utc(now), start)
    jumps = _jumps(series, rows, anchor) if among is None or among.empty else _jumps_among(series, rows, among)
    if jumps.any():
        most = f"{series.max_move:g}{'' if series.moves_in_points else '%'}"
        remarks.append(_remark(series, rows[jumps], N_("moved more than {most} a session", most=most)))
        if jumps.mean() > _ASTRAY or (len(rows) > _NEWEST and jumps[-_NEWEST:].all()):
            raise BadPayload(join(" ", [*remarks, "It looks like another instrument or another unit; nothing of the answer is used."]))
        rows = rows[~jumps].reset_index(drop=True)
    if rows.empty:
        raise BadPayload(join(" ", [N_("{series}: nothing of the answer can be used.", series=series.label), *remarks]))
    if series.snapshot:
        return Checked(rows, tuple(remarks))
    behind = _behind(series, rows, _utc(now))
    if behind:
        newest = day(rows["session"].iloc[-1].date(), year=True)
        remarks.append(N_("{series}: the newest session is {date}, {n} behind.", series=series.label, date=newest, n=behind))
    lacking = _holes(series, observations, now, start) if dense else []
    return Checked(rows, (*remarks, *lacking), behind)


def _behind(series: Series, rows: pd.DataFrame, now: np.datetime64) -> int:
    plan = schedule(series.calendar)
    due = int(plan.last_closed(np.array([now - np.timedelta64(series.available_after)]))[0])
    return max(0, due - int(plan.ordinals(rows["session"].to_numpy()[-1:])[0]) - TOLERATED.get(series.calendar, 0))


def _holes(series: Series, observations: pd.DataFrame, now: dt.datetime, start: dt.date) -> list[str]:
    """Sessions of the last weeks that the answer passes over. What is stored of them stays."""
    if series.calendar in TOLERATED:
        return []
    sessions = observations["session"].to_numpy()
    first = max(start, (now - LOOKED_BACK).date(), sessions.min().astype("datetime64[D]").item())
    lacking = schedule(series.calendar).missing(sessions, first, sessions.max().astype("datetime64[D]").item())
    if not lacking:
        return []
    one = "{series}: the answer lacks {n} session of {place} ({when}); what is stored of it stays, and it is asked for again."
    several = "{series}: the answer lacks {n} sessions of {place} ({when}); what is stored of them stays, and they are asked for again."
    n, when = len(lacking), _span(lacking[0], lacking[-1])
    return [N_(several if n > 1 else one, series=series.label, n=n, place=PLACES[series.calendar], when=when)]


def _span(first: dt.date, last: dt.date) -> str:
    return N_("{first} to {last}", first=f"{first}", last=f"{last}") if first != last else f"{first}"


def _utc(now: dt.datetime) -> np.datetime64:
    return np.datetime64(now.astimezone(dt.UTC).replace(tzinfo=None), "us")


def _remark(series: Series, rows: pd.DataFrame, fault: str) -> str:
    days, n = rows["session"].dt.date, len(rows)
    left_out = "{series}: {n} rows left out ({when}): {fault}." if n > 1 else "{series}: {n} row left out ({when}): {fault}."
    return N_(left_out, series=series.label, n=n, when=_span(days.iloc[0], days.iloc[-1]), fault=fault)


def _dated(series: Series, observations: pd.DataFrame) -> None:
    """Sessions are plain dates of the series' calendar. Raises BadPayload."""
    sessions = observations["session"]
    if not isinstance(sessions.dtype, np.dtype) or sessions.dtype.kind != "M" or (sessions != sessions.dt.normalize()).any():
        raise BadPayload(N_("{series}: the sessions are not plain dates; they carry a time of day or a time zone.", series=series.label))
    strangers = ~_trading(schedule(series.calendar), observations)
    if strangers.sum() > 1 and strangers.mean() > _STRANGERS:
        raise BadPayload(
            N_("{series}: {n} of {all} dates are no sessions of {calendar}; the time zone of the dates is wrong.",
               series=series.label, n=int(strangers.sum()), all=len(observations), calendar=series.calendar)
        )  # fmt: skip


def _trading(plan: Schedule, rows: pd.DataFrame) -> Flags:
    days = rows["session"].to_numpy().astype("datetime64[D]")
    return np.asarray(plan.dates[np.clip(plan.ordinals(days), 0, None)] == days)


def _faults(series: Series, rows: pd.DataFrame, now: np.datetime64) -> tuple[tuple[str, Flags], ...]:
    """Faults a row has by itself, the most telling first."""
    latest = now + _SKEW if series.snapshot else now
    key = ["session", "available_at"] if series.snapshot else ["session"]
    value = rows["value"].to_numpy()
    return (
        ("no session of the calendar", ~_trading(schedule(series.calendar), rows)),
        ("not over yet, or in the future", rows["available_at"].to_numpy() > latest),
        ("no finite number", ~np.isfinite(value)),
        (N_("outside {low} to {high}", low=f"{series.low:g}", high=f"{series.high:g}"), (value < series.low) | (value > series.high)),
        ("given twice", rows.duplicated(key, keep="last").to_numpy()),
    )


def _dense(series: Series, rows: pd.DataFrame, now: np.datetime64, start: dt.date) -> None:
    """The rows are daily, and not a scrap of what was asked for. Raises BadPayload."""
    plan = schedule(series.calendar)
    due = int(plan.last_closed(np.array([now - np.timedelta64(series.available_after)]))[0])
    expected = due + 1 - int(np.searchsorted(plan.dates, np.datetime64(start)))
    needed = _LONG_ROWS if expected >= _LONG else _SHORT_ROWS if expected >= _SHORT else 0
    if len(rows) < needed:
        raise BadPayload(
            N_("{series}: only {n} of about {expected} sessions can be used.", series=series.label, n=len(rows), expected=expected)
        )
    places = plan.ordinals(rows["session"].to_numpy())
    spanned = int(places[-1] - places[0] + 1) if len(rows) else 0
    if len(rows) >= _SHORT_ROWS and len(rows) / spanned < _DENSITY:
        raise BadPayload(
            N_("{series}: {n} rows for {sessions} sessions; the answer is coarser than daily.", series=series.label, n=len(rows), sessions=spanned)
        )


def _jumps(series: Series, rows: pd.DataFrame, anchor: float | None) -> Flags:
    """Rows further from the last believed one than `max_move` for every session on which nothing was said between them.

    A refused row counts as said: however many follow each other, they make no room for the next. From an anchor the rows are followed forwards;
    without one backwards from the newest, as a line's first days, when it was small, are the least certain.
    """
    if anchor is not None or rows.empty:
        return _astray(rows, partial(_far, series), series.calendar, anchor)
    return _astray(rows[::-1], lambda later, earlier, room: _far(series, earlier, later, room), series.calendar, None)[::-1]


def _jumps_among(series: Series, rows: pd.DataFrame, held: pd.DataFrame) -> Flags:
    """Single days out of reach of the stored ones (`held`) around them: of the first one where they lie before it, else of the one before."""
    kept = held[~held["session"].isin(rows["session"])].sort_values("session")
    if kept.empty:
        return _jumps(series, rows, None)
    edge, value = kept["session"].iloc[0], kept["value"]
    earlier = (rows["session"] < edge).to_numpy()
    jumps = np.zeros(len(rows), bool)
    jumps[earlier] = _astray(rows[earlier][::-1], lambda later, before, room: _far(series, before, later, room), series.calendar, value.iloc[0])[::-1]
    before = kept["session"].searchsorted(rows["session"], side="right") - 1
    for at in np.flatnonzero(~earlier):
        jumps[at] = _far(series, value.iloc[before[at]], rows["value"].iloc[at], 1)
    return jumps


def _astray(rows: pd.DataFrame, far: Callable[[float, float, int], bool], calendar: str, anchor: float | None) -> Flags:
    """Rows that cannot be reached from those before them in the order given, as `far` (from, to, sessions) measures it."""
    value = rows["value"].to_numpy()
    place = schedule(calendar).ordinals(rows["session"].to_numpy())
    astray = np.zeros(len(rows), bool)
    if not len(rows):
        return astray
    # Without anything to compare it with, the first row is the odd one out when the next two agree with each other only.
    odd = anchor is None and len(rows) > 2 and far(value[0], value[1], 1) and not far(value[1], value[2], 1)
    believed, room = (anchor if anchor is not None else value[int(odd)]), 1
    steps = np.maximum(1, np.abs(np.diff(place, prepend=place[0])))
    for i, (now, step) in enumerate(zip(value.tolist(), steps.tolist(), strict=True)):
        room += step - 1
        astray[i] = far(believed, now, room)
        if not astray[i]:
            believed, room = now, 1
    return astray


def _far(series: Series, before: float, after: float, sessions: int) -> bool:
    """Whether a move is implausible. Where falls of any size would pass (100% and more), a fall is measured by the rise that undoes it."""
    if series.moves_in_points:
        return abs(after - before) > series.max_move * sessions
    if before <= 0 or after <= 0:
        return False
    change = abs(after / before - 1)
    undone = abs(before / after - 1) if series.max_move >= 100 else 0
    return max(change, undone) * 100 > series.max_move * sessions
