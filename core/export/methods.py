"""How every number and verdict is made, as one Markdown document of the catalogue's own sentences, so that the two cannot drift apart."""

import re
from collections.abc import Iterable, Iterator

from core.catalogue import BY_KEY as SERIES_BY_KEY
from core.catalogue import PROVIDERS, SERIES, Series, supplier
from core.divergences import RULES
from core.divergences.rule import Condition, Explanation, Resolution, Rule
from core.export.made import template
from core.export.markdown import text
from core.insight import candidates, chain, follow, witnesses
from core.metrics import BY_KEY as METRIC_BY_KEY
from core.metrics import METRICS, Metric
from core.units import Unit
from core.wording import listing, show

_SLOT = re.compile(r"\{([a-z0-9_.]+)(?:\|\w+)?\}")
_MODES = {
    "opposed": "fires where the legs move in opposite directions and the gap reaches the threshold",
    "relative": "fires where the gap reaches the threshold, whatever the legs' directions",
    "together": "fires where both legs, which usually move against each other, move the same way and their sum reaches the threshold",
}
_HEAD = """# How each number is made

Written by `python -m core methods --out docs/methods.md` from the records of the code; a test holds it to be current.
Every figure on a page or in a file names its source, session and basis, and the sentence here that makes it.
"""


def make() -> bytes:
    """UTF-8 Markdown."""
    parts = (_HEAD.splitlines(), _series(), _providers(), _metrics(), _divergences(), _chain(), _headline())
    return ("\n".join(line for part in parts for line in part).rstrip() + "\n").encode("utf-8")


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(columns)
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _series() -> Iterator[str]:
    yield from ("", "## Series", "")
    yield "A value outside its bounds, or a move beyond the largest, is refused at the door. Sources stand in the order in which they are asked."
    yield ""
    for group in dict.fromkeys(s.group for s in SERIES):
        yield from (f"### {text(group.replace('_', ' '))}", "")
        rows = [_line(s) for s in SERIES if s.group == group]
        yield from _table(("Key", "Series", "中文名", "Unit", "Sources, first choice first", "Bounds", "Largest move", "What it is"), rows)


def _line(s: Series) -> list[str]:
    names = [f"{(found.name if (found := supplier(ref.provider)) else ref.provider)} `{ref.symbol}`" for ref in s.sources]
    move = f"{s.max_move:,g}{'' if s.moves_in_points else '%'}"
    return [f"`{s.key}`", text(s.label), text(s.label_zh), str(s.unit), ", ".join(names), f"{s.low:,g} to {s.high:,g}", move, text(s.method)]


def _providers() -> Iterator[str]:
    yield from ("## Sources and their terms", "")
    rows = ([text(p.name), p.home, text(p.licence), text(p.attribution)] for p in PROVIDERS.values())
    yield from _table(("Source", "Home", "Terms", "Attribution"), rows)


def _metrics() -> Iterator[str]:
    yield from ("## Metrics", "")
    yield "One line a method; metrics that differ in the names of series only share a line. Basis is derived unless the line says otherwise."
    yield ""
    ways: dict[tuple[str, str], list[Metric]] = {}
    for m in METRICS:
        ways.setdefault((str(m.unit), template(m.method)), []).append(m)
    for unit in Unit:
        rows = [_way(found) for (of, _), found in ways.items() if of == unit]
        if rows:
            yield from (f"### In {unit}", "")
            yield from _table(("Metrics", "How they are made"), rows)


def _way(found: list[Metric]) -> list[str]:
    first = found[0]
    basis = "" if str(first.basis) == "derived" else f" Basis: {first.basis}."
    return [", ".join(f"`{m.key}`" for m in found), text(first.method) + basis]


def _divergences() -> Iterator[str]:
    yield from ("## Divergences", "")
    for rule in RULES:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    pair = rule.pair
    joint = "plus" if pair.combine == "plus" else "less"
    yield from (f"### {text(rule.label)}", "")
    yield f"- Key `{rule.key}`: {text(pair.a.label)} (`{pair.a.metric}`) {joint} {text(pair.b.label)} (`{pair.b.metric}`), in {pair.unit}."
    default = show(rule.default, rule.unit).lstrip("+")
    yield f"- It {_MODES[rule.mode]}: {default}, or {show(rule.default_sigma, Unit.SIGMA).lstrip('+')} where thresholds are in standard deviations."
    for way, said, implied in (("Above", rule.above, rule.if_above), ("Below", rule.below, rule.if_below)):
        yield f"- {way} zero: {text(said)}. {text(implied.text)} Settled by: {_settled(implied.resolution)}."
    yield f"- Refuted by: {text(rule.refuted_by)}"
    yield ""
    if rule.explanations:
        yield from _table(("Explanation", "Supported where", "Refuted by"), map(_explained, rule.explanations))


def _settled(r: Resolution) -> str:
    against = f" less that of {_name(r.against)}" if r.against else ""
    return f"return of {_name(r.series)}{against} {r.side} after {r.sessions} session{'s' * (r.sessions > 1)}"


def _name(series: str) -> str:
    return text(SERIES_BY_KEY[series].label)


def _explained(e: Explanation) -> list[str]:
    when = f" (gap {e.when} zero only)" if e.when else ""
    firm = f"; in full where also {_met(e.firm)}" if e.firm else ""
    return [text(e.name) + when, _met(e.conditions) + firm, text(e.refuted_by)]


def _met(conditions: tuple[Condition, ...]) -> str:
    """Conditions in words, those on one metric together."""
    bounds: dict[str, list[str]] = {}
    for c in conditions:
        bounds.setdefault(c.metric, []).append(f"{'at least' if c.side == 'above' else 'at most'} {show(c.bound, METRIC_BY_KEY[c.metric].unit)}")
    return listing([f"{text(METRIC_BY_KEY[key].label)} (`{key}`) {' and '.join(found)}" for key, found in bounds.items()])


def _chain() -> Iterator[str]:
    yield from ("## The verdict on the transmission chain", "")
    yield from (f"In words, {text(follow.RULE)}.", "")
    yield from ("The first line whose states are met is the verdict; an empty cell asks for nothing.", "")
    rows = (
        [text(r.word), _asked(r.lead, chain.LEAD), _asked(r.breadth, chain.BREADTH), _asked(r.hong_kong, chain.ANSWERS),
         _asked(r.mainland, chain.ANSWERS), str(r.claims), text(r.refuted_by)]
        for r in chain.RULES
    )  # fmt: skip
    yield from _table(("Verdict", "US lead", "Breadth", "Hong Kong", "Mainland", "Claims, 0 to 4", "Refuted by"), rows)


def _asked(states: tuple[str, ...], every: tuple[str, ...]) -> str:
    return "" if states == every else " or ".join(states)


def _headline() -> Iterator[str]:
    yield from ("## The headline", "")
    yield "The candidate leads that was outdone on the smallest share of its own sessions; among those within "
    yield f"{candidates.ALIKE:g} percentage points of it, the widest story. Every divergence that fires is a candidate as well."
    yield ""
    moves = ([f"`{key}`", text(what) + ": " + _SLOT.sub(r"`\1`", ", ".join(said))] for key, what, said in candidates.MOVES)
    yield from _table(("Series", "Said as"), moves)
    yield from ("### Its witnesses", "")
    yield from ("What usually moves with the headline (+) or against it (−), and so supports or contradicts it.", "")
    rows = ([f"`{key}`", ", ".join(f"{'+' if w.sign > 0 else '−'} {text(w.name)}" for w in found)] for key, found in witnesses.WITNESSES.items())
    yield from _table(("Led by", "Witnesses"), rows)

