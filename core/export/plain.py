"""Text of any origin as one line of visible characters in the language spoken, before a format escapes it in its own way."""

from core.language import _


def plain(text: str) -> str:
    r"""`text` in the language spoken, on one line, without control, direction-override, zero-width and unpaired surrogate characters.

    >>> plain("S&P 500\n\u202e oops\x00 ")
    'S&P 500 oops'
    """
    text = _(text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
        text = " ".join(text.split())
    return text.strip()
