"""Proof-reading: every number of a sentence must be one of the figures it cites, as the product writes them."""

import re
from collections.abc import Mapping

from core.catalogue import SERIES
from core.records import Claim, Figure
from core.wording import day, show, weekday

# Names that hold digits without being figures.
_NAMES = tuple(
    sorted({s.label.removesuffix(" volume") for s in SERIES if any(c.isdigit() for c in s.label)} | {"52-week", "24h"}, key=len, reverse=True)
)
_DIGITS = re.compile(r"[+−-]?[$¥]?\d[\d,.]*\S*")


def renderings(figure: Figure) -> set[str]:
    """Every way in which the product writes a figure: plain, signed, as a size, its session."""
    texts = {show(figure.value, figure.unit), show(figure.value, figure.unit, sign=True)}
    if figure.value is not None:
        texts.add(show(abs(figure.value), figure.unit).removeprefix("+"))
    if figure.session is not None:
        texts |= {day(figure.session), weekday(figure.session), day(figure.session, year=True)}
    return texts


def unresolved(claim: Claim, figures: Mapping[str, Figure]) -> list[str]:
    """The numbers of a claim's text that none of its evidence holds; evidence that is not among `figures` counts as `missing KEY`."""
    missing = [f"missing {k}" for k in claim.evidence if k not in figures]
    text = claim.text
    known = {t for k in claim.evidence if k in figures for t in renderings(figures[k])}
    for part in (*_NAMES, *sorted(known, key=len, reverse=True)):
        text = re.sub(rf"(?<![\d.,+−$]){re.escape(part)}(?![\d])", " ", text)
    return missing + _DIGITS.findall(text)
