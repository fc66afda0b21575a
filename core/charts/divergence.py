"""The pictures of divergences: a gap's history, its course, what followed, and all rules side by side."""

from core.charts.gap_closed import closed
from core.charts.gap_histogram import distribution
from core.charts.gap_strength import strength
from core.charts.gap_timeline import timeline

__all__ = ["closed", "distribution", "strength", "timeline"]
