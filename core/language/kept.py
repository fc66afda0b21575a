"""Sentences as one string, for a place that keeps strings only, and back: the English in front, what it was made from in a line behind it."""

import json
from typing import Any

from core.language import Phrase

_PHRASES: list[type[Phrase]] = [Phrase, *Phrase.__subclasses__()]
_KINDS = {kind.__name__: kind for kind in _PHRASES}
# What takes more letters is kept as English alone.
_LONGEST = 4000


def kept(text: str) -> str:
    """A text with what it takes to say it in another language."""
    if not isinstance(text, Phrase) or not text:
        return f"{text}"
    memory = json.dumps(_taken(text))
    return f"{text}\n{memory}" if len(memory) <= _LONGEST else f"{text}"


def recalled(text: str) -> str:
    """A text that was `kept`; any other one stays as it is."""
    english, _, memory = text.rpartition("\n")
    try:
        made = _made(json.loads(memory)) if english else text
    except (ValueError, TypeError, KeyError, RecursionError):
        return text
    return made if made == english else text


def _taken(text: str) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(text, Phrase):
        return f"{text}"
    return [type(text).__name__, f"{text}", _taken(text.message), {name: _taken(said) for name, said in text.slots.items()}]


def _made(memory: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(memory, str):
        return memory
    kind, english, message, slots = memory
    return _KINDS[str(kind)](english, _made(message), {str(name): _made(said) for name, said in slots.items()})
