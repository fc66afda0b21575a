"""How the figures of a report are made and where they come from, each said once for all the figures that share it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.catalogue import SERIES
from core.export import arrange
from core.language import join
from core.records import Report

_LABELS = {s.label: s.label for s in SERIES}
_NAMES = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, _LABELS), key=len, reverse=True)) + r")(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way of making figures: its number in the list, its sentence, what else is made that way, and the numbers of its figures."""

    number: int
    sentence: str
    likewise: str
    figures: tuple[int, ...]


def methods(report: Report) -> list[tuple[str, list[Method]]]:
    """The ways in which the report's figures are made, under the units that they give; sentences that differ in names only are one way."""
    ways: dict[tuple[str, str], dict[str, tuple[str, list[int]]]] = {}
    for number, figure in enumerate(report.figures().values(), 1):
        way = ways.setdefault((str(figure.unit), template(figure.method)), {})
        way.setdefault(_subject(figure.method), (figure.method, []))[1].append(number)
    units = list(dict.fromkeys(unit for unit, _ in ways))
    groups: dict[str, list[Method]] = {}
    for place, ((unit, _), members) in enumerate(sorted(ways.items(), key=lambda way: units.index(way[0][0])), 1):
        (sentence, _), *_ = members.values()
        figures = tuple(sorted(n for _, found in members.values() for n in found))
        likewise = arrange.some([name for name in list(members)[1:] if name])
        groups.setdefault(unit, []).append(Method(number=place, sentence=sentence, likewise=likewise, figures=figures))
    return list(groups.items())


def template(sentence: str) -> str:
    """A method's sentence without the names of series: equal for what is made in one way.

    >>> template("Change of BTC from the session before.") == template("Change of S&P 500 from the session before.")
    True
    """
    return _NAMES.sub("…", sentence)


def origins(report: Report) -> dict[str, str]:
    """Where figures come from (session, basis, source, since when known) → its letter, in the order of first use."""
    return {origin: _letter(i) for i, origin in enumerate(dict.fromkeys(map(arrange.origin, report.figures().values())))}


def spans(numbers: Iterable[int]) -> str:
    """Numbers in a line, those that follow each other as a span.

    >>> spans([3, 4, 5, 9])
    '3–5, 9'
    """
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][-1] == n - 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return join(", ", [part for r in runs for part in ([f"{r[0]}–{r[-1]}"] if len(r) > 2 else map(str, r))])


def _subject(sentence: str) -> str:
    return join(" with ", [_LABELS[name] for name in dict.fromkeys(_NAMES.findall(sentence))])


def _letter(place: int) -> str:
    """The letter of a place from 0: a to z, then aa, ab and so on."""
    rest, last = divmod(place, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("a") + last)
