"""What to check next: the open questions of the day and what would settle each, and the sessions, half days and holidays ahead."""

import datetime as dt

import numpy as np

from core.insight.desk import Desk, Writer
from core.records import Cell, Finding, Section
from core.sessions import PLACES, holidays, local, schedule
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


def write(desk: Desk, findings: tuple[Finding, ...], sections: tuple[Section, ...]) -> Section:
    """The section; it repeats the open questions of the others with what would answer them."""
    w = Writer(desk, "watch_next", "Watch next")
    questions = [(s.title, c) for s in sections for c in s.claims if c.kind == "question"]
    for _, claim in questions:
        w.claims.append(claim)
        w.use(*claim.evidence)
    fired = [f for f in findings if f.state == "fires" and f.implication]
    if not questions:
        rest = "what would settle the divergences that fire stands below." if fired else "no rule fires either."
        known = [f.gap for f in findings if w.desk.known(f.gap)]
        kind = "verdict" if known else "abstention"
        w.say(kind, "watch next: no open question in any section", f"No question is open; {rest}", "A question that a section leaves open.", known)
    w.table(
        "questions", "Open questions", ("Where", "Question", "What would settle it"),
        [(Cell(where), Cell(c.text), Cell(c.contradicted_by)) for where, c in questions],
    )  # fmt: skip
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
    return w.section()
