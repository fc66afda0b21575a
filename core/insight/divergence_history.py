"""What followed a divergence before: in a sentence, for its implication, and as a table."""

import math
from collections.abc import Callable

from core.divergences import BaseRate, Rule
from core.divergences.baserates import FEWEST, Horizon, Share, Spread, since
from core.divergences.follow import legs
from core.insight.desk import Writer
from core.records import Cell, Claim, Table
from core.units import Unit
from core.wording import day, show

Own = Callable[[str, str, float, Unit, str], str]
"""Adds a figure of a rule's own: its key after the rule's, its label, value, unit and method; returns its full key."""

_COUNTED = "Counted over the gap's own sessions before this one."
_METHOD = (
    "A lift is a share over the share after any session, for moves of the same side and size. Its interval and the share's are Wilson's (95%) at "
    "the number of independent events that these amount to: shifting the events along the same sessions shows how far overlapping windows make "
    "their count vary by chance."
)


def history(w: Writer, rule: Rule, past: BaseRate, own: Own) -> Claim | None:
    """How often it happened before and how often the gap was closed five sessions later."""
    events = own("base.events", "separate events before", past.events, Unit.COUNT, _COUNTED)
    watched = own("base.watched", "sessions watched before", past.watched, Unit.COUNT, _COUNTED)
    _cut(w, rule)
    name = "base rate: separate events before this report's session, forward five sessions"
    five = next((h for h in past.horizons if h.sessions == 5), None)
    if five is None or not five.enough:
        begun = " since its regime began" if since(w.desk.table, rule, w.desk.row) else ""
        text = f"Too few to say what follows: {{{events}}} separate events in {{{watched}}} sessions{begun}."
        return w.make("check", f"base rate: fewer than {FEWEST} separate events", text, "More history.")
    n = own("base.n", "earlier events with five sessions after them", five.n, Unit.COUNT, _COUNTED)
    closed = _shares(own, "base", "gap closed five sessions later", five.closed)
    told = {
        1: f"more often than such a move follows any session ({{{closed['usual']}}}): {{{closed['lift']}}} times as often, between "
        f"{{{closed['lift_low']}}} and {{{closed['lift_high']}}}",
        -1: f"less often than such a move follows any session ({{{closed['usual']}}}): {{{closed['lift']}}} times as often, between "
        f"{{{closed['lift_low']}}} and {{{closed['lift_high']}}}",
        0: f"which cannot be told from the {{{closed['usual']}}} after any session (lift {{{closed['lift']}}}, between {{{closed['lift_low']}}} and "
        f"{{{closed['lift_high']}}})",
    }[five.closed.told]
    text = (
        f"Before: {{{events}}} separate events in {{{watched}}} sessions. Five sessions later the gap was closed after "
        f"{{{closed['share']}}} of {{{n}}}, {told}."
    )
    return w.make("check", name, text, "A longer record, or one of another regime, that tells otherwise.")


def _shares(own: Own, prefix: str, text: str, found: Share) -> dict[str, str]:
    facts = (
        ("share", text, found.share, Unit.SHARE), ("usual", f"{text}, after any session", found.usual, Unit.SHARE),
        ("lift", f"{text}, over any session's", found.lift, Unit.RATIO), ("lift_low", "lower end of that lift", found.lift_low, Unit.RATIO),
        ("lift_high", "upper end of that lift", found.lift_high, Unit.RATIO),
    )  # fmt: skip
    return {name: own(f"{prefix}.{name}", label, value, unit, _METHOD if "lift" in name else _COUNTED) for name, label, value, unit in facts}


def came_true(w: Writer, past: BaseRate, own: Own) -> Claim | None:
    """How often the implication came true after earlier events of the same direction."""
    if past.true is None:
        return None
    keys = _shares(own, "true", "implication came true", past.true)
    n = own("true.n", "earlier events of this direction", past.true.n, Unit.COUNT, _COUNTED)
    told = {1: "more often than the", -1: "less often than the", 0: "which cannot be told from the"}[past.true.told]
    text = (
        f"Its implication came true after {{{keys['share']}}} of {{{n}}} earlier events of this direction, {told} {{{keys['usual']}}} after any "
        "session."
    )
    return w.make("check", "record of the implication: events of this direction, resolved as declared", text,
                  "Later events of this direction that tell otherwise.")  # fmt: skip


def _cut(w: Writer, rule: Rule) -> None:
    """Name the regime break before which nothing is counted."""
    cut = since(w.desk.table, rule, w.desk.row)
    if cut:
        w.missing(f"{rule.label}, before {day(cut.session, year=True)}", f"Nothing is counted across a regime break. {cut.why}")


def table(w: Writer, rule: Rule, past: BaseRate) -> Table:
    """What followed at every horizon, beside what follows any session."""
    whose = legs(rule)
    return Table(
        key=f"base_{rule.key}", title=f"What followed: {rule.label}",
        columns=("After", "Events", f"{whose[0].upper()}{whose[1:]}: median (middle half)", "After any", "Gap went on by: median (middle half)",
                 "After any", "Gap closed (95% interval)", "After any", "Lift (95% interval)"),
        rows=tuple(_row(h) for h in past.horizons), note=_note(w, rule, past),
    )  # fmt: skip


def _note(w: Writer, rule: Rule, past: BaseRate) -> str:
    cut = since(w.desk.table, rule, w.desk.row)
    begun = f" since {day(cut.session, year=True)}, when a new regime begins ({cut.why.rstrip('.')})" if cut else ""
    closed = "the price has taken its own move back" if rule.priced[0] == rule.priced[1] or rule.unit is not Unit.PP else (
        "the legs' later moves have taken all of it back"
    )  # fmt: skip
    return (
        f"{past.events:,} separate events, at least five sessions apart, among {past.watched:,} sessions before this report's{begun}. A gap is "
        f"closed where {closed}. {_METHOD}"
    )


def _row(h: Horizon) -> tuple[Cell, ...]:
    first = (Cell(show(h.sessions, Unit.SESSIONS)), Cell(f"{h.n:,}"))
    if not h.enough:
        return (*first, Cell("too few to say"), *(Cell("") for _ in range(6)))
    c = h.closed
    return (
        *first, Cell(_spread(h.weaker, Unit.PERCENT)), Cell(show(h.weaker.usual, Unit.PERCENT)), Cell(_spread(h.gap, Unit.PP)),
        Cell(show(h.gap.usual, Unit.PP, sign=True)), Cell(f"{c.share:.0f}% ({c.low:.0f}–{c.high:.0f}%)"), Cell(f"{c.usual:.0f}%"),
        Cell(f"{c.lift:.2f} ({c.lift_low:.2f}–{c.lift_high:.2f})" if math.isfinite(c.lift) else "n/a"),
    )  # fmt: skip


def _spread(s: Spread, unit: Unit) -> str:
    return f"{show(s.median, unit, sign=True)} ({show(s.lower, unit, sign=True)} to {show(s.upper, unit, sign=True)})"
