"""What stands beside a divergence that fires: the reasons that its figures support, and the checks of its sessions and its threshold."""

from dataclasses import replace
from functools import cache

import numpy as np

from core.divergences import Explanation, Rule
from core.divergences.detect import side
from core.insight.desk import Desk, Writer, cited
from core.insight.refuted import Refuted, above, below, beyond
from core.language import N_, join
from core.metrics import BY_KEY as METRICS
from core.records import Claim, Condition
from core.units import Unit
from core.wording import MINUS, money

QUARTER = 1.25
# From this share (percent) of shared time two changes count as of one time.
_SHARED = 75.0

# How the clock check comes out, and what that adds to the direction of a gap.
EFFECTS = ("within", "turned", "together")
EFFECT_NAMED = ("Closing times",)
CAME = {
    "one time": "{direction}", "holds": "{direction}", "unknown": "{direction}, not checked against closing times",
    **dict.fromkeys(EFFECTS, "{direction}, mostly a clock effect"),
}  # fmt: skip
_ALIGNED = {
    "within": "Mostly a clock effect: on aligned sessions the gap is {gap}, within the threshold of {limit}.",
    "turned": "A clock effect: on aligned sessions the gap turns round, to {gap}.",
    "together": "A clock effect: on aligned sessions the legs do not move against each other; the gap is {gap}.",
    "holds": "No clock effect: on aligned sessions the gap is {gap}, still beyond {limit}.",
}


def explain(w: Writer, rule: Rule) -> tuple[Claim, ...]:
    """Every reason tested: those that fit first, by how much of the gap they carry, then those that do not, then those whose data is missing."""
    now = "above" if w.desk.number(f"gap.{rule.key}") > 0 else "below"
    asked = [e for e in rule.explanations if e.reason and e.when in {"", now}]
    made = [(place, _carries(w.desk, e), c) for e in asked for place, c in (_tested(w, rule, e),) if c]
    return tuple(c for *_, c in sorted(made, key=lambda found: (found[0], -found[1])))


def fitting(desk: Desk, rule: Rule) -> list[str]:
    """The names of the reasons that fit, in the order of their sentences; those that fit partly say so."""
    now = "above" if desk.number(f"gap.{rule.key}") > 0 else "below"
    fits = [e for e in rule.explanations if e.reason and e.when in {"", now} and _known(desk, e) and _hold(desk, e.conditions)]
    fits.sort(key=lambda e: (not _hold(desk, e.firm), -_carries(desk, e)))
    return [e.name if _hold(desk, e.firm) else N_("{reason} (partly)", reason=e.name) for e in fits]


def _known(desk: Desk, e: Explanation) -> bool:
    """Whether a reason can be tested."""
    return desk.known(*cited(e.supported), *cited(e.rejected), *(c.metric for c in e.conditions))


def _hold(desk: Desk, conditions: tuple[Condition, ...]) -> bool:
    """Whether all of the conditions hold; figures that they name have to be known."""
    return all(c.holds(desk.number(c.metric)) for c in conditions)


def unusual(w: Writer, rule: Rule) -> tuple[Claim, ...]:
    """What was tested of how unusual the gap is, rather than of what made it."""
    found = (_tested(w, rule, e)[1] for e in rule.explanations if not e.reason)
    return tuple(replace(c, kind="check") for c in found if c and c.kind != "abstention")


def _proven(desk: Desk, e: Explanation) -> bool:
    """Whether the part of the gap that a reason carries can be told."""
    return bool(e.part) and desk.known(e.part) and desk.known(*(c.metric for c in e.proof)) and _hold(desk, e.proof)


def _carries(desk: Desk, e: Explanation) -> float:
    """How near to all of the gap a reason comes, from 0 to 100; 0 where its part points the other way or cannot be told."""
    share = desk.value(f"{e.part}.share") if _proven(desk, e) else None
    return 0.0 if share is None or share <= 0 else min(share, 1e4 / share)


def _tested(w: Writer, rule: Rule, e: Explanation) -> tuple[int, Claim | None]:
    """The sentence about one reason, and its place: one that fits before one that fits partly, then rejected ones, then those untested."""
    asked = [c.metric for c in e.conditions]
    said = (*cited(e.supported), *cited(e.rejected))
    unknown = [k for k in dict.fromkeys((*said, *asked)) if not w.desk.known(k)]
    name = _named(rule.key, e.name, e.conditions)
    if unknown:
        figure = w.desk.figure(unknown[0])
        w.lacks(unknown[0])
        text = N_("{reason} cannot be tested: {figure} is unknown.", reason=e.name, figure=figure.label)
        return 3, w.make("abstention", name, text, "The missing figure.")
    if not _hold(w.desk, e.conditions):
        return 2, w.make("rejected", name, e.rejected, e.rejected_unless or e.refuted_by, asked, (e.conditions,))
    firm = _hold(w.desk, e.firm)
    return 0 if firm else 1, w.make("explanation", name, join(" ", [e.supported if firm else e.partly, *_share(w, e)]), e.refuted_by, asked)


@cache
def _named(rule: str, reason: str, conditions: tuple[Condition, ...]) -> str:
    """The name of a test, with its conditions."""
    bounds = [N_("{metric} above {bound}" if c.side == "above" else "{metric} below {bound}", metric=c.metric, bound=_bound(c)) for c in conditions]
    return N_("{rule}: {reason}: {conditions}", rule=rule, reason=reason, conditions=join(" and ", bounds))


