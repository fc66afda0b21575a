"""The days most like a report's, and what followed them, in words."""

import datetime as dt

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.figures import Figures
from core.insight.desk import Desk, Writer
from core.language import N_, join, written
from core.memory.evidence import made
from core.memory.followed import LEVEL, Followed, followed
from core.memory.similar import LEAST_KNOWN, OUTCOMES, VECTOR, Alike, alike, forward
from core.metrics import MetricTable
from core.records import Cell, Section, Settings
from core.units import Unit
from core.wording import NA, day, show, sized

RULE = "similar days: nearest standardised moves, exact sign test against any session, corrected for all comparisons"
TOO_FEW = "too few to say"
_WEEK = 5
_LEADER = "spx"
_AFTER, _DAYS = written("After", "Horizon"), written("Days", "Alike days")
_UNRELATED = "Median over earlier days 100 days apart."
_ALIKE = "The nearest differs by {similar.nearest|size} per move, where two ordinary days differ by {similar.ordinary|size}."
_STRANGE = (
    "No past day is really like this one: the nearest differs by {similar.nearest|size} per move, where two ordinary days differ by "
    "{similar.ordinary|size}."
)


def write(table: MetricTable, date: dt.date, settings: Settings) -> Section:
    """The section of a report date. Raises DateOutOfRange."""
    row = table.panel.row(date)
    w = Writer(Desk(table, row, settings, {}, Figures(table, row)), "similar_days", "Similar days")
    found = alike(table, row)
    _put(w, "known", "Moves that are the day's own", found.known, Unit.COUNT, "Moves whose market is up to date, at most three days old.")
    _put(w, "moves", "Moves of a day's vector", len(VECTOR), Unit.COUNT, "Fixed: the z-scores by which days are compared.")
    if found.known < LEAST_KNOWN:
        w.say(
            "abstention", RULE, "Only {similar.known} of {similar.moves} moves are this day's own, too few to look for days like it.",
            "A report date with more markets open the day before.",
        )  # fmt: skip
        return w.section()
    if not len(found.rows):
        text = "No earlier day can be compared yet: none has twenty later sessions behind it."
        w.say("abstention", RULE, text, "More history.", ("similar.known",))
        return w.section()
    outcomes = followed(table, found, row)
    _verdict(w, found, outcomes)
    _nearness(w, found)
    _differences(w, outcomes)
    _days(w, found)
    _table(w, outcomes)
    return w.section()


def _put(w: Writer, name: str, label: str, value: float, unit: Unit, method: str, series: str = _LEADER) -> str:
    return w.add(made(w.desk.figures, series, f"similar.{name}", label, value, unit, method))


def _verdict(w: Writer, found: Alike, outcomes: tuple[Followed, ...]) -> None:
    tested = [f for f in outcomes if np.isfinite(f.chance)]
    told = sum(f.told for f in tested)
    _put(w, "days", "Days most like this one", len(found.rows), Unit.COUNT, "Nearest days, at least five New York sessions apart.")
    _put(w, "candidates", "Days that could have been alike", found.candidates, Unit.COUNT, "Earlier report dates whose later sessions are over.")
    _put(w, "tested", "Outcomes compared with any session", len(tested), Unit.COUNT, "Markets and horizons with at least ten alike days.")
    _put(w, "told", "Outcomes told from any session", told, Unit.COUNT, N_("Exact sign test, corrected by Holm, below {level}%.", level=f"{LEVEL:g}"))
    if not tested:
        w.say("abstention", RULE, "Only {similar.days} earlier days can be compared, too few to say what follows.", "More history.")
    elif not told:
        w.say(
            "verdict", RULE,
            "What followed the {similar.days} past days like this one cannot be told from what follows any day: none of {similar.tested} "
            "comparisons differs by more than chance explains.",
            "A comparison that stays apart from any day as history grows.", ("similar.told",),
        )  # fmt: skip
    else:
        w.say(
            "verdict", RULE,
            "After the {similar.days} past days like this one, {similar.told} of {similar.tested} comparisons differ from any day by more "
            "than chance explains.", "The difference vanishing as history grows.",
        )  # fmt: skip


