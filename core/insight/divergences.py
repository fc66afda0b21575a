"""Section 7: what each rule says today, why, how sure that is, and what followed before."""

import math

from core.divergences import RULES, BaseRate, Rule, base_rate, refusal
from core.divergences.baserates import FEWEST
from core.divergences.detect import direction as moves_as_asked
from core.insight.desk import Desk, Writer
from core.records import Cell, Claim, Figure, Finding, Section, Table
from core.units import Basis, Unit
from core.wording import NA, arrow, show

_STATES = {"fires": "fires", "quiet": "quiet", "refused": "not compared", "missing": "n/a"}


def _own(desk: Desk, rule: Rule, key: str, text: str, value: float, unit: Unit, method: str) -> Figure:
    """A figure of a rule's own (its threshold, its record), with the gap's provenance."""
    f = desk.figure(f"gap.{rule.key}")
    basis = Basis.SYNTHETIC if f.basis is Basis.SYNTHETIC else Basis.DERIVED
    return Figure(
        key=key, label=text, value=value if math.isfinite(value) else None, unit=unit, session=f.session, available_at=f.available_at,
        fetched_at=f.fetched_at, basis=basis, source=f.source, method=method,
    )  # fmt: skip


def _threshold_unit(desk: Desk, rule: Rule) -> Unit:
    return Unit.SIGMA if desk.settings.threshold_unit == "sigma" else rule.unit


def state(desk: Desk, rule: Rule) -> tuple[str, str]:
    """The state of a rule at the desk's row, and why."""
    if desk.detections[rule.key].fires[desk.row]:
        return "fires", ""
    why = refusal(desk.table, rule, desk.row)
    if not why:
        return "quiet", _quiet(desk, rule)
    return ("missing" if why.startswith("No change") else "refused"), why


def _quiet(desk: Desk, rule: Rule) -> str:
    found = desk.detections[rule.key]
    if found.size[desk.row] < found.threshold:
        return "Below its threshold."
    if math.isnan(found.size[desk.row]):
        return "Not enough history for a threshold in standard deviations."
    return "The legs do not move in opposite directions." if rule.mode == "opposed" else "The legs do not move in the same direction."


def legs(desk: Desk, rule: Rule) -> str:
    """Both legs with arrows, strongest moves doubled: `S&P 500 ↑ vs BTC ↓↓`."""

    def one(metric: str, label: str) -> str:
        value = desk.value(metric)
        sign = arrow(value, desk.settings.flat)
        z = desk.value(metric.replace(".change", ".z")) if metric.endswith(".change") else value
        return f"{label} {sign * 2 if z is not None and abs(z) >= 1 and sign != '→' else sign}".strip()

    return f"{one(rule.pair.a.metric, rule.pair.a.label)} vs {one(rule.pair.b.metric, rule.pair.b.label)}"


def _explain(w: Writer, rule: Rule) -> tuple[Claim, ...]:
    made = []
    for e in rule.explanations:
        value = w.desk.value(e.metric)
        if value is None:
            w.missing(w.desk.figure(e.metric).label, w.desk.figure(e.metric).note)
            continue
        holds = value >= e.bound if e.side == "above" else value <= e.bound
        kind, template = ("explanation", e.supported) if holds else ("question", e.open)
        claim = w.make(kind, f"{rule.key}: {e.metric} {e.side} {e.bound:g}", template, rule.refuted_by, (e.metric,))
        if claim:
            made.append(claim)
    return tuple(made)


def _clock(w: Writer, rule: Rule) -> Claim | None:
    """The clock check: the gap again on aligned sessions."""
    key = f"gap.{rule.key}.aligned"
    if not rule.pair.aligned or not w.desk.known(key):
        return None
    threshold = w.desk.detections[rule.key].threshold
    scale = threshold if w.desk.settings.threshold_unit == "pp" else None
    shrunk = scale is not None and abs(w.desk.number(key)) < scale
    text = (
        "Mostly a clock effect: on aligned sessions the gap is {K|signed}." if shrunk else "Clock check: on aligned sessions the gap is {K|signed}."
    )
    return w.make("check", "clock check: the gap on lag-aligned sessions against the threshold", text.replace("K", key), "Closing times that differ.")


