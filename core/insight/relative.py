"""Which of two is ahead: the one reading of a difference, for every sentence, table and chart."""

import math
from collections.abc import Sequence

from core.figures import Figures

PLAIN = ("ahead of", "in line with", "behind")


def side(gap: float | None, flat: float) -> int:
    """+1 ahead, −1 behind, 0 within the flat band or unknown; `gap` and `flat` in the same unit."""
    return 0 if gap is None or not abs(gap) >= flat else 1 if gap > 0 else -1


def against(gap: float | None, flat: float, words: tuple[str, str, str] = PLAIN) -> str:
    """The word for a difference, of three for ahead, in line and behind; empty where it is unknown."""
    return "" if gap is None or math.isnan(gap) else words[1 - side(gap, flat)]


def together(sides: Sequence[int], mean: int) -> int | None:
    """Where a market went by the sides of its indices, the broadest first, and of their mean: +1, −1, or 0 flat; None where they part.

    A mean is not spoken of where two indices go apart beyond the flat band, or where the broadest did not go its way.
    """
    return None if {1, -1} <= set(sides) or sides[0] != mean else mean


def tape_is_lead(figures: Figures) -> bool:
    """Whether the latest US session is the one that Hong Kong's latest could know, as in the evening of an Asian day."""
    lead, latest = "link.us_hk_broad.lead", figures.stamp("spx")
    one = figures.numbers[f"{lead}_sessions"] == 1 and figures.numbers[lead] is not None
    return one and latest is not None and figures[lead].session == latest.session
