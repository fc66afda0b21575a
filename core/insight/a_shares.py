"""Section 6: mainland indices, round levels, breadth, turnover, and domestic against foreign money."""

import datetime as dt

from core.insight import relative
from core.insight.desk import Desk, Writer, label
from core.insight.questions import ask
from core.language import N_, clauses, join
from core.metrics.breadth import TRIOS
from core.metrics.crosses import ROUND_LEVELS
from core.records import Cell, Section
from core.wording import listing

INDICES = ("sse", "szse", "chinext", "csi300")
# An index within this many percent of its round level is near it.
NEAR = 2.5
# Days since the last session from which the market counts as closed, so more than a weekend.
LONG_CLOSED = 4
# Breadth is exceptional where one side holds this share (percent) of all shares and the year seldom saw more of it (percentile).
LOPSIDED, RARE = 80.0, 95.0
NORTHBOUND_ENDED = dt.date(2024, 8, 16)
_NORTHBOUND_WHY = (
    "Hong Kong and mainland exchanges stopped publishing daily northbound buying, selling and net after 16 August 2024; only gross turnover is "
    "still published."
)


def _round(desk: Desk, k: str) -> str:
    """The template of a note about a round level; empty where none is near."""
    if not desk.known(f"{k}.round_distance") or abs(desk.number(f"{k}.round_distance")) > NEAR:
        return ""
    above = desk.number(f"{k}.round_distance") > 0
    closer = (desk.number(f"{k}.change") > 0) == above
    return N_("approaching {level}" if closer else "near {level}", level=desk.show(f"{k}.round_level", "round"))


def _note(w: Writer, k: str) -> Cell:
    d = w.desk
    notes = [_round(d, k)] if k in set(ROUND_LEVELS) else []
    if notes and notes[0]:
        w.use(f"{k}.round_level", f"{k}.round_distance")
    if d.known(f"{k}.from_high") and d.number(f"{k}.from_high") >= -1e-9:
        notes.append("52-week high")
    against = {"szse": "cn.szse_sse", "chinext": "cn.chinext_sse"}.get(k)
    if against and d.known(against):
        w.use(against)
        notes.append(N_("{word} SSE", word=d.against(against)))
    return Cell(join(", ", [n for n in notes if n]))


def _verdict(w: Writer) -> None:
    d = w.desk
    if not d.known("cn.mean"):
        w.lacks("cn.mean")
        return
    last = d.session("sse")
    away = last is not None and (d.table.panel.dates[d.row].item() - last).days >= LONG_CLOSED
    if away:
        w.say("verdict", "a_shares.closed: no session for several days",
              "The mainland has not traded since {sse.change|session}; what follows is of that day.", "A session that is not stored yet.",
              ("sse.change",))  # fmt: skip
    w.say(
        "verdict", "a_shares.verdict: mean of three indices, and which moved most",
        N_(_VERDICT[d.figure("sse.change").closed and not away], moved=_moved(d), leaders=_leaders(d)), "A close that is restated.", ("cn.mean",),
    )  # fmt: skip


# By whether the mainland has been closed since, where no sentence before says so.
_VERDICT = {
    False: "Mainland shares {moved} on {sse.change|session}: SSE Composite {sse.change}, SZSE Component {szse.change}, ChiNext {chinext.change}; "
    "{leaders}.",
    True: "Mainland shares, closed since {sse.change|session}, {moved} on that day: SSE Composite {sse.change}, SZSE Component {szse.change}, "
    "ChiNext {chinext.change}; {leaders}.",
}
_WORDS = {1: "rose", -1: "fell", 0: "hardly moved", None: "were mixed"}


def _moved(desk: Desk) -> str:
    """What the three indices did as one."""
    return _WORDS[relative.together([desk.side(f"{k}.change") for k in TRIOS["cn"]], desk.side("cn.mean"))]


def _leaders(desk: Desk) -> str:
    """Which of the three indices moved best by more than the flat band, as a part of a sentence."""
    changes = {k: desk.number(f"{k}.change") for k in ("sse", "szse", "chinext")}
    first = [k for k, v in changes.items() if not relative.side(max(changes.values()) - v, desk.settings.flat)]
    if len(first) == len(changes):
        return "none of the three stands out"
    led = "{names} led" if relative.side(max(changes.values()), desk.settings.flat) > 0 else "{names} held up best"
    return N_(led, names=listing([label(k) for k in first]))


def _breadth(w: Writer) -> None:
    d = w.desk
    if not d.known("cn.advance_share"):
        w.lacks("cn.advance_share")
        return
    share = d.number("cn.advance_share")
    rare = max(share, 100 - share) >= LOPSIDED and d.number("cn.advance_share.rank") >= RARE
    advance, decline = ("exceptionally broad advance", "exceptionally broad decline") if rare else ("broad advance", "broad decline")
    word = advance if share >= 65 else decline if share <= 35 else "mixed breadth"
    w.say(
        "reading", N_("a_shares.breadth: advancers over all shares; broad from 65%, exceptional from {lopsided}% at percentile {rare}",
                      lopsided=f"{LOPSIDED:.0f}", rare=f"{RARE:.0f}"),
        N_("Breadth: {cn.advance_share} of A-shares rose ({cn_advancers.close} up, {cn_decliners.close} down, {cn_unchanged.close} unchanged), "
           "{word}; its distance from an even split is at the {cn.advance_share.rank} of its year.", word=word),
        "A count by another vendor that differs by more than a few shares.",
    )  # fmt: skip


