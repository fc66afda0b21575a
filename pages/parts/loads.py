"""The only room that keeps results between runs. What it hands out is shared by every session and never altered."""

import datetime as dt
import importlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import datasets
from core import report as core_report
from core.errors import StoreError
from core.metrics import MetricTable
from core.records import Report, Settings
from core.sessions import edition as edition_of
from pages.parts import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Names one table of metrics: what it is made from, as it stood at `version`, with report dates up to `until`."""

    dataset: str
    edition: str
    asof: dt.datetime | None
    version: str
    until: dt.date


def market(dataset: str, edition: str, asof: dt.datetime | None) -> Market:
    """The name of the table that a reader asks for now. Raises StoreError where the store cannot be read."""
    until = (dt.datetime.now(dt.UTC) - edition_of(edition).cutoff).date()
    return Market(dataset=dataset, edition=edition, asof=asof, version=datasets.dataset(dataset).version(), until=until)


def live_is_empty() -> bool:
    """Whether nothing has been stored yet. A store that cannot be read counts as empty here; `market` raises for it."""
    try:
        return datasets.dataset("live").version() == "0"
    except StoreError:
        return True


@st.cache_resource(max_entries=6, show_spinner="Reading every session…")
def table(of: Market) -> MetricTable:
    """Every metric of a market for every report date. Raises StoreError."""
    return datasets.metric_table(of.dataset, of.edition, asof=of.asof)


def span(of: Market) -> tuple[dt.date, dt.date, dt.date] | None:
    """First, last and opening report date of a market; None where there is no data."""
    found = table(of)
    dates, opening = found.panel.dates, datasets.newest(found)
    return (dates[0].item(), dates[-1].item(), opening) if opening else None


@st.cache_resource(max_entries=256, show_spinner=False)
def report(of: Market, date: dt.date, settings: Settings) -> Report:
    """The report of a date. Raises StoreError, BadInput and DateOutOfRange."""
    return core_report.build(table(of), date, settings)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart ready to be shown: words, the Vega-Lite spec, and the same content as a table in HTML."""

    title: str
    subtitle: str
    alt: str
    spec: dict[str, Any]
    twin: str


@st.cache_resource(max_entries=1024, show_spinner=False)
def picture(of: Market, date: dt.date, settings: Settings, factory: str, arguments: tuple, needs: str = "table report") -> Shown | None:
    """The chart that `factory` ("room.function" of core.charts) draws; None where its data is missing.

    `needs` names what the factory takes before `arguments`: the table of metrics, the report, or both.
    """
    room, name = factory.split(".")
    make = getattr(importlib.import_module(f"core.charts.{room}"), name)
    given = {"table": lambda: table(of), "report": lambda: report(of, date, settings)}
    made = make(*(given[n]() for n in needs.split()), *arguments)
    return Shown(made.title, made.subtitle, made.alt, made.spec, tables.twin(made.table)) if made else None


@st.cache_resource(max_entries=2048, show_spinner=False)
def closes(of: Market, date: dt.date, series: str) -> tuple[float, ...]:
    """The last 30 closes of a series known at a report date, for a tile's line."""
    from core.charts.sparkline import sparkline

    return tuple(sparkline(table(of), report(of, date, Settings()), series, sessions=30))


def export_bytes(of: Market, date: dt.date, settings: Settings, fmt: str) -> bytes:
    """A report as the bytes of a file. Made when asked for, and not kept. Raises BadInput for an unknown format."""
    from core.export import export

    return export(fmt).make(report(of, date, settings))
