"""What would contradict a claim, as conditions on figures: alternatives, each a set of conditions that hold together."""

from core.records import Condition

Refuted = tuple[tuple[Condition, ...], ...]


def above(bound: float, *metrics: str) -> Refuted:
    """Any of some figures at `bound` or more."""
    return tuple((Condition(m, "above", bound),) for m in metrics)


def below(bound: float, *metrics: str) -> Refuted:
    """Any of some figures at `bound` or less."""
    return tuple((Condition(m, "below", bound),) for m in metrics)


def beyond(bound: float, *metrics: str) -> Refuted:
    """Any of some figures at least `bound` away from zero, to either side."""
    return (*above(bound, *metrics), *below(-bound, *metrics))


def within(bound: float, metric: str) -> Refuted:
    """A figure at most `bound` away from zero."""
    return ((Condition(metric, "above", -bound), Condition(metric, "below", bound)),)
