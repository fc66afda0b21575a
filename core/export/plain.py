"""Text of any origin as one line of visible characters, before a format escapes it in its own way."""


def plain(text: str) -> str:
    r"""`text` on one line, without control, direction-override, zero-width and unpaired surrogate characters.

    >>> plain("S&P 500\n\u202e oops\x00 ")
    'S&P 500 oops'
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
        text = " ".join(text.split())
    return text.strip()
