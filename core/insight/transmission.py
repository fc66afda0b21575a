"""Section 2: who followed whom, on the sessions that could know each other."""

from core.catalogue import BY_KEY as SERIES
from core.insight import chain, coupling, pending
from core.insight.chain_tables import LINK_COLUMNS, MARKET_COLUMNS, link_row, market_row, standing, us_signal
from core.insight.coupling import crypto_word, missed
from core.insight.desk import HONG_KONG, MARKETS, Desk, Writer
from core.insight.follow import APART, IN_LINE, LOST, NOISE, RULE, WORDS, follow_word, link_read, unread_until
from core.insight.refuted import above, within
from core.language import N_, join
from core.metrics.breadth import SECTORS
from core.metrics.transmission import LINKS
from core.records import Section
from core.units import Unit
from core.wording import listing

__all__ = ["crypto_word", "follow_word", "us_signal", "write"]


def _lead(desk: Desk, key: str) -> str:
    """The lead of a link as a part of a sentence."""
    several = desk.number(f"link.{key}.lead_sessions") > 1
    return N_("{lead} over {sessions} to {session}" if several else "{lead} of {session}", lead=f"{{link.{key}.lead}}",
              sessions=f"{{link.{key}.lead_sessions}}", session=f"{{link.{key}.lead|session}}")  # fmt: skip


def _one_lead(desk: Desk) -> bool:
    """Whether both Asian markets had the same sessions of New York to answer."""
    hk, cn = (f"link.{k}.lead" for k in ("us_hk_broad", "us_cn_broad"))
    return desk.figure(hk).session == desk.figure(cn).session and desk.value(f"{hk}_sessions") == desk.value(f"{cn}_sessions")


def _proven(desk: Desk, key: str) -> bool:
    """Whether a link has a lead to answer: beyond the flat band, with a correlation proven above zero."""
    return desk.number(f"link.{key}.corr_low") > 0 and bool(desk.side(f"link.{key}.lead"))


def _did(desk: Desk, key: str, state: str, series: str, *, own: bool) -> str:
    """What a market did with its lead, as a part of a sentence; with `own`, names a lead that is not the one named before."""
    name, index = {"hsi": (HONG_KONG, "the Hang Seng"), "sse": ("the mainland", "the SSE Composite")}[series]
    change, session = f"{{{series}.change}}", f"{{{series}.change|session}}"
    if state == "closed":
        return N_("{market} has been closed since {session}", market=name, session=session)
    if state == "rested":
        return N_("{market} had no new lead for {session}, as New York was closed", market=name, session=session)
    other = own and not _one_lead(desk)
    if not _proven(desk, key):
        text = "{index} {change} on {session} after its own lead of {lead} ({why})" if other else "{index} {change} on {session} ({why})"
        return N_(text, index=index, change=change, session=session, lead=_lead(desk, key), why=_unproven(desk, key))
    text = "{index} answered its own lead of {lead} with {change} on {session}" if other else "{index} answered with {change} on {session}"
    return N_(text, index=index, change=change, session=session, lead=_lead(desk, key))


def _both(desk: Desk, states: chain.Chain, *, first: bool) -> str:
    """What both markets did, as a part of a sentence; in one breath where they answered one lead in sessions of one day."""
    away = {"closed", "rested"} & {states.hong_kong, states.mainland}
    proven = _proven(desk, "us_hk_broad") and _proven(desk, "us_cn_broad")
    if not away and proven and (_one_lead(desk) or not first) and desk.figure("hsi.change").session == desk.figure("sse.change").session:
        return "the Hang Seng answered with {hsi.change} and the SSE Composite with {sse.change} on {sse.change|session}"
    return N_("{one} and {other}", one=_did(desk, "us_hk_broad", states.hong_kong, "hsi", own=False),
              other=_did(desk, "us_cn_broad", states.mainland, "sse", own=first))  # fmt: skip


def _unproven(desk: Desk, key: str) -> str:
    return "no proven link" if desk.side(f"link.{key}.lead") else "no lead beyond the flat band"


