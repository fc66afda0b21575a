"""What to check next: the open questions of the day and what would settle each, and the sessions, half days and holidays ahead."""

import datetime as dt

import numpy as np

from core.divergences import BY_KEY as RULES
from core.insight.desk import Desk, Writer
from core.insight.divergences import settled
from core.records import Cell, Finding, Section
from core.sessions import PLACES, holidays, local, schedule
from core.units import Unit
from core.wording import instant, listing, weekday

_MARKETS = ("XHKG", "XSHG", "XNYS")
_SESSIONS, _DAYS = 5, 14
_ANNOUNCED = 30


def _moment(value: np.datetime64) -> dt.datetime:
    made: dt.datetime = value.astype("datetime64[us]").item()
    return made.replace(tzinfo=dt.UTC)


def _calendar_row(desk: Desk, code: str) -> tuple[Cell, ...]:
    plan, date = schedule(code), desk.table.panel.dates[desk.row].item()
    first = plan.next_open(desk.table.panel.cutoffs[desk.row])
    ahead = slice(first, first + _SESSIONS)
    hours = " to ".join(f"{local(_moment(t), code):%H:%M}" for t in (plan.opens[first], plan.closes[first]))
    soon = plan.dates[first:] < np.datetime64(date) + _DAYS
    days = zip(plan.dates[first:][soon].tolist(), plan.closes[first:][soon], plan.early[first:][soon], strict=True)
    early = [f"{weekday(d)} ({local(_moment(c), code):%H:%M})" for d, c, half in days if half]
    closed = [weekday(d) for d in holidays(code, date, _DAYS)]
    known = plan.known_until
    note = f"Holidays are announced until {weekday(known)} {known.year}." if (known - date).days < _ANNOUNCED else ""
    return (
        Cell(PLACES[code]), Cell(instant(_moment(plan.opens[first]))), Cell(f"{hours} local time"),
        Cell(listing([weekday(d) for d in plan.dates[ahead].tolist()])), Cell(listing(closed) or "none"), Cell(listing(early) or "none"), Cell(note),
    )  # fmt: skip


def _ahead(desk: Desk) -> str:
    """The markets that close on a weekday within a fortnight, in a sentence; empty where none does."""
    date = desk.table.panel.dates[desk.row].item()
    closed = [PLACES[c] for c in _MARKETS if holidays(c, date, _DAYS)]
    return f" Closed on a weekday within a fortnight: {listing(closed)}." if closed else ""


def _first(w: Writer, findings: tuple[Finding, ...], fired: list[Finding], *, asked: bool) -> None:
    """What to watch before all else: what settles the strongest divergence, and closures ahead."""
    ahead = _ahead(w.desk)
    if fired:
        top = fired[0]
        wanted = RULES[top.rule].implied(w.desk.number(top.gap)).resolution
        true, false = settled(wanted)
        span = w.derive(f"watch.{top.rule}.sessions", f"{top.label}: sessions to its test", wanted.sessions, Unit.SESSIONS,
                        "Declared with the rule's implication.", top.gap)  # fmt: skip
        w.say("verdict", "watch next: what settles the strongest divergence that fires", f"Watch {top.label} first: borne out by {true}.{ahead}",
              f"{false}.", (top.gap, span))  # fmt: skip
        return
    known = [f.gap for f in findings if w.desk.known(f.gap)]
    rest = "the questions that the sections leave open stand below" if asked else "no question is open"
    w.say("verdict" if known else "abstention", "watch next: no rule fires", f"No rule fires, so no divergence waits to be settled; {rest}.{ahead}",
          "A gap beyond its threshold.", known)  # fmt: skip


def write(desk: Desk, findings: tuple[Finding, ...], sections: tuple[Section, ...]) -> Section:
    """The section: the test of the strongest divergence first, then the calendar, and the open questions of the others with what answers them."""
    w = Writer(desk, "watch_next", "Watch next")
    questions = list({c.text: (s.title, c) for s in sections for c in s.claims if c.kind == "question"}.values())
    for _, claim in questions:
        w.use(*claim.evidence)
    fired = [f for f in findings if f.state == "fires" and f.implication]
    _first(w, findings, fired, asked=bool(questions))
    if fired:
        w.table(
            "checks", "What would settle the divergences that fire", ("Divergence", "Watch", "Refuted by"),
            [(Cell(f.label), Cell(f.implication.text), Cell(f.implication.contradicted_by)) for f in fired if f.implication],
        )  # fmt: skip
    w.table(
        "calendar", "Sessions, holidays and half days ahead",
        ("Market", "Opens next", "Hours", "Next sessions", "Closed on weekdays", "Half days (close)", "Note"),
        [_calendar_row(desk, c) for c in _MARKETS],
        note=f"Closures and half days within {_DAYS} days of the report. Crypto trades without a break.",
    )  # fmt: skip
    if questions:
        w.table(
            "questions", "Open questions", ("Where", "Question", "What would settle it"),
            [(Cell(where), Cell(c.text), Cell(c.contradicted_by)) for where, c in questions],
        )  # fmt: skip
    return w.section()
