"""Section 1: the rarest true thing of the day, what confirms it, what contradicts it, and what it is not."""

from dataclasses import dataclass

import numpy as np

from core.divergences import BY_KEY as RULES
from core.divergences.detect import direction
from core.insight import together
from core.insight.crypto_defi import flow_weight, flow_word
from core.insight.desk import Desk, Writer
from core.insight.transmission import crypto_word
from core.insight.us import stress
from core.metrics.gaps import fresh
from core.records import Cell, Finding, Section
from core.units import Unit
from core.wording import show

# Moves that can carry a headline of their own: metric of the change, its percentile, and how it is said.
MOVES = (
    ("spx", "US equities {word}: S&P 500 {spx.change}, Nasdaq 100 {ndx.change}, Dow {dow.change}"),
    ("hsi", "Hong Kong {word}: Hang Seng {hsi.change}, HSCEI {hscei.change}, HSTECH {hstech.change}"),
    ("sse", "A-shares {word}: SSE Composite {sse.change}, SZSE Component {szse.change}, ChiNext {chinext.change}"),
    ("btc", "Crypto {word}: BTC {btc.change}, ETH {eth.change}"),
    ("vix", "VIX {word}: {vix.change} to {vix.close}"),
    ("us10y", "The ten-year yield {word}: {us10y.change|signed} to {us10y.close}"),
    ("dxy", "The dollar {word}: {dxy.change} to {dxy.close}"),
    ("gold", "Gold {word}: {gold.change} to {gold.close}"),
    ("tvl", "DeFi TVL {word}: {tvl.change} to {tvl.close}"),
)
# Rarer than this share of its year (percent) counts as unusual; otherwise the day is quiet.
UNUSUAL = 10.0
_YEAR = 250


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be the headline: how rare it is in percent of its year (smaller is rarer), and how to say it."""

    key: str
    rarity: float
    template: str
    refuted_by: str
    also: tuple[str, ...]


def rarity(desk: Desk, rule: str) -> float:
    """Share (percent) of the gap's last 250 sessions on which it was at least as large as today, in the rule's own way."""
    f, pair = desk.table.features, RULES[rule].pair
    own = np.flatnonzero(fresh(f, pair))
    own = own[own <= desk.row][-_YEAR:]
    gap = desk.table.columns[f"gap.{rule}"]
    such = direction(desk.table, RULES[rule], desk.settings.flat) & (np.abs(gap) >= abs(gap[desk.row]))
    return float(such[own].mean() * 100) if len(own) >= 60 else 100.0


_SAYINGS = {
    ("us_crypto", 1): "Crypto decouples to the downside while US equities rise: BTC {btc.change}, ETH {eth.change} against S&P 500 {spx.change}",
    ("us_crypto", -1): "Crypto rises against falling US equities: BTC {btc.change}, ETH {eth.change}, S&P 500 {spx.change}",
}


def _from_finding(desk: Desk, f: Finding) -> Candidate:
    rule, pair = RULES[f.rule], RULES[f.rule].pair
    up = 1 if desk.number(f.gap) > 0 else -1
    plain = f"{f.direction[0].upper()}{f.direction[1:]}: {pair.a.label} {{{pair.a.metric}}}, {pair.b.label} {{{pair.b.metric}}}"
    return Candidate(
        f.rule, rarity(desk, f.rule), f"{_SAYINGS.get((f.rule, up), plain)}, a gap of {{{f.gap}|size}}.", rule.refuted_by, (f.gap, f"{f.gap}.z")
    )


def _from_moves(desk: Desk) -> list[Candidate]:
    made = []
    for series, template in MOVES:
        rank = desk.value(f"{series}.rank")
        if rank is None or desk.table.panel.missed(series)[desk.row]:
            continue
        word = "rose" if desk.number(f"{series}.change") > 0 else "fell"
        sharply = f"{word} sharply" if rank >= 95 else word
        text = template.replace("{word}", sharply) + f" on {{{series}.change|session}}, the {{{series}.rank}} of its year by size."
        made.append(Candidate(series, 100 - rank, text, "The next session taking it back.", (f"{series}.z",)))
    if desk.known("stable.flow_rank") and flow_word(desk) in {"contraction", "expansion"}:
        verb = "contracts" if flow_word(desk) == "contraction" else "expands"
        made.append(Candidate(
            "stablecoins", 100 - desk.number("stable.flow_rank"),
            f"Stablecoin supply {verb} by {{stable.net|size}} in a day, USDC {{usdc.change}}, the {{stable.flow_rank}} of the year's flows by size.",
            "A restatement by the source, or the flow reversing.", ("stablecoins.change",),
        ))  # fmt: skip
    return made


def _as_one(desk: Desk) -> list[Candidate]:
    """Equities and crypto moving together, as rare as both having moved so far on one day."""
    template, share = together.sentence(desk), together.rarity(desk)
    if not template or share is None:
        return []
    return [Candidate(together.KEY, share, template, "Either side taking its move back without the other.", ("crypto.spx_move", "us.indices_up"))]


def candidates(desk: Desk, findings: tuple[Finding, ...]) -> list[Candidate]:
    """Everything that could lead the report, rarest first. A divergence between markets goes before a single move that is as rare."""
    fired = [_from_finding(desk, f) for f in findings if f.state == "fires"]
    return sorted([*fired, *_as_one(desk), *_from_moves(desk)], key=lambda c: (round(c.rarity, 1), c.key not in {*RULES, together.KEY}))


def _what_it_is_not(w: Writer, top: str) -> None:
    d = w.desk
    signs = stress(d)
    if signs == [] and d.side("spx.change") >= 0 and d.known("spx.change") and not d.table.panel.missed("spx")[d.row]:
        w.say(
            "contradiction", "key_insight.not: no macro gauge beyond its usual range and US equities not down",
            "It is not broad risk-off: S&P 500 {spx.change}, VIX {vix.change}, ten-year yield {us10y.change|signed}.",
            "Equities following in the next session.", ("vix.z", "us10y.z", "dxy.z"),
        )  # fmt: skip
    elif crypto_word(d) == "coupled" and d.side("btc.change") < 0:
        w.say(
            "contradiction", "key_insight.not: crypto and US equities fell in overlapping sessions",
            "It is not a story of crypto alone: equities fell too, S&P 500 {spx.change} with BTC {btc.change}.",
            "Equities recovering without crypto.",
        )  # fmt: skip
    if top == "us_crypto" and d.known("dex.change") and d.number("dex.change") > 0:
        w.say("contradiction", "key_insight.activity: DEX volume up while prices fall",
              "What speaks against an exit from DeFi: DEX volume {dex.change} while prices fell.", "Volume fading.")  # fmt: skip


def _confirm(w: Writer, ranked: list[Candidate]) -> None:
    word = flow_word(w.desk)
    top = ranked[0].key
    if top == "us_crypto" and word != "unknown":
        says = {
            "contraction": "Stablecoins confirm money leaving: net {stable.net|signed} over four coins, {stablecoins.change} of all supply: "
            f"real but {flow_weight(w.desk)}.",
            "rotation": "Stablecoins do not confirm an exit: what was redeemed was issued elsewhere, net {stable.net|signed}.",
            "expansion": "Stablecoins contradict an exit: supply grew by {stable.net|signed}.",
            "quiet": "Stablecoins do not confirm an exit: net {stable.net|signed}.",
        }
        w.say(
            "support",
            "key_insight.stablecoins: net of four coins",
            says[word],
            "A restatement by the source.",
            ("stable.flow_rank",) if w.desk.known("stable.flow_rank") else (),
        )
    for c in ranked[1:]:
        if len([x for x in w.claims if x.kind == "support"]) >= 3 or c.rarity > UNUSUAL:
            break
        if (top == "us_crypto" and c.key in {"btc", "stablecoins"}) or c.key == top:
            continue
        w.say("support", f"key_insight: among the rarest {UNUSUAL:.0f}% of its year", c.template, c.refuted_by, c.also)


def _name(desk: Desk, key: str) -> str:
    if key == together.KEY:
        return together.LABEL
    return RULES[key].label if key in RULES else desk.figure(f"{key}.close").label


def write(desk: Desk, findings: tuple[Finding, ...]) -> Section:
    """The section; it is written last, since it ranks what the others found."""
    w = Writer(desk, "key_insight", "Key insight")
    ranked = candidates(desk, findings)
    unusual = [c for c in ranked if c.rarity <= UNUSUAL]
    if unusual:
        rule = f"headline: the rarest of {len(ranked)} candidates, each against its own year"
        w.say("headline", rule, unusual[0].template, unusual[0].refuted_by, unusual[0].also)
        _confirm(w, unusual)
        _what_it_is_not(w, unusual[0].key)
    elif ranked:
        w.say("headline", "headline: nothing in the rarest tenth of its year",
              "Little happened: no move and no divergence is among the rarest tenth of its own year.",
              "A close that is restated.", [f"{k}.change" for k in ("spx", "hsi", "sse", "btc") if desk.known(f"{k}.change")])  # fmt: skip
        w.say("support", "headline: the rarest of an ordinary day", f"The least ordinary: {ranked[0].template}", ranked[0].refuted_by, ranked[0].also)
    else:
        w.say("abstention", "headline: no candidate", "No headline: too little is known at this cutoff.", "More data.")
    together.caution(w)
    w.table(
        "candidates", "What could have led, rarest first", ("Candidate", "Share of its year at least as large"),
        [(Cell(_name(desk, c.key)), Cell(show(c.rarity, Unit.SHARE))) for c in ranked[:6]],
        "The headline is the rarest thing by its own history, not the largest.",
    ) if ranked else None  # fmt: skip
    return w.section()
