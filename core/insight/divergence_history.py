"""What followed a divergence before: in a sentence, for its implication, and as a table."""

import math
from collections.abc import Callable

from core.divergences import BaseRate, Rule
from core.divergences.baserates import FEWEST, Horizon, Share, Spread, since
from core.divergences.follow import legs
from core.insight.desk import Writer
from core.language import N_, capital, join, written
from core.records import Cell, Claim, Table
from core.units import Unit
from core.wording import NA, day, show

Own = Callable[[str, str, float, Unit, str], str]
"""Adds a figure of a rule's own: its key after the rule's, its label, value, unit and method; returns its full key."""

_COUNTED = "Counted over the gap's own sessions before this one."
_METHOD = (
    "A lift is a share over the share after any session, for moves of the same side and size. Its interval and the share's are Wilson's (95%) at "
    "the number of independent events that these amount to: shifting the events along the same sessions shows how far overlapping windows make "
    "their count vary by chance."
)


_SHARES = {"share", "usual"}
# By whether the gap was closed more often than after any session, less often, or cannot be told from that.
_BEFORE = {
    1: "Before: {events} separate events in {watched} sessions. Five sessions later the gap was closed after {share} of {n}, more often than such a "
    "move follows any session ({usual}): {lift} times as often, between {lift_low} and {lift_high}.",
    -1: "Before: {events} separate events in {watched} sessions. Five sessions later the gap was closed after {share} of {n}, less often than such a "
    "move follows any session ({usual}): {lift} times as often, between {lift_low} and {lift_high}.",
    0: "Before: {events} separate events in {watched} sessions. Five sessions later the gap was closed after {share} of {n}, which cannot be told "
    "from the {usual} after any session (lift {lift}, between {lift_low} and {lift_high}).",
}
_CAME_TRUE = {
    1: "Its implication came true after {share} of {n} earlier events of this direction, more often than the {usual} after any session.",
    -1: "Its implication came true after {share} of {n} earlier events of this direction, less often than the {usual} after any session.",
    0: "Its implication came true after {share} of {n} earlier events of this direction, which cannot be told from the {usual} after any session.",
}


def history(w: Writer, rule: Rule, past: BaseRate, own: Own) -> Claim | None:
    """How often it happened before and how often the gap was closed five sessions later."""
    events = own("base.events", "separate events before", past.events, Unit.COUNT, _COUNTED)
    watched = own("base.watched", "sessions watched before", past.watched, Unit.COUNT, _COUNTED)
    _cut(w, rule)
    name = "base rate: separate events before this report's session, forward five sessions"
    five = next((h for h in past.horizons if h.sessions == 5), None)
    if five is None or not five.enough:
        text = N_("Too few to say what follows: {events} separate events in {watched} sessions since its regime began."
                  if since(w.desk.table, rule, w.desk.row) else "Too few to say what follows: {events} separate events in {watched} sessions.",
                  events=f"{{{events}}}", watched=f"{{{watched}}}")  # fmt: skip
        return w.make("check", N_("base rate: fewer than {n} separate events", n=FEWEST), text, "More history.")
    n = own("base.n", "earlier events with five sessions after them", five.n, Unit.COUNT, _COUNTED)
    closed = _shares(own, "base", "gap closed five sessions later", five.closed)
    slots = {"events": events, "watched": watched, "n": n, **closed}
    text = N_(_BEFORE[five.closed.told], **{slot: f"{{{key}|whole}}" if slot in _SHARES else f"{{{key}}}" for slot, key in slots.items()})
    return w.make("check", name, text, "A longer record, or one of another regime, that tells otherwise.")


def _shares(own: Own, prefix: str, text: str, found: Share) -> dict[str, str]:
    facts = (
        ("share", text, found.share, Unit.SHARE), ("usual", N_("{what}, after any session", what=text), found.usual, Unit.SHARE),
        ("lift", N_("{what}, over any session's", what=text), found.lift, Unit.RATIO),
        ("lift_low", "lower end of that lift", found.lift_low, Unit.RATIO),
        ("lift_high", "upper end of that lift", found.lift_high, Unit.RATIO),
    )  # fmt: skip
    return {name: own(f"{prefix}.{name}", label, value, unit, _METHOD if "lift" in name else _COUNTED) for name, label, value, unit in facts}


