"""Section 1: the rarest true thing of the day, what confirms it, what contradicts it, and what it is not."""

from core.divergences import BY_KEY as RULES
from core.insight.candidates import ALIKE, MOVES, Candidate, candidates
from core.insight.coupling import crypto_word, refused
from core.insight.crypto_defi import UNREMARKABLE, flow_weight, flow_word
from core.insight.desk import HONG_KONG, Desk, Writer
from core.insight.us import stress
from core.insight.witnesses import Witness, heard, new_today
from core.language import N_, join
from core.metrics.defi import COINS
from core.records import Cell, Finding, Section
from core.units import Unit
from core.wording import listing, show

# Outdone on fewer than this share of its sessions (percent) counts as unusual; from the other share on the day is quiet.
UNUSUAL, QUIET = 3.0, 10.0
# A day on which a broad index or BTC moved by so many standard deviations of its year is no quiet one.
STIRRED = 1.0
# One coin that is this share (percent) of a stablecoin flow is all there is to it.
ONE_COIN = 80.0
_SHOWN = 6
_WHOSE = {"spx": "US equities", "hsi": HONG_KONG, "sse": "A-shares", "btc": "crypto"}
_SAME_STORY = (
    {"us_crypto", "btc", "tvl"}, {"cn_hk_broad", "cn_hk_tech"}, {"hk_us_broad", "hk_us_tech"}, {"spx", "vix", "together"},
    {"stablecoins", "stable_price"},
)  # fmt: skip


def write(desk: Desk, findings: tuple[Finding, ...]) -> Section:
    """The section; it is written last, since it ranks what the others found."""
    w = Writer(desk, "key_insight", "Key insight")
    ranked = candidates(desk, findings)
    for c in ranked:
        w.derive(f"rarity.{c.key}", N_("{what}: share of sessions that outdid it", what=_name(desk, c)), c.rarity, Unit.SHARE,
                 "Share of the sessions of its trailing year, this one included, on which the like was larger.", c.figure)  # fmt: skip
    if not ranked:
        w.say("abstention", "headline: no candidate", "No headline: nothing new is known at this cutoff that could be ranked.", "More data.")
    elif ranked[0].rarity < QUIET:
        _notable(w, ranked)
    else:
        _quiet(w, ranked)
    _not_compared(w)
    if ranked:
        w.table(
            "candidates", "What could have led, rarest first", ("Candidate", "Sessions of its year on which the like was larger"),
            _rows(desk, ranked),
            N_("The headline is the rarest thing by its own history, not the largest; of those about as rare (within {alike} percentage points) "
               "the widest story leads. The like of a divergence fires in its direction; where a percentile of its gap is given, it ranks the gap's "
               "size on all sessions.", alike=f"{ALIKE:.0f}"),
        )  # fmt: skip
    return w.section()


def _rows(desk: Desk, ranked: list[Candidate]) -> list[tuple[Cell, ...]]:
    """The candidates in the order of the share that is shown; the one that leads is marked, with why where it is not the rarest."""
    led, ordered = ranked[0], sorted(ranked, key=lambda c: c.rarity)
    mark = N_("{name} (led)" if led.rarity <= ordered[0].rarity else "{name} (led: widest story within {alike} points)", name=_name(desk, led),
              alike=f"{ALIKE:.0f}")  # fmt: skip
    shown = [*ordered[:_SHOWN], *([led] if led not in ordered[:_SHOWN] else [])]
    return [(Cell(mark if c is led else _name(desk, c)), Cell(show(c.rarity, Unit.SHARE), f"rarity.{c.key}")) for c in shown]


def _name(desk: Desk, c: Candidate) -> str:
    if c.key == "together":
        return "US equities and crypto as one"
    return RULES[c.key].label if c.key in RULES else desk.figure(f"{c.key}.close").label


def _notable(w: Writer, ranked: list[Candidate]) -> None:
    """A day with something to tell: rare, or at least the rarest of an ordinary day, which it then calls it."""
    top = ranked[0]
    text = top.template
    if top.rarity >= UNUSUAL and top.key != "together":
        said = w.desk.pick("An ordinary day; most notable", "Nothing rare; nearest to it", "An ordinary day; its main event")
        text = N_("{said}: {told}.", said=said, told=top.aside)
    w.say("headline", N_("headline: the rarest of {n} candidates, each against its own year", n=len(ranked)), text, top.refuted_by,
          (*top.also, f"rarity.{top.key}"))  # fmt: skip
    _why(w, top)
    _confirmed(w, top)
    _next(w, ranked)
    _contradicted(w, top)
    _is_not(w, top)