def _opening(w: Writer, key: str) -> str:
    """The lead as the first part of the verdict, with its breadth where that is known; only a link that is proven calls it one."""
    d, k = w.desk, chain.led_by(key)
    proven, counts = _proven(d, key), []
    for name, of, text, label, method in _COUNTED:
        if d.known(f"{k}_{name}_up"):
            all_of = w.derive(f"{k}_{name}", label, of, Unit.COUNT, method, f"{k}_{name}_up")
            counts.append(N_(text, up=f"{{{k}_{name}_up}}", of=f"{{{all_of}}}"))
    return N_(_OPENING[proven, bool(counts)], lead=_lead(d, key), counts=listing(counts))


# By whether the link is proven, and whether the breadth of its lead is known.
_OPENING = {
    (True, True): "the S&P 500's {lead} was the lead ({counts} up)", (True, False): "the S&P 500's {lead} was the lead",
    (False, True): "before it: S&P 500 {lead} ({counts} up)", (False, False): "before it: S&P 500 {lead}",
}  # fmt: skip
_COUNTED = (
    ("indices", 3, "{up} of {of} indices", "US indices counted", "How many US indices are counted."),
    ("sectors", len(SECTORS), "{up} of {of} sectors", "US sectors counted", "How many US sectors are counted."),
)
# By whether the link is proven, so that its lead comes first, whether a link broke, and whether something else bears on it.
_VERDICTS = {
    (True, False, False): "{word}: {opening}, {both}.", (True, True, False): "{word}: {opening}, {both}, a residual of {residual}.",
    (False, False, False): "{word}: {both}; {opening}.", (False, True, False): "{word}: {both}; {opening}, a residual of {residual}.",
    (True, False, True): "{word}: {opening}, {both}; {borne}.", (True, True, True): "{word}: {opening}, {both}, a residual of {residual}; {borne}.",
    (False, False, True): "{word}: {both}; {opening}; {borne}.",
    (False, True, True): "{word}: {both}; {opening}, a residual of {residual}; {borne}.",
}  # fmt: skip
_ANSWERS = {
    "us_hk_broad": "the Hang Seng's answer cannot be told from scatter",
    "us_cn_broad": "the SSE Composite's answer cannot be told from scatter",
}


def _borne(desk: Desk, states: chain.Chain, source: str) -> tuple[list[str], list[str]]:
    """What the links bear of a verdict, and a later US session that went against the lead: parts of a sentence, and evidence not named in them."""
    followed = [k for k, state in (("us_hk_broad", states.hong_kong), ("us_cn_broad", states.mainland)) if state == "followed"]
    lost = [k for k in followed if link_read(lambda m, k=k: desk.value(f"link.{k}.{m}"), desk.settings.flat)[1] == LOST]  # type: ignore[misc]
    said = ["neither answer can be told from scatter"] if len(lost) > 1 else [_ANSWERS[k] for k in lost]
    also = [f"link.{k}.{m}" for k in lost for m in ("implied", "residual_sd")]
    if len(followed) > 1 and desk.number("link.hk_cn_broad.corr_low") <= 0:
        said.append("no lead from Hong Kong to the mainland is found")
        also.append("link.hk_cn_broad.corr_low")
    since = f"link.{source}.pending"
    if desk.side(since) * desk.side(f"link.{source}.lead") < 0:
        said.append(N_("the S&P 500 has since moved {move} (to {session})", move=f"{{{since}}}", session=f"{{{since}|session}}"))
    return said, also


def _verdict(w: Writer) -> None:
    """One verdict from the table of rules over what each market did with its lead."""
    d = w.desk
    states = chain.read(d)
    rule = chain.rule_for(states)
    said = N_("transmission.verdict: lead {lead}, {breadth} breadth, Hong Kong {hong_kong}, A-shares {mainland}", lead=states.lead,
              breadth=states.breadth, hong_kong=states.hong_kong, mainland=states.mainland)  # fmt: skip
    if "unknown" in {states.lead, states.hong_kong, states.mainland}:
        _abstain(w, said, rule.refuted_by)
        return
    first = states.hong_kong not in {"closed", "rested"}
    evidence = ("hsi.change", "sse.change")
    if rule.word == chain.NO_VERDICT:
        hk, cn = _did(d, "us_hk_broad", states.hong_kong, "hsi", own=False), _did(d, "us_cn_broad", states.mainland, "sse", own=first)
        w.say("abstention", said, N_("{word}: {one}, and {other}.", word=rule.word, one=hk, other=cn), rule.refuted_by, evidence)
        return
    key, source = f"link.{rule.broken}.residual_z", "us_hk_broad" if first else "us_cn_broad"
    borne, also = _borne(d, states, source)
    text = N_(_VERDICTS[_proven(d, source), bool(rule.broken) and d.known(key), bool(borne)], word=rule.word, opening=_opening(w, source),
              both=_both(d, states, first=first), residual=f"{{{key}}}", borne=join("; ", borne))  # fmt: skip
    w.say("verdict", said, text, rule.refuted_by, (*evidence, *also), rule.refuted_when)


