"""When equities and crypto move as one: how rare such a day is, and what cannot be said of it while either is stale."""

import numpy as np

from core.insight.coupling import crypto_word, missed
from core.insight.desk import Desk, Writer

KEY, LABEL = "together", "US equities and crypto together"
_YEAR, _LEAST = 250, 60


def rarity(desk: Desk) -> float | None:
    """Share (percent) of the last 250 US sessions on which the S&P 500 and BTC both moved the same way at least as far; None under 60 sessions."""
    f, panel = desk.table.features, desk.table.panel
    at = int(panel.position("spx")[desk.row])
    if at < 0 or "crypto.spx" not in f.shared:
        return None
    first = max(panel.tracks["spx"].begin(at), at + 1 - _YEAR)
    index, coin = (moves[first : at + 1] for moves in (f.change("spx"), f.shared["crypto.spx"]["move"]))
    both = np.isfinite(index) & np.isfinite(coin)
    if both.sum() < _LEAST or not both[-1]:
        return None
    side = np.sign(index[-1])
    return float(((index * side >= abs(index[-1])) & (coin * side >= abs(coin[-1])))[both].mean() * 100)


def sentence(desk: Desk) -> str:
    """The template of a day on which all US indices, BTC and ETH moved one way in overlapping sessions; empty on any other day."""
    down = desk.side("btc.change") < 0
    one_way = desk.side("eth.change") == desk.side("btc.change") == desk.side("crypto.spx_move")
    if crypto_word(desk) != "coupled" or desk.value("us.indices_up") != (0 if down else 3) or not one_way:
        return ""
    fear = desk.known("vix.change") and desk.side("vix.change") == (1 if down else -1)
    vix = f", VIX {{vix.change}} to {{vix.close}}{'' if down else ' as well'}" if fear else ""
    return (
        f"Broad risk-{'off' if down else 'on'}: US equities and crypto {'fell' if down else 'rose'} together on {{spx.change|session}}, S&P 500 "
        f"{{spx.change}}, Nasdaq 100 {{ndx.change}}, BTC {{btc.change}}, ETH {{eth.change}}{vix}."
    )


def caution(w: Writer) -> None:
    """Say that a move of crypto cannot be set against equities that are stale, and which session they are from."""
    d = w.desk
    if crypto_word(d) != "refused" or not d.table.panel.missed("spx")[d.row]:
        return
    w.say(
        "abstention", "key_insight.stale: the S&P 500 is behind its calendar",
        "Whether equities moved with crypto cannot be said: the S&P 500 is stored up to {spx.close|session} only "
        f"({{{missed(w, 'spx')}}} missing), while BTC's {{btc.change}} is of {{btc.change|session}}.", "The missing sessions.",
    )  # fmt: skip
