"""Fetching live data without making anybody wait: one daemon thread per process, and how far it is."""

import datetime as dt
import threading
from dataclasses import dataclass, field

import streamlit as st

from core import datasets
from core.errors import ExplorerError
from core.settings import operator
from core.wording import instant
from pages.parts import loads
from pages.parts.markup import md

SHOW_LIVE = "show live data from the next run on"
_SEEN = "refreshes seen by this session"
# A visitor's arrival asks the sources again at most this often.
_PAUSE = dt.timedelta(minutes=30)


@dataclass
class Refresh:
    """One refresh of the store. `running` falls last, after the outcome was written down."""

    started: dt.datetime
    running: bool = True
    done: int = 0
    total: int = 0
    source: str = ""
    failed: dict[str, str] = field(default_factory=dict)
    outcome: str = ""
    new_rows: int = 0


@dataclass
class _Process:
    lock: threading.Lock = field(default_factory=threading.Lock)
    count: int = 0
    latest: Refresh | None = None


_HERE = _Process()


def latest() -> Refresh | None:
    """The refresh under way, or the last one of this process."""
    return _HERE.latest


def start(*, asked: bool = False) -> bool:
    """Begin a refresh on a daemon thread, where the operator allows it (or a reader asked) and none is under way. Never waits."""
    now = dt.datetime.now(dt.UTC)
    try:
        allowed = asked or operator().auto_refresh
    except ExplorerError:
        return False
    with _HERE.lock:
        before = _HERE.latest
        if not allowed or (before and (before.running or (not asked and now - before.started < _PAUSE))):
            return False
        _HERE.latest = Refresh(now)
        _HERE.count += 1
    threading.Thread(target=_run, args=(_HERE.latest,), name="refresh", daemon=True).start()
    return True


def _run(this: Refresh) -> None:
    from core.refresh import Event, refresh

    def note(event: Event) -> None:
        this.done, this.total, this.source = event.done, event.total, event.source
        if event.status != "ok":
            this.failed[event.source] = event.message or event.status

    try:
        settings = operator()
        summary = refresh(datasets.store(settings.store_url), settings, now=this.started, on_event=note)
        this.new_rows = summary.new_rows + summary.restated_rows
        failures = [f"{s.source}: {s.message or s.status}" for s in summary.sources if s.status not in {"ok", "up to date"}]
        if summary.reached:
            this.outcome = f"{this.new_rows:,} new values stored." + (f" Not everything answered: {'; '.join(failures)}" if failures else "")
            loads.table(loads.market("live", "morning", None))
        else:
            this.outcome = f"No source could be reached, so nothing new was stored. {failures[0] if failures else ''}".strip()
    except ExplorerError as error:
        this.outcome = str(error)
    except Exception as error:  # noqa: BLE001 - the thread's boundary: a defect there must not look like an endless refresh
        this.outcome = f"The refresh ended unexpectedly ({type(error).__name__}). The last good data stays in use."
    finally:
        this.running = False


def status() -> None:
    """How far the refresh is, in the sidebar; it watches by itself only while one runs."""
    this = _HERE.latest
    if this is None:
        return
    st.session_state.setdefault(_SEEN, _HERE.count if not this.running else _HERE.count - 1)
    if this.running:
        st.fragment(_watch, run_every=1.0)()
    elif st.session_state[_SEEN] < _HERE.count:
        _ended(this)


def _watch() -> None:
    this = _HERE.latest
    if this is None or not this.running:
        st.rerun()
        return
    share = min(this.done / this.total, 1.0) if this.total else 0.0
    st.progress(share, f"Fetching live data: {md(this.source) or 'starting'}, {this.done} of {this.total or '…'}")


def _ended(this: Refresh) -> None:
    """What came of it, once; and one click to the live report where the reader looks at the demo market."""
    st.caption(f"{md(this.outcome)} ({instant(this.started)})")
    if st.session_state.get("dataset") == "demo" and not loads.live_is_empty():
        st.button("Show live data", icon=":material/bolt:", type="primary", on_click=_show_live)


def _show_live() -> None:
    st.session_state[SHOW_LIVE] = True
    st.session_state[_SEEN] = _HERE.count
