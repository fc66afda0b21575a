"""Figures: metrics at one report date, each with where it comes from or why it is not known."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from core.catalogue import BY_KEY as SERIES
from core.language import N_, join
from core.metrics import BY_KEY as METRICS
from core.metrics import Metric, MetricTable
from core.metrics.gaps import Mask
from core.metrics.metric import Features
from core.observations import unsettled
from core.panel import Panel
from core.records import Figure
from core.sessions import PLACES, Instants, schedule
from core.tracks import Track
from core.units import Basis
from core.wording import day, weekday

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ROWS_KEPT = 64
_COLLECTED = "Its sources give only the latest reading, so its history starts with the first refresh."
_BASES = {basis.value: basis for basis in Basis}
_EXCHANGES = {"XNYS", "XHKG", "XSHG", "CONNECT"}


class Stamp(NamedTuple):
    """What is known of a series' latest observation at a report date.

    `closure` says that its market was closed on the day expected, `provisional` that it was read while its source still changed it.
    """

    session: dt.date
    available: dt.datetime
    fetched: dt.datetime
    source: str
    basis: str
    closure: str
    provisional: str


class Origin(NamedTuple):
    """What the figures of the same series have in common at a report date: when they were known, from where, and what is to be said of it.

    `basis` is that of the observations; None where there are none.
    """

    session: dt.date | None
    available: dt.datetime | None
    fetched: dt.datetime | None
    source: str
    basis: Basis | None
    note: str
    closed: bool


_Unsettled = dict[str, Mask]


class _Kept(NamedTuple):
    """What is kept of a report date: every metric's number, and what was made of them so far."""

    numbers: dict[str, float | None]
    made: dict[str, Figure]
    stamps: dict[str, Stamp | None]
    origins: dict[tuple[str, ...], Origin]


class Figures(dict[str, Figure]):
    """The figures of one report date by key, each made when first asked for; any key but a metric's has to be `put` first (KeyError).

    `numbers` are their values alone, known without making a figure; None is unknown. Figures of metrics do not depend on a reader's settings,
    so they are kept with the table for the next report of the same date; those that were put in are not.
    """

    def __init__(self, table: MetricTable, row: int) -> None:
        shelf: dict[int, _Kept] = table.features.shared.setdefault("figures", {})
        kept = shelf.get(row)
        if kept is None:
            if len(shelf) >= _ROWS_KEPT:
                shelf.pop(list(shelf)[0], None)  # noqa: RUF015 - other threads add rows, which an iterator does not survive
            kept = shelf[row] = _Kept(table.row(row), {}, {}, {})
        super().__init__(kept.made)
        self.table = table
        self.row = row
        self.numbers = dict(kept.numbers)
        self._kept = kept
        self._in_print = table.panel.in_print
        self._closures: dict[tuple[str, dt.date], str] = {}

    def __missing__(self, key: str) -> Figure:
        made = self[key] = self._kept.made[key] = self._figure(METRICS[key])
        return made

    def put(self, made: Figure) -> None:
        """Add a figure that is no metric."""
        self[made.key] = made
        self.numbers[made.key] = made.value

    def stamp(self, series: str) -> Stamp | None:
        """The stamp of a series' latest observation; None where none was known."""
        stamps = self._kept.stamps
        if series not in stamps:
            stamps[series] = self._stamp(series)
        return stamps[series]

    def _stamp(self, series: str) -> Stamp | None:
        at: int = self.table.panel.position(series).item(self.row)
        if at < 0:
            return None
        t = self.table.panel.tracks[series]
        session: dt.date = t.sessions.item(at)  # type: ignore[assignment]
        available, fetched = t.moments
        return Stamp(
            session, _moment(available.item(at)), _moment(fetched.item(at)), t.source[at], t.basis[at], self._closure(t.series.calendar, session),
            self._provisional(t, at),
        )  # fmt: skip

    def _closure(self, calendar: str, session: dt.date) -> str:
        if (calendar, session) not in self._closures:
            self._closures[calendar, session] = closure(self.table.panel, calendar, session, self.row)
        return self._closures[calendar, session]

    def _provisional(self, track: Track, at: int) -> str:
        """That an observation was read while its source still changed it; empty otherwise."""
        shelf: _Unsettled = self.table.features.shared.setdefault("provisional", {})
        key = track.series.key
        if key not in shelf:
            shelf[key] = (track.basis == Basis.MEASURED) & unsettled(track.series, track.sessions, track.fetched)
        if not shelf[key].item(at):
            return ""
        return N_("Provisional: when {series} of {date} was read, its source still changed it.",
                  series=track.series.label, date=day(track.sessions[at].item()))  # fmt: skip

    def _origin(self, inputs: tuple[str, ...]) -> Origin:
        first = self.stamp(inputs[0])
        stamps = [s for k in inputs if (s := self.stamp(k))] if len(inputs) > 1 else [first] if first else []
        found = self._kept.origins[inputs] = _alone(stamps[0]) if first and len(stamps) == 1 else _origin(first, stamps)
        return found

    def _figure(self, metric: Metric) -> Figure:
        key, value = metric.key, self.numbers[metric.key]
        of = self._kept.origins.get(metric.inputs) or self._origin(metric.inputs)
        session = of.session if metric.sessions is None else self._session(metric.sessions)
        # By place, not by name, which would take twice as long; see Figure.
        if value is None:
            return Figure(key, metric.label, None, metric.unit, session, of.available, of.fetched, Basis.MISSING, of.source, metric.method,
                          missing_because(self, metric))  # fmt: skip
        basis, source = metric.basis, of.source
        if of.basis is not None and (basis is Basis.MEASURED or of.basis is Basis.SYNTHETIC):
            basis = of.basis
        if key in self._in_print and any(p.session == session and p.agrees(value) for p in self._in_print[key]):
            basis, source = Basis.PUBLISHED, "reference"
        return Figure(key, metric.label, value, metric.unit, session, of.available, of.fetched, basis, source, metric.method, of.note, of.closed)

    def _session(self, sessions: Callable[[Features], Instants]) -> dt.date | None:
        found: dt.date | None = sessions(self.table.features)[self.row : self.row + 1].astype("datetime64[D]").item()
        return found