def _robust(w: Writer, rule: Rule) -> Claim | None:
    """Whether the rule still fires with its threshold a quarter higher; it then does at a quarter lower too."""
    found = w.desk.detections[rule.key]
    robust = found.size[w.desk.row] >= found.threshold * 1.25
    text = "Robust: fires with the threshold a quarter higher too." if robust else "Fragile: silent with the threshold a quarter higher."
    return w.make("check", "robustness: threshold ± 25%", text, "A small change of the threshold.", (f"gap.{rule.key}",))


def _overlap(w: Writer, rule: Rule) -> Claim | None:
    key = f"gap.{rule.key}.overlap"
    if not w.desk.known(key) or w.desk.number(key) > 75:
        return None
    return w.make(
        "check", "overlap: shared share of the shorter span", f"The two changes share only {{{key}}} of their time.", "Sessions that overlap more."
    )


def _base_table(rule: Rule, past: BaseRate) -> Table:
    weaker = "the leg's" if rule.priced[0] == rule.priced[1] else "the weaker leg's"
    rows = tuple(
        (
            Cell(show(h.sessions, Unit.SESSIONS)), Cell(f"{h.n:,}"), Cell(show(h.median, Unit.PERCENT)),
            Cell(f"{show(h.lower, Unit.PERCENT)} to {show(h.upper, Unit.PERCENT)}"), Cell(show(h.usual_median, Unit.PERCENT)),
            Cell(f"{h.share:.0f}% ({h.low:.0f}–{h.high:.0f}%)"), Cell(f"{h.usual:.0f}%"),
        )
        for h in past.horizons
    )  # fmt: skip
    return Table(
        key=f"base_{rule.key}", title=f"What followed: {rule.label}",
        columns=("After", "Events", f"Median of {weaker} return", "Middle half", "On any day", "Gap closed (95% interval)", "Such a move on any day"),
        rows=rows,
        note=f"{past.events:,} separate events, at least five sessions apart, among {past.watched:,} sessions before this report's.",
    )  # fmt: skip


def _history(w: Writer, rule: Rule, past: BaseRate) -> Claim | None:
    """How often it happened before, in a sentence."""
    keys = {
        name: w.add(_own(w.desk, rule, f"base.{rule.key}.{name}", text, value, Unit.COUNT, "Counted over the gap's own sessions before this one."))
        for name, text, value in (
            ("events", f"{rule.label}: separate events before", past.events),
            ("watched", f"{rule.label}: sessions watched before", past.watched),
        )
    }  # fmt: skip
    if not past.enough:
        return w.make(
            "check", f"base rate: fewer than {FEWEST} separate events",
            f"Too few to say what follows: {{{keys['events']}}} separate events in {{{keys['watched']}}} sessions.", "More history.",
        )  # fmt: skip
    five = next(h for h in past.horizons if h.sessions == 5)
    for name, text, value in (
        ("share", "gap closed within five sessions", five.share),
        ("usual", "such a move within five sessions of any day", five.usual),
    ):
        keys[name] = w.add(
            _own(w.desk, rule, f"base.{rule.key}.{name}", f"{rule.label}: {text}", value, Unit.SHARE, "Share of past sessions, see the base rates.")
        )
    return w.make(
        "check", "base rate: separate events before this report's session, forward five sessions",
        f"Happened {{{keys['events']}}} separate times in {{{keys['watched']}}} sessions; the gap had closed five sessions later in "
        f"{{{keys['share']}}} of them, against {{{keys['usual']}}} for a move of that size after any session.",
        "A sample that is short or from one regime only.",
    )  # fmt: skip


def said(desk: Desk, rule: Rule) -> str:
    """The direction of a gap in words; empty where the legs do not move as the words say."""
    value = desk.value(f"gap.{rule.key}")
    if value is None or not moves_as_asked(desk.table, rule, desk.settings.flat)[desk.row]:
        return ""
    return rule.above if value > 0 else rule.below