def _nearness(w: Writer, found: Alike) -> None:
    method = "Root mean square difference of the moves known on both days."
    _put(w, "nearest", "Difference to the nearest day", float(found.distance[0]), Unit.SIGMA, method)
    _put(w, "ordinary", "Difference of two ordinary days", found.ordinary, Unit.SIGMA, join(" ", [method, _UNRELATED]))
    strange = found.distance[0] >= found.ordinary
    w.say("reading", "similar days: distance of the nearest", _STRANGE if strange else _ALIKE, "A nearer day in a longer history.",
          ("similar.candidates",))  # fmt: skip


def _differences(w: Writer, outcomes: tuple[Followed, ...]) -> None:
    """A figure for every outcome, and a sentence for each that can be told from any day."""
    for f in outcomes:
        name, label = f"{f.series}.{f.sessions}", SERIES[f.series].label
        span = show(f.sessions, Unit.SESSIONS)
        method = N_("Returns over {span} after the alike days, which are here at least as far apart.", span=span)
        keys = [
            _put(w, f"{name}.median", N_("{market} over {span} after alike days, median", market=label, span=span), f.median, Unit.PERCENT,
                 method, f.series),
            _put(w, f"{name}.usual", N_("{market} over {span} after any session, median", market=label, span=span), f.usual, Unit.PERCENT,
                 "Over all sessions that are over.", f.series),
            _put(w, f"{name}.days", N_("Alike days with {span} of {market} after them", span=span, market=label), f.n, Unit.COUNT, method,
                 f.series),
            _put(w, f"{name}.span", N_("Horizon of {market}", market=label), f.sessions, Unit.SESSIONS, "Fixed.", f.series),
        ]  # fmt: skip
        if f.told:
            median, usual, days, horizon = (f"{{{key}}}" for key in keys)
            w.say(
                "reading", RULE,
                N_("{market}: {median} in the median over {horizon} after {days} alike days, against {usual} after any session.",
                   market=label, median=median, horizon=horizon, days=days, usual=usual),
                "The difference vanishing as history grows.",
            )  # fmt: skip


def _days(w: Writer, found: Alike) -> None:
    table, until = w.desk.table, w.desk.row
    later = {s: forward(table, s, found.rows, _WEEK, until) for s in OUTCOMES}

    def then(series: str, i: int) -> Cell:
        moved = show(table.value(f"{series}.change", int(found.rows[i])), Unit.PERCENT)
        return Cell(N_("{moved}, then {later}", moved=moved, later=show(float(later[series][i]), Unit.PERCENT)))

    w.table(
        "days", "The days most like this one: the day's move, then five sessions", ("Report of", "Difference", *(SERIES[s].label for s in OUTCOMES)),
        [
            (Cell(day(table.panel.dates[r].item(), year=True)), Cell(sized(float(d), Unit.SIGMA)), *(then(s, i) for s in OUTCOMES))
            for i, (r, d) in enumerate(zip(found.rows, found.distance, strict=True))
        ],
        note=N_("Compared by {moves} moves in standard deviations of their year, at most four counted; at least {least} must be known on both "
                "days.", moves=len(VECTOR), least=LEAST_KNOWN),
    )  # fmt: skip


def _table(w: Writer, outcomes: tuple[Followed, ...]) -> None:
    w.table(
        "followed", "What followed, against any session",
        ("Market", _AFTER, _DAYS, "Median", "Middle half", "After any session", "Above that (95% interval)", "Can it be told?"),
        [_row(f) for f in outcomes],
        note=N_("The days are thinned so that no two windows overlap. The answer is an exact sign test, corrected for all comparisons made here "
                "(Holm) and held to {level}%.", level=f"{LEVEL:g}"),
    )  # fmt: skip


def _row(f: Followed) -> tuple[Cell, ...]:
    name = f"similar.{f.series}.{f.sessions}"
    share = NA if not f.n else f"{f.above / f.n * 100:.0f}% ({f.low:.0f}–{f.high:.0f}%)"
    middle = N_("{low} to {high}", low=show(f.lower, Unit.PERCENT), high=show(f.upper, Unit.PERCENT)) if f.n else NA
    return (
        Cell(SERIES[f.series].label), Cell(show(f.sessions, Unit.SESSIONS)), Cell(f"{f.n}", f"{name}.days"),
        Cell(show(f.median, Unit.PERCENT), f"{name}.median"), Cell(middle),
        Cell(show(f.usual, Unit.PERCENT), f"{name}.usual"), Cell(share),
        Cell(TOO_FEW if not np.isfinite(f.chance) else "yes" if f.told else "no, as on any day"),
    )  # fmt: skip
