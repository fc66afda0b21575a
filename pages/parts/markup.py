"""Text of any origin made safe for HTML and for Streamlit's Markdown."""

import html
import re

from core.export.plain import joined, plain
from core.language import _

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+|~$!&])")
# A colon that could begin an emoji, an icon or a coloured span: `:smile:`, `:material/home:`, `:red[...]`.
_DIRECTIVE = re.compile(r":(?=[\w+-]+[:/\[])")
_JOINER = "\N{WORD JOINER}"


def esc(text: object) -> str:
    """Text as HTML shows it literally, in an element or in a quoted attribute; no line of it ends between a sign and its currency."""
    return html.escape(joined(plain(text if isinstance(text, str) else str(text))))


def titled(name: str, text: str, aside: str = "") -> str:
    """A text behind its name, which is set in bold, and behind what is said `aside`, as HTML."""
    return _("{name}: {value}", name=f"<strong>{esc(name)}</strong>{esc(aside)}", value=esc(text))


def md(text: object) -> str:
    r"""Text as Streamlit's Markdown shows it literally: no emphasis, link, formula, emoji, icon or colour.

    >>> print(md("costs $5 *now* :smile:"))
    costs \$5 \*now\* :⁠smile:
    """
    return _SPECIAL.sub(r"\\\1", _DIRECTIVE.sub(":" + _JOINER, plain(text if isinstance(text, str) else str(text))))