def _why(w: Writer, top: Candidate) -> None:
    """How rare it is, in a sentence."""
    what = "gap" if top.key in RULES else "joint move" if top.key == "together" else "flow" if top.key == "stablecoins" else "move"
    n, outdone = (
        w.derive(f"rarity.{top.key}.{name}", N_(text, what=_name(w.desk, top)), value, Unit.COUNT,
                 "Sessions of its trailing year, this one included.", top.figure)
        for name, text, value in (("sessions", "{what}: sessions ranked", top.sessions), ("outdone", "{what}: sessions that outdid it", top.outdone))
    )  # fmt: skip
    larger, kind = ("wider", "in this direction") if what == "gap" else ("larger", "of its kind")
    rare = None if top.outdone == 0 else top.rarity < UNUSUAL
    text = N_(w.desk.pick(*_RARITY[rare]), larger=larger, what=what, kind=kind, n=f"{{{n}}}", outdone=f"{{{outdone}}}")
    w.say("support", "rarity: sessions of its trailing year on which the like was larger", text,
          N_("A longer history in which such a {what} is common.", what=what), (n, outdone, f"rarity.{top.key}"))  # fmt: skip


# Ways to say how rare something is: what no session outdid (None), what is rare, and what is not.
_RARITY = {
    None: ("There was no {larger} {what} {kind} in its last {n} sessions.", "Not one of its last {n} sessions had a {larger} {what} {kind}."),
    True: ("That is rare by its own history: a {what} {kind} was {larger} on {outdone} of its last {n} sessions.",
           "Of its last {n} sessions only {outdone} had a {larger} {what} {kind}.",
           "A {larger} {what} {kind} came on {outdone} of the last {n} sessions."),
    False: ("Against its own history: a {what} {kind} was {larger} on {outdone} of its last {n} sessions.",
            "Of its last {n} sessions {outdone} had a {larger} {what} {kind}.",
            "A {larger} {what} {kind} came on {outdone} of the last {n} sessions."),
}  # fmt: skip


def _testimony(w: Writer, found: list[Witness], *, agree: bool) -> tuple[str, list[str]]:
    """What the first witnesses say, for a template, and the moves of the legs that they speak of."""
    told = [x.testimony(w.desk, agrees=agree) for x in found[:3]]
    return join("; ", told) if any(x.leg for x in found[:3]) else listing(told), [f"{x.leg}.change" for x in found[:3] if x.leg]


# That money left stablecoins with the gap: by whether the flow stands out in its year (True), does not (False), or cannot be ranked (None).
_LEAVING = {
    True: "Stablecoins confirm money leaving: net {stable.net|signed} over the coins counted, {stablecoins.change} of all supply, at the "
    "{stable.flow_rank} of the year's daily flows: {weight}.",
    False: "Stablecoin supply shrank too, by no unusual amount: net {stable.net|signed} over the coins counted, {stablecoins.change} of all supply, "
    "at the {stable.flow_rank} of the year's daily flows.",
    None: "Stablecoins confirm money leaving: net {stable.net|signed} over the coins counted, {stablecoins.change} of all supply: {weight}.",
}


def _confirmed(w: Writer, top: Candidate) -> None:
    d = w.desk
    agree, _ = heard(d, top.key, top.sign, top.template)
    if top.key == "us_crypto" and flow_word(d) == "contraction" and top.sign > 0 and d.number("stablecoins.change") < 0:
        rank = d.value("stable.flow_rank")
        w.say("support", "key_insight.stablecoins: net of the coins counted, against all supply",
              N_(_LEAVING[None if rank is None else rank >= UNREMARKABLE], weight=flow_weight(d)), "A restatement by the source.")  # fmt: skip
        agree = [x for x in agree if x.metric != "stable.net"]
    if agree:
        told, legs = _testimony(w, agree, agree=True)
        w.say("support", "witnesses: series that usually move with it",
              N_("{said}: {told}.", said=d.pick("What confirms it", "It does not stand alone", "In line with it"), told=told),
              "One of them turning in the next session.", legs)  # fmt: skip


