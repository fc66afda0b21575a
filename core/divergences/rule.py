"""The record of a divergence rule: what it watches, how it is explained, and what would settle it."""

from dataclasses import dataclass

from core.metrics.gaps import BY_KEY as PAIRS
from core.metrics.gaps import Pair
from core.records import Condition
from core.units import Unit

__all__ = ["Condition", "Explanation", "Implication", "Resolution", "Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A possible reason, and the test of it.

    `name` says what is tested, `supported` is said where all `conditions` hold, `rejected` where one does not; both state the figures, named
    in braces. `when` is `above` or `below` where the reason fits one direction of the gap only. Where there is a `partly`, `supported` also asks
    for the `firm` conditions, and `partly` is said where only those are not met.

    `part` is the figure of the part of the gap that the reason carries. A reason that fits goes on with `told`, a sentence with that part, where
    all of `proof` holds, and with `untold` where it does not or where nothing measures the part. `refuted_by` would contradict a reason that
    fits, `rejected_unless` one that does not; where that is empty the same would contradict both. What tells how unusual the gap is rather than
    what made it is no `reason`, and stands among the checks.
    """

    name: str
    conditions: tuple[Condition, ...]
    supported: str
    rejected: str
    refuted_by: str
    when: str = ""
    firm: tuple[Condition, ...] = ()
    partly: str = ""
    part: str = ""
    proof: tuple[Condition, ...] = ()
    told: str = ""
    untold: str = ""
    rejected_unless: str = ""
    reason: bool = True


@dataclass(frozen=True, slots=True)
class Resolution:
    """How an implication is resolved: by the return of `series`, less that of `against` where there is one, `sessions` of the gap's sessions on.

    It came true where that move has the `side`: `up` or `down`, and a size of at least `bound` (percent, or percentage points against another).
    """

    series: str
    side: str
    against: str = ""
    sessions: int = 5
    bound: float = 0.0

    def met(self, moved: float) -> bool:
        """Whether a move came true; a move of nothing never does."""
        along = moved if self.side == "up" else -moved
        return along > 0 and along >= self.bound


@dataclass(frozen=True, slots=True)
class Implication:
    """What a divergence implies if it means anything, and how that will be resolved."""

    text: str
    resolution: Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is watched, when it fires, and what may be said then.

    `mode`: `opposed` fires only where the legs move in opposite directions beyond the flat band; `relative` whatever their directions;
    `together` only where both legs, which usually move against each other, move the same way. `default` is in the pair's unit,
    `default_sigma` in standard deviations of the gap. `above` and `below` are the direction in words for a positive and a negative gap,
    `if_above` and `if_below` what each implies.

    `priced` are the series whose later levels tell whether the gap closed (leg a, leg b; the same twice where only one price can tell, which
    then has to take its own move back). `held` is the series whose return is shown where a leg cannot be held.
    """

    key: str
    label: str
    mode: str
    default: float
    default_sigma: float
    above: str
    below: str
    if_above: Implication
    if_below: Implication
    refuted_by: str
    priced: tuple[str, str]
    held: str = ""
    explanations: tuple[Explanation, ...] = ()
    highest: float = 10.0

    @property
    def pair(self) -> Pair:
        """The gap that the rule watches."""
        return PAIRS[self.key]

    @property
    def unit(self) -> Unit:
        """Unit of the gap and of `default`."""
        return self.pair.unit

    def direction(self, gap: float) -> str:
        """The direction of a gap in words."""
        return self.above if gap > 0 else self.below

    def implied(self, gap: float) -> Implication:
        """What a gap of that sign implies."""
        return self.if_above if gap > 0 else self.if_below
