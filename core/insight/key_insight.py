"""Section 1: the rarest true thing of the day, what confirms it, what contradicts it, and what it is not."""

from core.divergences import BY_KEY as RULES
from core.insight.candidates import ALIKE, MOVES, Candidate, candidates
from core.insight.coupling import crypto_word, refused
from core.insight.crypto_defi import flow_weight, flow_word
from core.insight.desk import Desk, Writer
from core.insight.us import stress
from core.insight.witnesses import Witness, heard, new_today
from core.metrics.defi import COINS
from core.records import Cell, Finding, Section
from core.units import Unit
from core.wording import listing, show

# Outdone on fewer than this share of its sessions (percent) counts as unusual; from the other share on the day is quiet.
UNUSUAL, QUIET = 3.0, 10.0
# One coin that is this share (percent) of a stablecoin flow is all there is to it.
ONE_COIN = 80.0
_SHOWN = 6
_WHOSE = {"spx": "US equities", "hsi": "Hong Kong", "sse": "A-shares", "btc": "crypto"}
_SAME_STORY = (
    {"us_crypto", "btc", "tvl"}, {"cn_hk_broad", "cn_hk_tech"}, {"hk_us_broad", "hk_us_tech"}, {"spx", "vix", "together"},
    {"stablecoins", "stable_price"},
)  # fmt: skip


def write(desk: Desk, findings: tuple[Finding, ...]) -> Section:
    """The section; it is written last, since it ranks what the others found."""
    w = Writer(desk, "key_insight", "Key insight")
    ranked = candidates(desk, findings)
    for c in ranked:
        w.derive(f"rarity.{c.key}", f"{_name(desk, c)}: share of sessions that outdid it", c.rarity, Unit.SHARE,
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
            "The headline is the rarest thing by its own history, not the largest; of those about as rare "
            f"(within {ALIKE:.0f}%) the widest story leads. The like of a divergence fires in its direction; where a percentile of its gap is "
            "given, it ranks the gap's size on all sessions.",
        )  # fmt: skip
    return w.section()


def _rows(desk: Desk, ranked: list[Candidate]) -> list[tuple[Cell, ...]]:
    """The candidates in the order of the share that is shown; the one that leads is marked, with why where it is not the rarest."""
    led, ordered = ranked[0], sorted(ranked, key=lambda c: c.rarity)
    mark = " (led)" if led.rarity <= ordered[0].rarity else f" (led: widest story within {ALIKE:.0f}%)"
    shown = [*ordered[:_SHOWN], *([led] if led not in ordered[:_SHOWN] else [])]
    return [(Cell(f"{_name(desk, c)}{mark if c is led else ''}"), Cell(show(c.rarity, Unit.SHARE), f"rarity.{c.key}")) for c in shown]


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
        text = f"{said}: {top.aside}."
    w.say("headline", f"headline: the rarest of {len(ranked)} candidates, each against its own year", text, top.refuted_by,
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
        w.derive(f"rarity.{top.key}.{name}", f"{_name(w.desk, top)}: {text}", value, Unit.COUNT, "Sessions of its trailing year, this one included.",
                 top.figure)
        for name, text, value in (("sessions", "sessions ranked", top.sessions), ("outdone", "sessions that outdid it", top.outdone))
    )  # fmt: skip
    larger, kind = ("wider", "in this direction") if what == "gap" else ("larger", "of its kind")
    if top.outdone == 0:
        text = w.desk.pick(f"There was no {larger} {what} {kind} in its last {{{n}}} sessions.",
                           f"Not one of its last {{{n}}} sessions had a {larger} {what} {kind}.")  # fmt: skip
    else:
        rare = top.rarity < UNUSUAL
        text = w.desk.pick(
            f"{'That is rare by' if rare else 'Against'} its own history: a {what} {kind} was {larger} on {{{outdone}}} of its last {{{n}}} "
            "sessions.",
            f"Of its last {{{n}}} sessions {'only ' if rare else ''}{{{outdone}}} had a {larger} {what} {kind}.",
            f"A {larger} {what} {kind} came on {{{outdone}}} of the last {{{n}}} sessions.",
        )
    w.say("support", "rarity: sessions of its trailing year on which the like was larger", text,
          f"A longer history in which such a {what} is common.", (n, outdone, f"rarity.{top.key}"))  # fmt: skip


