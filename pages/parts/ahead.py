"""Pictures that nobody has asked for yet, made while nobody waits: what a first visit to a page would pay is paid after the first report."""

import logging
import threading
import time

from streamlit import runtime

from core.charts.catalogue import PLOTS, Plot
from core.language import speak, spoken
from pages.parts import loads
from pages.parts.lens import Lens

_LOG = logging.getLogger(__name__)
# Seconds until the first page stands in its browser, and between two pictures, in which other sessions have the process for themselves.
_AFTER, _PAUSE = 5.0, 0.05
_MEMORY = {"scorecard": Plot("calibration.reliability"), "likeness": Plot("after_alike.above_usual")}
_lock = threading.Lock()
_begun = False


def begin(view: Lens) -> None:
    """Make the pictures of the other pages for the report on show, once per server process and in the background."""
    global _begun  # noqa: PLW0603 - one fact per process
    if view.market is None or view.date is None or not _serving():
        return
    with _lock:
        if _begun:
            return
        _begun = True
    waiting = threading.Timer(_AFTER, _make, (view, spoken()))
    waiting.daemon = True
    waiting.start()


def _serving() -> bool:
    """Whether readers come to this process over the network: a script that only runs pages waits for nobody."""
    return runtime.exists() and isinstance(runtime.get_instance(), runtime.Runtime)


def _plots(view: Lens) -> list[Plot]:
    assert view.market is not None  # noqa: S101 - see begin
    assert view.date is not None  # noqa: S101 - see begin
    strongest = loads.report(view.market, view.date, view.settings).findings[0].rule
    under_the_lamp = [Plot("divergence.distribution", (strongest,)), Plot("divergence.closed", (strongest,))]
    span = loads.span(view.market)
    history = [Plot("history.calendar", ("", span[2])), Plot("fired_years.per_rule")] if span else []
    return [*(p for plots in PLOTS.values() for p in plots), *under_the_lamp, *history, *_MEMORY.values()]


def _make(view: Lens, language: str) -> None:
    if view.market is None or view.date is None:
        return
    speak(language)
    try:
        for room in _MEMORY:
            loads.remembered(view.market, view.date, view.settings, room)
        for plot in _plots(view):
            loads.picture(view.market, view.date, view.settings, plot.factory, plot.arguments, plot.needs)
            time.sleep(_PAUSE)
    except Exception:  # noqa: BLE001 - the thread's boundary: the page that needs the picture makes it and says what is wrong
        _LOG.debug("pictures ahead", exc_info=True)
