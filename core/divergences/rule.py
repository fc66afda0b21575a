"""The record of a divergence rule."""

from dataclasses import dataclass

from core.metrics.gaps import BY_KEY as PAIRS
from core.metrics.gaps import Pair
from core.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A possible reason, and the test of it.

    `metric` is compared with `bound` (`above` or `below`); `supported` is said where it holds, `open` where it does not or is unknown.
    Both may name figures in braces.
    """

    metric: str
    side: str
    bound: float
    supported: str
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is watched, when it fires, and what may be said then.

    `mode`: `opposed` fires only where the legs move in opposite directions beyond the flat band; `relative` whatever their directions;
    `together` only where both legs, which usually move against each other, move the same way. `default` is in the pair's unit,
    `default_sigma` in standard deviations of the gap. `priced` are the series whose later closes tell what followed (leg a, leg b).
    """

    key: str
    label: str
    mode: str
    default: float
    default_sigma: float
    above: str
    below: str
    implication: str
    refuted_by: str
    priced: tuple[str, str]
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
