"""The verdict on the chain: what each market did with the lead it could know, and a table of rules that turns this into one word.

The more is unknown, the less is claimed: a state that is unknown is matched by the abstaining rules only, a link that is not proven by none
of the strong ones. A market that was closed did not decline to follow.
"""

from dataclasses import dataclass

from core.insight.desk import Desk
from core.insight.follow import FOLLOWED, link_word

LEAD = ("up", "down", "flat", "none", "unknown")
# What a follower did: followed and opposed are proven links, same and apart only directions.
ANSWERS = ("followed", "opposed", "same", "apart", "flat", "closed", "rested", "unknown")
_AWAY = ("closed", "rested")
_MOVED = ("up", "down")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRule:
    """A verdict: the states it needs, its word, and what would contradict it.

    `claims` says how much it asserts, from 0 (abstains) to 3 (one cause seen through three markets); `broken` is the link that did not hold.
    """

    word: str
    lead: tuple[str, ...] = LEAD
    hong_kong: tuple[str, ...] = ANSWERS
    mainland: tuple[str, ...] = ANSWERS
    claims: int
    refuted_by: str
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The states of the three markets: of the lead, and of both answers to it."""

    lead: str
    hong_kong: str
    mainland: str


_RESIDUAL = "A residual beyond two standard deviations in any link, or a link whose correlation with its lead is near zero."
_NOISE = "A residual well within one standard deviation: then the break is no more than the usual scatter."
_OPENS = "The closed market's next session moving against the lead."
_LARGER = "A longer history or a larger lead, against which the answer can be measured."
_MISSING = "The missing sessions."
NO_VERDICT = "No verdict on the chain"

RULES: tuple[ChainRule, ...] = (
    ChainRule(word=NO_VERDICT, hong_kong=("unknown",), claims=0, refuted_by=_MISSING),
    ChainRule(word=NO_VERDICT, mainland=("unknown",), claims=0, refuted_by=_MISSING),
    ChainRule(word=NO_VERDICT, hong_kong=_AWAY, mainland=_AWAY, claims=0, refuted_by="The next session of either market."),
    ChainRule(word=NO_VERDICT, lead=("unknown", "none"), claims=0, refuted_by=_MISSING),
    ChainRule(
        word="Clean risk-on transmission, US → Hong Kong → A-shares", lead=("up",), hong_kong=("followed",), mainland=("followed",), claims=3,
        refuted_by=_RESIDUAL,
    ),
    ChainRule(
        word="Clean risk-off transmission, US → Hong Kong → A-shares", lead=("down",), hong_kong=("followed",), mainland=("followed",), claims=3,
        refuted_by=_RESIDUAL,
    ),
    ChainRule(word="The chain broke at Hong Kong", lead=_MOVED, hong_kong=("opposed",), claims=2, refuted_by=_NOISE, broken="us_hk_broad"),
    ChainRule(
        word="The chain broke at the mainland", lead=_MOVED, hong_kong=("followed", "same", *_AWAY), mainland=("opposed",), claims=2,
        refuted_by=_NOISE, broken="us_cn_broad",
    ),
    ChainRule(word="Risk-on as far as Hong Kong", lead=("up",), hong_kong=("followed",), mainland=_AWAY, claims=2, refuted_by=_OPENS),
    ChainRule(word="Risk-off as far as Hong Kong", lead=("down",), hong_kong=("followed",), mainland=_AWAY, claims=2, refuted_by=_OPENS),
    ChainRule(word="Risk-on from the US to A-shares", lead=("up",), hong_kong=_AWAY, mainland=("followed",), claims=2, refuted_by=_OPENS),
    ChainRule(word="Risk-off from the US to A-shares", lead=("down",), hong_kong=_AWAY, mainland=("followed",), claims=2, refuted_by=_OPENS),
    ChainRule(
        word="Risk-on by direction only", lead=("up",), hong_kong=("followed", "same", *_AWAY),
        mainland=("followed", "same", *_AWAY), claims=1, refuted_by=_LARGER,
    ),
    ChainRule(
        word="Risk-off by direction only", lead=("down",), hong_kong=("followed", "same", *_AWAY),
        mainland=("followed", "same", *_AWAY), claims=1, refuted_by=_LARGER,
    ),
    ChainRule(word="Mixed, no clean transmission", claims=0, refuted_by="Residuals beyond two standard deviations on one side."),
)  # fmt: skip


def rule_for(chain: Chain) -> ChainRule:
    """The first rule that the states satisfy; the last one takes all."""
    return next(r for r in RULES if chain.lead in r.lead and chain.hong_kong in r.hong_kong and chain.mainland in r.mainland)


def read(desk: Desk) -> Chain:
    """The states at the desk's row. The lead is the one that Hong Kong could know, or the mainland's where Hong Kong was away."""
    hong_kong, mainland = (_answer(desk, f"link.{k}") for k in ("us_hk_broad", "us_cn_broad"))
    source = "us_hk_broad" if hong_kong not in {*_AWAY, "unknown"} else "us_cn_broad"
    lead = _lead(desk, f"link.{source}")
    if source == "us_hk_broad" and mainland in {"followed", "opposed", "same"} and _lead(desk, "link.us_cn_broad") != lead:
        mainland = "apart"  # after a holiday its lead spans more sessions, and those pointed elsewhere
    return Chain(lead, hong_kong, mainland)


def _lead(desk: Desk, key: str) -> str:
    if desk.known(f"{key}.lead"):
        return {1: "up", -1: "down"}.get(desk.side(f"{key}.lead"), "flat")
    return "none" if desk.value(f"{key}.lead_sessions") == 0 else "unknown"


def _answer(desk: Desk, key: str) -> str:
    if not desk.known(f"{key}.waiting", f"{key}.actual"):
        return "unknown"
    if desk.number(f"{key}.waiting") > 0:
        return "closed"
    if not desk.known(f"{key}.lead"):
        return "rested" if desk.value(f"{key}.lead_sessions") == 0 else "unknown"
    word = link_word(lambda m: desk.value(f"{key}.{m}"), desk.settings.flat)
    side = desk.side(f"{key}.actual")
    if not side or word == "none":
        return "flat"
    if word in {*FOLLOWED, "reversed"}:
        return "opposed" if word == "reversed" else "followed"
    return "same" if side == desk.side(f"{key}.lead") else "apart"
