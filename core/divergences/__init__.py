"""Divergences: the catalogue of rules, on which dates they fire, what followed, and how their implications came out."""

from core.divergences.baserates import BaseRate, base_rate
from core.divergences.detect import Detection, detect, one, refusal, threshold
from core.divergences.resolve import Outcome, resolved
from core.divergences.rule import Condition, Explanation, Implication, Resolution, Rule
from core.divergences.rules import BY_KEY, RULES

__all__ = [
    "BY_KEY", "RULES", "BaseRate", "Condition", "Detection", "Explanation", "Implication", "Outcome", "Resolution", "Rule", "base_rate", "detect",
    "one", "refusal", "resolved", "threshold",
]  # fmt: skip