def find(w: Writer, rule: Rule) -> Finding:
    """Everything that is said about one rule."""
    desk, found = w.desk, w.desk.detections[rule.key]
    gap = f"gap.{rule.key}"
    w.use(gap, f"{gap}.z", f"{gap}.rank", f"{gap}.overlap", rule.pair.a.metric, rule.pair.b.metric)
    w.add(
        _own(
            desk,
            rule,
            f"threshold.{rule.key}",
            f"{rule.label}: threshold",
            found.threshold,
            _threshold_unit(desk, rule),
            "Set by the reader, or the rule's default.",
        )
    )
    now, why = state(desk, rule)
    fires = now == "fires"
    direction = said(desk, rule)
    past = base_rate(desk.table, found, desk.row) if fires else None
    checks = tuple(c for c in (_clock(w, rule), _overlap(w, rule), _robust(w, rule), _history(w, rule, past) if past else None) if c) if fires else ()
    return Finding(
        rule=rule.key, label=rule.label, state=now, why=why, gap=gap, threshold=found.threshold, direction=direction,
        explanations=_explain(w, rule) if fires else (), checks=checks,
        implication=w.make("implication", f"{rule.key}.implication", rule.implication, rule.refuted_by, (gap,)) if fires else None,
        base_rates=_base_table(rule, past) if past and past.enough else None,
    )  # fmt: skip


def _headline(w: Writer, rule: Rule, f: Finding) -> None:
    pair = rule.pair
    w.say(
        "divergence", f"{rule.key}: {rule.mode}, threshold {show(f.threshold, _threshold_unit(w.desk, rule))}",
        f"{f.direction[0].upper()}{f.direction[1:]}: {pair.a.label} {{{pair.a.metric}}}, {pair.b.label} {{{pair.b.metric}}}, a gap of "
        f"{{{f.gap}|size}} ({{{f.gap}.z}}, {{{f.gap}.rank}}).",
        rule.refuted_by,
    )  # fmt: skip


def _row(w: Writer, rule: Rule, f: Finding) -> tuple[Cell, ...]:
    first = f.explanations[0].text if f.explanations else ("No series here tests a cause." if f.state == "fires" else f.why)
    return (
        Cell(f"{legs(w.desk, rule)}" if f.state in {"fires", "quiet"} else rule.label), w.cell(f.gap, "signed"), w.cell(f"{f.gap}.z"),
        w.cell(f"{f.gap}.rank"), w.cell(f"threshold.{rule.key}"), Cell(_STATES.get(f.state, NA)), Cell(first),
    )  # fmt: skip


def strength(desk: Desk, f: Finding) -> tuple[int, float]:
    """Order of findings: firing ones first, then by how rare the gap is in its year."""
    rank = desk.value(f"{f.gap}.rank")
    return ({"fires": 0, "quiet": 1, "refused": 2, "missing": 3}[f.state], -(rank if rank is not None else -1.0))


def write(desk: Desk) -> tuple[Section, tuple[Finding, ...]]:
    """The section, and the findings, strongest first."""
    w = Writer(desk, "divergences", "Cross-market divergences")
    rules = {r.key: r for r in RULES}
    findings = sorted((find(w, r) for r in RULES), key=lambda f: strength(desk, f))
    fired = [f for f in findings if f.state == "fires"]
    for f in fired:
        _headline(w, rules[f.rule], f)
    if not fired:
        comparable = [f for f in findings if f.state == "quiet"]
        text = "No divergence passes its threshold today." if comparable else "No pair of markets can be compared today."
        w.say("verdict", "divergences: none fires", text, "A gap beyond its threshold.", [f.gap for f in comparable[:3]])
    for f in findings:
        if f.state in {"refused", "missing"}:
            w.missing(f.label, f.why)
    w.table(
        "divergences", "All rules, strongest first",
        ("Divergence", "Gap", "Against its year", "Percentile", "Threshold", "State", "Explanation, or why not"),
        [_row(w, rules[f.rule], f) for f in findings],
    )  # fmt: skip
    return w.section(), tuple(findings)