def came_true(w: Writer, past: BaseRate, own: Own) -> Claim | None:
    """How often the implication came true after earlier events of the same direction."""
    if past.true is None:
        return None
    keys = _shares(own, "true", "implication came true", past.true)
    n = own("true.n", "earlier events of this direction", past.true.n, Unit.COUNT, _COUNTED)
    text = N_(_CAME_TRUE[past.true.told], share=f"{{{keys['share']}|whole}}", n=f"{{{n}}}", usual=f"{{{keys['usual']}|whole}}")
    return w.make("check", "record of the implication: events of this direction, resolved as declared", text,
                  "Later events of this direction that tell otherwise.")  # fmt: skip


def _cut(w: Writer, rule: Rule) -> None:
    """Name the regime break before which nothing is counted."""
    cut = since(w.desk.table, rule, w.desk.row)
    if cut:
        w.missing(N_("{rule}, before {date}", rule=rule.label, date=day(cut.session, year=True)),
                  join(" ", ["Nothing is counted across a regime break.", cut.why]))  # fmt: skip


def table(w: Writer, rule: Rule, past: BaseRate) -> Table:
    """What followed at every horizon, beside what follows any session; counts alone where no horizon has enough of them."""
    title, columns, rows = N_("What followed: {rule}", rule=rule.label), _columns(rule), tuple(_row(h) for h in past.horizons)
    if not any(h.enough for h in past.horizons):
        columns, rows = (*columns[:2], "What followed"), tuple(row[:3] for row in rows)
    return Table(key=f"base_{rule.key}", title=title, columns=columns, rows=rows, note=_note(w, rule, past))


def _columns(rule: Rule) -> tuple[str, ...]:
    weaker = capital(N_("{what}: median (middle half)", what=legs(rule)))
    return ("After", "Events", weaker, "After any", "Gap went on by: median (middle half)", "After any", "Gap closed (95% interval)", "After any",
            "Lift (95% interval)")  # fmt: skip


def _note(w: Writer, rule: Rule, past: BaseRate) -> str:
    cut = since(w.desk.table, rule, w.desk.row)
    counted = {"events": f"{past.events:,}", "watched": f"{past.watched:,}"}
    if cut:
        among = N_("{events} separate events, at least five sessions apart, among {watched} sessions before this report's since {date}, when a new "
                   "regime begins ({why}).", date=day(cut.session, year=True), why=written(cut.why.rstrip("."), cut.why), **counted)  # fmt: skip
    else:
        among = N_("{events} separate events, at least five sessions apart, among {watched} sessions before this report's.", **counted)
    alone = rule.priced[0] == rule.priced[1] or rule.unit is not Unit.PP
    closed = "A gap is closed where the price has taken its own move back." if alone else (
        "A gap is closed where the legs' later moves have taken all of it back."
    )  # fmt: skip
    return join(" ", [among, closed, _METHOD])


def _row(h: Horizon) -> tuple[Cell, ...]:
    first = (Cell(show(h.sessions, Unit.SESSIONS)), Cell(f"{h.n:,}"))
    if not h.enough:
        return (*first, Cell("too few to say"), *(Cell("") for _ in range(6)))
    c = h.closed
    return (
        *first, Cell(_spread(h.weaker, Unit.PERCENT)), Cell(show(h.weaker.usual, Unit.PERCENT)), Cell(_spread(h.gap, Unit.PP)),
        Cell(show(h.gap.usual, Unit.PP, sign=True)), Cell(_share_cell(c.share, c.low, c.high)), Cell(f"{c.usual:.0f}%"),
        Cell(_lift_cell(c.lift, c.lift_low, c.lift_high) if math.isfinite(c.lift) else NA),
    )  # fmt: skip


def _share_cell(share: float, low: float, high: float) -> str:
    return N_("{share}% ({low}–{high}%)", share=f"{share:.0f}", low=f"{low:.0f}", high=f"{high:.0f}")


def _lift_cell(lift: float, low: float, high: float) -> str:
    return N_("{lift} ({low}–{high})", lift=f"{lift:.2f}", low=f"{low:.2f}", high=f"{high:.2f}")


def _spread(s: Spread, unit: Unit) -> str:
    median, lower, upper = (show(v, unit, sign=True) for v in (s.median, s.lower, s.upper))
    return N_("{value} ({low} to {high})", value=median, low=lower, high=upper)
