"""Words of the trade in a sentence each: on the header of a column that is called so, and listed at the end of a page that uses them."""

import re
from collections.abc import Iterable, Mapping

from pages.parts.markup import esc, titled

WORDS: Mapping[str, str] = {
    "σ": "Standard deviations: how large a change is against the usual changes of its trailing year.",
    "tape": "The latest sessions side by side as the screen shows them, whatever the hours between their closes.",
    "lead": "The newest session in another market that was over before this market opened, so that it could be known.",
    "beta": "How much a market usually moves for each percent that another moves.",
    "correlation": "How closely two series move together: 1 always the same way, 0 without any link, −1 always against each other.",
    "residual": "What is left of a move once the part that a link with another market implies is taken out.",
    "scatter": "How far answers to a lead usually lie from what it implies: one standard deviation of the residuals.",
    "flat band": "Moves smaller than this count as none: 0.10% unless it is set otherwise.",
    "risk-on": "Equities are bought on a broad front; risk-off is the reverse.",
    "coupled": "Crypto moves the same way as US equities, in sessions that overlap.",
    "clock effect": "A gap that is there only because two markets close at different hours.",
    "follow-through": "How much of its lead a market moved the same way, against what it usually moves.",
    "lift": "How much more often something happened after the event than after any session.",
    "Brier score": "Mean squared error of probabilities: 0 is perfect, 0.250 is what 50:50 always earns.",
    "breadth": "How many shares rise against how many fall, whatever their size.",
    "bps": "Basis points: hundredths of a percentage point.",
    "pp": "Percentage points: the difference of two percentages.",
    "VIX": "How far the options market expects the S&P 500 to swing over a month, in percent a year.",
    "northbound": "Trading in mainland shares by way of Hong Kong's Stock Connect.",
    "AH premium": "How much dearer the mainland shares of a company are than its Hong Kong shares.",
    "stablecoin": "A token that is meant to be worth one dollar; its supply grows when it is issued and shrinks when it is redeemed.",
    "DEX": "A decentralised exchange: programs on a blockchain that swap tokens.",
    "liquidation": "The forced closing of positions that were bought on credit.",
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
