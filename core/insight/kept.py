"""Sections that another threshold leaves as they are: kept with the table, so that a threshold moved writes only those that look at it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.divergences import Detection
from core.insight.desk import Desk
from core.metrics import BY_KEY as METRICS
from core.records import Section

# Sections of a date and a flat band.
_KEPT = 320


class _Watched(dict[str, Detection]):
    """Detections that remember which of them were looked at."""

    def __init__(self, detections: dict[str, Detection]) -> None:
        super().__init__(detections)
        self.seen: set[str] = set()

    def __getitem__(self, rule: str) -> Detection:
        self.seen.add(rule)
        return super().__getitem__(rule)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A section, and the thresholds that it was written by: (rule, unit, value)."""

    section: Section
    thresholds: tuple[tuple[str, str, float], ...]


def section(desk: Desk, write: Callable[[Desk], Section]) -> Section:
    """What `write` makes at a desk. It may depend on the table's row, on the flat band and on detections, and on no section before it."""
    shelf: dict[tuple[str, int, float], _Kept] = desk.table.features.shared.setdefault("sections", {})
    asked = write.__module__, desk.row, desk.settings.flat
    found = shelf.get(asked)
    if found and all(_threshold(desk.detections[rule]) == (unit, value) for rule, unit, value in found.thresholds):
        for figure in found.section.figures:
            if figure.key not in METRICS:
                desk.figures.put(figure)
        return found.section
    watched = _Watched(desk.detections)
    made = write(replace(desk, detections=watched))
    if len(shelf) >= _KEPT:
        shelf.pop(list(shelf)[0], None)  # noqa: RUF015 - other threads add sections, which an iterator does not survive
    shelf[asked] = _Kept(made, tuple((rule, *_threshold(desk.detections[rule])) for rule in sorted(watched.seen)))
    return made


def _threshold(of: Detection) -> tuple[str, float]:
    return of.unit, of.threshold
