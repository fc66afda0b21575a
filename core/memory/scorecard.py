"""The scorecard in words: what became of every fired rule, and how good the probabilities were that could have been given."""

import datetime as dt

import numpy as np

from core.divergences import RULES, Resolution, Rule
from core.figures import Figures
from core.insight.desk import Desk, Writer
from core.language import N_
from core.memory.events import Events, events
from core.memory.evidence import made
from core.memory.score import Calibration, Score, calibration, score
from core.metrics import BY_KEY as METRICS
from core.metrics import MetricTable
from core.panel import Positions
from core.records import Cell, Section, Settings
from core.units import Unit
from core.wording import NA, day, show

RULE = "scorecard: share that came true among a rule's earlier events of the same direction, resolved as the rule declares"
_SAME = "the two cannot be told apart"
_BETTER = "the rules' own past was the better guide"
_WORSE = "the rules' own past was the worse guide, so a fired rule by itself says little about what follows"
_RECENT = 30
_KEPT = 16
_UP = "{market} is up {span} later.", "{market} is ahead of {other} over the next {span}."
_DOWN = "{market} is down {span} later.", "{market} is behind {other} over the next {span}."
WORDS = {"hit": "hit", "miss": "miss", "open": "open", "abstained": "no probability"}


def gathered(table: MetricTable, settings: Settings, row: int) -> list[Events]:
    """The events of every rule up to a row, kept with the table for the chart that shows them too."""
    shelf: dict[tuple[int, Settings], list[Events]] = table.features.shared.setdefault("memory: events", {})
    if (row, settings) not in shelf:
        if len(shelf) >= _KEPT:
            shelf.clear()
        shelf[row, settings] = [events(table, r.key, settings, row) for r in RULES]
    return shelf[row, settings]


def months(table: MetricTable, each: Events) -> Positions:
    """The calendar month of each event, as a number."""
    return table.panel.dates[each.rows].astype("datetime64[M]").astype(np.int64)


def write(table: MetricTable, date: dt.date, settings: Settings) -> Section:
    """The section of a report date: only what was resolved by its cutoff counts. Raises DateOutOfRange and BadInput."""
    row = table.panel.row(date)
    w = Writer(Desk(table, row, settings, {}, Figures(table, row)), "scorecard", "Scorecard")
    each = gathered(table, settings, row)
    numbers = [months(table, e) for e in each]
    total = score(each, numbers)
    _summary(w, total)
    _rules(w, each, [score([e], [m]) for e, m in zip(each, numbers, strict=True)], total)
    _calibrated(w, calibration(each))
    _open(w, each)
    _recent(w, each)
    _declared(w)
    return w.section()


def _put(w: Writer, name: str, label: str, value: float, unit: Unit, method: str, series: str = "spx") -> str:
    return w.add(made(w.desk.figures, series, f"score.{name}", label, value, unit, method))


def _scores(w: Writer, name: str, who: str, s: Score, series: str) -> None:
    for key, value, unit in (("hits", s.hits, Unit.COUNT), ("misses", s.misses, Unit.COUNT), ("open", s.open, Unit.COUNT),
                             ("abstained", s.abstained, Unit.COUNT), ("scored", s.scored, Unit.COUNT)):  # fmt: skip
        label = N_("{who}: {what}", who=who, what=key)
        _put(w, f"{name}.{key}", label, value, unit, "Separate events, at least five sessions apart, up to this report.", series)
    brier, usual = (N_("{who}: {what}", who=who, what=what) for what in ("Brier score", "Brier score of any session"))
    _put(w, f"{name}.brier", brier, s.brier, Unit.BRIER, "Mean squared error of the probabilities given (Brier 1950).", series)
    _put(w, f"{name}.usual", usual, s.usual, Unit.BRIER, "The same for the share of all earlier sessions.", series)


def _summary(w: Writer, total: Score) -> None:
    _scores(w, "all", "All rules", total, "spx")
    if not total.scored:
        text = "No fired rule has been resolved with a probability yet."
        w.say("abstention", RULE, text, "More history.", ("score.all.abstained", "score.all.open"))
        return
    verdict = _SAME if not total.told else _BETTER if total.better > 0 else _WORSE
    w.say(
        "verdict", RULE,
        N_("Over {score.all.scored} resolved events the probabilities from each rule's own past score {score.all.brier}, the rate of any session "
           "{score.all.usual} (Brier score, lower is better): {verdict}.", verdict=verdict),
        "A difference of the two scores that stays on the other side of zero as events add up.",
    )  # fmt: skip
    w.say(
        "reading", RULE,
        "Of these {score.all.hits} were hits and {score.all.misses} misses; {score.all.open} more are open, and {score.all.abstained} came too "
        "early in their rule's past for a probability.",
        "Another declared resolution of a rule.",
    )  # fmt: skip


def _rules(w: Writer, each: list[Events], scores: list[Score], total: Score) -> None:
    rows = []
    for e, s in zip(each, scores, strict=True):
        _scores(w, e.rule.key, e.rule.label, s, e.rule.pair.a.series)
        rows.append(_rule_row(e.rule.label, f"score.{e.rule.key}", s))
    rows.append(_rule_row("All rules", "score.all", total))
    w.table(
        "scores", "Rule by rule",
        ("Divergence", "Hits", "Misses", "Open", "No probability", "Brier score", "Of any session", "Difference (95% interval)", "Told apart?"), rows,
        note="Brier score: 0 is perfect, 0.250 what 50:50 earns every time. A positive difference means that the rule's own record helped. The "
        "interval groups events by calendar month.",
    )  # fmt: skip


