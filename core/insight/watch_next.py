"""What to check next: the open questions of the day and what would settle each, and the sessions, half days and holidays ahead."""

import datetime as dt
from functools import lru_cache

import numpy as np

from core.divergences import BY_KEY as RULES
from core.insight.desk import Desk, Writer
from core.insight.questions import BY_KEY as QUESTIONS
from core.insight.questions import Answer, answers, asked
from core.insight.settling import deadline, levels, settled
from core.language import N_, join, written
from core.records import Cell, Claim, Finding, Section
from core.sessions import PLACES, expected, holidays, local
from core.units import Unit
from core.wording import instant, listing, show, weekday

_MARKETS = ("XHKG", "XSHG", "XNYS")
_SESSIONS, _DAYS = 5, 14
_ANNOUNCED = 30
# Days of reports whose answers are listed.
_LATELY = 7
_NONE = written("none", "none of them")


def _moment(value: np.datetime64) -> dt.datetime:
    made: dt.datetime = value.astype("datetime64[us]").item()
    return made.replace(tzinfo=dt.UTC)


@lru_cache(maxsize=512)
def _calendar_row(code: str, date: dt.date, cutoff: np.datetime64) -> tuple[Cell, ...]:
    plan = expected(code, cutoff)
    first = plan.next_open(cutoff)
    ahead = slice(first, first + _SESSIONS)
    opens, closes = (f"{local(_moment(t), code):%H:%M}" for t in (plan.opens[first], plan.closes[first]))
    soon = slice(first, max(first, int(plan.dates.searchsorted(np.datetime64(date) + _DAYS))))
    days = zip(plan.dates[soon].tolist(), plan.closes[soon], plan.early[soon], strict=True)
    early = [N_("{day} ({time})", day=weekday(d), time=f"{local(_moment(c), code):%H:%M}") for d, c, half in days if half]
    closed = [weekday(d) for d in holidays(code, date, _DAYS, cutoff)]
    known = plan.known_until
    until = N_("{date} {year}", date=weekday(known), year=known.year)
    note = N_("Holidays are announced until {date}.", date=until) if (known - date).days < _ANNOUNCED else ""
    return (
        Cell(PLACES[code]), Cell(instant(_moment(plan.opens[first]))), Cell(N_("{opens} to {closes} local time", opens=opens, closes=closes)),
        Cell(listing([weekday(d) for d in plan.dates[ahead].tolist()])), Cell(listing(closed) or _NONE), Cell(listing(early) or _NONE), Cell(note),
    )  # fmt: skip


def _ahead(desk: Desk) -> list[str]:
    """The markets that close on a weekday within a fortnight, in a sentence; none where none does."""
    panel = desk.table.panel
    date, cutoff = panel.dates[desk.row].item(), panel.cutoffs[desk.row]
    closed = [PLACES[c] for c in _MARKETS if holidays(c, date, _DAYS, cutoff)]
    return [N_("Closed on a weekday within a fortnight: {markets}.", markets=listing(closed))] if closed else []


# Where no rule fires: by whether an ordinary one passes its threshold, and whether a question is open.
_NO_RULE = {
    (False, True): "No rule fires, so no divergence waits to be settled; the questions that the sections leave open stand below.",
    (False, False): "No rule fires, so no divergence waits to be settled; no question is open.",
    (True, True): "No rule but an ordinary one fires, so no divergence waits to be settled; the questions that the sections leave open stand below.",
    (True, False): "No rule but an ordinary one fires, so no divergence waits to be settled; no question is open.",
}


def _first(w: Writer, findings: tuple[Finding, ...], fired: list[Finding], *, waits: bool) -> None:
    """What to watch before all else: what settles the strongest divergence, and closures ahead."""
    ahead = _ahead(w.desk)
    if fired:
        top = fired[0]
        wanted = RULES[top.rule].implied(w.desk.number(top.gap)).resolution
        true, false = settled(wanted)
        span = w.derive(f"watch.{top.rule}.sessions", N_("{rule}: sessions to its test", rule=top.label), wanted.sessions, Unit.SESSIONS,
                        "Declared with the rule's implication.", top.gap)  # fmt: skip
        w.say("verdict", "watch next: what settles the strongest divergence that fires",
              join(" ", [N_("First to watch, {rule}: borne out by {told}", rule=top.label, told=true), *ahead]), false, (top.gap, span))  # fmt: skip
        return
    known = [f.gap for f in findings if w.desk.known(f.gap)]
    text = _NO_RULE[any(f.state == "ordinary" for f in findings), waits]
    w.say("verdict" if known else "abstention", "watch next: no rule fires", join(" ", [text, *ahead]),
          "A restated close that makes one fire.", known)  # fmt: skip