def _abstain(w: Writer, rule: str, refuted_by: str) -> None:
    """Say that there is no verdict, and name the sessions that are missing."""
    d, row = w.desk, w.desk.row
    named, evidence = [], []
    for series in ("spx", "hsi", "sse"):
        if d.figure(f"{series}.close").session is None:
            named.append(N_("{series} is not known at all", series=SERIES[series].label))
        elif d.table.panel.missed(series)[row]:
            evidence += [missed(w, series), f"{series}.close"]
            named.append(N_("{series} is stored up to {session} only ({count} missing)", series=SERIES[series].label,
                            session=f"{{{series}.close|session}}", count=f"{{{series}.missed}}"))  # fmt: skip
    for key in ("link.us_hk_broad.lead", "hsi.change", "sse.change"):
        if not d.known(key):
            w.missing(d.figure(key).label, d.figure(key).note)
    why = listing(named) if named else "not all of its sessions are known"
    w.say("abstention", rule, N_("{word}: {why}.", word=chain.NO_VERDICT, why=why), refuted_by, evidence)


# What HSTECH did with its lead, by the word for its ratio.
_TECH = {
    "none": "Tech leg: HSTECH did not follow the Nasdaq 100's lead of {link.us_hk_tech.lead}: {shown}.",
    "reversed": "Tech leg: HSTECH moved against the Nasdaq 100's lead of {link.us_hk_tech.lead}: {shown}.",
    "moderate": "Tech leg: HSTECH followed (moderate) the Nasdaq 100's lead of {link.us_hk_tech.lead}: {shown}.",
    "full": "Tech leg: HSTECH followed (full) the Nasdaq 100's lead of {link.us_hk_tech.lead}: {shown}.",
    "amplified": "Tech leg: HSTECH followed (amplified) the Nasdaq 100's lead of {link.us_hk_tech.lead}: {shown}.",
}


# The same where scatter hides that ratio.
_TECH_UNREAD = {
    IN_LINE: "Tech leg: HSTECH's {link.us_hk_tech.actual} lies within the usual scatter of what the Nasdaq 100's lead of {link.us_hk_tech.lead} "
    "implies: {shown}.",
    LOST: "Tech leg: the Nasdaq 100's lead of {link.us_hk_tech.lead} implies less than half of HSTECH's usual scatter, so nothing is read from its "
    "answer: {shown}.",
    APART: "Tech leg: HSTECH's {link.us_hk_tech.actual} is more than the Nasdaq 100's lead of {link.us_hk_tech.lead} explains: {shown}.",
}


def _tech(w: Writer) -> None:
    word, unread = link_read(lambda m: w.desk.value(f"link.us_hk_tech.{m}"), w.desk.settings.flat)
    if w.desk.number("link.us_hk_tech.waiting"):
        return
    shown = "implied {link.us_hk_tech.implied}, actual {link.us_hk_tech.actual}, a residual of {link.us_hk_tech.residual_z}"
    if unread:
        w.say("reading", RULE, N_(_TECH_UNREAD[unread], shown=shown), *unread_until(unread, "link.us_hk_tech"))
    elif word in WORDS:
        w.say("reading", RULE, N_(_TECH[word], shown=shown),
              "A residual within half a standard deviation: then the ratio is noise.", ("link.us_hk_tech.follow",),
              within(NOISE - 0.001, "link.us_hk_tech.residual_z"))  # fmt: skip


