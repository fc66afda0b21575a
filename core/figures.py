"""Figures: metrics at one report date, each with where it comes from or why it is not known."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.catalogue import BY_KEY as SERIES
from core.language import N_, join
from core.metrics import BY_KEY as METRICS
from core.metrics import Metric, MetricTable
from core.metrics.metric import Features
from core.observations import unsettled
from core.panel import Panel
from core.records import Figure
from core.sessions import PLACES, Instants, schedule
from core.tracks import Track
from core.units import Basis
from core.wording import day, weekday

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


_Shelf = tuple[dict[str, float | None], dict[str, Figure], dict[str, Stamp | None], dict[tuple[str, ...], Origin]]


@dataclass
class Figures:
    """The figures of one report date, made when asked for.

    Figures of metrics do not depend on a reader's settings, so they are kept with the table for the next report of the same date;
    `added` holds those that do.
    """

    table: MetricTable
    row: int
    added: dict[str, Figure] = field(default_factory=dict)
    _values: dict[str, float | None] = field(init=False)
    _made: dict[str, Figure] = field(init=False)
    _stamps: dict[str, Stamp | None] = field(init=False)
    _origins: dict[tuple[str, ...], Origin] = field(init=False)
    _closures: dict[tuple[str, dt.date], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        shelf: dict[int, _Shelf] = self.table.features.shared.setdefault("figures", {})
        if self.row not in shelf and len(shelf) >= _ROWS_KEPT:
            shelf.clear()
        if self.row not in shelf:
            shelf[self.row] = self.table.row(self.row), {}, {}, {}
        self._values, self._made, self._stamps, self._origins = shelf[self.row]

    def __getitem__(self, key: str) -> Figure:
        """The figure of a metric, or an added one. Raises KeyError for any other key."""
        found = self._made.get(key)
        if found is None:
            found = self.added.get(key)
        if found is None:
            found = self._made[key] = self._figure(METRICS[key])
        return found

    def value(self, key: str) -> float | None:
        """A figure's number alone, without making its provenance; None where it is unknown. Raises KeyError as above."""
        return self._values[key] if key in self._values else self.added[key].value

    def known(self, *keys: str) -> bool:
        """Whether all of the figures are known. Raises KeyError as above."""
        values = self._values
        for key in keys:  # noqa: SIM110 - asked some hundred times a report, and a generator would double its price
            if (values[key] if key in values else self.added[key].value) is None:
                return False
        return True

    def stamp(self, series: str) -> Stamp | None:
        """The stamp of a series' latest observation; None where none was known."""
        if series not in self._stamps:
            self._stamps[series] = self._stamp(series)
        return self._stamps[series]

    def _stamp(self, series: str) -> Stamp | None:
        panel = self.table.panel
        at: int = panel.position(series).item(self.row)
        if at < 0:
            return None
        t = panel.tracks[series]
        session: dt.date = t.sessions[at].item()
        return Stamp(
            session,
            _moment(t.available[at]),
            _moment(t.fetched[at]),
            str(t.source[at]),
            str(t.basis[at]),
            self._closure(t.series.calendar, session),
            self._provisional(t, at),
        )

    def _closure(self, calendar: str, session: dt.date) -> str:
        if (calendar, session) not in self._closures:
            self._closures[calendar, session] = closure(self.table.panel, calendar, session, self.row)
        return self._closures[calendar, session]

    def _provisional(self, track: Track, at: int) -> str:
        """That an observation was read while its source still changed it; empty otherwise."""
        shelf: dict[str, npt.NDArray[np.bool_]] = self.table.features.shared.setdefault("provisional", {})
        key = track.series.key
        if key not in shelf:
            shelf[key] = (track.basis == Basis.MEASURED) & unsettled(track.series, track.sessions, track.fetched)
        if not shelf[key][at]:
            return ""
        return N_("Provisional: when {series} of {date} was read, its source still changed it.",
                  series=track.series.label, date=day(track.sessions[at].item()))  # fmt: skip

    def _origin(self, inputs: tuple[str, ...]) -> Origin:
        found = self._origins.get(inputs)
        if found is None:
            first = self.stamp(inputs[0])
            stamps = [s for k in inputs if (s := self.stamp(k))] if len(inputs) > 1 else [first] if first else []
            found = self._origins[inputs] = _alone(stamps[0]) if first and len(stamps) == 1 else _origin(first, stamps)
        return found

    def _figure(self, metric: Metric) -> Figure:
        value, of = self._values[metric.key], self._origin(metric.inputs)
        session = of.session if metric.sessions is None else self._session(metric.sessions)
        basis, source = Basis.MISSING, of.source
        if value is not None:
            measured = metric.basis is Basis.MEASURED or of.basis is Basis.SYNTHETIC
            basis = of.basis if measured and of.basis is not None else metric.basis
            in_print = self.table.panel.in_print.get(metric.key)
            if in_print and any(p.session == session and p.agrees(value) for p in in_print):
                basis, source = Basis.PUBLISHED, "reference"
        return Figure(
            key=metric.key, label=metric.label, value=value, unit=metric.unit, session=session, basis=basis, method=metric.method,
            available_at=of.available, fetched_at=of.fetched, source=source, note=of.note if value is not None else missing_because(self, metric),
            closed=value is not None and of.closed,
        )  # fmt: skip

    def _session(self, sessions: Callable[[Features], Instants]) -> dt.date | None:
        value = sessions(self.table.features)[self.row]
        return None if np.isnat(value) else value.astype("datetime64[D]").item()


def _moment(instant: np.datetime64) -> dt.datetime:
    # The panel keeps instants in microseconds, which numpy gives back as datetimes.
    return instant.item().replace(tzinfo=dt.UTC)  # type: ignore[call-arg, return-value, union-attr]


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
