"""Proof-reading: a sentence says nothing that the figures it cites do not show.

Six questions are put to every claim. Is each number a cited figure (as it is written or in an equal notation)? Does it belong to the market
named beside it? Do the words for up and down, ahead and behind agree with the figures' signs? Does a superlative have the figure that
shows it? Is a cause named that no series measures? Were figures of different sessions compared without saying so?
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.insight.notation import Number, numbers
from core.insight.subjects import Mention, about, leads, mentions, sides
from core.insight.words import AHEAD, BEHIND, CAUSES, CLAUSE, DOWN, FOLLOWING, HEDGES, NEGATION, SENTENCE, SUPERLATIVE, SUPERLATIVES, UP, UPSIDE_DOWN
from core.records import Claim, Figure
from core.wording import day

Figures = Mapping[str, Figure]
_ASIDE = re.compile(r" ?\([^)]*\)")
_OPEN = {"question", "abstention"}
_MOVES = {"change", "week", "flow", "adjusted", "adjusted_flow", "lead", "implied", "actual", "pending", "mean", "net", "issued", "redeemed"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause: its text, the names in it, and its numbers, each with the cited figures that it can be."""

    text: str
    names: list[Mention]
    figures: list[tuple[Number, list[Figure]]]

    def within(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.text))


def faults(claim: Claim, figures: Figures) -> list[str]:
    """What is wrong with a claim, a phrase each; empty where its evidence bears out everything it says."""
    cited = [figures[k] for k in claim.evidence if k in figures]
    found = [f"missing {k}" for k in claim.evidence if k not in figures or figures[k].value is None]
    if not cited and claim.kind not in _OPEN:
        found.append("no evidence")
    parts = [_part(text, cited) for text in CLAUSE.split(claim.text) if text and len(text) > 1]
    found += [n.text for p in parts for n, candidates in p.figures if not candidates]
    found += [f for p in parts for f in (*_owners(p), *_directions(p, cited), *_roles(p, cited), *_levels(p))]
    if claim.kind != "implication":  # an implication speaks of what may come, so it compares in general
        found += [f for text in SENTENCE.split(claim.text) for f in _comparisons(text, cited)]
    return [*found, *_superlatives(claim, cited), *_causes(claim, cited), *_sessions(claim, parts)]


def unresolved(claim: Claim, figures: Figures) -> list[str]:
    """The numbers of a claim's text that none of its evidence holds, and evidence that is not among `figures` as `missing KEY`."""
    cited = [figures[k] for k in claim.evidence if k in figures]
    part = _part(claim.text, cited)
    return [*(f"missing {k}" for k in claim.evidence if k not in figures), *(n.text for n, found in part.figures if not found)]


def _part(text: str, cited: list[Figure]) -> _Part:
    names = mentions(text)
    inside = [n for n in numbers(text) if not any(m.start <= n.start < m.end for m in names)]
    return _Part(text, [m for m in names if m.series], [(n, [f for f in cited if n.is_of(f)]) for n in inside])


def _move(f: Figure) -> int:
    """The direction in which a figure moved: −1, 0 or +1; 0 where it is no move."""
    tail = f.key.rpartition(".")[2]
    if f.value is None or tail not in _MOVES or (sides(f.key) and tail != "mean"):
        return 0
    return (f.value > 0) - (f.value < 0)


def _owners(part: _Part) -> Iterable[str]:
    """Numbers that stand behind a name they do not belong to."""
    for n, candidates in part.figures:
        name = max((m for m in part.names if m.end <= n.start), key=lambda m: m.end, default=None)
        owners = [about(f.key) | set(leads(f.key) or () if "lead of" in part.text else ()) for f in candidates]
        if name and owners and not n.is_date and all(o and not o & name.series for o in owners):
            yield f"{n.text} is not of {part.text[name.start : name.end]}"


