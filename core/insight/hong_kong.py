"""Section 5: Hong Kong against the US, on the lead it could know and on the tape; state-owned against tech."""

from core.insight import relative
from core.insight.desk import Desk, Writer, label
from core.insight.follow import APART, IN_LINE, LOST, NOISE, follow_word, unread_until, within_scatter
from core.insight.questions import ask
from core.insight.refuted import within
from core.insight.relative import tape_is_lead
from core.language import N_, clauses
from core.metrics.breadth import TRIOS
from core.records import Cell, Section
from core.wording import NA

COUNTERPARTS = (("hsi", "dow"), ("hscei", "spx"), ("hstech", "ndx"))
_IN_LINE = "{name} ({change}) was in line with the {other}, {gap} apart"
_OUTPERFORMED = ("{name} ({change}) outperformed the {other} by {gap}", _IN_LINE, "{name} ({change}) underperformed the {other} by {gap}")
_BEAT = ("{name} ({change}) beat the {other} by {gap}", _IN_LINE, "{name} ({change}) lagged the {other} by {gap}")
# What the tape is, by whether it is the lead.
_TAPE = {
    True: "hong_kong.tape: latest session of each market, that of the US being the lead",
    False: "hong_kong.tape: latest session of each market, side by side",
}


def _row(w: Writer, k: str, other: str, *, one: bool) -> tuple[Cell, ...]:
    """An index against its counterpart, on the tape and on the lead; in one column where the two are `one`, without a tape where it is over."""
    tape, lead = f"hk.{k}_{other}", f"lead.{k}_{other}"
    over = closed_since(w.desk)
    w.use(*(() if over else (tape,)), lead)
    word = w.desk.against(tape)
    said = "not compared: the US has traded since" if over else N_("{word} {index}", word=word, index=label(other)) if word else ""
    beside = [] if one else [Cell(NA) if over else w.cell(tape, "signed")]
    return (
        Cell(label(k)), w.cell(f"{k}.close"), w.cell(f"{k}.change"), *beside, w.cell(lead, "signed"), w.session(f"{k}.change"), Cell(said),
    )  # fmt: skip


# What the columns compare, by whether the US has traded since Hong Kong's latest session, so that there is no tape.
_NOTES = {
    False: "Tape: the latest US session, {closed}. Lead: the US sessions that had closed before Hong Kong opened and after it had opened the session "
    "before.",
    True: "No tape: the latest US session is of a later day than Hong Kong's. Lead: the US sessions that had closed before Hong Kong opened and "
    "after it had opened the session before.",
}


def _indices(w: Writer) -> None:
    one, (hk, us) = tape_is_lead(w.desk.figures), (w.desk.figure(f"{k}.change") for k in ("hsi", "dow"))
    after = bool(hk.available_at and us.available_at and us.available_at > hk.available_at)
    apart = ("vs US, tape", "vs US, lead")
    note = N_(_NOTES[closed_since(w.desk)], closed="which closed after Hong Kong" if after else "which had closed before Hong Kong")
    w.table(
        "indices", "Hong Kong indices against their US counterparts",
        ("Index", "Close", "Change", *(("vs US",) if one else apart), "Session", "In words" if one else "On the tape"),
        [_row(w, k, o, one=one) for k, o in COUNTERPARTS],
        "The tape is the lead: the latest US session is the one that had closed before Hong Kong opened." if one else note,
    )  # fmt: skip


def closed_since(desk: Desk) -> bool:
    """Whether Hong Kong's latest session is older than that of the US: then it did not trade on the day, and nothing is compared."""
    own, us = desk.session("hsi"), desk.session("dow")
    return own is not None and us is not None and own < us


def _overall(w: Writer) -> None:
    d = w.desk
    if not d.known("hk.hsi_dow", "hk.mean", "us.mean"):
        for k in ("hsi.change", "dow.change", "hk.hsi_dow"):
            if not d.known(k):
                w.lacks(k)
        return
    if closed_since(d):
        w.say("verdict", "hong_kong.closed: its latest session is older than the US one",
              "Hong Kong has not traded since {hsi.change|session} (Hang Seng {hsi.change}), so it is not set against the US session of "
              "{dow.change|session}.", "A session that is not stored yet.", ("hsi.change",))  # fmt: skip
        return
    compared = clauses([_compared(d, "the Hang Seng", "hsi", "dow", _OUTPERFORMED), _compared(d, "HSCEI", "hscei", "spx", _OUTPERFORMED),
                        _compared(d, "HSTECH", "hstech", "ndx", _BEAT)])  # fmt: skip
    one = tape_is_lead(d.figures)
    w.say(
        "reading",
        _TAPE[one],
        N_(_COMPARED[one, d.figure("hsi.change").closed], word=_course(d), compared=compared),
        "A close that is restated.", ("hk.mean", "us.mean", *(["hsi.change"] if d.figure("hsi.change").closed else [])),
    )  # fmt: skip


