"""The translations: gettext catalogues, one file per room of sentences, read when their language is first spoken."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_HOME = Path(__file__).parent
_FOLDERS = {"zh": "zh_Hans"}


@cache
def messages(language: str) -> Mapping[str, str]:
    """Every message of a language by its English; empty for English itself, and for a language without catalogues."""
    return {english: said for path in files(language) for english, said in read(path).items()}


def files(language: str) -> list[Path]:
    """The catalogues of a language."""
    return sorted((_HOME / _FOLDERS[language]).glob("*.po")) if language in _FOLDERS else []


def read(path: Path) -> dict[str, str]:
    """The translated messages of one catalogue by their English. Raises OSError."""
    from babel.messages.pofile import read_po

    with path.open(encoding="utf-8") as file:
        # A space between sentences may well be nothing in another language.
        told = (m for m in read_po(file, locale=path.parent.name) if m.id and (m.string or str(m.id).isspace()) and not m.fuzzy)
        return {str(m.id): str(m.string) for m in told}