def _next(w: Writer, ranked: list[Candidate]) -> None:
    """Equities and crypto moving as one, which is always said, or the next rarest thing, where it is unusual too and another story."""
    told = next((s for s in _SAME_STORY if ranked[0].key in s), {ranked[0].key})
    if any(c.rule.startswith("key_insight.stablecoins") for c in w.claims):
        told = told | {"stablecoins"}
    other = next((c for c in ranked[1:] if c.key == "together"), None) or next(
        (c for c in ranked[1:] if c.rarity < QUIET and c.key not in told), None
    )
    if other:
        w.say("support", N_("key_insight: equities and crypto as one, or the next outdone on under {quiet}% of sessions", quiet=f"{QUIET:.0f}"),
              N_("{said}: {told}.", said=w.desk.pick("Also notable", "A second thing", "And besides"), told=other.aside), other.refuted_by,
              (*other.also, f"rarity.{other.key}"))  # fmt: skip


def _contradicted(w: Writer, top: Candidate) -> None:
    """What speaks against it; always one line, and where nothing does, that."""
    agree, contradict = heard(w.desk, top.key, top.sign, top.template)
    rule = "witnesses: series that usually move with it and did not"
    if contradict:
        told, legs = _testimony(w, contradict, agree=False)
        text = N_("{said}: {told}.", said=w.desk.pick("What contradicts it", "Not everything agrees", "Against it"), told=told)
        if w.say("contradiction", rule, text, "These series following it in the next session.", legs):
            return
    if _no_signal(w, top):
        return
    series = top.key if top.key in {k for k, _, _ in MOVES} else ""
    if series and w.desk.number(f"{series}.week") * top.sign < 0:
        w.say("contradiction", "five sessions: the move against the week's direction",
              N_("Over five sessions it has still gone the other way: {week}.", week=f"{{{series}.week}}"), "A week that turns.")  # fmt: skip
    elif agree:
        w.say("contradiction", rule, w.desk.pick("Nothing that was tested contradicts it.", "No series that would contradict it does."),
              "One of the series that agree with it turning in the next session.", [x.metric for x in agree])  # fmt: skip
    else:
        w.say("contradiction", rule, "Nothing here could contradict it: the series that would are flat, older or not known.",
              "Any of them moving the other way in the next session.", (f"rarity.{top.key}",))  # fmt: skip


_SELDOM = (
    "{said}: five sessions after {n} earlier events such a gap was closed in {share} of cases, less often than the {usual} after any session."
)
_ALIKE = (
    "{said}: five sessions after {n} earlier events such a gap was closed in {share} of cases, which cannot be told from the {usual} after any "
    "session (lift between {low} and {high})."
)


def _no_signal(w: Writer, top: Candidate) -> bool:
    """That such a divergence told nothing about what followed, where its record shows so."""
    keys = n, share, usual, low, high = tuple(f"base.{top.key}.{k}" for k in ("n", "share", "usual", "lift_low", "lift_high"))
    if not set(keys) <= w.desk.figures.keys() or not w.desk.known(*keys) or w.desk.number(low) > 1:
        return False
    said = w.desk.pick("It has told little about what follows", "As a signal it has been weak")
    return w.say(
        "contradiction", "base rate: share of gaps closed five sessions later, against such a move after any session",
        N_(_SELDOM if w.desk.number(high) < 1 else _ALIKE, said=said, n=f"{{{n}}}", share=f"{{{share}|whole}}", usual=f"{{{usual}|whole}}",
           low=f"{{{low}}}", high=f"{{{high}}}"),
        "A longer record that sets it apart from ordinary days.",
    )  # fmt: skip


