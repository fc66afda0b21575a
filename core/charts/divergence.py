"""The three pictures of divergences: a gap's history, its course, and all rules side by side."""

from core.charts.gap_histogram import distribution
from core.charts.gap_strength import strength
from core.charts.gap_timeline import timeline

__all__ = ["distribution", "strength", "timeline"]
