"""Whether a report can be trusted: what every series was expected to have at a cutoff, what it has, and which sections rest on it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.catalogue import BY_KEY, SERIES, Series
from core.figures import Figures
from core.language import N_, join
from core.metrics import BY_KEY as METRICS
from core.metrics import MetricTable
from core.records import Report, Section
from core.store import Outcome
from core.wording import day, listing

# The series without which a report misses a leg of its own: the broad index of each market, and Bitcoin.
LEGS = ("spx", "hsi", "sse", "btc")
# Names that are written out before "and 3 more".
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One series at a report's cutoff.

    `state`: "current", "behind" (sessions that had closed are not stored) or "missing". `session` is the last one known, `expected` the one
    that the calendar expects, `missed` how many lie between. `why` says what kept it, `sections` which sections of the report rest on it.
    """

    series: Series
    state: str
    session: dt.date | None
    expected: dt.date | None
    missed: int
    value: float | None
    source: str
    fetched: dt.datetime | None
    why: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All series at a report's cutoff. `level`: "complete", "gaps" (parts are missing) or "unsafe" (a market's own leg is missing)."""

    level: str
    sentence: str
    standings: tuple[Standing, ...]

    @property
    def troubled(self) -> tuple[Standing, ...]:
        """The series that are behind or missing."""
        return tuple(s for s in self.standings if s.state != "current")


def examine(table: MetricTable, report: Report, outcomes: Mapping[str, Outcome]) -> Health:
    """The health of a report; `outcomes` are the last attempts by series key, and may be empty."""
    row = table.panel.row(report.date)
    resting = _resting(report)
    figures = Figures(table, row)
    standings = tuple(_standing(table, row, figures, s, outcomes.get(s.key), resting.get(s.key, ())) for s in SERIES)
    level = _level(standings)
    return Health(level=level, sentence=_sentence(level, standings), standings=standings)


def attempts(sections: Iterable[Section], outcomes: Mapping[str, Outcome]) -> tuple[tuple[str, str], ...]:
    """Series behind figures that are missing or not current whose last attempt failed, each with what that attempt said."""
    figures = [f for s in sections for f in s.figures if f.key in METRICS and (f.value is None or f.note)]
    keys = dict.fromkeys(key for f in figures for key in METRICS[f.key].inputs)
    failed = [outcomes[key] for key in keys if key in outcomes and outcomes[key].status != "ok"]
    ended = "the last attempt ended with: {message}"
    return tuple((BY_KEY[o.series].label, N_(ended, message=o.message or o.status)) for o in failed if o.series in BY_KEY)


def _resting(report: Report) -> dict[str, tuple[str, ...]]:
    """Titles of the sections by the series that their figures are made from."""
    found: dict[str, dict[str, None]] = {}
    for section in report.sections:
        for figure in section.figures:
            for key in METRICS[figure.key].inputs if figure.key in METRICS else ():
                found.setdefault(key, {})[section.title] = None
    return {key: tuple(titles) for key, titles in found.items()}


def _standing(
    table: MetricTable, row: int, figures: Figures, series: Series, outcome: Outcome | None, sections: tuple[str, ...]
) -> Standing:  # fmt: skip
    panel, key = table.panel, series.key
    stamp = figures.stamp(key)
    missed = int(panel.missed(key)[row]) if stamp else 0
    state = "missing" if stamp is None else "behind" if missed else "current"
    at = int(panel.position(key)[row])
    return Standing(
        series=series, state=state, session=stamp.session if stamp else None, expected=panel.expected(series, row), missed=missed,
        value=float(panel.tracks[key].values[at]) if stamp else None, source=stamp.source if stamp else "",
        fetched=stamp.fetched if stamp else None, why=_why(series, state, outcome), sections=sections,
    )  # fmt: skip


def _why(series: Series, state: str, outcome: Outcome | None) -> str:
    """What kept a series from being current, as far as the last attempt tells; empty for a current one."""
    if state == "current":
        return ""
    if outcome is None:
        return "It has not been asked for yet."
    if outcome.status == "ok" and series.latest_only:
        return "Only readings taken from now on can be stored; the report has it from the next cutoff on."
    if outcome.status == "ok":
        return "The source answered, but without the sessions that are missing."
    return outcome.message or N_("The last attempt ended with: {status}.", status=outcome.status)


def _level(standings: Iterable[Standing]) -> str:
    troubled = {s.series.key for s in standings if s.state != "current"}
    return "unsafe" if troubled & set(LEGS) else "gaps" if troubled else "complete"


def _sentence(level: str, standings: tuple[Standing, ...]) -> str:
    """The answer to whether the report can be trusted, with the names of what keeps it from being complete."""
    total = len(standings)
    if level == "complete":
        return N_("All {n} series have the session that their calendars expect.", n=total)
    parts = []
    for state, words in (("behind", "behind: {names}"), ("missing", "missing: {names}")):
        names = [s.series.label for s in standings if s.state == state]
        if names:
            parts.append(N_(words, names=_names(names)))
    current = sum(s.state == "current" for s in standings)
    told = N_("{n} of {all} series are current; {troubled}.", n=current, all=total, troubled=join("; ", parts))
    if level == "gaps":
        return join(" ", [told, "Where a figure is missing, its place says so."])
    troubled = [s for s in standings if s.series.key in LEGS and s.state != "current"]
    legs: list[str] = [N_("{series} ({last})", series=s.series.label, last=_last(s)) for s in troubled]
    return join(" ", [N_("A leg of the report is not there: {legs}.", legs=listing(legs)), told])


def _names(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return listing(names)
    return N_("{several} and {n} more", several=join(", ", names[: _NAMED - 1]), n=len(names) - _NAMED + 1)


def _last(s: Standing) -> str:
    if not s.session:
        return "no observation"
    return N_("last session {last}, expected {expected}", last=day(s.session, year=True), expected=day(s.expected, year=True))
