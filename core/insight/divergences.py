"""Section 7: what each rule says today, why, how sure that is, and what followed before."""

import math
from dataclasses import replace
from functools import cache

from core.divergences import BY_KEY, RULES, Resolution, Rule, base_rate
from core.divergences.detect import refusal, refused
from core.divergences.ordinary import MOST, before, ordinary
from core.insight import divergence_history as past_of
from core.insight.desk import Desk, Writer
from core.insight.divergence_evidence import CAME, EFFECT_NAMED, EFFECTS, came, clock, explain, fitting, nearly, overlap, quiet, robust, unusual
from core.insight.relative import against
from core.insight.settling import settled
from core.insight.witnesses import new_today
from core.language import N_, capital, join, written
from core.records import Cell, Claim, Figure, Finding, Section
from core.units import Basis, Unit
from core.wording import NA, arrow, limit, listing, weekday

_STATES = {"fires": "fires", "ordinary": "ordinary", "quiet": "quiet", "refused": "not compared", "missing": "n/a"}


def _figure(desk: Desk, rule: Rule, key: str, text: str, value: float, unit: Unit, method: str) -> Figure:
    """A figure of a rule's own (its threshold, its record), with the gap's provenance."""
    f = desk.figure(f"gap.{rule.key}")
    basis = Basis.SYNTHETIC if f.basis is Basis.SYNTHETIC else Basis.DERIVED
    return Figure(
        key=key, label=_label(rule.label, text), value=value if math.isfinite(value) else None, unit=unit, session=f.session,
        available_at=f.available_at, fetched_at=f.fetched_at, basis=basis, source=f.source, method=method,
    )  # fmt: skip


@cache
def _label(rule: str, text: str) -> str:
    return N_("{rule}: {what}", rule=rule, what=text)


def _threshold_unit(desk: Desk, rule: Rule) -> Unit:
    return Unit.SIGMA if desk.settings.threshold_unit == "sigma" else rule.unit


def state(desk: Desk, rule: Rule) -> tuple[str, str]:
    """The state of a rule at the desk's row, and why. A rule that cannot be computed is refused or missing, never quiet."""
    found, gap = desk.detections[rule.key], desk.figure(f"gap.{rule.key}")
    if found.fires_on(desk.row):
        told = _told_before(desk, rule)
        return ("ordinary", join(" ", [_usual(desk, rule), *([told] if told else [])])) if ordinary(desk.table, found)[desk.row] else ("fires", told)
    if gap.value is None:
        why = refused(desk.table, rule, desk.row)
        notes = dict.fromkeys(n for leg in (rule.pair.a, rule.pair.b) if not desk.known(leg.metric) and (n := desk.figure(leg.metric).note))
        return ("refused", why) if why else ("missing", join(" ", (refusal(desk.table, rule, desk.row), *notes)))
    if math.isnan(found.size[desk.row]):
        return "missing", "Not enough history for a threshold in standard deviations."
    return "quiet", quiet(desk, rule)


def _before(desk: Desk, rule: Rule) -> tuple[int, int]:
    """On how many sessions before a rule passed its threshold, and how many were watched."""
    times, watched = before(desk.table, desk.detections[rule.key])
    return int(times[desk.row]), int(watched[desk.row])


def _usual(desk: Desk, rule: Rule) -> str:
    """On how many of its sessions a rule that is true on most of them was true, in a sentence."""
    times, watched = _before(desk, rule)
    return N_("True on {share}% of the {n} sessions before, so it says little.", share=f"{times / watched * 100:.0f}", n=f"{watched:,}")


def _told_before(desk: Desk, rule: Rule) -> str:
    """That a gap was in an earlier report already, where neither leg has a session since; empty where one has."""
    shown = {leg.series for leg in (rule.pair.a, rule.pair.b)}
    session = max((s for k in shown if (s := desk.session(k))), default=None)
    if session is None or any(new_today(desk, k) for k in shown):
        return ""
    return N_("From the session of {date}, reported already.", date=weekday(session))


def legs(desk: Desk, rule: Rule) -> str:
    """Both legs with arrows, strongest moves doubled: `S&P 500 ↑ vs BTC ↓↓`."""
    return _legs(rule.pair.a.label, _moved(desk, rule.pair.a.metric), rule.pair.b.label, _moved(desk, rule.pair.b.metric))


def _moved(desk: Desk, metric: str) -> str:
    """A leg's move as an arrow, or two for a strong one; empty where it is not known."""
    value = desk.value(metric)
    sign = arrow(value, desk.settings.flat)
    z = desk.value(metric.replace(".change", ".z")) if metric.endswith(".change") else value
    return sign * 2 if z is not None and abs(z) >= 1 and sign != "→" else sign


