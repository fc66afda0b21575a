"""Colours by what they mean, and the style of every chart.

Every token keeps a contrast of at least 3:1 on white and on the app's dark background, so one picture serves both themes; text that the
theme draws itself (axis labels and titles) stays uncoloured here. UP and DOWN mean direction and nothing else: pictures are drawn with a rise
in green, and whoever shows one turns the two round for readers to whom a rise is red. Direction is always written as well, by a sign or an
arrow. How tokens look on a page, whose text needs more contrast than its marks, is told by `core.charts.palette`.
"""

from typing import Any

UP = "#2a9150"
DOWN = "#d94141"
BLUE = "#2383c4"
ORANGE = "#d9622b"
NEUTRAL = "#858b95"
INK = "#787e87"  # text that a chart draws itself

US = "#7a6fd0"
HK = "#c4559c"
CN = "#a9762f"
CRYPTO = "#2b9a76"
FX = "#858b95"
MARKETS = {"us": US, "hk": HK, "cn": CN, "crypto": CRYPTO, "fx": FX}

THRESHOLD = "#b8860b"
STRAW = "#dcc07a"  # a solid lighter shade of it, under DARK text
DARK = "#1d2329"  # text on a solid fill
TODAY = BLUE
MEASURED = "#1d8f99"
INFERRED = "#8a8f98"
DEMO = "#a45ed6"

# Follow-through, in the words of the transmission section.
FOLLOW = {
    "within scatter of its lead": NEUTRAL, "lead lost in scatter": NEUTRAL, "more than its lead explains": NEUTRAL,
    "amplified": MEASURED, "full": MEASURED, "moderate": BLUE, "none": NEUTRAL, "reversed": ORANGE, "lead too small": NEUTRAL,
    "no lead found": NEUTRAL, "short history: same way, larger": NEUTRAL, "short history: same way, smaller": NEUTRAL,
    "short history: against": NEUTRAL, "short history: flat": NEUTRAL,
}  # fmt: skip
COINS = {"USDT": CRYPTO, "USDC": HK, "DAI": CN, "USDS": US}
# Lines that share a market: told apart by order, named at their ends.
ORDER = (BLUE, ORANGE, CRYPTO, US, CN, HK, NEUTRAL)

DEMO_MARK = "Demo market: synthetic"

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "domain": False, "ticks": False, "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8,
        "labelPadding": 5, "labelLimit": 150, "gridOpacity": 0.5,
    },
    "legend": {
        "orient": "top", "title": None, "labelFontSize": 11, "symbolStrokeWidth": 2, "offset": 4, "padding": 0, "labelLimit": 170,
        "columnPadding": 14,
    },
    "text": {"fontSize": 11, "color": INK},
}  # fmt: skip


def clear(token: str, opacity: float) -> str:
    """A colour let through: `opacity` from 0 to 1.

    >>> clear("#dd3d63", 0.5)
    'rgba(221,61,99,0.5)'
    """
    red, green, blue = (int(token[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def signed(value: float, flat: float = 0.0) -> str:
    """The colour of a change: up, down, or neutral within the flat band."""
    return NEUTRAL if abs(value) < flat or value == 0 else UP if value > 0 else DOWN
