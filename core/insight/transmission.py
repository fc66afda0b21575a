"""Section 2: who followed whom, on the sessions that could know each other."""

from core.insight.desk import Desk, Writer, label
from core.metrics.breadth import TRIOS
from core.metrics.transmission import LINKS, Link
from core.records import Cell, Section
from core.wording import NA, instant

MARKETS = {"us": "US", "hk": "Hong Kong", "cn": "A-shares"}
BROAD_SECTORS = 8
_RULE_FOLLOW = "follow-through: amplified > 1.25, full 0.75–1.25, moderate 0.25–0.75, none within ±0.25, reversed < −0.25"


def follow_word(ratio: float | None) -> str:
    """The word for a follow-through ratio; empty where it is unknown."""
    if ratio is None:
        return ""
    for word, least in (("amplified", 1.25), ("full", 0.75), ("moderate", 0.25), ("none", -0.25)):
        if ratio > least or (word == "none" and ratio >= least):
            return word
    return "reversed"


def us_signal(desk: Desk) -> str:
    """The US session in words; empty where an index is unknown."""
    up, sectors = desk.value("us.indices_up"), desk.value("us.sectors_up")
    if up is None:
        return ""
    side = {3: "risk-on", 0: "risk-off"}.get(round(up))
    if side is None:
        return "mixed: the indices disagree"
    if sectors is None:
        return f"{side}; breadth unknown"
    agreeing = sectors if side == "risk-on" else 11 - sectors
    return f"{side}, {'broad-based' if agreeing >= BROAD_SECTORS else 'narrow'}"


def _hk_signal(desk: Desk) -> str:
    word = follow_word(desk.value("link.us_hk_broad.follow"))
    broad = {"": "lead too small to judge by", "none": "no follow-through", "reversed": "moved against its lead"}.get(word)
    broad = broad or f"{word} follow-through of its lead"
    if not desk.known("hk.hstech_ndx"):
        return broad
    return f"{broad}; tech {'ahead of' if desk.number('hk.hstech_ndx') > 0 else 'behind'} US tech on the tape"


def _cn_signal(desk: Desk) -> str:
    if not desk.known("cn.sse_hsi"):
        return "not comparable with Hong Kong"
    against = "stronger than Hong Kong" if desk.number("cn.sse_hsi") > 0 else "weaker than Hong Kong"
    share = desk.value("cn.advance_share")
    if share is None:
        return against
    return f"{against}; {'broad advance' if share >= 65 else 'broad decline' if share <= 35 else 'mixed breadth'}"


def _market_row(w: Writer, market: str) -> tuple[Cell, ...]:
    signal = {"us": us_signal, "hk": _hk_signal, "cn": _cn_signal}[market](w.desk)
    moves = []
    for series in TRIOS[market]:
        cell = w.cell(f"{series}.change")
        moves.append(Cell(f"{label(series)} {cell.text}", cell.figure, cell.tone))
    first = w.desk.figure(f"{TRIOS[market][0]}.change")
    return Cell(MARKETS[market]), *moves, w.session(first.key), Cell(instant(first.available_at)), Cell(signal or NA)


def _link_row(w: Writer, link: Link) -> tuple[Cell, ...]:
    key = f"link.{link.key}."
    lead = w.cell(key + "lead")
    return (
        Cell(f"{label(link.leader)} → {label(link.follower)}"), lead, w.session(key + "lead"), w.cell(key + "beta"), w.cell(key + "corr"),
        w.cell(key + "date_corr"), w.cell(key + "implied"), w.cell(key + "actual"), w.cell(key + "follow"), w.cell(key + "residual_z"),
        Cell(follow_word(w.desk.value(key + "follow")) or "lead too small"),
    )  # fmt: skip


def _verdict(w: Writer) -> None:
    """One verdict from a small table: the signs of the lead, of Hong Kong and of the mainland."""
    d = w.desk
    lead, hk, cn = d.side("link.us_hk_broad.lead"), d.side("hsi.change"), d.side("sse.change")
    if not d.known("link.us_hk_broad.lead", "hsi.change", "sse.change"):
        w.say("abstention", "transmission.verdict", "No verdict on the chain: not all of its sessions are known.", "The missing sessions.")
        for key in ("link.us_hk_broad.lead", "hsi.change", "sse.change"):
            if not d.known(key):
                w.missing(d.figure(key).label, d.figure(key).note)
        return
    words = {
        (1, 1, 1): "Clean risk-on transmission, US → Hong Kong → A-shares",
        (-1, -1, -1): "Clean risk-off transmission, US → Hong Kong → A-shares",
    }
    word = words.get((lead, hk, cn))
    if word is None and lead and hk == -lead:
        word = "The chain broke at Hong Kong"
    elif word is None and lead and hk == lead and cn == -lead:
        word = "The chain broke at the mainland"
    w.say(
        "verdict", "transmission.verdict: signs of the lead, Hong Kong and the mainland beyond the flat band",
        f"{word or 'Mixed, no clean transmission'}: the S&P 500's {{link.us_hk_broad.lead}} of {{link.us_hk_broad.lead|session}} was the lead, "
        "the Hang Seng answered with {hsi.change} and the SSE Composite with {sse.change} on {hsi.change|session}.",
        "A residual beyond two standard deviations in any link, or a link whose correlation with its lead is near zero.",
    )  # fmt: skip


