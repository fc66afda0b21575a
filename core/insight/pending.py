"""What Asia has yet to trade on: the US move since its latest sessions opened, and the usual answer to such a move."""

from core.insight.chain_tables import PENDING_COLUMNS, pending_row
from core.insight.desk import HONG_KONG, Desk, Writer
from core.language import N_
from core.metrics.transmission import LINKS

# By whether leads as wide were answered in the history that gives the beta.
_PENDING = {
    True: "Yet to be priced in {market}: the S&P 500's {move}. The usual answer is {pending_implied}, give or take {pending_spread}: between "
    "{pending_low} and {pending_high}. Of the answers before, {held} lay within one usual residual (beta over {n}).",
    False: "Yet to be priced in {market}: the S&P 500's {move}, wider than any lead of the year before (none beyond {seen}), so what follows extends "
    "the usual answer past all that was seen: {pending_implied}, give or take {pending_spread}, between {pending_low} and {pending_high}. Of the "
    "answers to smaller leads {held} lay within one usual residual (beta over {n}).",
}
_MEASURES = ("pending", "pending_sessions", "pending_implied", "pending_spread", "pending_low", "pending_high", "held", "n")


def say(w: Writer) -> None:
    """The usual answer to what each market has yet to trade on, and its range."""
    for market, key in ((HONG_KONG, "us_hk_broad"), ("the mainland", "us_cn_broad")):
        k = f"link.{key}."
        if not w.desk.known(k + "pending"):
            continue
        if not w.desk.number(k + "corr_low") > 0:
            why = "The link is not proven: too short a history, or an interval that reaches zero."
            w.missing(N_("What the S&P 500's last move implies for {market}", market=market), why)
            continue
        several = w.desk.number(k + "pending_sessions") > 1
        seen = abs(w.desk.number(k + "pending")) <= w.desk.number(k + "pending_seen") or not w.desk.known(k + "pending_seen")
        measures = {m: f"{{{k}{m}|whole}}" if m == "held" else f"{{{k}{m}}}" for m in _MEASURES}
        w.say(
            "implication",
            "transmission.pending: beta times the US move since the lead of Asia's latest session, one usual residual to each side, times the square "
            "root of the sessions pending",
            N_(_PENDING[seen], market=market, move=N_("{pending} over {pending_sessions}", **measures) if several else measures["pending"],
               seen=f"{{{k}pending_seen|size}}", **measures),
            "No single session; a close outside that range would be a surprise.",
        )  # fmt: skip


def table(w: Writer) -> None:
    """What Asia has yet to price in, or one line where that is nothing."""
    links = [k for k in LINKS if not k.side_by_side]
    rows = [pending_row(w, k) for k in links if not _priced(w.desk, k.key)]
    if not rows:
        w.say("reading", "transmission.pending: every US session known had closed before Asia's latest sessions opened",
              "Nothing is pending: no US session has closed since Asia opened.", "A US session that is not stored yet.",
              tuple(f"link.{k.key}.pending_sessions" for k in links))  # fmt: skip
        return
    w.table(
        "pending", "What Asia has yet to price in", PENDING_COLUMNS, rows,
        "From and to lie one usual residual either side of the implied move, wider by the square root of the sessions where several are pending; the "
        "share says how often an answer lay within one residual. A link whose correlation is not proven above zero implies nothing.",
    )  # fmt: skip


def _priced(desk: Desk, link: str) -> bool:
    """Whether a link's follower has traded on every session of its leader, all of them stored."""
    return desk.value(f"link.{link}.pending_sessions") == 0