@lru_cache(maxsize=4096)
def _moment(microseconds: int) -> dt.datetime:
    """An instant; most series of a report became known at one of a few."""
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _alone(of: Stamp) -> Origin:
    """The origin of figures of one series."""
    note = _note(of, of.provisional)
    return Origin(of.session, of.available, of.fetched, of.source, _BASES[of.basis], note, bool(of.closure))


def _origin(first: Stamp | None, stamps: list[Stamp]) -> Origin:
    synthetic = Basis.SYNTHETIC.value in {s.basis for s in stamps}
    return Origin(
        session=first.session if first else None,
        available=max([s.available for s in stamps], default=None),
        fetched=max([s.fetched for s in stamps], default=None),
        source=", ".join(sorted({s.source for s in stamps})),
        basis=Basis.SYNTHETIC if synthetic else _BASES[stamps[0].basis] if stamps else None,
        note=_note(first, next((s.provisional for s in stamps if s.provisional), "")),
        closed=bool(first and first.closure),
    )


def missing_because(figures: Figures, metric: Metric) -> str:
    """Why a metric is unknown at a report date, in a sentence."""
    panel, row = figures.table.panel, figures.row
    absent = next((SERIES[k] for k in metric.inputs if figures.stamp(k) is None), None)
    if absent:
        unknown = N_("No observation of {series} was known at the cutoff.", series=absent.label)
        return join(" ", [unknown, _COLLECTED]) if absent.latest_only else unknown
    for k in metric.inputs:
        missed = int(panel.missed(k)[row])
        if missed:
            last = day(panel.sessions(k)[row].item(), year=True)
            return N_("{series} is behind its calendar: last session {last}, {missed} since then not stored.",
                      series=SERIES[k].label, last=last, missed=missed)  # fmt: skip
    first = metric.inputs[0]
    track, at = panel.tracks[first], int(panel.position(first)[row])
    if track.previous[at] < 0:
        return N_("The session before {date} of {series} is not stored, so its change is unknown.",
                  date=day(track.sessions[at].item()), series=SERIES[first].label)  # fmt: skip
    return metric.unknown


def closure(panel: Panel, calendar: str, last: dt.date, row: int) -> str:
    """That an exchange was closed on the day whose session a reader expects, where it was; empty otherwise."""
    if calendar not in _EXCHANGES:
        return ""
    expected = expected_session(panel, calendar, row)
    if last >= expected or schedule(calendar).is_session(expected):
        return ""
    return N_("{place} closed on {date}: last session {last}.", place=PLACES[calendar], date=weekday(expected), last=day(last))


def _note(first: Stamp | None, provisional: str) -> str:
    said = [text for text in (first.closure if first else "", provisional) if text]
    return join(" ", said) if said else ""


def expected_session(panel: Panel, calendar: str, row: int) -> dt.date:
    """The date whose session a reader expects at a row: the day before the report's, or the same day once Asia's hours are over."""
    date: dt.date = panel.dates[row].item()
    asia_over = calendar in {"XHKG", "XSHG", "CONNECT"} and panel.cutoffs[row] > panel.dates[row].astype("datetime64[us]")
    return date if asia_over else date - dt.timedelta(days=1)