def _testimony(w: Writer, found: list[Witness], *, agree: bool) -> tuple[str, list[str]]:
    """What the first witnesses say, for a template, and the moves of the legs that they speak of."""
    told = [x.testimony(w.desk, agrees=agree) for x in found[:3]]
    return "; ".join(told) if any(x.leg for x in found[:3]) else listing(told), [f"{x.leg}.change" for x in found[:3] if x.leg]


def _confirmed(w: Writer, top: Candidate) -> None:
    agree, _ = heard(w.desk, top.key, top.sign, top.template)
    if top.key == "us_crypto" and flow_word(w.desk) == "contraction" and top.sign > 0:
        w.say("support", "key_insight.stablecoins: net of four coins, against all supply",
              f"Stablecoins confirm money leaving: net {{stable.net|signed}} over four coins, {{stablecoins.change}} of all supply: real but "
              f"{flow_weight(w.desk)}.", "A restatement by the source.", [k for k in ("stable.flow_rank",) if w.desk.known(k)])  # fmt: skip
        agree = [x for x in agree if x.metric != "stable.net"]
    if agree:
        told, legs = _testimony(w, agree, agree=True)
        w.say("support", "witnesses: series that usually move with it",
              f"{w.desk.pick('What confirms it', 'It does not stand alone', 'In line with it')}: {told}.",
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
        w.say("support", f"key_insight: equities and crypto as one, or the next outdone on under {QUIET:.0f}% of sessions",
              f"{w.desk.pick('Also notable', 'A second thing', 'And besides')}: {other.aside}.", other.refuted_by,
              (*other.also, f"rarity.{other.key}"))  # fmt: skip


def _contradicted(w: Writer, top: Candidate) -> None:
    """What speaks against it; always one line, and where nothing does, that."""
    agree, contradict = heard(w.desk, top.key, top.sign, top.template)
    rule = "witnesses: series that usually move with it and did not"
    if contradict:
        told, legs = _testimony(w, contradict, agree=False)
        text = f"{w.desk.pick('What contradicts it', 'Not everything agrees', 'Against it')}: {told}."
        if w.say("contradiction", rule, text, "These series following it in the next session.", legs):
            return
    if _no_signal(w, top):
        return
    series = top.key if top.key in {k for k, _, _ in MOVES} else ""
    if series and w.desk.number(f"{series}.week") * top.sign < 0:
        w.say("contradiction", "five sessions: the move against the week's direction",
              f"Over five sessions it has still gone the other way: {{{series}.week}}.", "A week that turns.")  # fmt: skip
    elif agree:
        w.say("contradiction", rule, w.desk.pick("Nothing that was tested contradicts it.", "No series that would contradict it does."),
              "One of the series that agree with it turning in the next session.", [x.metric for x in agree])  # fmt: skip
    else:
        w.say("contradiction", rule, "Nothing here could contradict it: the series that would are flat, older or not known.",
              "Any of them moving the other way in the next session.", (f"rarity.{top.key}",))  # fmt: skip


def _no_signal(w: Writer, top: Candidate) -> bool:
    """That such a divergence told nothing about what followed, where its record shows so."""
    keys = n, share, usual, low, high = tuple(f"base.{top.key}.{k}" for k in ("n", "share", "usual", "lift_low", "lift_high"))
    if not set(keys) <= set(w.desk.figures.added) or not w.desk.known(*keys) or w.desk.number(low) > 1:
        return False
    if w.desk.number(high) < 1:
        than = f"less often than the {{{usual}}} after any session"
    else:
        than = f"which cannot be told from the {{{usual}}} after any session (lift between {{{low}}} and {{{high}}})"
    after = f"five sessions after {{{n}}} earlier events such a gap was closed in {{{share}}} of cases, {than}"
    return w.say(
        "contradiction", "base rate: share of gaps closed five sessions later, against such a move after any session",
        f"{w.desk.pick('It has told little about what follows', 'As a signal it has been weak')}: {after}.",
        "A longer record that sets it apart from ordinary days.",
    )  # fmt: skip


def _is_not(w: Writer, top: Candidate) -> None:
    d = w.desk
    current = d.known("spx.change", "vix.change") and new_today(d, "spx")
    if current and top.mood < 0 and stress(d) == [] and d.side("spx.change") >= 0:
        w.say(
            "contradiction", "key_insight.not: no macro gauge beyond its usual range and US equities not down",
            "It is not broad risk-off: S&P 500 {spx.change}, VIX {vix.change}, ten-year yield {us10y.change|signed}.",
            "Equities following in the next session.", ("vix.z", "us10y.z", "dxy.z"),
        )  # fmt: skip
    elif current and top.key != "together" and crypto_word(d) == "coupled" and d.side("btc.change") < 0 and top.mood < 0:
        w.say(
            "contradiction", "key_insight.not: crypto and US equities fell in overlapping sessions",
            "It is not a story of one market: equities and crypto both fell, S&P 500 {spx.change} with BTC {btc.change}.",
            "Equities recovering without crypto in the next session.",
        )  # fmt: skip
    elif top.key == "together" and d.known("crypto.spx_corr"):
        w.say(
            "contradiction", "key_insight.not: crypto and US equities moved the same way in overlapping sessions",
            f"It is not a story of crypto alone: equities {'fell' if top.sign < 0 else 'rose'} too, S&P 500 {{spx.change}} (usual correlation "
            "{crypto.spx_corr}).",
            "Crypto turning in the next session while equities do not.", ("gap.us_crypto",),
        )  # fmt: skip
    elif top.key == "stablecoins" and d.known("stable.issued", "stable.redeemed"):
        _one_coin(w)
        one_way = "none of the four shrank" if top.sign > 0 else "none of the four grew"
        both = d.number("stable.redeemed") < 0 < d.number("stable.issued")
        w.say("contradiction", "key_insight.not: issuance against redemption over four coins",
              f"It is not rotation between coins: {'{stable.redeemed} redeemed against {stable.issued|signed} issued' if both else one_way}.",
              "The coins offsetting each other in the days after.", ("stable.redeemed", "stable.issued"))  # fmt: skip


def _one_coin(w: Writer) -> None:
    """That one coin is nearly all of a stablecoin flow, where it is."""
    d = w.desk
    coin = max(COINS, key=lambda c: abs(d.number(f"{c}.flow")))
    share = d.number(f"{coin}.flow") / d.number("stable.net") * 100
    if ONE_COIN <= share <= 200 - ONE_COIN:
        part = w.derive("flow.one_coin", "Largest coin's share of the net flow", share, Unit.SHARE, "Flow of the coin that moved most over the net.",
                        "stable.net")  # fmt: skip
        w.say("contradiction", f"key_insight.one_coin: one coin is {ONE_COIN:.0f}% or more of the net",
              f"Read it as one coin's story before a market's: {coin.upper()} ({{{coin}.change}}) is {{{part}}} of the net.",
              "The other coins following in the days after.", (f"{coin}.flow",))  # fmt: skip


def _quiet(w: Writer, ranked: list[Candidate]) -> None:
    d, top = w.desk, ranked[0]
    traded = [k for k in _WHOSE if new_today(d, k) and d.known(f"{k}.change")]
    where = "" if len(traded) != 1 else f" in {_WHOSE[traded[0]]}, the only market that traded"
    text = d.pick(
        f"Little happened{where}: no move and no gap between markets stands out from its own year.",
        f"A quiet day{where}: nothing moved much by the standards of its own year.",
        f"Nothing unusual{where}: every move and every gap was well within its past year.",
    )
    unknown = [name for k, name in _WHOSE.items() if not d.known(f"{k}.change") or d.table.panel.missed(k)[d.row]]
    if unknown:
        text = f"{text[:-1]}, as far as is known; nothing is known of {listing(unknown)}."
    w.say("headline", f"headline: nothing was outdone on fewer than {QUIET:.0f}% of its sessions", text, "A close that is restated.",
          (f"rarity.{top.key}", *(f"{k}.change" for k in traded)))  # fmt: skip
    moves = [f"{d.figure(f'{k}.close').label} {{{k}.change}}" for k in traded]
    if moves:
        w.say("support", "headline: broad indices and BTC", f"{d.pick('The day in numbers', 'Where things stand', 'In figures')}: {listing(moves)}.",
              "A close that is restated.")  # fmt: skip
    w.say("contradiction", "headline: the rarest of an ordinary day",
          f"{d.pick('The least ordinary move', 'What came nearest to news', 'If anything stood out, it was this')}: {top.aside}.", top.refuted_by,
          (*top.also, f"rarity.{top.key}"))  # fmt: skip


def _not_compared(w: Writer) -> None:
    """That crypto is not set against equities where their sessions do not allow it, naming the sessions."""
    if crypto_word(w.desk) in {"refused", "unknown"}:
        refused(w)
