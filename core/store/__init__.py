"""The store of observations and of what became of every refresh."""

from core.store.records import Appended, Outcome, Restatement, Span
from core.store.store import Store

__all__ = ["Appended", "Outcome", "Restatement", "Span", "Store"]
