"""Rules that are true on most days: passing such a threshold says little, so it is told apart from what is rare."""

import numpy as np

from core.divergences.detect import Detection
from core.metrics import MetricTable
from core.metrics.gaps import Mask, fresh
from core.panel import Positions

# A rule is ordinary from this share (percent) of its sessions before, where at least so many were watched; a gap that is among the widest tenth of
# its year is not.
MOST, FEWEST, WIDE = 50.0, 60, 90.0


def before(table: MetricTable, found: Detection) -> tuple[Positions, Positions]:
    """Per report date: on how many of its own sessions before the one shown a rule passed its threshold, and how many those are."""
    own = fresh(table.features, found.rule.pair)
    known = np.isfinite(table.columns[f"gap.{found.rule.key}"])
    return np.cumsum(own & found.fires) - (found.fires & known), np.cumsum(own) - known


def ordinary(table: MetricTable, found: Detection) -> Mask:
    """The report dates on which a rule fires as it did on more than half of its sessions before, with a gap that is none of the widest."""
    times, watched = before(table, found)
    with np.errstate(invalid="ignore"):
        wide = table.columns[f"gap.{found.rule.key}.rank"] >= WIDE
    return np.asarray(found.fires & (watched >= FEWEST) & (times * 100 > watched * MOST) & ~wide, dtype=np.bool_)