# By whether the tape is the lead, and whether Hong Kong has been closed since.
_COMPARED = {
    (True, False): "Hong Kong was {word}: {compared}.",
    (False, False): "On the tape Hong Kong was {word}: {compared}.",
    (True, True): "Hong Kong has been closed since {hsi.change|session}; in that session it was {word}: {compared}.",
    (False, True): "Hong Kong has been closed since {hsi.change|session}; on the tape it was {word}: {compared}.",
}
# What Hong Kong did, and the US with it: up, down, little changed, or in parts.
_WHILE = {
    1: "up while the US {moved}", -1: "down while the US {moved}", 0: "little changed while the US {moved}", None: "mixed while the US {moved}",
}  # fmt: skip
_US = {1: "rose", -1: "fell", 0: "hardly moved", None: "was mixed"}


def _course(desk: Desk) -> str:
    """What Hong Kong did beside the US, by three indices each, as a part of a sentence."""
    own, us = (relative.together([desk.side(f"{k}.change") for k in TRIOS[m]], desk.side(f"{m}.mean")) for m in ("hk", "us"))
    if us is None and not desk.side("spx.change"):
        us = 0
    ahead = relative.side(desk.number("hk.mean") - desk.number("us.mean"), desk.settings.flat)
    if own and own == us:
        if own < 0:
            return ("down with the US, by as much", "down with the US, by less", "down with the US, by more")[ahead]
        return "participating and leading" if ahead > 0 else "participating but not leading"
    if own is not None and us is not None and own * us == 0 and not ahead:
        return "in line with the US"
    return N_(_WHILE[own], moved=_US[us]) if own or us or None in {own, us} else "little changed"


def _compared(desk: Desk, name: str, own: str, other: str, words: tuple[str, str, str]) -> str:
    """One index against its counterpart on the tape, as a part of a sentence."""
    gap = f"hk.{own}_{other}"
    return N_(desk.against(gap, words), name=name, change=f"{{{own}.change}}", other=label(other), gap=f"{{{gap}|size}}")


def _lead(w: Writer) -> None:
    for link, name in (("us_hk_broad", "S&P 500"), ("us_hk_tech", "Nasdaq 100")):
        _against_lead(w, f"link.{link}", name)
    if not tape_is_lead(w.desk.figures) and w.desk.known(*(f"lead.{b}_{a}" for b, a in COUNTERPARTS)):
        said = [_beside(w.desk, f"lead.{b}_{a}", label(b), N_("the {index}", index=label(a))) for b, a in COUNTERPARTS]
        w.say("reading", "hong_kong.lead: change less the move of the US sessions that had closed before it opened",
              N_("By the lead: {said}." if closed_since(w.desk) else "By the lead instead of the tape: {said}.", said=clauses(said)),
              "A close that is restated.")  # fmt: skip


_NOT_PROVEN = (
    "Broad market: its link with the {name} is not proven, so nothing is read from its {lead}.",
    "China tech to US tech: its link with the {name} is not proven, so nothing is read from its {lead}.",
)
_TOO_SMALL = (
    "Broad market: the {name}'s {lead} was too small a lead to measure an answer against.",
    "China tech to US tech: the {name}'s {lead} was too small a lead to measure an answer against.",
)
_ANSWERED = (
    "Against the lead it could know ({name} {lead}), {word}: implied {implied}, actual {actual}, a residual of {residual}.",
    ("China tech to US tech: against the lead it could know ({name} {lead}), {word}: implied {implied}, actual {actual}, "
     "a residual of {residual}."),
)
_FOLLOWED = {
    "amplified": "amplified follow-through", "full": "full follow-through", "moderate": "moderate follow-through", "none": "no follow-through",
    "reversed": "a move against it", IN_LINE: "an answer within the usual scatter of what it implies", APART: "a move that it does not explain",
    LOST: "nothing to read, as it implies less than half the usual scatter",
}  # fmt: skip