def _clocks(w: Writer) -> None:
    """Why the date is the wrong thing to compare by, and what cannot be told between two markets of the same hours."""
    link = {m: w.desk.number(f"link.us_hk_broad.{m}") for m in ("corr_low", "date_corr")}
    if link["corr_low"] > 0 and link["date_corr"] < link["corr_low"]:
        w.say(
            "reading", "transmission.clock: correlation by date lies below the interval of the one on the true lead",
            "Comparing by date would miss the link: the Hang Seng's correlation with the S&P 500 is {link.us_hk_broad.corr} on the session that had "
            "closed before it, {link.us_hk_broad.date_corr} on that of its own date, which closes after it ({link.us_hk_broad.n}).",
            "A correlation by date as high as that on the lead.", ("link.us_hk_broad.corr_low",),
            above(w.desk.number("link.us_hk_broad.corr"), "link.us_hk_broad.date_corr"),
        )  # fmt: skip
    if standing(w.desk, "hk") == standing(w.desk, "cn") == "current":
        w.say(
            "reading", "transmission.side_by_side: Hong Kong and the mainland trade at the same hours",
            "Hong Kong and the mainland trade at the same hours, so closes cannot tell which moves first (correlation {link.hk_cn_broad.date_corr} "
            "by date). Beside the Hang Seng's {hsi.change} the SSE Composite's {sse.change} leaves a residual of {link.hk_cn_broad.date_residual_z}.",
            "Prices within the day that show one moving first.",
        )  # fmt: skip


def _course(sides: set[int], *, all_three: bool) -> str:
    """What markets did as one, by the sides (+1, −1, flat 0) that they went."""
    if sides == {1}:
        return "all three rose" if all_three else "both rose"
    if sides == {-1}:
        return "all three fell" if all_three else "both fell"
    if {1, -1} <= sides:
        return "no common direction"
    return "up or flat" if 1 in sides else "down or flat" if -1 in sides else "flat"


def _tape(w: Writer) -> None:
    """The latest session of each market side by side, without those whose latest session is an old one."""
    d = w.desk
    now = [m for m in MARKETS if standing(d, m) == "current" and d.known(f"{m}.mean")]
    away = [m for m in MARKETS if standing(d, m) == "closed" and d.known(f"{m}.mean")]
    behind = [m for m in MARKETS if m not in now and m not in away]
    if behind:
        why = N_("The latest session of {names} is not stored in full, so it is not set beside the others.",
                 names=listing([MARKETS[m] for m in behind]))  # fmt: skip
        w.missing("The tape, all three markets side by side", why)
    if len(now) < 2:
        return
    together = _course({d.side(f"{m}.mean") for m in now}, all_three=len(now) == 3)
    shown = join(", ", [N_("{name} {value}", name=MARKETS[m], value=f"{{{m}.mean}}") for m in now])
    out = [N_("{market} closed since {session}, left out.", market=MARKETS[m], session=f"{{{m}.mean|session}}") for m in away]
    us, hk = d.figure("us.mean"), d.figure("hk.mean")
    later = {"us", "hk"} <= set(now) and us.available_at and hk.available_at and us.available_at > hk.available_at
    clock = ["The US session of {us.mean|session} closed after Asia's of {hk.mean|session}, so it cannot have led it."] if later else []
    w.say(
        "reading", "transmission.tape: mean of three indices per market, latest session of each",
        join(" ", [N_("Tape, side by side: {together} ({shown}).", together=together, shown=shown), *clock, *out]),
        "A later session of one of them that is not stored yet.",
    )  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "transmission", "Global risk sentiment: transmission chain")
    _verdict(w)
    coupling.write(w)
    w.table(
        "markets", "Markets in the order in which a day travels",
        MARKET_COLUMNS, [market_row(w, m) for m in MARKETS],
        "Latest session of each market known at the cutoff; the sessions need not be the same day.",
    )  # fmt: skip
    _tape(w)
    _tech(w)
    _clocks(w)
    pending.say(w)
    w.table(
        "links", "Each market against its true overnight lead",
        LINK_COLUMNS, [link_row(w, k) for k in LINKS],
        "“By date” is the correlation one gets by comparing equal dates. The US closes after Asia, so that is no lead at all; Hong Kong and the "
        "mainland trade at the same hours, so there it is a moving together, while their lead is Hong Kong's close of the day before.",
    )  # fmt: skip
    pending.table(w)
    coupling.table(w)
    w.use(*(f"link.{k.key}.{m}" for k in LINKS for m in ("residual_sd", "waiting", *(("date_beta",) if k.side_by_side else ()))))
    return w.section()
