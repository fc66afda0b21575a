"""Follow-through in words."""

from collections.abc import Callable

from core.insight.refuted import Refuted, beyond, within
from core.language import written

# From the largest ratio down: the word, and the least ratio that earns it. "Amplified" lies strictly above its bound.
_STEPS = (("full", 0.75), ("moderate", 0.25), ("none", -0.25))
FOLLOWED = ("amplified", "full", "moderate")
RULE = (
    "follow-through: amplified above 1.25, full 0.75 to 1.25, moderate 0.25 to 0.75, none within 0.25 of zero, reversed below −0.25; no word "
    "where the correlation's 95% interval reaches zero; by sign and size only under 60 sessions; not read within half a residual of the implied "
    "move, or where that is smaller still"
)
# The words of a ratio.
WORDS = (*FOLLOWED, "none", "reversed")
SMALL, UNPROVEN, NO_LEAD, UNKNOWN = "lead too small", "no lead found", "no new lead", "lead not known"
SHORT = ("short history: same way, larger", "short history: same way, smaller", "short history: against", "short history: flat")
# Within this many usual residuals of the implied move an answer is what was implied; a lead that implies no more than so many is lost in scatter.
NOISE = 0.5
# From so many usual residuals on a lead that small does not explain the answer.
BEYOND = 2.0
# Where scatter hides the ratio, what is read in its place.
IN_LINE, LOST, APART = "within scatter of its lead", "lead lost in scatter", "more than its lead explains"
# What the words of a ratio mean where they stand alone.
_SAID = {
    "amplified": "amplified follow-through", "full": "full follow-through", "moderate": "moderate follow-through", "none": "no follow-through",
    "reversed": "a move against it",
}  # fmt: skip
# A change under this many percent is flat where only sign and size are read.
_FLAT = 0.10


def follow_word(ratio: float | None) -> str:
    """The word for a follow-through ratio; empty where it is unknown."""
    if ratio is None:
        return ""
    if ratio > 1.25:
        return "amplified"
    return next((word for word, least in _STEPS if ratio >= least), "reversed")


def link_word(value: Callable[[str], float | None], flat: float = _FLAT) -> str:
    """The word for a link: of its ratio, or of what is read where scatter hides that; `value` gives its measures by name."""
    word, unread = link_read(value, flat)
    return unread or (written(word, _SAID[word]) if word in _SAID else word)


def link_read(value: Callable[[str], float | None], flat: float = _FLAT) -> tuple[str, str]:
    """The word for a link, without enough history one for sign and size only, and what is read where scatter hides the ratio that gives it."""
    move, answer, low = value("lead"), value("actual"), value("corr_low")
    if move is None:
        return NO_LEAD if value("lead_sessions") == 0 else UNKNOWN, ""
    if low is None:
        return _by_sign_and_size(move, answer, flat), ""
    if low <= 0:
        return UNPROVEN, ""
    word = follow_word(value("follow"))
    return (word, within_scatter(value)) if word else (SMALL, "")


def within_scatter(value: Callable[[str], float | None]) -> str:
    """What is read where the residuals' scatter hides the ratio between an answer and the implied move; empty where it does not.

    It does where the answer lies near to the implied move, and where that move is so small that the answer to it could be any.
    """
    implied, sd, z = value("implied"), value("residual_sd"), value("residual_z")
    if implied is not None and sd is not None and abs(implied) < NOISE * sd:
        return APART if z is not None and abs(z) >= BEYOND else LOST
    return IN_LINE if z is not None and abs(z) < NOISE else ""


def unread_until(unread: str, link: str) -> tuple[str, tuple[str, ...], Refuted]:
    """What would contradict what is read in place of a ratio: as a sentence, further evidence, and conditions."""
    keys = (f"{link}.residual_z", f"{link}.residual_sd")
    if unread == IN_LINE:
        return "A residual of half a standard deviation or more.", keys, beyond(NOISE, keys[0])
    if unread == APART:
        return "A residual under two standard deviations.", keys, within(BEYOND - 0.001, keys[0])
    return "A larger lead, whose answer stands out from the scatter.", keys, ()


def _by_sign_and_size(move: float, answer: float | None, flat: float) -> str:
    if abs(move) < flat or answer is None:
        return SMALL
    if abs(answer) < flat:
        return SHORT[3]
    return SHORT[2] if move * answer < 0 else SHORT[0] if abs(answer) > abs(move) else SHORT[1]
