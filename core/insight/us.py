"""Section 4: the US session, its breadth, and whether macro shows stress."""

from core.insight.chain import BROAD_SECTORS
from core.insight.desk import Desk, Writer, label
from core.insight.refuted import Refuted, above, below, beyond
from core.insight.transmission import crypto_word, us_signal
from core.language import N_, join
from core.metrics.breadth import SECTORS, TRIOS
from core.records import Cell, Section
from core.units import Unit
from core.wording import day, listing

INDICES = ("spx", "ndx", "dow", "nasdaq", "rut")
MACRO = ("vix", "us10y", "dxy", "gold")
# A one-session change beyond this many standard deviations of its year is outside its usual range.
UNUSUAL = 1.5
_NEW = -1e-9


def stress(desk: Desk) -> list[str] | None:
    """Signs of macro stress: VIX, yield or dollar up beyond its usual range; None where one of them is unknown or behind its calendar."""
    keys = ("vix.z", "us10y.z", "dxy.z")
    if not desk.known(*keys) or any(desk.table.panel.missed(k.removesuffix(".z"))[desk.row] for k in keys):
        return None
    return [k for k in keys if desk.number(k) >= UNUSUAL]


def _verdict(w: Writer) -> None:
    signs = stress(w.desk)
    rule = f"us.macro: VIX, 10-year yield or dollar index up by {UNUSUAL}σ or more of its own year"
    if signs is None:
        for k in ("vix.z", "us10y.z", "dxy.z"):
            f = w.desk.figure(k)
            if f.value is None:
                w.missing(f.label, f.note)
            elif w.desk.table.panel.missed(k.removesuffix(".z"))[w.desk.row]:
                w.missing(f.label, N_("Later sessions than {date} have closed and are not stored.", date=day(f.session, year=True)))
        w.say("abstention", rule, "Whether macro shows stress cannot be said: one of its three gauges is missing or stale.", "The missing gauge.")
    elif signs:
        names = {"vix.z": "VIX {vix.change} ({vix.z})", "us10y.z": "the 10-year yield {us10y.change|signed} ({us10y.z})",
                 "dxy.z": "the dollar {dxy.change} ({dxy.z})"}  # fmt: skip
        said = "Macro shows stress: {signs}." if len(signs) > 1 else "One of three gauges shows macro stress: {signs}."
        w.say("verdict", rule, N_(said, signs=join(", ", [names[s] for s in signs])),
              "The gauges giving their moves back in the next session.")  # fmt: skip
    else:
        w.say(
            "verdict", rule,
            "No macro stress in prices: VIX {vix.change} ({vix.z}), 10-year yield {us10y.change|signed} ({us10y.z}), dollar {dxy.change} "
            "({dxy.z}); none is up beyond its usual range.",
            "Any of the three rising by one and a half standard deviations or more.", when=above(UNUSUAL, "vix.z", "us10y.z", "dxy.z"),
        )  # fmt: skip


def _tone(w: Writer) -> None:
    signal = us_signal(w.desk)
    if signal and w.desk.known("us.sectors_up"):
        of = w.derive("us.sectors", "S&P sectors", len(SECTORS), Unit.COUNT, "How many sector funds are counted.", "us.sectors_up")
        w.say(
            "reading",
            "us.breadth: all three indices one way, their mean and the S&P 500 beyond the flat band, and at least eight of eleven sectors with them",
            N_("The session of {spx.change|session} was {signal}: S&P 500 {spx.change}, Nasdaq 100 {ndx.change}, Dow {dow.change}, with "
               "{us.sectors_up} of {of} sectors up.", signal=signal, of=f"{{{of}}}"),
            *_not_so(w.desk),
        )  # fmt: skip


def _not_so(desk: Desk) -> tuple[str, tuple[str, ...], Refuted]:
    """What would contradict the reading of the session's breadth: as a sentence, without further evidence, and as conditions."""
    up, sectors = round(desk.number("us.indices_up")), "us.sectors_up"
    if not (desk.side("us.mean") and desk.side("spx.change")):
        flat = desk.settings.flat
        both = tuple((*a, *b) for a in beyond(flat, "us.mean") for b in beyond(flat, "spx.change"))
        return "The S&P 500 and the mean of the three indices beyond the flat band.", ("us.mean",), both
    most, few = BROAD_SECTORS, len(SECTORS) - BROAD_SECTORS
    if up in {0, len(TRIOS["us"])}:
        agreeing = desk.number(sectors) if up else len(SECTORS) - desk.number(sectors)
        if agreeing >= most:
            return "Fewer than eight sectors on the index's side.", (), below(most - 1, sectors) if up else above(few + 1, sectors)
        return "Eight sectors or more on the index's side.", (), above(most, sectors) if up else below(few, sectors)
    return "All three indices going one way.", (), (*above(len(TRIOS["us"]), "us.indices_up"), *below(0, "us.indices_up"))


