"""Figures: one metric at one report date, with where it comes from or why it is not known."""

import datetime as dt

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.metrics import BY_KEY as METRICS
from core.metrics import Metric, MetricTable
from core.panel import Panel
from core.records import Figure
from core.sessions import PLACES, schedule
from core.units import Basis
from core.wording import day, listing, weekday


def figure(table: MetricTable, key: str, row: int) -> Figure:
    """The figure of a metric at a row; its value is None, and its note the reason, where it is unknown."""
    metric, panel = METRICS[key], table.panel
    value = table.value(key, row)
    seen = [(k, int(panel.position(k)[row])) for k in metric.inputs]
    known = [(panel.tracks[k], i) for k, i in seen if i >= 0]
    session = _session(table, metric, row)
    basis = _basis(metric, [str(t.basis[i]) for t, i in known]) if value is not None else Basis.MISSING
    if value is not None and _is_published(panel, key, session, value):
        basis = Basis.PUBLISHED
    return Figure(
        key=key, label=metric.label, value=value, unit=metric.unit, session=session, basis=basis, method=metric.method,
        available_at=_latest([t.available[i] for t, i in known]), fetched_at=_latest([t.fetched[i] for t, i in known]),
        source="reference" if basis is Basis.PUBLISHED else ", ".join(sorted({str(t.source[i]) for t, i in known})),
        note=_closure(panel, metric, row) if value is not None else missing_because(table, metric, row),
    )  # fmt: skip


def missing_because(table: MetricTable, metric: Metric, row: int) -> str:
    """Why a metric is unknown at a row, in a sentence."""
    panel = table.panel
    absent = [SERIES[k].label for k in metric.inputs if int(panel.position(k)[row]) < 0]
    if absent:
        names = listing(absent) if len(absent) <= 4 else f"{listing(absent[:3])} and {len(absent) - 3} more"
        return f"No observation of {names} was known at the cutoff."
    for k in metric.inputs:
        missed = int(panel.missed(k)[row])
        if missed:
            last = day(panel.sessions(k)[row].item(), year=True)
            return f"{SERIES[k].label} is behind its calendar: last session {last}, {missed} since then not stored."
    first = metric.inputs[0]
    track, at = panel.tracks[first], int(panel.position(first)[row])
    if track.previous[at] < 0:
        return f"The session before {day(track.sessions[at].item())} of {SERIES[first].label} is not stored, so its change is unknown."
    return "Not enough history, or the sessions it compares do not overlap."


def _session(table: MetricTable, metric: Metric, row: int) -> dt.date | None:
    dates = metric.sessions(table.features) if metric.sessions else table.panel.sessions(metric.inputs[0])
    value = dates[row]
    return None if np.isnat(value) else value.astype("datetime64[D]").item()


def _latest(instants: list[np.datetime64]) -> dt.datetime | None:
    return max(instants).astype("datetime64[us]").item().replace(tzinfo=dt.UTC) if instants else None


def _basis(metric: Metric, inputs: list[str]) -> Basis:
    if Basis.SYNTHETIC in inputs:
        return Basis.SYNTHETIC
    return metric.basis if metric.basis is not Basis.MEASURED or not inputs else Basis(inputs[0])


def _is_published(panel: Panel, key: str, session: dt.date | None, value: float) -> bool:
    return any(p.key == key and p.session == session and p.agrees(value) for p in panel.published)


def expected_session(panel: Panel, calendar: str, row: int) -> dt.date:
    """The date whose session a reader expects at a row: the day before the cutoff, or the same day where that market had its hours."""
    date: dt.date = panel.dates[row].item()
    today = schedule(calendar)
    closed_today = today.is_session(date) and today.closes[today.ordinals(np.array([date], dtype="datetime64[D]"))[0]] <= panel.cutoffs[row]
    asian = calendar in {"XHKG", "XSHG"} and panel.cutoffs[row] > panel.dates[row].astype("datetime64[us]")
    return date if closed_today or asian else date - dt.timedelta(days=1)


def _closure(panel: Panel, metric: Metric, row: int) -> str:
    """That the market was closed on the expected day, where it was."""
    calendar = SERIES[metric.inputs[0]].calendar
    if calendar not in {"XNYS", "XHKG", "XSHG"}:
        return ""
    expected = expected_session(panel, calendar, row)
    last = panel.sessions(metric.inputs[0])[row].item()
    if last >= expected or schedule(calendar).is_session(expected):
        return ""
    return f"{PLACES[calendar]} closed on {weekday(expected)}: last session {day(last)}."