def _directions(part: _Part, cited: list[Figure]) -> Iterable[str]:
    """Words for up and down against the signs of the moves they speak of."""
    up, down = part.within(UP), part.within(DOWN)
    if up == down or part.within(NEGATION):
        return
    wanted = 1 if up else -1
    moved = [[m for f in found if (m := _move(f))] for n, found in part.figures if not n.is_date]
    if any(moved):
        wrong = any(m and wanted not in m for m in moved)
    else:
        named = frozenset().union(*(m.series for m in part.names))
        signs = [_move(f) for f in cited if f.key.endswith(".change") and about(f.key) & named]
        wrong = bool(signs) and wanted not in signs
    if wrong:
        yield f"direction of “{part.text.strip()}”"


def _roles(part: _Part, cited: list[Figure]) -> Iterable[str]:
    """Who led and who followed, where the figures of a link are cited: a leader's session comes before its follower's."""
    pairs = [pair for f in cited if (pair := leads(f.key))]
    if not pairs or not part.names:
        return
    said = next((k for k, word in FOLLOWING.items() if word.search(part.text)), None)
    subject = part.names[0].series
    if said is not None and not any(subject & {pair[said]} for pair in pairs):
        yield f"role in “{part.text.strip()}”"


def _levels(part: _Part) -> Iterable[str]:
    """Above or below a high or a round level."""
    for _, found in part.figures:
        for f in found:
            tail = f.key.rpartition(".")[2]
            if tail in UPSIDE_DOWN and f.value:
                below = (f.value > 0) == UPSIDE_DOWN[tail]
                if re.search(r"\babove\b" if below else r"\bbelow\b", part.text):
                    yield f"level in “{part.text.strip()}”"


def _comparisons(text: str, cited: list[Figure]) -> Iterable[str]:
    """Ahead and behind, by the difference that is cited or by the two changes; asides in brackets do not part the two."""
    text = _ASIDE.sub("", text)
    words = [*AHEAD.finditer(text), *BEHIND.finditer(text)]
    names = [m for m in mentions(text) if m.series] if words else []
    for word in words:
        first = max((m for m in names if m.end <= word.start()), key=lambda m: m.end, default=None)
        second = min((m for m in names if m.start >= word.end()), key=lambda m: m.start, default=None)
        if first is None or second is None or NEGATION.search(text[first.end : word.start()]):
            continue
        signs = _differences(first.series, second.series, cited)
        if signs and (1 if AHEAD.match(word[0]) else -1) not in signs:
            yield f"{text[first.start : second.end]}"


def _differences(a: frozenset[str], b: frozenset[str], cited: list[Figure]) -> list[int]:
    """Signs of a less b as the cited figures show them."""
    signs = []
    for f in cited:
        pair = sides(f.key)
        if pair and f.value and {pair[0] in a, pair[1] in b} == {True}:
            signs.append(1 if f.value > 0 else -1)
        elif pair and f.value and {pair[0] in b, pair[1] in a} == {True}:
            signs.append(-1 if f.value > 0 else 1)
    if not signs:
        changes = {s: f.value for f in cited for s in about(f.key) if f.key == f"{s}.change" and f.value is not None}
        signs = [1 if changes[x] > changes[y] else -1 for x in a & set(changes) for y in b & set(changes) if changes[x] != changes[y]]
    return signs


def _superlatives(claim: Claim, cited: list[Figure]) -> Iterable[str]:
    if not SUPERLATIVE.search(claim.text):
        return
    for word, shown in SUPERLATIVES:
        for m in word.finditer(claim.text):
            before = claim.text[max(0, m.start() - 14) : m.start()]
            if not NEGATION.search(before) and not shown(cited):
                yield f"“{m[0]}” without the figure that shows it"


def _causes(claim: Claim, cited: list[Figure]) -> Iterable[str]:
    for word, borne_out in CAUSES:
        m = word.search(claim.text)
        open_question = claim.kind in {*_OPEN, "rejected"} or (HEDGES.search(claim.text) and borne_out(cited))
        if m and not open_question:
            yield f"“{m[0]}” stated as a finding"


def _sessions(claim: Claim, parts: list[_Part]) -> Iterable[str]:
    """Moves of different sessions in one sentence, where the sentence does not say which session is whose."""
    said = [found[0] for p in parts for n, found in p.figures if found and not n.is_date]
    different = {day(f.session) for f in said if f.key.endswith((".change", ".mean")) and f.session}
    if len(different) > 1:
        yield from (f"session {d} is not named" for d in sorted(different) if d not in claim.text)