def _is_not(w: Writer, top: Candidate) -> None:
    d = w.desk
    current = d.known("spx.change", "vix.change") and new_today(d, "spx")
    if current and top.mood < 0 and stress(d) == [] and d.side("spx.change") >= 0:
        w.say(
            "negation", "key_insight.not: no macro gauge beyond its usual range and US equities not down",
            "It is not broad risk-off: S&P 500 {spx.change}, VIX {vix.change}, 10-year yield {us10y.change|signed}.",
            "Equities following in the next session.", ("vix.z", "us10y.z", "dxy.z"),
        )  # fmt: skip
    elif current and top.key != "together" and crypto_word(d) == "coupled" and d.side("btc.change") < 0 and top.mood < 0:
        w.say(
            "negation", "key_insight.not: crypto and US equities fell in overlapping sessions",
            "It is not a story of one market: equities and crypto both fell, S&P 500 {spx.change} with BTC {btc.change}.",
            "Equities recovering without crypto in the next session.",
        )  # fmt: skip
    elif top.key == "together" and d.known("crypto.spx_corr"):
        w.say(
            "negation", "key_insight.not: crypto and US equities moved the same way in overlapping sessions",
            "It is not a story of crypto alone: equities fell too, S&P 500 {spx.change} (usual correlation {crypto.spx_corr})." if top.sign < 0
            else "It is not a story of crypto alone: equities rose too, S&P 500 {spx.change} (usual correlation {crypto.spx_corr}).",
            "Crypto turning in the next session while equities do not.", ("gap.us_crypto",),
        )  # fmt: skip
    elif top.key == "stablecoins" and d.known("stable.issued", "stable.redeemed"):
        _one_coin(w)
        one_way = ("It is not rotation between coins: none of the coins counted shrank." if top.sign > 0
                   else "It is not rotation between coins: none of the coins counted grew.")  # fmt: skip
        both = d.number("stable.redeemed") < 0 < d.number("stable.issued")
        w.say("negation", "key_insight.not: issuance against redemption over the coins counted",
              "It is not rotation between coins: {stable.redeemed|size} redeemed against {stable.issued|size} issued." if both else one_way,
              "The coins offsetting each other in the days after.", ("stable.redeemed", "stable.issued"))  # fmt: skip


def _one_coin(w: Writer) -> None:
    """That one coin is nearly all of a stablecoin flow, where it is."""
    d = w.desk
    coin = max(COINS, key=lambda c: abs(d.number(f"{c}.flow")))
    share = d.number(f"{coin}.flow") / d.number("stable.net") * 100
    if ONE_COIN <= share <= 200 - ONE_COIN:
        part = w.derive("flow.one_coin", "Largest coin's share of the net flow", share, Unit.SHARE, "Flow of the coin that moved most over the net.",
                        "stable.net")  # fmt: skip
        w.say("contradiction", N_("key_insight.one_coin: one coin is {share}% or more of the net", share=f"{ONE_COIN:.0f}"),
              N_("Read it as one coin's story before a market's: {coin} ({change}) is {part} of the net.", coin=coin.upper(),
                 change=f"{{{coin}.change}}", part=f"{{{part}}}"),
              "The other coins following in the days after.", (f"{coin}.flow",))  # fmt: skip


def _quiet(w: Writer, ranked: list[Candidate]) -> None:
    d, top = w.desk, ranked[0]
    traded = [k for k in _WHOSE if new_today(d, k) and d.known(f"{k}.change")]
    stirred = any(abs(d.number(f"{k}.z")) >= STIRRED for k in traded)
    said = d.pick("Nothing unusual", "Nothing out of the ordinary") if stirred else d.pick("Little happened", "A quiet day", "Nothing unusual")
    if len(traded) == 1:
        said = N_("{said} in {market}, the only market that traded", said=said, market=_WHOSE[traded[0]])
    why = d.pick("nothing new stands out from its own year", "no move was unusual by the standards of its own year",
                 "every new move was outdone on a tenth of its year's sessions or more")  # fmt: skip
    unknown = [name for k, name in _WHOSE.items() if not d.known(f"{k}.change") or d.table.panel.missed(k)[d.row]]
    text = N_("{said}: {told}, as far as is known; nothing is known of {markets}." if unknown else "{said}: {told}.", said=said, told=why,
              markets=listing(unknown))  # fmt: skip
    w.say("headline", N_("headline: nothing was outdone on fewer than {quiet}% of its sessions", quiet=f"{QUIET:.0f}"), text,
          "A close that is restated.", (f"rarity.{top.key}", *(f"{k}.change" for k in traded)))  # fmt: skip
    moves = [N_("{name} {value}", name=d.figure(f"{k}.close").label, value=f"{{{k}.change}}") for k in traded]
    if moves:
        said = d.pick("The day in numbers", "Where things stand", "In figures")
        w.say("support", "headline: broad indices and BTC", N_("{said}: {told}.", said=said, told=listing(moves)), "A close that is restated.")
    said = d.pick("The least ordinary move", "What came nearest to news", "If anything stood out, it was this")
    w.say("contradiction", "headline: the rarest of an ordinary day", N_("{said}: {told}.", said=said, told=top.aside), top.refuted_by,
          (*top.also, f"rarity.{top.key}"))  # fmt: skip


def _not_compared(w: Writer) -> None:
    """That crypto is not set against equities where their sessions do not allow it, naming the sessions."""
    if crypto_word(w.desk) in {"refused", "unknown"}:
        refused(w)