def _tech(w: Writer) -> None:
    word = follow_word(w.desk.value("link.us_hk_tech.follow"))
    if word:
        said = {"none": "did not follow", "reversed": "moved against"}.get(word, f"followed ({word})")
        w.say(
            "reading", _RULE_FOLLOW,
            f"Tech leg: HSTECH {said} the Nasdaq 100's lead of {{link.us_hk_tech.lead}}: implied {{link.us_hk_tech.implied}}, actual "
            "{link.us_hk_tech.actual}, a residual of {link.us_hk_tech.residual_z}.",
            "A residual within half a standard deviation: then the ratio says little.", ("link.us_hk_tech.follow",),
        )  # fmt: skip


def _tape(w: Writer) -> None:
    d = w.desk
    sides = [d.side(f"{m}.mean") for m in MARKETS]
    together = "all three rose" if sides == [1, 1, 1] else "all three fell" if sides == [-1, -1, -1] else "no common direction"
    w.say(
        "reading", "transmission.tape: mean of three indices per market, latest session of each",
        f"Tape, side by side: {together} (US {{us.mean}}, Hong Kong {{hk.mean}}, A-shares {{cn.mean}}). The US session of "
        "{us.mean|session} closed after Asia's of {hk.mean|session}, so it cannot have led it."
        if (d.figure("us.mean").available_at or 0) > (d.figure("hk.mean").available_at or 1)  # type: ignore[operator]
        else f"Tape, side by side: {together} (US {{us.mean}}, Hong Kong {{hk.mean}}, A-shares {{cn.mean}}).",
        "One of the markets being read from an older session.",
    ) if d.known("us.mean", "hk.mean", "cn.mean") else None  # fmt: skip


def _pending(w: Writer) -> None:
    for market, key in (("Hong Kong", "us_hk_broad"), ("the mainland", "us_cn_broad")):
        if w.desk.known(f"link.{key}.pending", f"link.{key}.pending_implied", f"link.{key}.residual_sd"):
            w.say(
                "implication", "transmission.pending: beta times the US move since the lead of Asia's latest session",
                f"Yet to be priced in {market}: the S&P 500's {{link.{key}.pending}} since. Its usual beta implies {{link.{key}.pending_implied}}, "
                f"give or take {{link.{key}.residual_sd}} (one standard deviation).",
                "An open that ignores it.",
            )  # fmt: skip


def crypto_word(desk: Desk) -> str:
    """How crypto stands to equities: outlier, coupled, apart, refused or unknown."""
    gap = desk.value("gap.us_crypto")
    if gap is None:
        return "refused" if desk.known("spx.change", "btc.change") else "unknown"
    spx, btc = desk.side("spx.change"), desk.side("btc.change")
    if spx * btc > 0:
        return "coupled"
    if desk.detections["us_crypto"].fires[desk.row] and desk.number("crypto.spx_corr") > 0:
        return "outlier"
    return "apart"


def _crypto(w: Writer) -> None:
    from core.divergences import BY_KEY, refusal

    word = crypto_word(w.desk)
    against = "The next US session moving the same way as crypto."
    if word == "outlier":
        w.say(
            "verdict", "crypto.outlier: opposed to the S&P 500 beyond the threshold, with a positive usual correlation",
            "Crypto is the outlier: BTC {btc.change} against the S&P 500's {spx.change}, although the two usually move together (correlation "
            "{crypto.spx_corr}).", against, ("gap.us_crypto",),
        )  # fmt: skip
    elif word == "coupled":
        side = "fell" if w.desk.side("btc.change") < 0 else "rose"
        w.say(
            "verdict", "crypto.coupled: same direction as the S&P 500",
            f"Crypto {side} with equities: BTC {{btc.change}}, S&P 500 {{spx.change}} (usual correlation {{crypto.spx_corr}}).",
            "Crypto turning while equities do not.", ("gap.us_crypto",),
        )  # fmt: skip
    elif word == "apart":
        w.say(
            "reading", "crypto.apart: no common direction, no divergence beyond the threshold",
            "Crypto went its own way without breaking anything: BTC {btc.change}, S&P 500 {spx.change}, usual correlation {crypto.spx_corr}.",
            against, ("gap.us_crypto",),
        )  # fmt: skip
    else:
        why = refusal(w.desk.table, BY_KEY["us_crypto"], w.desk.row)
        w.missing("Crypto against US equities", why)
        w.say("abstention", "crypto.refused: the legs' sessions are stale, unknown or do not overlap",
              f"Crypto is not compared with US equities. {why}",
              "Sessions that overlap.", [k for k in ("spx.change", "btc.change", "gap.us_crypto.overlap") if w.desk.known(k)])  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "transmission", "Global risk sentiment: transmission chain")
    _verdict(w)
    _crypto(w)
    w.table(
        "markets", "Markets in the order in which a day travels",
        ("Market", "Broad", "Second", "Third", "Session", "Closed", "Signal"), [_market_row(w, m) for m in MARKETS],
        "Latest session of each market known at the cutoff; the sessions need not be the same day.",
    )  # fmt: skip
    _tape(w)
    _tech(w)
    _pending(w)
    w.table(
        "links", "Each market against its true overnight lead",
        ("Link", "Lead", "Lead session", "Beta", "Correlation", "By date", "Implied", "Actual", "Follow-through", "Residual", "In words"),
        [_link_row(w, k) for k in LINKS],
        "“By date” is the correlation one gets by comparing equal dates, where the US closes after Asia: no lead at all.",
    )  # fmt: skip
    w.use(*(f"link.{k.key}.{m}" for k in LINKS[:4] for m in ("pending", "pending_implied", "residual_sd")))
    return w.section()
