"""What could lead a report: divergences that fire, moves, and equities and crypto moving as one, each ranked against its own year."""

from dataclasses import dataclass, replace

import numpy as np

from core.divergences import BY_KEY as RULES
from core.insight.coupling import UNEXPLAINED, broad, crypto_word, usually_coupled
from core.insight.crypto_defi import flow_word
from core.insight.desk import HONG_KONG, Desk, cited
from core.insight.witnesses import new_today
from core.language import N_, capital, join, written
from core.metrics.gaps import fresh
from core.metrics.metric import YEAR_OF_SESSIONS, year_of
from core.panel import Positions
from core.records import Finding

# Series whose move can carry a headline of its own: what rose or fell, and its numbers.
MOVES = (
    ("spx", "US equities", ("S&P 500 {spx.change}", "Nasdaq 100 {ndx.change}", "Dow {dow.change}")),
    ("hsi", HONG_KONG, ("Hang Seng {hsi.change}", "HSCEI {hscei.change}", "HSTECH {hstech.change}")),
    ("sse", "A-shares", ("SSE Composite {sse.change}", "SZSE Component {szse.change}", "ChiNext {chinext.change}")),
    ("btc", "Crypto", ("BTC {btc.change}", "ETH {eth.change}")),
    ("vix", "VIX", ("{vix.change} to {vix.close}",)),
    ("us10y", "The 10-year yield", ("{us10y.change|signed} to {us10y.close}",)),
    ("dxy", "The dollar", ("{dxy.change} to {dxy.close}",)),
    ("gold", "Gold", ("{gold.change} to {gold.close}",)),
    ("tvl", "DeFi TVL", ("{tvl.change} to {tvl.close}", "ETH {eth.change}")),
)
# What leads by name: rule, direction, and whether crypto is the outlier, as only what is usually coupled decouples.
SAYINGS = {
    ("us_crypto", 1, True): "Crypto decouples to the downside while US equities rise",
    ("us_crypto", 1, False): "Crypto falls while US equities rise",
    ("us_crypto", -1, True): "Crypto decouples to the upside while US equities fall",
    ("us_crypto", -1, False): "Crypto rises while US equities fall",
}
# Equities and crypto count as moving as one from this size of both, in standard deviations of their own year.
TOGETHER = 0.5
# Shares of a year's sessions that are closer than this (percentage points) cannot be told apart: one standard error of 3% in 250 is 1%.
ALIKE = 3.0
_BETWEEN = {"us_crypto", "cn_hk_broad", "cn_hk_tech", "hk_us_broad", "hk_us_tech", "gold_equities", "dollar_equities"}
_FEWEST = 60

