"""Follow-through in words."""

from collections.abc import Callable

from core.language import N_, written

# From the largest ratio down: the word, and the least ratio that earns it. "Amplified" lies strictly above its bound.
_STEPS = (("full", 0.75), ("moderate", 0.25), ("none", -0.25))
FOLLOWED = ("amplified", "full", "moderate")
RULE = (
    "follow-through: amplified above 1.25, full 0.75 to 1.25, moderate 0.25 to 0.75, none within 0.25 of zero, reversed below −0.25; no word "
    "where the correlation's 95% interval reaches zero; by sign and size only under 60 sessions"
)
# The words of a ratio.
WORDS = (*FOLLOWED, "none", "reversed")
SMALL, UNPROVEN, NO_LEAD, UNKNOWN = "lead too small", "no lead found", "no new lead", "lead not known"
SHORT = ("short history: same way, larger", "short history: same way, smaller", "short history: against", "short history: flat")
# Within this many usual residuals of the implied move, or of nothing where the implied move is no larger, a ratio is not read.
NOISE = 0.5
UNREAD = "within the usual scatter of its answers; the ratio is not read"
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
    """The word for a link, and whether its ratio is within scatter; `value` gives its measures by name."""
    word, scattered = link_read(value, flat)
    said = written(word, _SAID[word]) if word in _SAID else word
    return N_("{word}, within scatter", word=said) if scattered else said


def link_read(value: Callable[[str], float | None], flat: float = _FLAT) -> tuple[str, bool]:
    """The word for a link, without enough history one for sign and size only, and whether scatter hides the ratio that gives it."""
    move, answer, low = value("lead"), value("actual"), value("corr_low")
    if move is None:
        return NO_LEAD if value("lead_sessions") == 0 else UNKNOWN, False
    if low is None:
        return _by_sign_and_size(move, answer, flat), False
    if low <= 0:
        return UNPROVEN, False
    word = follow_word(value("follow"))
    return (word, within_scatter(value)) if word else (SMALL, False)


def within_scatter(value: Callable[[str], float | None]) -> bool:
    """Whether an answer lies so near to the implied move, or that move so near to zero, that the residuals' scatter hides the ratio between them."""
    implied, sd, z = value("implied"), value("residual_sd"), value("residual_z")
    near = z is not None and abs(z) < NOISE
    return near or (implied is not None and sd is not None and abs(implied) < NOISE * sd)


def _by_sign_and_size(move: float, answer: float | None, flat: float) -> str:
    if abs(move) < flat or answer is None:
        return SMALL
    if abs(answer) < flat:
        return SHORT[3]
    return SHORT[2] if move * answer < 0 else SHORT[0] if abs(answer) > abs(move) else SHORT[1]
