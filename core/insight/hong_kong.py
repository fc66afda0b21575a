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


def _overall(w: Writer) -> None:
    d = w.desk
    if not d.known("hk.hsi_dow", "hk.mean", "us.mean"):
        for k in ("hsi.change", "dow.change"):
            if not d.known(k):
                w.missing(d.figure(k).label, d.figure(k).note)
        return
    with_us = d.side("hk.mean") * d.side("us.mean") > 0
    ahead = d.number("hk.mean") > d.number("us.mean")
    word = ("participating and leading" if ahead else "participating but not leading") if with_us else "going its own way"
    beat = "outperformed" if d.number("hk.hsi_dow") > 0 else "underperformed"
    lagged = "led" if d.number("hk.hstech_ndx") > 0 else "lagged"
    w.say(
        "reading", "hong_kong.tape: latest session of each market, side by side",
        f"On the tape Hong Kong was {word}: the Hang Seng's {{hsi.change}} {beat} the Dow by {{hk.hsi_dow|size}}, HSTECH's {{hstech.change}} "
        f"{lagged} the Nasdaq 100 by {{hk.hstech_ndx|size}}.",
        "The same comparison on the overnight lead, which is the one that can carry cause.", ("hk.mean", "us.mean"),
    )  # fmt: skip


def _lead(w: Writer) -> None:
    d = w.desk
    word = follow_word(d.value("link.us_hk_broad.follow"))
    if word:
        phrase = {"none": "no follow-through", "reversed": "a move against it"}.get(word, f"{word} follow-through")
        w.say(
            "reading", "hong_kong.lead: actual move over beta times the overnight lead",
            f"Against the lead it could know (S&P 500 {{link.us_hk_broad.lead}} on {{link.us_hk_broad.lead|session}}), {phrase}: implied "
            "{link.us_hk_broad.implied}, actual {link.us_hk_broad.actual}, a residual of {link.us_hk_broad.residual_z}.",
            "A residual well within one standard deviation: then the ratio is noise.", ("link.us_hk_broad.follow", "link.us_hk_broad.beta"),
        )  # fmt: skip


def _leadership(w: Writer) -> None:
    d = w.desk
    if not d.known("hk.soe_broad", "hk.tech_broad"):
        return
    soe, tech = d.side("hk.soe_broad"), d.side("hk.tech_broad")
    if soe > 0 and soe > tech:
        text = "State-owned and value shares led: HSCEI {hk.soe_broad|size} ahead of the Hang Seng, HSTECH {hk.tech_broad|signed}."
    elif tech > 0 and tech > soe:
        text = "Tech led: HSTECH {hk.tech_broad|size} ahead of the Hang Seng, HSCEI {hk.soe_broad|signed}."
    else:
        text = "No clear leadership: HSCEI {hk.soe_broad|signed} and HSTECH {hk.tech_broad|signed} against the Hang Seng."
    w.say("reading", "hong_kong.leadership: HSCEI and HSTECH less the Hang Seng, same session", text, "The order turning in the next session.")
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