def _check(desk: Desk, f: Finding) -> tuple[Cell, ...]:
    """How the implication of a divergence will be settled."""
    rule = RULES[f.rule]
    wanted = rule.implied(desk.number(f.gap)).resolution
    true, false = settled(wanted)
    return (
        Cell(f.label), Cell(f.implication.text if f.implication else ""), Cell(true), Cell(false),
        Cell(deadline(desk, wanted, (rule.pair.a.series, rule.pair.b.series))), Cell(levels(desk, wanted)),
    )  # fmt: skip


def _question(desk: Desk, where: str, claim: Claim) -> tuple[Cell, ...]:
    """How an open question will be settled."""
    question = next((q for q in QUESTIONS.values() if q.rule == claim.rule and asked(desk, q)), None)
    if question is None:
        return Cell(where), Cell(claim.text), Cell(""), Cell(claim.contradicted_by), Cell(""), Cell("")
    true, false = settled(question.wanted)
    return (
        Cell(where), Cell(claim.text), Cell(true), Cell(false), Cell(deadline(desk, question.wanted, question.series)),
        Cell(levels(desk, question.wanted)),
    )  # fmt: skip


def _answered(desk: Desk, a: Answer, titles: dict[str, str]) -> tuple[Cell, ...]:
    true, false = settled(a.question.wanted)
    asked_of = desk.table.panel.sessions(a.question.wanted.series)[a.asked].item()
    ended = desk.table.panel.sessions(a.question.wanted.series)[a.row].item()
    return (
        Cell(titles[a.question.section]), Cell(weekday(asked_of)), Cell(true if a.yes else false), Cell("yes" if a.yes else "no"),
        Cell(show(a.moved, Unit.PP, sign=True)), Cell(weekday(ended)),
    )  # fmt: skip


def _tables(w: Writer, fired: list[Finding], questions: list[tuple[str, Claim]], titles: dict[str, str]) -> None:
    """What is open, how it will be settled, and what was."""
    settles = ("Borne out by", "Refuted by", "Until the session of", "Measured from")
    if fired:
        w.table(
            "checks", "What would settle the divergences that fire", ("Divergence", "Watch", *settles), [_check(w.desk, f) for f in fired],
            "The scorecard settles each in the first report that knows the session named: the return of the first series, less that of the second "
            "where two are named, from the levels given.",
        )  # fmt: skip
    if questions:
        w.table(
            "questions", "Open questions", ("Where", "Question", "Yes with", "No with", *settles[2:]),
            [_question(w.desk, where, c) for where, c in questions],
            "Each is answered below in the first report that knows the session named; one without a session waits for a figure of its own day.",
        )  # fmt: skip
    lately = answers(w.desk, _LATELY)
    if lately:
        w.table(
            "answered", "Questions answered lately", ("Where", "Asked of the session of", "What came", "Answer", "Move", "In the session of"),
            [_answered(w.desk, a, titles) for a in lately], N_("Those that the reports of the last {n} days could answer, newest first.", n=_LATELY),
        )  # fmt: skip


def write(desk: Desk, findings: tuple[Finding, ...], sections: tuple[Section, ...]) -> Section:
    """The section: the test of the strongest divergence first, then the calendar, open questions with what answers them, and earlier answers."""
    w, date = Writer(desk, "watch_next", "Watch next"), desk.table.panel.dates[desk.row].item()
    questions = list({c.text: (s.title, c) for s in sections for c in s.claims if c.kind == "question"}.values())
    for _, claim in questions:
        w.use(*claim.evidence)
    fired = [f for f in findings if f.state == "fires" and f.implication]
    _first(w, findings, fired, waits=bool(questions))
    _tables(w, fired, questions, {s.key: s.title for s in sections})
    w.table(
        "calendar", "Sessions, holidays and half days ahead",
        ("Market", "Opens next", "Hours", "Next sessions", "Closed on weekdays", "Half days (close)", "Note"),
        [_calendar_row(c, date, desk.table.panel.cutoffs[desk.row]) for c in _MARKETS],
        note=N_("Closures and half days within {n} days of the report. Crypto trades without a break.", n=_DAYS),
    )  # fmt: skip
    return w.section()
