"""The only room that keeps results between runs. What it hands out is shared by every session and never altered."""

import datetime as dt
import importlib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core import datasets
from core import report as core_report
from core.errors import ExplorerError, StoreError
from core.export.look import USUAL, Look
from core.health import Health, examine
from core.language import LANGUAGES, _, speaking, spoken
from core.metrics import MetricTable
from core.records import Report, Section, Settings, Table
from core.sessions import edition as edition_of
from core.settings import operator
from core.store import Outcome
from core.wording import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.charts.picture import Picture
    from core.memory.compare import Comparison


_WRITING = threading.Event()
_PATIENCE = 10.0
_LAST: dict[str, tuple[float, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Names one table of metrics: what it is made from, as it stood at `version`, with report dates up to `until`."""

    dataset: str
    edition: str
    asof: dt.datetime | None
    version: str
    until: dt.date

    @property
    def token(self) -> str:
        """The same as one line, by which results are kept."""
        return f"{self.dataset} {self.edition} {self.asof} {self.version} {self.until}"


def market(dataset: str, edition: str, asof: dt.datetime | None) -> Market:
    """The name of the table that a reader asks for now. Raises StoreError where the store cannot be read."""
    until = (dt.datetime.now(dt.UTC) - edition_of(edition).cutoff).date()
    return Market(dataset=dataset, edition=edition, asof=asof, version=_version(dataset), until=until)


@contextmanager
def writing() -> "Iterator[None]":
    """While it lasts, a refresh of this process writes to the live store."""
    _WRITING.set()
    try:
        yield
    finally:
        _WRITING.clear()


def _version(dataset: str) -> str:
    """The version of a dataset; while a refresh writes to it, looked up again only every few seconds, for each one costs a new table."""
    read, version = _LAST.get(dataset, (-_PATIENCE, ""))
    if not (_WRITING.is_set() and version not in {"", "0"} and time.monotonic() - read < _PATIENCE):
        version = datasets.dataset(dataset).version()
        _LAST[dataset] = (time.monotonic(), version)
    return version


def live_is_empty() -> bool:
    """Whether nothing has been stored yet. A store that cannot be read counts as empty here; `market` raises for it."""
    try:
        return datasets.dataset("live").version() == "0"
    except StoreError:
        return True


def table(of: Market) -> MetricTable:
    """Every metric of a market for every report date. Raises StoreError."""
    return _TABLES[spoken()](of.token, of)


def _table(token: str, _of: Market) -> MetricTable:  # noqa: ARG001 - a token is found a hundred times faster than the record it stands for
    return datasets.metric_table(_of.dataset, _of.edition, asof=_of.asof)


def _waiting(language: str) -> str:
    with speaking(language):
        return _("Reading every session…")


# One store of tables, whatever the language of the words shown while one is made.
_TABLES = {code: st.cache_resource(max_entries=3, show_spinner=_waiting(code))(_table) for code in LANGUAGES}


def span(of: Market) -> tuple[dt.date, dt.date, dt.date] | None:
    """First, last and opening report date of a market; None where there is no data."""
    found = table(of)
    dates, opening = found.panel.dates, datasets.newest(found)
    return (dates[0].item(), dates[-1].item(), opening) if opening else None


def known_until(of: Market) -> dt.datetime | None:
    """The instant at which the newest value of a live market was read; None for the demo market, and while a refresh reads more."""
    if _WRITING.is_set() or datasets.dataset(of.dataset).synthetic:
        return None
    read = [t.fetched.max() for t in table(of).panel.tracks.values()]
    return max(read).item().replace(tzinfo=dt.UTC) if read else None


def report(of: Market, date: dt.date, settings: Settings) -> Report:
    """The report of a date. Raises StoreError, BadInput and DateOutOfRange."""
    return _report(_token(of, date, settings), of, date, settings)


def _token(of: Market, date: dt.date, settings: Settings) -> str:
    return f"{of.token} {date} {settings}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _report(token: str, _of: Market, _date: dt.date, _settings: Settings) -> Report:  # noqa: ARG001 - see _table
    return core_report.build(table(_of), _date, _settings)


def health(of: Market, date: dt.date, settings: Settings) -> Health:
    """Whether the report of a date can be trusted, as far as its data tells by itself."""
    return _health(_token(of, date, settings), of, date, settings)


@st.cache_resource(max_entries=256, show_spinner=False)
def _health(token: str, _of: Market, _date: dt.date, _settings: Settings) -> Health:  # noqa: ARG001 - see _table
    return examine(table(_of), report(_of, _date, _settings), {})


def outcomes() -> dict[str, Outcome]:
    """What the last attempt at every series said, by key; not kept, as it changes without the data. Empty where the store cannot be read."""
    try:
        found = datasets.store(operator().store_url).outcomes()
    except ExplorerError:
        return {}
    return {o.series: o for o in sorted(found, key=lambda o: o.ended)}


def picture(of: Market, date: dt.date, settings: Settings, factory: str, arguments: tuple[object, ...], needs: str) -> "Picture | None":
    """The chart that `factory` ("room.function" of core.charts) draws, in the language spoken; None where its data is missing.

    `needs` names what the factory takes before `arguments`: "table report", or "report".
    """
    return _picture(f"{_token(of, date, settings)} {factory} {arguments} {spoken()}", of, date, settings, factory, arguments, needs)


@st.cache_resource(max_entries=256, show_spinner=False)
def _picture(
    token: str, _of: Market, _date: dt.date, _settings: Settings, _factory: str, _arguments: tuple[object, ...], _needs: str  # noqa: ARG001 - see _table
) -> "Picture | None":  # fmt: skip
    room, name = _factory.split(".")
    given = {"table": lambda: table(_of), "report": lambda: report(_of, _date, _settings)}
    make: Callable[..., Picture | None] = getattr(importlib.import_module(f"core.charts.{room}"), name)
    drawn = make(*(given[n]() for n in _needs.split()), *_arguments)
    return drawn.said() if drawn else None


def remembered(of: Market, date: dt.date, settings: Settings, room: str) -> Section:
    """What a room of core.memory writes about a date. Raises StoreError, BadInput and DateOutOfRange."""
    return _remembered(f"{_token(of, date, settings)} {room}", of, date, settings, room)


@st.cache_resource(max_entries=256, show_spinner=False)
def _remembered(token: str, _of: Market, _date: dt.date, _settings: Settings, _room: str) -> Section:  # noqa: ARG001 - see _table
    made: Section = importlib.import_module(f"core.memory.{_room}").write(table(_of), _date, _settings)
    return made


def comparison(of: Market, before: dt.date, date: dt.date, settings: Settings) -> "Comparison":
    """Two reports side by side. Raises StoreError, BadInput and DateOutOfRange."""
    from core.memory.compare import compare

    return compare(table(of), report(of, before, settings), report(of, date, settings))


def shares(of: Market, date: dt.date, settings: Settings) -> dict[str, float]:
    """How often each rule fired up to a date, in percent of its sessions. Raises StoreError, BadInput and DateOutOfRange."""
    return _shares(_token(of, date, settings), of, date, settings)


@st.cache_resource(max_entries=64, show_spinner=False)
def _shares(token: str, _of: Market, _date: dt.date, _settings: Settings) -> dict[str, float]:  # noqa: ARG001 - see _table
    from core.memory.days import shares as counted

    found = table(_of)
    return counted(found, _settings, found.panel.row(_date))


def strongest(of: Market, settings: Settings, rule: str) -> Table:
    """The strongest days of a market. Raises StoreError and BadInput."""
    from core.memory.days import strongest as listed

    found = table(of)
    return listed(found, settings, rule, len(found.panel.dates) - 1)


def named_dates(of: Market) -> dict[str, dt.date]:
    """Every report date of a market by the words in which tables name it."""
    return _named_dates(of.token, of)


@st.cache_resource(max_entries=3, show_spinner=False)
def _named_dates(token: str, _of: Market) -> dict[str, dt.date]:  # noqa: ARG001 - see _table
    return {day(date, year=True): date for date in table(_of).panel.dates.tolist()}


def closes(of: Market, shown: Report, series: str) -> list[float]:
    """The last 30 closes of a series known at a report's cutoff, for a tile's line."""
    from core.charts.sparkline import sparkline

    return sparkline(table(of), shown, series, sessions=30)


def export_bytes(of: Market, date: dt.date, settings: Settings, fmt: str, look: Look = USUAL) -> bytes:
    """A report as the bytes of a file. Made when asked for, and not kept. Raises BadInput for an unknown format."""
    from core.export import export

    return export(fmt).make(report(of, date, settings), table(of), look)
