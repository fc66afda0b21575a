"""Bring the store up to date: what is due is fetched side by side, checked at the door, appended; what became of it is kept."""

from core.refresh.records import Event, SourceSummary, Summary
from core.refresh.run import refresh

__all__ = ["Event", "SourceSummary", "Summary", "refresh"]