_SHARP = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could be the headline, and how to say it.

    The like was larger on `outdone` of its last `sessions` sessions. `sign`: the direction of the move or of the gap; `mood`: −1 where it is
    bad news for risk, +1 where good, 0 neither; `figure`: the key whose provenance it has; `what` happened, and its `numbers`, of which those after
    the first may be left out, in their `frame`, within a `sentence`.
    """

    key: str
    outdone: int
    sessions: int
    sign: int
    mood: int
    figure: str
    what: str
    numbers: tuple[str, ...]
    refuted_by: str
    also: tuple[str, ...] = ()
    frame: str = "{numbers}"
    sentence: str = "{what}: {numbers}."

    @property
    def rarity(self) -> float:
        """Share (percent) of its sessions that outdid it: smaller is rarer."""
        return self.outdone / self.sessions * 100 if self.sessions else 100.0

    @property
    def template(self) -> str:
        """The sentence."""
        return N_(self.sentence, what=self.what, numbers=self._told)

    @property
    def aside(self) -> str:
        """The same within another sentence."""
        first = self.what.split(" ")[0]
        own_name = first == "Hong" or not (first[1:2].isalpha() and first[1:].replace("-", "").isalpha() and first[1:].islower())
        within = self.what if own_name else written(f"{self.what[0].lower()}{self.what[1:]}", self.what)
        return N_("{what} ({numbers})", what=within, numbers=self._told)

    @property
    def _told(self) -> str:
        return N_(self.frame, numbers=join(", ", self.numbers))


def candidates(desk: Desk, findings: tuple[Finding, ...]) -> list[Candidate]:
    """Everything new since the report before that could lead, rarest first.

    Of two that are about as rare the wider story comes first: markets as one, markets against each other, one market, the inside of one. Where
    equities and crypto move as one, their single moves are parts of that and do not lead.
    """
    joint = _together(desk)
    parts = {"spx", "btc", "vix", "tvl"} if joint else set()
    fired = [_from_finding(desk, f) for f in findings if f.state == "fires" and _new(desk, f.rule) and not by_the_clock(desk, f.gap)]
    made = [_of_the_known(desk, c) for c in (*joint, *fired, *(c for c in _moves(desk) if c.key not in parts), *_supply(desk))]
    return sorted((c for c in made if c.sessions >= _FEWEST), key=lambda c: (c.rarity // ALIKE, _scope(c.key), c.rarity, c.key))


def _of_the_known(desk: Desk, c: Candidate) -> Candidate:
    """The candidate without the numbers beside its main ones that are not known."""
    return replace(c, numbers=(c.numbers[0], *(text for text in c.numbers[1:] if desk.known(*cited(text)))))


def _scope(key: str) -> int:
    return 0 if key == "together" else 1 if key in _BETWEEN else 3 if key in RULES else 2


def _new(desk: Desk, rule: str) -> bool:
    return any(new_today(desk, leg.series) for leg in (RULES[rule].pair.a, RULES[rule].pair.b))


def by_the_clock(desk: Desk, gap: str) -> bool:
    """Whether at least half of a gap vanishes on aligned sessions: then it is an effect of closing times, and no news."""
    aligned = desk.value(f"{gap}.aligned")
    return aligned is not None and aligned * desk.number(gap) < desk.number(gap) ** 2 / 2


def own_sessions(desk: Desk, rule: str) -> Positions:
    """Rows of the last year of sessions of a rule's gap, the one shown at the desk included."""
    return np.flatnonzero(fresh(desk.table.features, RULES[rule].pair)[: desk.row + 1])[-YEAR_OF_SESSIONS:]


def _from_finding(desk: Desk, f: Finding) -> Candidate:
    rule, pair = RULES[f.rule], RULES[f.rule].pair
    own = own_sessions(desk, f.rule)
    up = 1 if desk.number(f.gap) > 0 else -1
    gap, moved = desk.table.columns[f.gap][own] * up, desk.detections[f.rule].moved[own]
    wider = moved & (gap > abs(desk.number(f.gap)))
    said = SAYINGS.get((f.rule, up, crypto_word(desk) == "outlier"))
    crypto = "BTC {btc.change}", "ETH {eth.change}"
    numbers = crypto if said else tuple(N_("{name} {value}", name=leg.label, value=f"{{{leg.metric}}}") for leg in (pair.a, pair.b))
    frame = "{numbers} against S&P 500 {spx.change}, a gap of {gap}" if said else "{numbers}, a gap of {gap}"
    return Candidate(
        key=f.rule, outdone=int(np.count_nonzero(wider)), sessions=len(own), sign=up, mood=-up if f.rule == "us_crypto" else 0, figure=f.gap,
        what=said or capital(f.direction), numbers=numbers, frame=N_(frame, gap=f"{{{f.gap}|size}}"), refuted_by=rule.refuted_by,
        also=(f.gap, f"{f.gap}.z"),
    )  # fmt: skip


