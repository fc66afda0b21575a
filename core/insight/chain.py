"""The verdict on the chain: what each market did with the lead it could know, and a table of rules that turns this into one word.

The more is unknown, the less is claimed: a state that is unknown is matched by the abstaining rules only, a link that is not proven by none
of the strong ones. A market that was closed did not decline to follow.
"""

from dataclasses import dataclass

from core.insight.desk import Desk
from core.insight.follow import FOLLOWED, link_read
from core.insight.refuted import Refuted, below, beyond, within
from core.metrics.breadth import SECTORS, TRIOS

LEAD = ("up", "down", "flat", "none", "unknown")
# Of the lead's own sessions: broad where all three indices and at least eight sectors went the lead's way.
BREADTH = ("broad", "narrow", "unknown")
# What a follower did: followed and opposed are proven links, same and apart only directions. Same needs the market's other indices not to oppose,
# opposed a residual of at least one standard deviation, and followed one under two.
ANSWERS = ("followed", "opposed", "same", "apart", "flat", "closed", "rested", "unknown")
# Sectors of eleven that make a session broad.
BROAD_SECTORS = 8
_AWAY = ("closed", "rested")
_MOVED = ("up", "down")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRule:
    """A verdict: the states it needs, its word, and what would contradict it.

    `claims` says how much it asserts, from 0 (abstains) to 4 (one cause seen through three markets); `broken` is the link that did not hold;
    `refuted_when` is what `refuted_by` says, as conditions.
    """

    word: str
    lead: tuple[str, ...] = LEAD
    breadth: tuple[str, ...] = BREADTH
    hong_kong: tuple[str, ...] = ANSWERS
    mainland: tuple[str, ...] = ANSWERS
    claims: int
    refuted_by: str
    broken: str = ""
    refuted_when: Refuted = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The states of the three markets: of the lead, of both answers to it, and how broad the lead was."""

    lead: str
    hong_kong: str
    mainland: str
    breadth: str = "unknown"


_RESIDUAL = "A residual beyond two standard deviations in either link, or a link whose correlation with its lead is near zero."
_BREAK, _LARGE, _WELL = 1.0, 2.0, 0.9
_LED = ("us_hk_broad", "us_cn_broad")
_RESIDUALS = tuple(f"link.{k}.residual_z" for k in _LED)
_NOISE = "A residual well within one standard deviation: then the break is no more than the usual scatter."
_OPENS = "The closed market's next session moving against the lead."
_LARGER = "A longer history or a larger lead, against which the answer can be measured."
_MISSING = "The missing sessions."
NO_VERDICT = "No verdict on the chain"

# By the side and the breadth of the lead; a transmission is clean only on a broad one.
_THROUGH = {
    ("up", "broad"): "Clean risk-on transmission, US → Hong Kong → A-shares",
    ("up", "narrow"): "Risk-on transmission, US → Hong Kong → A-shares, on a narrow US lead",
    ("up", "unknown"): "Risk-on transmission, US → Hong Kong → A-shares, on a US lead of unknown breadth",
    ("down", "broad"): "Clean risk-off transmission, US → Hong Kong → A-shares",
    ("down", "narrow"): "Risk-off transmission, US → Hong Kong → A-shares, on a narrow US lead",
    ("down", "unknown"): "Risk-off transmission, US → Hong Kong → A-shares, on a US lead of unknown breadth",
}


def _through(side: str, breadth: str, word: str) -> ChainRule:
    """The rule of a move that went through all three markets."""
    return ChainRule(
        word=word, lead=(side,), breadth=(breadth,),
        hong_kong=("followed",), mainland=("followed",), claims={"broad": 4, "narrow": 3, "unknown": 2}[breadth], refuted_by=_RESIDUAL,
        refuted_when=(*beyond(_LARGE, *_RESIDUALS), *below(0.0, *(f"link.{k}.corr_low" for k in _LED))),
    )  # fmt: skip


RULES: tuple[ChainRule, ...] = (
    ChainRule(word=NO_VERDICT, hong_kong=("unknown",), claims=0, refuted_by=_MISSING),
    ChainRule(word=NO_VERDICT, mainland=("unknown",), claims=0, refuted_by=_MISSING),
    ChainRule(word=NO_VERDICT, hong_kong=_AWAY, mainland=_AWAY, claims=0, refuted_by="The next session of either market."),
    ChainRule(word=NO_VERDICT, lead=("unknown", "none"), claims=0, refuted_by=_MISSING),
    *(_through(side, breadth, word) for (side, breadth), word in _THROUGH.items()),
    ChainRule(word="The chain broke at Hong Kong", lead=_MOVED, hong_kong=("opposed",), claims=2, refuted_by=_NOISE, broken="us_hk_broad",
              refuted_when=within(_WELL, "link.us_hk_broad.residual_z")),
    ChainRule(
        word="The chain broke at the mainland", lead=_MOVED, hong_kong=("followed", "same", *_AWAY), mainland=("opposed",), claims=2,
        refuted_by=_NOISE, broken="us_cn_broad", refuted_when=within(_WELL, "link.us_cn_broad.residual_z"),
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
    ChainRule(word="Mixed, no clean transmission", claims=0, refuted_by="All markets going one way after the next lead."),
)  # fmt: skip


def rule_for(chain: Chain) -> ChainRule:
    """The first rule that the states satisfy; the last one takes all."""
    return next(
        r for r in RULES
        if chain.lead in r.lead and chain.breadth in r.breadth and chain.hong_kong in r.hong_kong and chain.mainland in r.mainland
    )  # fmt: skip


def read(desk: Desk) -> Chain:
    """The states at the desk's row. The lead is the one that Hong Kong could know, or the mainland's where Hong Kong was away."""
    hong_kong, mainland = (_answer(desk, f"link.{k}", TRIOS[m]) for k, m in (("us_hk_broad", "hk"), ("us_cn_broad", "cn")))
    source = "us_hk_broad" if hong_kong not in {*_AWAY, "unknown"} else "us_cn_broad"
    lead = _lead(desk, f"link.{source}")
    if source == "us_hk_broad" and mainland in {"followed", "opposed", "same"} and _lead(desk, "link.us_cn_broad") != lead:
        mainland = "apart"  # after a holiday its lead spans more sessions, and those pointed elsewhere
    return Chain(lead, hong_kong, mainland, _breadth(desk, led_by(source), lead))


def led_by(link: str) -> str:
    """The key under which the breadth of a link's lead is measured."""
    return f"lead.{link.split('_')[1]}"