@cache
def _legs(a: str, moved_a: str, b: str, moved_b: str) -> str:
    named = [N_("{leg}\N{NO-BREAK SPACE}{arrow}", leg=leg, arrow=moved) if moved else leg for leg, moved in ((a, moved_a), (b, moved_b))]
    return N_("{a} vs {b}", a=named[0], b=named[1])


def _implied(w: Writer, rule: Rule) -> Claim | None:
    gap = f"gap.{rule.key}"
    implied = rule.implied(w.desk.number(gap))
    return w.make("implication", _test(rule.key, implied.resolution), implied.text, settled(implied.resolution)[1], (gap,))


@cache
def _test(rule: str, wanted: Resolution) -> str:
    true = settled(wanted)[0]
    return written(f"{rule}.implication: true with {true.removesuffix('.')}", N_("{rule}.implication: true with: {told}", rule=rule, told=true))


def said(desk: Desk, rule: Rule) -> str:
    """The direction of a gap in words; empty where the legs do not move as the words say."""
    value = desk.value(f"gap.{rule.key}")
    if value is None or not desk.detections[rule.key].moved[desk.row]:
        return ""
    if rule.mode != "relative":
        return rule.direction(value)
    flat = 0.1 if rule.unit is Unit.SIGMA else desk.settings.flat
    return against(value, flat, (rule.above, N_("{a} in line with {b}", a=rule.pair.a.label, b=rule.pair.b.label), rule.below))


def find(w: Writer, rule: Rule) -> Finding:
    """Everything that is said about one rule."""
    desk, found, gap = w.desk, w.desk.detections[rule.key], f"gap.{rule.key}"
    w.use(gap, f"{gap}.z", f"{gap}.rank", f"{gap}.overlap", rule.pair.a.metric, rule.pair.b.metric)

    def own(name: str, text: str, value: float, unit: Unit, method: str) -> str:
        head, _, rest = name.partition(".")
        return w.add(_figure(desk, rule, f"{head}.{rule.key}{f'.{rest}' if rest else ''}", text, value, unit, method))

    own("threshold", "threshold", found.threshold, _threshold_unit(desk, rule), "Set by the reader, or the rule's default.")
    now, why = state(desk, rule)
    made = Finding(rule=rule.key, label=rule.label, state=now, why=why, gap=gap, threshold=found.threshold, direction=said(desk, rule))
    return _fired(w, rule, made, own) if now in {"fires", "ordinary"} else made


def _fired(w: Writer, rule: Rule, made: Finding, own: past_of.Own) -> Finding:
    """The finding with its checks, reasons, implication and history."""
    desk, found = w.desk, w.desk.detections[rule.key]
    past = base_rate(desk.table, found, desk.row)
    how, checked = clock(w, rule)
    # Where the gap is one of closing times, only the rules whose implication is about closing times keep it.
    keeps = how not in EFFECTS or rule.pair.aligned != "dates"
    implied = _implied(w, rule) if keeps else None
    record = past_of.came_true(w, past, own) if implied else None
    checks = (checked, overlap(w, rule), robust(w, rule), *unusual(w, rule), past_of.history(w, rule, past, own), record)
    return replace(
        made, direction=N_(CAME[how], direction=made.direction), explanations=explain(w, rule),
        checks=tuple(c for c in checks if c), implication=implied,
        base_rates=past_of.table(w, rule, past) if past.enough else None,
    )


def _headline(w: Writer, rule: Rule, f: Finding) -> None:
    pair = rule.pair
    w.say(
        "divergence", N_("{rule}: {mode}, threshold {threshold}", rule=rule.key, mode=rule.mode,
                         threshold=limit(f.threshold, _threshold_unit(w.desk, rule))),
        N_(_HEADLINE[w.desk.known(f"{f.gap}.z", f"{f.gap}.rank")], direction=capital(f.direction), a=pair.a.label, move_a=f"{{{pair.a.metric}}}",
           b=pair.b.label, move_b=f"{{{pair.b.metric}}}", gap=f"{{{f.gap}|size}}", z=f"{{{f.gap}.z}}", rank=f"{{{f.gap}.rank}}"),
        rule.refuted_by,
    )  # fmt: skip


# By whether the gap's history is long enough to say how unusual it is in its year.
_HEADLINE = {
    True: "{direction}: {a} {move_a}, {b} {move_b}, a gap of {gap} ({z}; size of the gap in its year: {rank}).",
    False: "{direction}: {a} {move_a}, {b} {move_b}, a gap of {gap}, with too short a history to rank it.",
}


