"""Sentences of one grammar in every language: English text that remembers the message it was made from and the figures in it.

`N_` makes a sentence where it is thought, `_` says it in the language spoken where it is shown, as in gettext; nothing between the two needs
to know a language. Messages are whole sentences or whole parts of one, with named slots; their translations stand in `core/language/zh_Hans`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from operator import itemgetter
from typing import Self

from core.language.catalogue import messages

ENGLISH, CHINESE = "en", "zh"
# Every language by the code that links carry, under its own name.
LANGUAGES: dict[str, str] = {ENGLISH: "English", CHINESE: "简体中文"}
_SLOT = re.compile(r"\{([^{}]+)\}")
_UNHEARD = ("", "")
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


class Phrase(str):
    """English text with the `message` it was made from and what stands in the message's `slots`; either may be phrases themselves.

    `heard` is the language that it was last said in, and how: what stands on a page is said again at every turn.
    """

    __slots__ = ("heard", "message", "slots")
    message: str
    slots: Mapping[str, str]
    heard: tuple[str, str]

    def __new__(cls, english: str, message: str, slots: Mapping[str, str]) -> Self:
        """The English text as given."""
        made = str.__new__(cls, english)
        made.message = message
        made.slots = slots
        made.heard = _UNHEARD
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str]]:  # type: ignore[override]
        """What copies are made from."""
        return str(self), self.message, self.slots

    def said(self, language: str) -> str:
        """The same in another language."""
        message, slots = _looked_up(self.message, language), self.slots
        if not slots:
            return message
        words, names, _ = _parsed(message)
        return words % tuple([_looked_up(slots[name], language) if name in slots else slot for name, slot in names])


class _Row(Phrase):
    """Several texts in a row; `message` is what stands between them."""

    __slots__ = ()

    def said(self, language: str) -> str:
        return _looked_up(self.message, language).join(_looked_up(v, language) for v in self.slots.values())


class _Whole(Phrase):
    """English text that differs from its message in writing only, as a capital letter does; other languages say the message."""

    __slots__ = ()

    def said(self, language: str) -> str:
        return _looked_up(self.message, language)


def N_(message: str, /, **slots: str | int) -> Phrase:  # noqa: N802 - gettext's own name for a message that is said later
    """A sentence from a message and what stands in its slots; slots that are not given stay for `fill`.

    >>> N_("{up} of {all} rose", up=3, all=4)
    '3 of 4 rose'
    """
    for name, value in slots.items():
        if not isinstance(value, str):
            slots[name] = str(value)
    texts: dict[str, str] = slots  # type: ignore[assignment]
    return Phrase(put(message, texts), message, texts)


def fill(message: str, slots: Mapping[str, str]) -> Phrase:
    """A message, or a phrase with slots left open, with those slots filled."""
    return Phrase(put(message, slots), message, slots)


def put(text: str, slots: Mapping[str, str]) -> str:
    """`text` with its named slots replaced; braces of other names stay."""
    if not slots:
        return text
    words, names, filling = _parsed(text)
    try:
        return words % filling(slots)
    except KeyError:
        return words % tuple([slots.get(name, slot) for name, slot in names])


_Filling = Callable[[Mapping[str, str]], object]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[str, tuple[tuple[str, str], ...], _Filling]:
    """A text with a mark of `%` formatting in place of each slot, the slots in order, by name and as they are written, and what fills all of them."""
    pieces = _SLOT.split(text.replace("%", "%%"))
    names = [name.replace("%%", "%") for name in pieces[1::2]]
    return "%s".join(pieces[::2]), tuple((name, f"{{{name}}}") for name in names), itemgetter(*names) if names else lambda _: ()


def join(between: str, texts: Iterable[str]) -> str:
    """Texts in a row, as `str.join` does; what stands between them is a message too.

    >>> join("; ", ["a", "b"])
    'a; b'
    """
    row = list(texts)
    return _Row(between.join(row), between, {str(i): t for i, t in enumerate(row)}) if len(row) != 1 else row[0]


def clauses(texts: Iterable[str]) -> str:
    """Clauses in a row: commas in English, semicolons where a comma would not part them.

    >>> clauses(["a rose", "b fell"])
    'a rose, b fell'
    """
    row = list(texts)
    return _Row(", ".join(row), "; ", {str(i): t for i, t in enumerate(row)}) if len(row) != 1 else row[0]


def capital(text: str) -> str:
    """A text with its first letter as a capital, where the language has any."""
    return _Whole(f"{text[:1].upper()}{text[1:]}", text, {})


def written(english: str, message: str) -> Phrase:
    """English text that is written in another way than the message it says, broken into lines for example."""
    return _Whole(english, message, {})


def _(text: str, /, **slots: str | int) -> str:
    """A text in the language spoken now; one that no catalogue knows stays as it is."""
    language = _spoken.get()
    made = N_(text, **slots) if slots else text
    return made if language == ENGLISH else _looked_up(made, language)


def spoken() -> str:
    """The code of the language spoken now."""
    return _spoken.get()


def speak(language: str) -> None:
    """From here on this thread speaks another language; an unknown one is English."""
    _spoken.set(language if language in LANGUAGES else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def _looked_up(text: str, language: str) -> str:
    if not isinstance(text, Phrase):
        return messages(language).get(text, text)
    if text.heard[0] != language:
        text.heard = (language, text.said(language))
    return text.heard[1]