def _together(desk: Desk) -> list[Candidate]:
    """Equities and crypto moving as one, where both moves are of some size, and crypto's is one that the usual coupling explains."""
    if not (_new(desk, "us_crypto") and desk.known("gap.us_crypto", "spx.z", "btc.z")):
        return []
    spx = desk.side("spx.change")
    if crypto_word(desk) != "coupled" or min(abs(desk.number("spx.z")), abs(desk.number("btc.z"))) < TOGETHER:
        return []
    if abs(desk.number("crypto.spx_residual_z")) >= UNEXPLAINED:
        return []
    own = own_sessions(desk, "us_crypto")
    a, b = (desk.table.columns[f"{k}.change"][own] for k in ("spx", "btc"))
    larger = (a * b > 0) & (np.abs(a) > abs(desk.number("spx.change"))) & (np.abs(b) > abs(desk.number("btc.change")))
    risk = desk.number("vix.change") * spx < 0 and broad(desk, spx) and usually_coupled(desk)
    both = desk.side("eth.change") == spx
    what = {
        (-1, True, True): "Broad risk-off, with crypto coupled", (-1, False, True): "US equities and crypto fell together",
        (1, True, True): "Broad risk-on, with crypto coupled", (1, False, True): "US equities and crypto rose together",
        (-1, True, False): "Broad risk-off, with BTC coupled", (-1, False, False): "US equities and BTC fell together",
        (1, True, False): "Broad risk-on, with BTC coupled", (1, False, False): "US equities and BTC rose together",
    }[spx, risk, both]  # fmt: skip
    numbers = "S&P 500 {spx.change}", "Nasdaq 100 {ndx.change}", "BTC {btc.change}", "ETH {eth.change}", *(["VIX {vix.change}"] if risk else [])
    return [Candidate(
        key="together", outdone=int(np.count_nonzero(larger)), sessions=len(own), sign=spx, mood=spx, figure="gap.us_crypto", what=what,
        numbers=numbers, refuted_by="One of the two turning without the other in the next session.", also=("gap.us_crypto", "spx.z", "btc.z"),
    )]  # fmt: skip


def _moves(desk: Desk) -> list[Candidate]:
    made = []
    for series, name, numbers in MOVES:
        rank = desk.value(f"{series}.rank")
        if rank is None or not new_today(desk, series):
            continue
        up = 1 if desk.number(f"{series}.change") > 0 else -1
        sharp = rank >= _SHARP
        word = ("rose sharply" if sharp else "rose") if up > 0 else "fell sharply" if sharp else "fell"
        mood = {"spx": up, "hsi": up, "sse": up, "btc": up, "tvl": up, "vix": -up}.get(series, 0)
        made.append(Candidate(
            key=series, outdone=_outdone(desk, series, rank), sessions=_known(desk, series), sign=up, mood=mood, figure=f"{series}.change",
            what=N_("{name} {word}", name=name, word=word), numbers=numbers,
            frame=N_("{numbers} on {session}", session=f"{{{series}.change|session}}"), refuted_by="The next session taking it back.",
            also=(f"{series}.rank",),
        ))  # fmt: skip
    return made


def _known(desk: Desk, series: str) -> int:
    """How many changes of a series' trailing year are known."""
    panel = desk.table.panel
    last = int(panel.position(series)[desk.row]) + 1
    return int(np.isfinite(desk.table.features.change(series)[max(0, last - year_of(panel, series)) : last]).sum())


def _outdone(desk: Desk, series: str, rank: float) -> int:
    """How many sessions of a trailing year had a larger change, from the percentile of today's."""
    return round((100 - rank) / 100 * _known(desk, series))


def _supply(desk: Desk) -> list[Candidate]:
    word = flow_word(desk)
    if word not in {"contraction", "expansion"} or not desk.known("stable.flow_rank", "stablecoins.change") or not new_today(desk, "usdt"):
        return []
    up = 1 if word == "expansion" else -1
    if desk.number("stablecoins.change") * up < 0:  # the coins counted against all the others: no flow of the market
        return []
    grew, shrank = ("Stablecoin supply grew", "Stablecoin supply expanded"), ("Stablecoin supply shrank", "Stablecoin supply contracted")
    return [Candidate(
        key="stablecoins", outdone=_outdone(desk, "stablecoins", desk.number("stable.flow_rank")), sessions=_known(desk, "stablecoins"), sign=up,
        mood=up, figure="stable.net", what=desk.pick(*(grew if up > 0 else shrank)), sentence="{what} {numbers}.",
        numbers=("by {stable.net|size} over the coins counted on {stable.net|session}, {stablecoins.change} of all supply",),
        refuted_by="A restatement by the source, or the flow reversing.", also=("stable.flow_rank",),
    )]  # fmt: skip
