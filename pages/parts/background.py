"""Fetching live data without making anybody wait: one daemon thread per process, and how far it is."""

import datetime as dt
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from core import datasets
from core.catalogue import PROVIDERS
from core.charts.known import provider
from core.errors import ExplorerError
from core.language import N_, _, join, speak, spoken
from core.settings import operator
from core.wording import instant
from pages.parts import loads
from pages.parts.markup import md

if TYPE_CHECKING:
    from core.refresh import Summary

SHOW_LIVE = "show live data from the next run on"
_SEEN = "refreshes seen by this session"
# A visitor's arrival asks the sources again at most this often.
_PAUSE = dt.timedelta(minutes=30)


@dataclass
class Refresh:
    """One refresh of the store, back to `since` where that was asked for. `over` rises last, after the outcome was written down.

    `sources` holds how many series of how many are done, source by source. `stop` ends it early; what was stored by then stays.
    """

    started: dt.datetime
    since: dt.date | None = None
    over: bool = False
    done: int = 0
    total: int = 0
    sources: dict[str, tuple[int, int]] = field(default_factory=dict)
    outcome: str = ""
    new_rows: int = 0
    thread: threading.Thread | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it is under way. A thread that is gone without a word does not run, whatever it left behind."""
        gone = self.thread is not None and self.thread.ident is not None and not self.thread.is_alive()
        if gone and not self.over:
            self.outcome = self.outcome or "The refresh ended unexpectedly. The last good data stays in use."
        return not self.over and not gone

    @property
    def progress(self) -> str:
        """How far every source is, in a line."""
        parts = [N_("{source} {done} of {total}", source=PROVIDERS[key].name, done=done, total=total) for key, (done, total) in self.sources.items()]
        return join(", ", parts) or "starting"


@dataclass
class _Process:
    lock: threading.Lock = field(default_factory=threading.Lock)
    count: int = 0
    latest: Refresh | None = None


_HERE = _Process()


def latest() -> Refresh | None:
    """The refresh under way, or the last one of this process."""
    return _HERE.latest


def start(*, asked: bool = False, since: dt.date | None = None) -> bool:
    """Begin a refresh on a daemon thread, where the operator allows it (or a reader asked) and none is under way. Never waits.

    With `since` it also fetches what lacks since that date.
    """
    now = dt.datetime.now(dt.UTC)
    try:
        allowed = asked or operator().auto_refresh
    except ExplorerError:
        return False
    with _HERE.lock:
        before = _HERE.latest
        if not allowed or (before and (before.running or (not asked and now - before.started < _PAUSE))):
            return False
        this = _HERE.latest = Refresh(now, since)
        _HERE.count += 1
        this.thread = threading.Thread(target=_run, args=(this,), name="refresh", daemon=True)
    try:
        this.thread.start()
    except RuntimeError:
        this.outcome, this.over = "The refresh could not begin: this machine has no thread left for it. Try again later.", True
        return False
    return True


def _run(this: Refresh) -> None:
    from core.refresh import Event, refresh

    def note(event: Event) -> None:
        this.done, this.total = event.done, event.total
        this.sources = {**this.sources, event.source: (event.source_done, event.source_total)}

    try:
        settings = operator()
        with loads.writing():
            summary = refresh(datasets.store(settings.store_url), settings, now=this.started, since=this.since, on_event=note, stop=this.stop)
        this.new_rows = summary.new_rows + summary.restated_rows
        this.outcome = _outcome(summary, f"{this.new_rows:,}")
        if summary.reached:
            loads.table(loads.market("live", "morning", None))
    except ExplorerError as error:
        this.outcome = error.text
    except Exception as error:  # noqa: BLE001 - the thread's boundary: a defect there must not look like an endless refresh
        this.outcome = N_("The refresh ended unexpectedly ({kind}). The last good data stays in use.", kind=type(error).__name__)
    finally:
        this.over = True


def _outcome(summary: "Summary", values: str) -> str:
    """What a refresh came to, in a sentence."""
    failed = [s for s in summary.sources if s.status not in {"ok", "up to date"}]
    failures = [N_("{source}: {why}", source=provider(s.source), why=s.message or s.status) for s in failed]
    if summary.stopped:
        return N_("Stopped: {values} new values stored. The next refresh asks for the rest.", values=values)
    if summary.reached and failures:
        return N_("{values} new values stored. Not everything answered: {failures}", values=values, failures=join("; ", failures))
    if summary.reached:
        return N_("{values} new values stored.", values=values)
    nothing = "No source could be reached, so nothing new was stored."
    return join(" ", [nothing, failures[0]]) if failures else nothing


def status() -> None:
    """How far the refresh is, in the sidebar; it watches by itself only while one runs."""
    this = _HERE.latest
    if this is None:
        return
    st.session_state.setdefault(_SEEN, _HERE.count if not this.running else _HERE.count - 1)
    if this.running:
        st.fragment(_watch, run_every=1.0)(spoken())
    elif st.session_state[_SEEN] < _HERE.count:
        _ended(this)


def _watch(language: str) -> None:
    speak(language)
    this = _HERE.latest
    if this is None or not this.running:
        st.rerun()
        return
    share = min(this.done / this.total, 1.0) if this.total else 0.0
    said = N_("Fetching live data: {done} of {total}. {progress}", done=this.done, total=this.total or "…", progress=this.progress)
    st.progress(share, md(said))
    asked = this.stop.is_set()
    st.button(
        _("Stopping") if asked else _("Stop"), key="stop refresh", icon=":material/stop:", disabled=asked, on_click=this.stop.set,
        help=_("What was stored so far stays; the next refresh asks for the rest."),
    )  # fmt: skip


def _ended(this: Refresh) -> None:
    """What came of it, once; and one click to the live report where the reader looks at the demo market."""
    st.caption(md(N_("{outcome} ({instant})", outcome=this.outcome, instant=instant(this.started))))
    if st.session_state.get("dataset") == "demo" and not loads.live_is_empty():
        st.button(_("Show live data"), icon=":material/bolt:", type="primary", on_click=_show_live)


def _show_live() -> None:
    st.session_state[SHOW_LIVE] = True
    st.session_state[_SEEN] = _HERE.count
