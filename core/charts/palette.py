"""How the colours of charts and tones look to a reader: which of green and red means a rise, and text that reads on both themes."""

import re
from functools import cache

from core.charts import theme

# The keys by which a reader chooses; the first is the usual one.
CONVENTIONS = ("green_up", "red_up")
# The grounds of the app's themes, light and dark (.streamlit/config.toml).
LIGHT, DARK = "#ffffff", "#10151c"
# Contrast of text with its ground: 4.5 is asked for by WCAG AA, the rest is for grounds that are shaded a little.
_LEAST = 5.2
_HEX = re.compile("#[0-9a-f]{6}")
_TEXT = re.compile(r'(<text\b[^>]*\bfill=")(#[0-9a-f]{6})')
_TOKENS = tuple(dict.fromkeys(v for k, v in vars(theme).items() if k.isupper() and isinstance(v, str) and _HEX.fullmatch(v)))
_ON_FILLS = frozenset((theme.STRAW, theme.DARK))


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1, as defined by WCAG 2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@cache
def readable(color: str, ground: str) -> str:
    """The nearest shade of a colour in which text reads on a ground."""
    toward = 0 if luminance(ground) > 0.5 else 255
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    shades = ("#" + "".join(f"{round(p + (toward - p) * step / 50):02x}" for p in parts) for step in range(51))
    return next(shade for shade in shades if contrast(shade, ground) >= _LEAST)


def tones(convention: str) -> dict[str, str]:
    """The tokens of a rise and of a fall under a convention."""
    up, down = (theme.DOWN, theme.UP) if convention == "red_up" else (theme.UP, theme.DOWN)
    return {"up": up, "down": down}


def _turned(convention: str) -> dict[str, str]:
    """How the two tokens of direction are shown under a convention."""
    chosen = tones(convention)
    return {theme.UP: chosen["up"], theme.DOWN: chosen["down"]}


def printed(svg: str, convention: str) -> str:
    """A chart drawn in SVG, in the colours of a convention and with readable text on white."""
    turned = _turned(convention)
    shown = _HEX.sub(lambda m: turned.get(m[0], m[0]), svg)
    return _TEXT.sub(lambda m: m[1] + (readable(m[2], LIGHT) if m[2] in _TOKENS and m[2] not in _ON_FILLS else m[2]), shown)


def _shades(color: str) -> str:
    return f"light-dark({readable(color, LIGHT)}, {readable(color, DARK)})"


@cache
def style(convention: str) -> str:
    """CSS of a page: `--up` and `--down` for text, and the same for charts drawn in SVG, whose text is set in readable shades."""
    turned = _turned(convention)
    rules = [f":root {{ --up: {_shades(turned[theme.UP])}; --down: {_shades(turned[theme.DOWN])}; }}"]
    for token, shown in turned.items() if convention != CONVENTIONS[0] else ():
        rules += [f'svg [{paint}="{token}"] {{ {paint}: {shown}; }}' for paint in ("fill", "stroke")]
    rules += [f'svg text[fill="{token}"] {{ fill: {_shades(turned.get(token, token))}; }}' for token in _TOKENS if token not in _ON_FILLS]
    return "\n".join(rules)