def _level(w: Writer) -> None:
    """The indices near a round level, in one sentence."""
    under, over = "{index} {distance} below {level}", "{index} {distance} above {level}"
    near = [
        N_(under if w.desk.number(f"{k}.round_distance") > 0 else over, index=label(k), distance=f"{{{k}.round_distance|size}}",
           level=f"{{{k}.round_level|round}}")
        for k in ROUND_LEVELS if _round(w.desk, k)
    ]  # fmt: skip
    if near:
        steps = listing([f"{step:,.0f}" for step in ROUND_LEVELS.values()])
        w.say("reading", N_("a_shares.round: within {near}% of a multiple of {steps}", near=str(NEAR), steps=steps),
              N_("Near round levels: {near}.", near=clauses(near)), "A restated close on the other side of a level.")  # fmt: skip


# By the side of the change.
_TURNOVER = {
    1: "Turnover rose ({cn_turnover.change}) to {cn_turnover.close}, a change at the {cn_turnover.rank} of its year by size.",
    -1: "Turnover fell ({cn_turnover.change}) to {cn_turnover.close}, a change at the {cn_turnover.rank} of its year by size.",
    0: "Turnover hardly changed ({cn_turnover.change}) at {cn_turnover.close}, a change at the {cn_turnover.rank} of its year by size.",
}


def _turnover(w: Writer) -> None:
    d = w.desk
    if d.known("cn_turnover.close", "cn_turnover.change", "cn_turnover.rank"):
        w.say("reading", "a_shares.turnover: both exchanges together, against the session before", _TURNOVER[d.side("cn_turnover.change")],
              "A count by another vendor that differs.")  # fmt: skip


def _domestic(w: Writer) -> None:
    d = w.desk
    if d.known("cn.sse_hsi", "cn.szse_hstech") and d.session("sse") != d.session("hsi"):
        w.say("reading", "a_shares.domestic: refused, the latest sessions of the two markets are not of one day",
              "The mainland is not set against Hong Kong: its latest session is {sse.change|session}, that of Hong Kong {hsi.change|session}.",
              "A mainland session of that day that is not stored yet.", ("sse.change", "hsi.change"))  # fmt: skip
    elif d.known("cn.sse_hsi", "cn.szse_hstech"):
        both = {(1, 1): "Domestic shares ahead of Hong Kong", (-1, -1): "Hong Kong ahead of domestic shares",
                (0, 0): "Domestic shares in line with Hong Kong"}  # fmt: skip
        word = both.get((d.side("cn.sse_hsi"), d.side("cn.szse_hstech")), "Mainland against Hong Kong is mixed")
        w.say(
            "reading", "a_shares.domestic: mainland less Hong Kong, same date",
            N_("{word}: SSE {sse.change} against Hang Seng {hsi.change} ({cn.sse_hsi|signed}), SZSE {szse.change} against HSTECH {hstech.change} "
               "({cn.szse_hstech|signed}).", word=word),
            "The order turning in the next session.",
        )  # fmt: skip
        ask(w, "mainland_alone")
    session = d.figure("sse.change").session
    if session is None or session > NORTHBOUND_ENDED:
        w.missing("Net northbound buying", _NORTHBOUND_WHY)
    w.missing("AH premium", "No source that can be read freely publishes it by the day.")


def _plain(w: Writer, name: str, key: str) -> tuple[Cell, ...]:
    return Cell(name), w.cell(f"{key}.close"), w.cell(f"{key}.change"), w.cell(f"{key}.rank"), w.session(f"{key}.change")


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "a_shares", "A-share market: domestic conviction")
    _verdict(w)
    _breadth(w)
    _turnover(w)
    _level(w)
    _domestic(w)
    w.table(
        "indices", "Indices", ("Index", "Close", "Change", "Against its year", "Session", "Note"),
        [(Cell(label(k)), w.cell(f"{k}.close"), w.cell(f"{k}.change"), w.cell(f"{k}.z"), w.session(f"{k}.change"), _note(w, k))
         for k in INDICES],
    )  # fmt: skip
    w.table(
        "critical", "Critical data", ("Measure", "Reading", "Change", "Percentile in its year", "Session"),
        [
            (Cell("Share of A-shares that rose"), w.cell("cn.advance_share"), Cell(""), w.cell("cn.advance_share.rank"),
             w.session("cn.advance_share")),
            _plain(w, "Turnover", "cn_turnover"), _plain(w, "Northbound turnover, gross", "northbound_turnover"), _plain(w, "USD/CNY", "usdcny"),
            _plain(w, "USD/HKD", "usdhkd"),
        ],
        "Percentile: of the size of the change; for the share that rose, of its distance from an even split.",
    )  # fmt: skip
    w.use("cn.indices_up")
    return w.section()
