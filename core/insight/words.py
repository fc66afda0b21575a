"""What words claim: the vocabulary that the proof-reading holds against the figures."""

import datetime as dt
import re
from collections.abc import Callable

from core.records import Figure
from core.units import Unit

Shown = Callable[[list[Figure]], bool]
# How far from its mean a change must be (standard deviations), or how high in its year (percentile), to be called sharp or unusual.
_UNUSUAL_Z, _UNUSUAL_RANK = 1.5, 90.0


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# Where one clause ends and the next begins; a decimal comma or point has a digit behind it.
CLAUSE = re.compile(r"[,;:.?] |[()]|\.$| (?=while |although |against |but |whereas )|(?<=\d) and |(?<=%) and | and (?=the [A-Z])")
SENTENCE = re.compile(r"[;:.?] ")
UP = _any(
    "rose", "rises?", "risen", "rising", "gained", "gains?", "climbed", "jumped", "(?<!held )up", "higher", "grew", "grows?", "expands?", "expanded",
    "entered", "inflows?", "came to", "advanced?", "issued", "to the upside",
)  # fmt: skip
DOWN = _any(
    "fell", "falls?", "fallen", "falling", "lost", "dropped", "slipped", "down", "lower", "shrank", "shrinks?", "contracts?", "contracted",
    "declined?", "outflows?", "left", "redeemed", "to the downside",
)  # fmt: skip
NEGATION = _any("no", "not", "none", "nor", "never", "nothing", "without", "neither", "hardly", "if")
AHEAD = _any("ahead of", "outperformed", "led", "leads", "beat", "stronger than", "more than")
BEHIND = _any("behind", "underperformed", "lagged", "lags", "weaker than", "less than")
# Position in (leader, follower) of the one spoken of.
FOLLOWING = {
    0: re.compile(r"\b(?:was the lead|led the way|came first)\b"),
    1: re.compile(r"\b(?:answered|followed|moved against|did not follow)\b"),
}
# Last word of the keys that place a level: whether a positive value means that the close lies below it.
UPSIDE_DOWN = {"from_high": False, "from_record": False, "round_distance": True}


def _tail(f: Figure) -> str:
    return f.key.rpartition(".")[2]


def _new_high(cited: list[Figure]) -> bool:
    at = [f for f in cited if _tail(f) in {"from_high", "from_record"} and f.value is not None]
    return bool(at) and (all((f.value or 0) >= -1e-9 for f in at) or all((f.value or 0) < 0 for f in at))


def _at_high(cited: list[Figure]) -> bool:
    return any(_tail(f) in {"from_high", "from_record"} and f.value is not None and f.value >= -1e-9 for f in cited)


def _record(cited: list[Figure]) -> bool:
    return any(_tail(f) == "from_record" and f.value is not None and f.value >= -1e-9 for f in cited)


def _first_of_rivals(cited: list[Figure]) -> bool:
    """Whether the first figure cited is the largest in size of at least two of its kind that are cited."""
    if not cited or cited[0].value is None:
        return False
    rivals = [abs(f.value) for f in cited if _tail(f) == _tail(cited[0]) and f.unit is cited[0].unit and f.value is not None]
    return len(rivals) > 1 and abs(cited[0].value) >= max(rivals)


def _rare(cited: list[Figure]) -> bool:
    return any(f.key.startswith("rarity.") for f in cited)


def _outdone_by_none(cited: list[Figure]) -> bool:
    return any(f.key.startswith("rarity.") and f.key.endswith(".outdone") and f.value == 0 for f in cited)


def _unusual(cited: list[Figure]) -> bool:
    return any(
        f.value is not None
        and ((f.unit is Unit.SIGMA and abs(f.value) >= _UNUSUAL_Z) or (f.unit is Unit.PERCENTILE and f.value >= _UNUSUAL_RANK))
        for f in cited
    )


def _lopsided(cited: list[Figure]) -> bool:
    """Whether breadth was one-sided in itself and by its own year."""
    known = {f.key: f.value for f in cited if f.value is not None}
    share = known.get("cn.advance_share", 50.0)
    return max(share, 100 - share) >= 80 and known.get("cn.advance_share.rank", 0.0) >= 95


def _all_equities(cited: list[Figure], sign: int) -> bool:
    """Whether every move of an equity index that is cited has that sign, and one is; a market closed since before the lead has no say."""
    begin = min((f.session for f in cited if f.key.startswith("link.") and _tail(f) == "lead" and f.session), default=dt.date.min)
    keys = {f"{k}.change" for k in ("spx", "ndx", "dow", "hsi", "sse")}
    moves = [f.value for f in cited if (f.key in keys or (f.key.startswith("link.") and _tail(f) == "lead")) and f.value is not None
             and f.session and (f.session > begin or f.key.startswith("link."))]  # fmt: skip
    return bool(moves) and all(v * sign > 0 for v in moves)


# Words that need a figure to stand on, and the figure.
SUPERLATIVES: tuple[tuple[re.Pattern[str], Shown], ...] = (
    (_any("fresh highs?", "new highs?"), _at_high),
    (_any("at a 52-week high"), _at_high),
    (_any("52-week highs?"), _new_high),
    (_any("record", "all-time", "unprecedented", "ever", "historic"), _record),
    (_any("largest", "biggest", "greatest", "highest", "lowest", "strongest", "weakest", "worst", "(?<!held up )best", "sharpest"), _first_of_rivals),
    (_any("rarest", "rare", "most", "quiet", "little happened", "nothing unusual"), _rare),
    (_any("no (?:larger|wider)", "not one"), _outdone_by_none),
    (_any("sharply", "surged?", "plunged?", "crashed", "soared", "unusually", "large for a day"), _unusual),
    (_any("exceptionally"), _lopsided),
    (_any("risk-on"), lambda cited: _all_equities(cited, 1)),
    (_any("risk-off"), lambda cited: _all_equities(cited, -1)),
)
# Whether any of them is in a text at all.
SUPERLATIVE = re.compile("|".join(word.pattern for word, _ in SUPERLATIVES), re.IGNORECASE)


def _never(_: list[Figure]) -> bool:
    return False


def _leverage_off(cited: list[Figure]) -> bool:
    """Whether open interest and a price are both cited and both fell."""
    interest = [f.value for f in cited if f.key in {"btc_oi.change", "eth_oi.change"} and f.value is not None]
    price = [f.value for f in cited if f.key in {"btc.change", "eth.change"} and f.value is not None]
    return bool(interest and price) and min(interest) <= -3 and min(price) < 0


# Causes: liquidation may be named, with a hedge, where leverage was seen to fall with price; the others no series here can show.
CAUSES: tuple[tuple[re.Pattern[str], Shown], ...] = (
    (_any("liquidations?", "liquidated", "forced (?:selling|closing|sales)", "deleveraging"), _leverage_off),
    (_any("capital flight", "flight", "panic", "capitulation", "regulat\\w+", "whales?", "manipulation", "ETF \\w*flows?", "geopolitic\\w+"), _never),
    (_any("because of", "due to", "caused by", "driven by", "triggered by", "thanks to", "on fears", "owing to"), _never),
)
HEDGES = _any("consistent with", "may be", "could be")
