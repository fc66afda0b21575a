"""Divergences: the catalogue of rules, on which dates they fire, and what followed."""

from core.divergences.baserates import BaseRate, base_rate
from core.divergences.detect import Detection, detect, one, refusal, threshold
from core.divergences.rule import Explanation, Rule
from core.divergences.rules import BY_KEY, RULES

__all__ = ["BY_KEY", "RULES", "BaseRate", "Detection", "Explanation", "Rule", "base_rate", "detect", "one", "refusal", "threshold"]
