"""Text of any origin as one line of visible characters in the language spoken, before a format escapes it in its own way."""

import re
from functools import lru_cache

from core.language import _

# From here on a character is as wide as two Latin ones.
_WIDE = "\u2e80"
# The one place inside an amount at which a line may break, by the rules of Unicode.
_SIGNED = re.compile(r"[−+](?=[$¥]\d)")


def plain(text: str) -> str:
    r"""`text` in the language spoken, on one line, without control, direction-override, zero-width and unpaired surrogate characters.

    >>> plain("S&P 500\n\u202e oops\x00 ")
    'S&P 500 oops'
    """
    return _visible(_(text))


@lru_cache(maxsize=8192)
def _visible(text: str) -> str:
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
        text = " ".join(text.split())
    return text.strip()


@lru_cache(maxsize=8192)
def joined(text: str) -> str:
    r"""`text` with a word joiner between a sign and its currency, so that no line ends in a minus.

    >>> joined("net −$950.0M")
    'net −\u2060$950.0M'
    """
    return _SIGNED.sub("\\g<0>\u2060", text)


def width(text: str) -> int:
    """The width of a text in the language spoken, in Latin characters.

    >>> width("BTC 比特币")
    10
    """
    return sum(2 if c >= _WIDE else 1 for c in plain(text))