def _rule_row(label: str, key: str, s: Score) -> tuple[Cell, ...]:
    better, low, high = (show(v, Unit.BRIER, sign=True) for v in (s.better, s.low, s.high))
    span = N_("{middle} ({low} to {high})", middle=better, low=low, high=high) if np.isfinite(s.low) else NA
    told = "too few to say" if not np.isfinite(s.low) else "no" if not s.told else "yes, better" if s.better > 0 else "yes, worse"
    counts = [Cell(f"{n:,}", f"{key}.{name}") for name, n in (("hits", s.hits), ("misses", s.misses), ("open", s.open), ("abstained", s.abstained))]
    return (
        Cell(label), *counts, Cell(show(s.brier, Unit.BRIER), f"{key}.brier"), Cell(show(s.usual, Unit.BRIER), f"{key}.usual"), Cell(span), Cell(told)
    )  # fmt: skip


def _calibrated(w: Writer, classes: tuple[Calibration, ...]) -> None:
    w.table(
        "calibration", "Said and happened", ("Probability said", "Events", "Mean said", "Happened", "95% interval", "Does it hold?"),
        [
            (Cell(f"{c.lower:.0f}–{c.upper:.0f}%"), Cell(f"{c.n:,}"), Cell(f"{c.said:.0f}%"), Cell(f"{c.happened:.0f}%"),
             Cell(f"{c.low:.0f}–{c.high:.0f}%"), Cell(holds(c)))
            for c in classes
        ],
        note="It holds where the share that happened could have come from the probability said; if not, it happened more, or less, often.",
    )  # fmt: skip


def holds(c: Calibration) -> str:
    """Whether a class of probabilities happened as often as was said."""
    if c.n < 10:
        return "too few"
    return "yes" if c.low <= c.said <= c.high else "more" if c.happened > c.said else "less"


def _event_row(table: MetricTable, e: Events, i: int, state: str) -> tuple[Cell, ...]:
    row = int(e.rows[i])
    share = "none" if np.isnan(e.probability[i]) else f"{e.probability[i] * 100:.0f}%"
    usual = NA if np.isnan(e.usual[i]) else f"{e.usual[i] * 100:.0f}%"
    gap = show(table.value(f"gap.{e.rule.key}", row), e.rule.unit, sign=True)
    ended = day(table.panel.dates[e.ends[i]].item(), year=True) if e.ends[i] >= 0 else ""
    date = day(table.panel.dates[row].item(), year=True)
    return Cell(date), Cell(e.rule.label), Cell(gap), Cell(share), Cell(usual), Cell(WORDS[state]), Cell(ended)


def _newest(each: list[Events], wanted: set[str], count: int) -> list[tuple[Events, int, str]]:
    """The newest events in some states, newest first."""
    found = [(int(e.rows[i]), e, i, s) for e in each for i, s in enumerate(e.states()) if s in wanted]
    found.sort(key=lambda f: -f[0])
    return [(e, i, s) for _, e, i, s in found[:count]]


def _open(w: Writer, each: list[Events]) -> None:
    rows = [
        (*_event_row(w.desk.table, e, i, s)[:5], Cell(hit_if(_implied(w.desk.table, e.rule, int(e.rows[i])))))
        for e, i, s in _newest(each, {"open"}, _RECENT)
    ]  # fmt: skip
    w.table("open", "Open", ("Report of", "Divergence", "Gap", "Probability", "Any session", "It is a hit if"), rows)


def _recent(w: Writer, each: list[Events]) -> None:
    w.table(
        "recent", N_("The last {n} that were resolved", n=_RECENT),
        ("Report of", "Divergence", "Gap", "Probability", "Any session", "What became of it", "Resolved in the report of"),
        [_event_row(w.desk.table, e, i, s) for e, i, s in _newest(each, {"hit", "miss", "abstained"}, _RECENT)],
    )  # fmt: skip


def _declared(w: Writer) -> None:
    rows = [
        (Cell(r.label), Cell(said), Cell(implied.text), Cell(hit_if(implied.resolution)))
        for r in RULES for said, implied in ((r.above, r.if_above), (r.below, r.if_below))
    ]  # fmt: skip
    w.table("declared", "What makes a hit", ("Divergence", "When", "What it implies", "It is a hit if"), rows)


def hit_if(wanted: Resolution) -> str:
    """What has to come true for an implication to be a hit, in words."""
    market, other = (METRICS[k if "." in k else f"{k}.close"].label if k else "" for k in (wanted.series, wanted.against))
    alone, against = _UP if wanted.side == "up" else _DOWN
    return N_(against if other else alone, market=market, other=other, span=show(wanted.sessions, Unit.SESSIONS))


def _implied(table: MetricTable, rule: Rule, row: int) -> Resolution:
    gap = table.value(f"gap.{rule.key}", row)
    return rule.implied(gap if gap is not None else 0.0).resolution
