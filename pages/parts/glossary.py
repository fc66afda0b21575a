"""Words of the trade in a sentence each: on the header of a column that is called so, and listed at the end of a page that uses them."""

import re
from collections.abc import Iterable, Mapping

from pages.parts.markup import esc, titled

WORDS: Mapping[str, str] = {
    "σ": "Standard deviations: how large a change is against the usual changes of its trailing year.",
    "tape": "The latest sessions side by side as the screen shows them, whatever the hours between their closes.",
    "lead": "The newest session in another market that was over before this market opened, so that it could be known.",
    "follow-through": "How much of its lead a market moved the same way, against what it usually moves.",
    "lift": "How much more often something happened after the event than after any session.",
    "Brier score": "Mean squared error of probabilities: 0 is perfect, 0.250 is what 50:50 always earns.",
    "breadth": "How many shares rise against how many fall, whatever their size.",
    "basis point": "A hundredth of a percentage point, written bps.",
    "pp": "Percentage points: the difference of two percentages.",
    "TVL": "Total value locked: what is deposited in DeFi protocols, in US dollars.",
    "open interest": "The value of all derivative contracts that are not settled yet.",
    "funding": "What holders of perpetual futures pay one another; positive means that longs pay shorts.",
    "percentile": "The share of earlier values that lie below this one.",
}
# Headers of tables that say one of the words in another way.
_HEADERS: Mapping[str, str] = {
    "In its year": "σ", "On the tape": "tape", "Tape": "tape", "Lead": "lead", "True lead": "lead",
    "Follow-through": "follow-through", "Lift": "lift", "Of any session": "Brier score", "Brier": "Brier score", "Breadth": "breadth",
    "Open interest": "open interest", "Funding": "funding",
}  # fmt: skip


def hint(header: str) -> str:
    """A `title` attribute that explains the header of a column; empty where it needs no word explained."""
    said = WORDS.get(_HEADERS.get(header, header), "")
    return f' title="{esc(said)}"' if said else ""


def used(texts: Iterable[str]) -> list[str]:
    """The words that occur in texts, in the order declared."""
    whole = "\n".join(texts)
    return [w for w in WORDS if re.search(rf"(?<![A-Za-z]){re.escape(w)}(?:s?)(?![A-Za-z])", whole, 0 if w.isupper() else re.IGNORECASE)]


def listed(texts: Iterable[str]) -> str:
    """The words that texts use, folded, as HTML; empty where they use none."""
    items = "".join(f"<li>{titled(w, WORDS[w])}</li>" for w in used(texts))
    return f'<details class="mi-fold"><summary>{esc("Words used here")}</summary><ul class="mi-gaps">{items}</ul></details>' if items else ""