def _breadth(desk: Desk, key: str, lead: str) -> str:
    """How broad the lead was on its own sessions; one count that is short of it shows that it was narrow."""
    if lead not in _MOVED:
        return "unknown"
    counts = ((f"{key}_indices_up", 3, 3), (f"{key}_sectors_up", len(SECTORS), BROAD_SECTORS))
    met = [None if (up := desk.value(k)) is None else (up if lead == "up" else of - up) >= least for k, of, least in counts]
    return "narrow" if False in met else "unknown" if None in met else "broad"


def _lead(desk: Desk, key: str) -> str:
    if desk.known(f"{key}.lead"):
        return {1: "up", -1: "down"}.get(desk.side(f"{key}.lead"), "flat")
    return "none" if desk.value(f"{key}.lead_sessions") == 0 else "unknown"


def _answer(desk: Desk, key: str, trio: tuple[str, ...]) -> str:
    if not desk.known(f"{key}.waiting", f"{key}.actual"):
        return "unknown"
    if desk.number(f"{key}.waiting") > 0:
        return "closed"
    if not desk.known(f"{key}.lead"):
        return "rested" if desk.value(f"{key}.lead_sessions") == 0 else "unknown"
    return _moved(desk, key, trio)


def _moved(desk: Desk, key: str, trio: tuple[str, ...]) -> str:
    """What a market that traded on a known lead did with it."""
    word, _ = link_read(lambda m: desk.value(f"{key}.{m}"), desk.settings.flat)
    side, size = desk.side(f"{key}.actual"), abs(desk.number(f"{key}.residual_z"))
    if not side or word == "none":
        return "flat"
    if word == "reversed":
        return "opposed" if size >= _BREAK else "apart"
    if word in FOLLOWED and size < _LARGE:
        return "followed"
    others = [desk.side(f"{k}.change") if desk.known(f"{k}.change") else -side for k in trio[1:]]
    return "same" if side == desk.side(f"{key}.lead") and -side not in others else "apart"
