"""Units of figures. Values are stored in the unit's own scale: 0.59 percent is 0.59, one billion dollars is 1e9."""

from enum import StrEnum


class Unit(StrEnum):
    """What a number counts."""

    POINTS = "points"  # index level
    USD = "USD"  # money or price in US dollars
    FLOW = "USD flow"  # change of a stock in US dollars, which reads in K, M and B where a price is written in full
    CNY = "CNY"  # money in renminbi
    PERCENT = "percent"  # a change, in percent: 0.59 reads +0.59%
    YIELD = "percent a year"  # a level, in percent: 4.12 reads 4.12%
    SHARE = "share"  # part of a whole, in percent: 80.0 reads 80.0%
    PP = "percentage points"  # difference of two percentages
    SIGMA = "standard deviations"  # z-score
    PERCENTILE = "percentile"  # 0 to 100
    RATIO = "ratio"  # beta, follow-through, correlation
    COUNT = "count"
    RATE = "currency per USD"  # exchange rate
    SCORE = "index 0 to 100"
    BRIER = "Brier score"  # mean squared error of probabilities: 0 is perfect, 0.25 what 50:50 earns
    SESSIONS = "sessions"
    HOURS = "hours"
    DAYS = "days"


class Basis(StrEnum):
    """Where a figure comes from (the reader's main reason to trust it or not)."""

    MEASURED = "measured"
    DERIVED = "derived"
    INFERRED = "inferred"
    PUBLISHED = "published"
    SYNTHETIC = "synthetic"
    MISSING = "missing"