def _bound(c: Condition) -> str:
    """The bound of a condition, as money where its figure is in dollars."""
    if METRICS[c.metric].unit in {Unit.USD, Unit.FLOW}:
        return money(c.bound)
    return f"{c.bound:g}".replace("-", MINUS)


def _share(w: Writer, e: Explanation) -> list[str]:
    """How much of the gap a reason that fits carries, as a further sentence, or that this cannot be told."""
    if _proven(w.desk, e):
        return [e.told] if e.told else []
    unknown = [k for k in cited(e.untold) if not w.desk.known(k)]
    for k in unknown:
        w.lacks(k)
    return ["How much of the gap it carries is not known."] if unknown else [e.untold] if e.untold else []


def clock(w: Writer, rule: Rule) -> tuple[str, Claim | None]:
    """The clock check: the gap again on sessions that are aligned. Returns how it came out, and the sentence."""
    name, how, measured = "clock check: the gap on lag-aligned sessions against the threshold", came(w.desk, rule), _measured(w.desk, rule)
    if how == "one time":
        shared = f"gap.{rule.key}.overlap"
        text = N_("No clock effect is possible: the changes of both legs cover the same time ({overlap}).", overlap=f"{{{shared}|whole}}")
        return how, w.make("check", name, text, "Closing times that differ.", when=below(_SHARED, shared))
    if how == "unknown":
        w.lacks(measured)
        text = N_("The clock check is not possible: the gap on aligned sessions is unknown.")
        return how, w.make("abstention", name, text, "The missing session.")
    text = N_(_ALIGNED[how], gap=f"{{{measured}|signed}}", limit=f"{{threshold.{rule.key}|size}}")
    return how, w.make("check", name, text, "Sessions aligned in another way.", (f"gap.{rule.key}",))


def _measured(desk: Desk, rule: Rule) -> str:
    """The key of the gap on aligned sessions, in the unit of the threshold."""
    key = f"gap.{rule.key}.aligned"
    return f"{key}.z" if desk.settings.threshold_unit == "sigma" else key


def came(desk: Desk, rule: Rule) -> str:
    """How the clock check of a gap comes out: a key of `CAME`."""
    measured = _measured(desk, rule)
    if not rule.pair.aligned:
        return "one time"
    if not desk.known(measured):
        return "unknown"
    if abs(desk.number(measured)) < desk.number(f"threshold.{rule.key}"):
        return "within"
    aligned = desk.number(f"gap.{rule.key}.aligned")
    if aligned * desk.number(f"gap.{rule.key}") < 0:
        return "turned"
    moves = np.array([(a := desk.number(rule.pair.a.metric)), a - aligned])
    opposed = side(moves, rule.pair.a.metric, desk.settings.flat).prod() < 0
    return "together" if rule.mode == "opposed" and not opposed else "holds"


def overlap(w: Writer, rule: Rule) -> Claim | None:
    """How much time the two changes share, where that is little."""
    key = f"gap.{rule.key}.overlap"
    if not w.desk.known(key) or w.desk.number(key) >= _SHARED:
        return None
    text = N_("The two changes share only {share} of their time.", share=f"{{{key}|whole}}")
    return w.make("check", "overlap: shared share of the shorter span", text, "Sessions that overlap more.", when=above(_SHARED, key))


def robust(w: Writer, rule: Rule) -> Claim | None:
    """Whether the rule still fires with its threshold a quarter higher; it always does with it a quarter lower."""
    desk, name = w.desk, "robustness: threshold ± 25%"
    gap = f"gap.{rule.key}.z" if desk.settings.threshold_unit == "sigma" else f"gap.{rule.key}"
    found = desk.detections[rule.key]
    if found.threshold == 0:
        text = "The threshold is zero, so every gap passes it and its robustness says nothing."
        return w.make("check", name, text, "A threshold above zero.", (gap, f"threshold.{rule.key}"), above(1e-9, f"threshold.{rule.key}"))
    if found.fires_on(desk.row, found.threshold * QUARTER):
        text = N_("Robust: a gap of {gap} fires with its threshold a quarter higher too.", gap=f"{{{gap}|size}}")
        return w.make("check", name, text, "A gap within that higher threshold.", when=_inside(desk, gap, found.threshold * QUARTER))
    text = N_("Fragile: a gap of {gap} would not fire with its threshold a quarter higher.", gap=f"{{{gap}|size}}")
    return w.make("check", name, text, "A gap beyond that higher threshold.", when=beyond(found.threshold * QUARTER, gap))


def _inside(desk: Desk, gap: str, bound: float) -> Refuted:
    """A gap that is smaller than a bound which it passes today."""
    nearer = bound * (1 - 1e-9)
    return ((Condition(gap, "below", nearer),),) if desk.number(gap) > 0 else ((Condition(gap, "above", -nearer),),)


def quiet(desk: Desk, rule: Rule) -> str:
    """Why a rule whose gap is known does not fire, and whether it would a quarter lower."""
    found = desk.detections[rule.key]
    if not found.moved[desk.row]:
        side_by_side = "The legs do not move in opposite directions." if rule.mode == "opposed" else "The legs do not move in the same direction."
        return side_by_side if found.size[desk.row] >= found.threshold else "Below its threshold."
    return "Below its threshold; it would fire at one a quarter lower." if nearly(desk, rule) else "Below its threshold."


def nearly(desk: Desk, rule: Rule) -> bool:
    """Whether a rule would fire with its threshold a quarter lower."""
    found = desk.detections[rule.key]
    return found.fires_on(desk.row, found.threshold * 0.75)
