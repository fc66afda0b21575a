"""Breaking text into lines by its width: at spaces, and in Chinese, which has none, between any two characters that may part."""

import re
import textwrap
import unicodedata
from typing import Self

from core.language import Phrase

_OPEN, _CLOSE, _CHINESE = "（(“《", "，。：；）)”》、", "⺀-鿿"
# Opening marks stay with what follows them, closing ones with what stands before; a word in Latin letters, or a number, stays whole.
_PIECE = re.compile(rf"\s+|[{_OPEN}]*(?:[{_CHINESE}]|[^\s{_CHINESE}{_OPEN}{_CLOSE}]+)?[{_CLOSE}]*")
# Where a name parts best: after a mark or an "and", and before what stands in brackets.
_JOINTS = re.compile(r"(?<=[，：、与\s])|(?=[（(])")


class _Broken(Phrase):
    """A name broken into lines of `columns`, in every language by its own rules."""

    __slots__ = ("columns",)
    columns: int

    def __new__(cls, english: str, name: str, columns: int) -> Self:
        made = super().__new__(cls, english, name, {})
        made.columns = columns
        return made

    def __getnewargs__(self) -> tuple[str, str, int]:  # type: ignore[override]
        return str(self), self.message, self.columns

    def said(self, language: str) -> str:
        return "\n".join(_parted(super().said(language), self.columns))


def lines(name: str, width: int = 16) -> str:
    r"""A label broken into lines of about `width` characters, for an axis that splits at line breaks; a number stays with its word.

    >>> lines("HSTECH vs Nasdaq 100").split("\n")
    ['HSTECH vs', 'Nasdaq\xa0100']
    """
    english = "\n".join(textwrap.wrap(re.sub(r" (\d+)\b", "\N{NO-BREAK SPACE}\\1", name), width)) or name
    return _Broken(english, name, width)


def columns(text: str) -> int:
    """How wide a text is, in Latin letters; a Chinese character is as wide as two.

    >>> columns("BTC"), columns("黄金")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` columns.

    >>> wrapped("标普500上涨，恒生指数下跌。", 12)
    ['标普500上', '涨，恒生指数', '下跌。']
    """
    return textwrap.wrap(text, width) if text.isascii() or columns(text) == len(text) else _filled(_PIECE.findall(text), width)


def _filled(pieces: list[str], width: int) -> list[str]:
    made = [""]
    for piece in pieces:
        if made[-1] and columns(made[-1]) + columns(piece.rstrip()) > width:
            made.append(piece.lstrip())
        else:
            made[-1] += piece
    return [line.strip() for line in made if line.strip()]


def _parted(name: str, width: int) -> list[str]:
    """A name in lines, parted where it has joints; a part that is too wide by itself is broken like any text."""
    if columns(name) <= width:
        return [name]
    parts = [p for p in _JOINTS.split(name) if p]
    return [line for row in _filled(parts, width) for line in (wrapped(row, width) if columns(row) > width else [row])]
