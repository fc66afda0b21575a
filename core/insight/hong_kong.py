"""Section 5: Hong Kong against the US, on the lead it could know and on the tape; state-owned against tech."""

from core.insight.desk import Desk, Writer, label
from core.insight.transmission import follow_word
from core.records import Cell, Section

COUNTERPARTS = (("hsi", "dow"), ("hscei", "spx"), ("hstech", "ndx"))


def _against(gap: float | None, other: str) -> str:
    if gap is None:
        return ""
    return f"{'ahead of' if gap > 0 else 'behind'} {label(other)}"


def _row(w: Writer, k: str, other: str) -> tuple[Cell, ...]:
    tape = w.cell(f"hk.{k}_{other}", "signed")
    return (
        Cell(label(k)), w.cell(f"{k}.close"), w.cell(f"{k}.change"), tape, w.cell(f"lead.{k}_{other}", "signed"), w.session(f"{k}.change"),
        Cell(_against(w.desk.value(f"hk.{k}_{other}"), other)),
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
                w.missing(d.figure(k).label, d.figure(k).note)
        return
    if closed_since(d):
        w.say("verdict", "hong_kong.closed: its latest session is older than the US one",
              "Hong Kong has not traded since {hsi.change|session} (Hang Seng {hsi.change}), so it is not set against the US session of "
              "{dow.change|session}.", "A session that is not stored yet.", ("hsi.change",))  # fmt: skip
        return
    with_us = d.side("hk.mean") * d.side("us.mean") > 0
    ahead = d.number("hk.mean") > d.number("us.mean")
    if with_us and d.side("hk.mean") < 0:
        word = "down with the US, by less" if ahead else "down with the US, by more"
    else:
        word = ("participating and leading" if ahead else "participating but not leading") if with_us else "going its own way"
    beat = {k: ("outperformed" if d.number(k) > 0 else "underperformed") for k in ("hk.hsi_dow", "hk.hscei_spx")}
    lagged = "beat" if d.number("hk.hstech_ndx") > 0 else "lagged"
    w.say(
        "reading", "hong_kong.tape: latest session of each market, side by side",
        f"On the tape Hong Kong was {word}: the Hang Seng ({{hsi.change}}) {beat['hk.hsi_dow']} the Dow by {{hk.hsi_dow|size}}, HSCEI "
        f"({{hscei.change}}) {beat['hk.hscei_spx']} the S&P 500 by {{hk.hscei_spx|size}}, HSTECH ({{hstech.change}}) {lagged} the Nasdaq 100 by "
        "{hk.hstech_ndx|size}.",
        "The same comparison on the overnight lead, which is the one that can carry cause.", ("hk.mean", "us.mean"),
    )  # fmt: skip


def _lead(w: Writer) -> None:
    for link, name in (("us_hk_broad", "S&P 500"), ("us_hk_tech", "Nasdaq 100")):
        _against_lead(w, f"link.{link}", name)
    if w.desk.known(*(f"lead.{b}_{a}" for b, a in COUNTERPARTS)):
        side = {a: "ahead of" if w.desk.number(f"lead.{b}_{a}") > 0 else "behind" for b, a in COUNTERPARTS}
        said = [f"{label(b)} {{lead.{b}_{a}|size}} {side[a]} the {label(a)}" for b, a in COUNTERPARTS]
        w.say("reading", "hong_kong.lead: change less the move of the US sessions that had closed before it opened",
              f"By the lead instead of the tape: {', '.join(said)}.", "A lead of several sessions, after a holiday.")  # fmt: skip


def _against_lead(w: Writer, link: str, name: str) -> None:
    d = w.desk
    word = follow_word(d.value(f"{link}.follow"))
    who = "" if link.endswith("broad") else "China tech to US tech: "
    if not word:
        if d.known(f"{link}.lead"):
            w.say("reading", "hong_kong.lead: the implied move is too small to measure an answer against",
                  f"{who or 'Broad market: '}the {name}'s {{{link}.lead}} of {{{link}.lead|session}} was too small a lead to measure an answer "
                  "against.",
                  "A larger lead.")  # fmt: skip
        return
    phrase = {"none": "no follow-through", "reversed": "a move against it"}.get(word, f"{word} follow-through")
    w.say(
        "reading", "hong_kong.lead: actual move over beta times the overnight lead",
        f"{who}{'against' if who else 'Against'} the lead it could know ({name} {{{link}.lead}} on {{{link}.lead|session}}), {phrase}: implied "
        f"{{{link}.implied}}, actual {{{link}.actual}}, a residual of {{{link}.residual_z}}.",
        "A residual well within one standard deviation: then the ratio is noise.", (f"{link}.follow", f"{link}.beta"),
    )  # fmt: skip


def _beside(desk: Desk, key: str) -> str:
    return f"{{{key}|size}} {'ahead of' if desk.number(key) > 0 else 'behind'} it" if desk.side(key) else "in line with it"


def _leadership(w: Writer) -> None:
    d = w.desk
    if not d.known("hk.soe_broad", "hk.tech_broad"):
        return
    soe, tech = d.side("hk.soe_broad"), d.side("hk.tech_broad")
    led = "held up best" if d.side("hk.mean") < 0 else "led"
    if soe > 0 and soe > tech:
        text = f"State-owned and value shares {led}: HSCEI {{hk.soe_broad|size}} ahead of the Hang Seng, HSTECH {_beside(d, 'hk.tech_broad')}."
    elif tech > 0 and tech > soe:
        text = f"Tech {led}: HSTECH {{hk.tech_broad|size}} ahead of the Hang Seng, HSCEI {_beside(d, 'hk.soe_broad')}."
    else:
        text = "No clear leadership: HSCEI {hk.soe_broad|signed} and HSTECH {hk.tech_broad|signed} against the Hang Seng."
    w.say("reading", "hong_kong.leadership: HSCEI and HSTECH less the Hang Seng, same session", text, "The order turning in the next session.",
          ("hk.soe_broad", "hk.tech_broad"))  # fmt: skip
    if soe > 0 and tech <= 0:
        w.say(
            "question", "hong_kong.flows: no series measures who bought",
            "Are foreign investors choosing state-owned shares over tech? Relative moves suggest it; no series here measures it.",
            "Flow data by investor type.", ("hk.soe_broad", "hk.tech_broad"),
        )  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "hong_kong", "Hong Kong: measured China exposure")
    _overall(w)
    _lead(w)
    _leadership(w)
    w.table(
        "indices", "Hong Kong indices against their US counterparts",
        ("Index", "Close", "Change", "vs US, tape", "vs US, lead", "Session", "On the tape"), [_row(w, k, o) for k, o in COUNTERPARTS],
        "Tape: latest US session, which closed after Hong Kong. Lead: the US sessions that had closed before Hong Kong opened.",
    )  # fmt: skip
    w.table(
        "position", "Where they stand", ("Index", "Against its year", "Over 5 sessions", "From 52-week high", "Session"),
        [(Cell(label(k)), w.cell(f"{k}.z"), w.cell(f"{k}.week"), w.cell(f"{k}.from_high"), w.session(f"{k}.change")) for k, _ in COUNTERPARTS],
    )  # fmt: skip
    w.use("hk.mean", "hk.indices_up")
    return w.section()
