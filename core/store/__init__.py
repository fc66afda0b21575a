"""The store of observations and of what became of every refresh."""

from core.store.records import Appended, Outcome, Rest, Restatement, Span
from core.store.store import Store
from core.store.transfer import Copied, copy

__all__ = ["Appended", "Copied", "Outcome", "Rest", "Restatement", "Span", "Store", "copy"]
