"""The store of observations and of what became of every refresh."""

from core.store.records import Appended, Outcome, Restatement, Span
from core.store.store import Store
from core.store.transfer import Copied, copy

__all__ = ["Appended", "Copied", "Outcome", "Restatement", "Span", "Store", "copy"]
