"""How a file shows a report: what its reader prefers, never what is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a reader prefers of a file.

    `paper`: "a4" or "letter", for formats with pages. `convention`: whether a rise is green or red ("green_up", "red_up"). `language`: "en" or "zh".
    A format takes no notice of what it has no use for.
    """

    paper: str = "a4"
    convention: str = "green_up"
    language: str = "en"


USUAL = Look()
# The names of languages in files (BCP 47), by their codes.
TAGS: dict[str, str] = {"en": "en", "zh": "zh-Hans"}