def _highs(w: Writer) -> None:
    known = [k for k in ("spx", "ndx", "dow") if w.desk.known(f"{k}.from_high")]
    if len(known) < 3:
        return
    new = [k for k in known if w.desk.number(f"{k}.from_high") >= _NEW]
    rule = "us.highs: a close is the highest of its trailing year of closes"
    if new:
        names = listing([label(k) for k in new])
        w.say("reading", rule, N_("{names} closed at a 52-week high on {spx.change|session}.", names=names), "A higher close in the year before.",
              [f"{k}.from_high" for k in new],
              below(2 * _NEW, *(f"{k}.from_high" for k in new)))  # fmt: skip
    else:
        w.say(
            "reading", rule,
            "No fresh high: the S&P 500 closed {spx.from_high|size} below its 52-week high, the Nasdaq 100 {ndx.from_high|size} and the Dow "
            "{dow.from_high|size}.",
            "A close at its 52-week high.", when=above(_NEW, *(f"{k}.from_high" for k in known)),
        )  # fmt: skip


def _crypto(w: Writer) -> None:
    if stress(w.desk) == [] and crypto_word(w.desk) == "outlier":
        fall = "US macro does not explain crypto's fall of {btc.change|size}: look for a reason inside crypto."
        rise = "US macro does not explain crypto's rise of {btc.change|size}: look for a reason inside crypto."
        w.say(
            "implication", "us.crypto: crypto is an outlier while no macro gauge shows stress",
            fall if w.desk.side("btc.change") < 0 else rise,
            "A macro gauge leaving its usual range, or equities following crypto in the next session.", ("vix.z", "us10y.z", "dxy.z"),
            above(UNUSUAL, "vix.z", "us10y.z", "dxy.z"),
        )  # fmt: skip


def _index_row(w: Writer, k: str) -> tuple[Cell, ...]:
    return (
        Cell(label(k)), w.cell(f"{k}.close"), w.cell(f"{k}.change"), w.cell(f"{k}.z"), w.cell(f"{k}.from_high"), w.cell(f"{k}.from_record"),
        w.session(f"{k}.change"),
    )  # fmt: skip


def write(desk: Desk) -> Section:
    """The section."""
    w = Writer(desk, "us", "US market: setting the tone")
    _verdict(w)
    _tone(w)
    _highs(w)
    _crypto(w)
    w.table(
        "indices", "Indices", ("Index", "Close", "Change", "Against its year", "From 52-week high", "From highest stored", "Session"),
        [_index_row(w, k) for k in INDICES],
        "“Highest stored” is the highest close since the stored history begins, which need not be the all-time high.",
    )  # fmt: skip
    w.table(
        "macro", "Volatility, yield, dollar, gold", ("Gauge", "Level", "Change", "Against its year", "Over 5 sessions", "Session"),
        [
            (Cell(label(k)), w.cell(f"{k}.close"), w.cell(f"{k}.change", "signed"), w.cell(f"{k}.z"), w.cell(f"{k}.week", "signed"),
             w.session(f"{k}.change"))
            for k in MACRO
        ],
    )  # fmt: skip
    ranked = sorted(SECTORS, key=lambda k: (-desk.number(f"{k}.change") if desk.known(f"{k}.change") else 1e9, k))
    w.table(
        "sectors", "Sectors, strongest first", ("Sector", "Change", "Against its year", "Over 5 sessions", "Session"),
        [(Cell(label(k)), w.cell(f"{k}.change"), w.cell(f"{k}.z"), w.cell(f"{k}.week"), w.session(f"{k}.change")) for k in ranked],
    )  # fmt: skip
    w.use("us.sectors_up", "us.sector_mean", "us.mean", "us.indices_up")
    return w.section()