def _as_usual(w: Writer, rule: Rule, f: Finding) -> None:
    """That a rule passes its threshold, as it did on most sessions before."""
    times, watched = _before(w.desk, rule)
    share, sessions = (
        w.add(_figure(w.desk, rule, f"usual.{rule.key}.{name}", text, value, unit, "Counted over the gap's own sessions before this one."))
        for name, text, value, unit in (("share", "passed its threshold before", times / watched * 100, Unit.SHARE),
                                        ("sessions", "sessions before", watched, Unit.COUNT))
    )  # fmt: skip
    w.say(
        "check", N_("{rule}: passes its threshold on more than {most}% of sessions", rule=rule.key, most=f"{MOST:.0f}"),
        N_("Ordinary: {direction}, a gap of {gap}. Its threshold was passed on {share} of the {n} sessions before, so it says little.",
           direction=f.direction, gap=f"{{{f.gap}|size}}", share=f"{{{share}|whole}}", n=f"{{{sessions}}}"),
        "A higher threshold, which fewer sessions pass.",
    )  # fmt: skip


def _reason(desk: Desk, rule: Rule, f: Finding) -> str:
    """Where a rule fires: that the clock made the gap, or the reasons that fit by their names alone, for each has its sentence below."""
    if f.state != "fires":
        return f.why
    names = list(EFFECT_NAMED if came(desk, rule) in EFFECTS else ()) + fitting(desk, rule)
    return listing(names) if names else "No reason that was tested fits."


def _row(w: Writer, rule: Rule, f: Finding) -> tuple[Cell, ...]:
    compared = f.state in {"fires", "ordinary", "quiet"}
    now = "fires, reported already" if f.state == "fires" and f.why else _STATES.get(f.state, NA)
    return (
        Cell(legs(w.desk, rule) if compared else rule.label), w.cell(f.gap, "signed"), w.cell(f"{f.gap}.z"), w.cell(f"{f.gap}.rank"),
        Cell(w.desk.show(f"threshold.{rule.key}", "size"), f"threshold.{rule.key}"), Cell(now), Cell(_reason(w.desk, rule, f)),
    )  # fmt: skip


def strength(desk: Desk, f: Finding) -> tuple[int, bool, float]:
    """Order of findings: firing ones first, those of closing times after the others, then ordinary ones; by how rare the gap is in its year."""
    rank = desk.value(f"{f.gap}.rank")
    late = f.state == "fires" and came(desk, BY_KEY[f.rule]) in EFFECTS
    return {"fires": 0, "ordinary": 1, "quiet": 2, "refused": 3, "missing": 4}[f.state], late, -(rank if rank is not None else -1.0)


def _none_fires(w: Writer, findings: list[Finding]) -> None:
    comparable = [f for f in findings if f.state in {"ordinary", "quiet"}]
    if not comparable:
        w.say("abstention", "divergences: none can be compared", "No pair of markets can be compared today.", "Sessions that overlap.")
        return
    near = [f.label for f in comparable if f.state == "quiet" and nearly(w.desk, BY_KEY[f.rule])]
    close = [N_("Nearest: {rules}, which would fire at a threshold a quarter lower.", rules=listing(near[:3]))] if near else []
    some = [] if len(comparable) == len(findings) else ["Some pairs cannot be compared."]
    usual = any(f.state == "ordinary" for f in comparable)
    none = "No divergence out of the ordinary passes its threshold today." if usual else "No divergence passes its threshold today."
    text = join(" ", [none, *close, *some])
    w.say("verdict", "divergences: none fires", text, "A restated close that makes one fire.", [f.gap for f in comparable[:3]])


def write(desk: Desk) -> tuple[Section, tuple[Finding, ...]]:
    """The section, and the findings, strongest first."""
    w = Writer(desk, "divergences", "Cross-market divergences")
    findings = sorted((find(w, r) for r in RULES), key=lambda f: strength(desk, f))
    fired = [f for f in findings if f.state == "fires"]
    for f in fired:
        _headline(w, BY_KEY[f.rule], f)
    if not fired:
        _none_fires(w, findings)
    for f in findings:
        if f.state == "ordinary":
            _as_usual(w, BY_KEY[f.rule], f)
    for f in findings:
        if f.state in {"refused", "missing"}:
            w.missing(f.label, f.why)
    w.table(
        "divergences", "All rules, strongest first",
        ("Divergence", "Gap", "Against its year", "Size of the gap in its year", "Threshold", "State", "A reason that fits, or why it does not fire"),
        [_row(w, BY_KEY[f.rule], f) for f in findings],
    )  # fmt: skip
    return w.section(), tuple(findings)
