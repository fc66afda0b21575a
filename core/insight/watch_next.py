"""What to check next: open questions of the day, and the sessions and holidays ahead."""

from core.insight.desk import Desk, Writer
from core.records import Cell, Finding, Section
from core.sessions import PLACES, holidays, schedule, upcoming
from core.wording import listing, weekday

_MARKETS = ("XHKG", "XSHG", "XNYS")


def _calendar_row(desk: Desk, code: str) -> tuple[Cell, ...]:
    date = desk.table.panel.dates[desk.row].item()
    nxt = upcoming(code, date, 1)[0]
    closed = [weekday(d) for d in holidays(code, date)]
    known = schedule(code).known_until
    note = f"Holidays are announced until {weekday(known)} {known.year}." if (known - date).days < 30 else ""
    return Cell(PLACES[code]), Cell(weekday(nxt)), Cell(listing(closed) if closed else "none in two weeks"), Cell(note)


def write(desk: Desk, findings: tuple[Finding, ...], sections: tuple[Section, ...]) -> Section:
    """The section; it repeats the open questions of the others with what would answer them."""
    w = Writer(desk, "watch_next", "Watch next")
    for claim in (c for s in sections for c in s.claims if c.kind == "question"):
        w.claims.append(claim)
        w.use(*claim.evidence)
    fired = [f for f in findings if f.state == "fires" and f.implication]
    w.table(
        "checks", "What would settle it", ("Divergence", "Watch", "Refuted by"),
        [(Cell(f.label), Cell(f.implication.text), Cell(f.implication.contradicted_by)) for f in fired if f.implication],
    )  # fmt: skip
    w.table(
        "calendar",
        "Sessions and holidays ahead",
        ("Market", "Next session", "Closed on weekdays", "Note"),
        [_calendar_row(desk, c) for c in _MARKETS],
    )
    return w.section()
