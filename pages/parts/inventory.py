"""What the dataset holds: series by series, with age and with what became of the last attempt to fetch it."""

import datetime as dt

import streamlit as st

from core import datasets
from core.catalogue import PROVIDERS, SERIES, Series
from core.errors import ExplorerError
from core.metrics import MetricTable
from core.settings import operator
from core.store import Outcome
from core.wording import day, instant, show
from pages.parts import background, loads, notices
from pages.parts.lens import Lens
from pages.parts.markup import esc, md

_COLUMNS = ("Series", "Source", "Last session", "Age", "Value", "Read", "Last attempt")


def page(view: Lens) -> None:
    """The whole page; it works without any data too."""
    notices.remarks(view)
    notices.banner(view)
    st.title("Data", anchor=False)
    _refresh()
    table = loads.table(view.market) if view.market else None
    if view.trouble:
        st.error(md(view.trouble), icon=":material/error:")
    _listing(view, table, _outcomes())
    _terms()


def _refresh() -> None:
    this = background.latest()
    running = this is not None and this.running
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Fetch live data", icon=":material/refresh:", disabled=running, on_click=background.start, kwargs={"asked": True},
            help="Asks only for what is due; sources that were just asked are left alone.",
        )  # fmt: skip
        if this:
            words = f"Fetching: {this.done} of {this.total or '…'}" if running else this.outcome
            st.caption(f"{md(words)} ({instant(this.started)})")


def _outcomes() -> dict[str, Outcome]:
    """The last outcome of every series in the live store; empty where the store cannot be read."""
    try:
        found = datasets.store(operator().store_url).outcomes()
    except ExplorerError:
        return {}
    newest: dict[str, Outcome] = {}
    for outcome in sorted(found, key=lambda o: o.ended):
        newest[outcome.series] = outcome
    return newest


def _listing(view: Lens, table: MetricTable | None, outcomes: dict[str, Outcome]) -> None:
    """One row per series, as known at the report date."""
    row = table.panel.row(view.date) if table and view.date else None
    body = "".join(_row(s, table, row, view, outcomes.get(s.key)) for s in SERIES)
    head = "".join(f'<th scope="col">{c}</th>' for c in _COLUMNS)
    held = sum(bool(table and row is not None and table.panel.position(s.key)[row] >= 0) for s in SERIES)
    when = f" at the cutoff of {day(view.date, year=True)}" if view.date else ""
    st.html(
        f'<div class="mi-scroll"><table class="mi-table"><caption>{held} of {len(SERIES)} series known{when}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(series: Series, table: MetricTable | None, row: int | None, view: Lens, outcome: Outcome | None) -> str:
    held = _held(series, table, row, view.date)
    last = "" if view.dataset == "demo" else _attempt(outcome)
    cells = (f"<strong>{esc(series.label)}</strong> <span class='mi-quiet'>{esc(series.label_zh)}</span>", *map(esc, held), esc(last))
    return f'<tr title="{esc(series.method)}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _held(series: Series, table: MetricTable | None, row: int | None, date: dt.date | None) -> tuple[str, ...]:
    """Source, last session, age, value and time of reading of a series."""
    at = int(table.panel.position(series.key)[row]) if table and row is not None else -1
    if table is None or date is None or at < 0:
        return (" → ".join(PROVIDERS[s.provider].name for s in series.sources if s.provider in PROVIDERS), "none", "", "", "")
    track = table.panel.tracks[series.key]
    session = track.sessions[at].item()
    missed = int(table.panel.missed(series.key)[row])
    age = f"{(date - session).days} d" + (f", {missed} sessions behind" if missed else "")
    read = track.fetched[at].item().replace(tzinfo=dt.UTC)
    return str(track.source[at]), day(session, year=True), age, show(float(track.values[at]), series.unit), instant(read)


def _attempt(outcome: Outcome | None) -> str:
    if outcome is None:
        return "never asked"
    what = f"{outcome.status}, {outcome.new_rows} new" if outcome.status == "ok" else f"{outcome.status}: {outcome.message}"
    return f"{what} ({instant(outcome.ended)})"


def _terms() -> None:
    """Who supplies the data, and on which terms."""
    rows = "".join(f"<li><strong>{esc(p.name)}</strong> ({esc(p.home)}): {esc(p.licence)} {esc(p.attribution)}</li>" for p in PROVIDERS.values())
    st.html(f'<details class="mi-fold"><summary>Sources and their terms</summary><ul>{rows}</ul></details>')