def _against_lead(w: Writer, link: str, name: str) -> None:
    d = w.desk
    word = follow_word(d.value(f"{link}.follow"))
    unread = within_scatter(lambda m: d.value(f"{link}.{m}"))
    tech = not link.endswith("broad")
    several = d.number(f"{link}.lead_sessions") > 1
    lead = N_("{lead} over {sessions} to {session}" if several else "{lead} of {session}", lead=f"{{{link}.lead}}",
              sessions=f"{{{link}.lead_sessions}}", session=f"{{{link}.lead|session}}")  # fmt: skip
    if d.known(f"{link}.lead") and not d.number(f"{link}.corr_low") > 0:
        w.say("reading", "hong_kong.lead: the interval of the link's correlation reaches zero, or its history is short",
              N_(_NOT_PROVEN[tech], name=name, lead=lead), "A longer history that proves it.")  # fmt: skip
        return
    if not word:
        if d.known(f"{link}.lead"):
            w.say("reading", "hong_kong.lead: the implied move is too small to measure an answer against", N_(_TOO_SMALL[tech], name=name, lead=lead),
                  "A larger lead in a later session.")  # fmt: skip
        return
    read = ("A residual within half a standard deviation: then the ratio is noise.", (), within(NOISE - 0.001, f"{link}.residual_z"))
    refuted_by, also, when = unread_until(unread, link) if unread else read
    w.say(
        "reading", "hong_kong.lead: actual move over beta times the overnight lead",
        N_(_ANSWERED[tech], name=name, lead=lead, word=_FOLLOWED[unread or word], implied=f"{{{link}.implied}}", actual=f"{{{link}.actual}}",
           residual=f"{{{link}.residual_z}}"),
        refuted_by, (*also, f"{link}.follow", f"{link}.beta"), when,
    )  # fmt: skip


def _beside(desk: Desk, key: str, name: str, other: str) -> str:
    """One index beside another with the difference between them, as a part of a sentence."""
    words = ("{name} {gap} ahead of {other}", "{name} in line with {other} ({gap} apart)", "{name} {gap} behind {other}")
    return N_(desk.against(key, words), name=name, gap=f"{{{key}|size}}", other=other)


# What led Hong Kong, by whether it rose; and what trailed it.
_LED = {
    ("soe", True): "State-owned and value shares led: HSCEI {gap} ahead of the Hang Seng, {beside}.",
    ("soe", False): "State-owned and value shares held up best: HSCEI {gap} ahead of the Hang Seng, {beside}.",
    ("tech", True): "Tech led: HSTECH {gap} ahead of the Hang Seng, {beside}.",
    ("tech", False): "Tech held up best: HSTECH {gap} ahead of the Hang Seng, {beside}.",
}
_TRAILED = {
    "soe": "State-owned and value shares trailed: HSCEI {gap} behind the Hang Seng, {beside}.",
    "tech": "Tech trailed: HSTECH {gap} behind the Hang Seng, {beside}.",
}
# Both of them ahead of it or behind it, alike.
_BOTH = {
    1: "State-owned shares and tech led alike: HSCEI {hk.soe_broad|size} and HSTECH {hk.tech_broad|size} ahead of the Hang Seng.",
    -1: "State-owned shares and tech trailed alike: HSCEI {hk.soe_broad|size} and HSTECH {hk.tech_broad|size} behind the Hang Seng.",
}
_SIDES = {"soe": ("hk.soe_broad", "HSCEI", "hscei"), "tech": ("hk.tech_broad", "HSTECH", "hstech")}


def _order(desk: Desk) -> str:
    """Which of state-owned shares and tech led the Hang Seng, or trailed it, as a sentence."""
    gaps = {name: desk.number(key) for name, (key, *_) in _SIDES.items()}
    first, last = sorted(gaps, key=gaps.__getitem__, reverse=True)
    best, worst = (desk.side(_SIDES[name][0]) for name in (first, last))
    if relative.side(gaps[first] - gaps[last], desk.settings.flat):
        if best > 0:
            return _beside_it(desk, _LED[first, desk.side(f"{_SIDES[first][2]}.change") > 0], first, last)
        if worst < 0:
            return _beside_it(desk, _TRAILED[last], last, first)
    elif best == worst and best:
        return _BOTH[best]
    return "No clear leadership: HSCEI {hk.soe_broad|signed} and HSTECH {hk.tech_broad|signed} against the Hang Seng."


def _beside_it(desk: Desk, words: str, one: str, other: str) -> str:
    (key, *_), (beside, name, _) = _SIDES[one], _SIDES[other]
    return N_(words, gap=f"{{{key}|size}}", beside=_beside(desk, beside, name, "it"))


def _leadership(w: Writer) -> None:
    if not w.desk.known("hk.soe_broad", "hk.tech_broad"):
        return
    w.say("reading", "hong_kong.leadership: HSCEI and HSTECH less the Hang Seng, same session", _order(w.desk),
          "The order turning in the next session.", ("hk.soe_broad", "hk.tech_broad", "hscei.change", "hstech.change"))  # fmt: skip
    ask(w, "state_owned")


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "hong_kong", "Hong Kong: measured China exposure")
    _overall(w)
    _lead(w)
    _leadership(w)
    _indices(w)
    w.table(
        "position", "Where they stand", ("Index", "Against its year", "Over 5 sessions", "From 52-week high", "Session"),
        [(Cell(label(k)), w.cell(f"{k}.z"), w.cell(f"{k}.week"), w.cell(f"{k}.from_high"), w.session(f"{k}.change")) for k, _ in COUNTERPARTS],
    )  # fmt: skip
    w.use("hk.mean", "hk.indices_up")
    return w.section()
