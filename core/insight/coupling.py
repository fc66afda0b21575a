"""Crypto against US equities: coupled, the outlier, without a common direction, or not to be compared today."""

from core.insight.chain import BROAD_SECTORS
from core.insight.desk import Desk, Writer, label
from core.insight.refuted import above
from core.language import N_, join
from core.metrics.breadth import SECTORS
from core.metrics.coupling import COUPLINGS, Coupling
from core.metrics.gaps import LEAST_OVERLAP
from core.records import Cell
from core.units import Unit
from core.wording import day

# |residual| in standard deviations: below the first it is ordinary, from the second on the usual coupling does not explain the size.
ORDINARY, UNEXPLAINED = 1.0, 2.0
# The least usual correlation at which crypto counts as coupled: a tenth of the variance, where its interval lies above zero too.
COUPLED = 0.3

_OUTLIER = (
    "crypto.outlier: opposed to the S&P 500 beyond the threshold, with a usual correlation of {least} or more, above zero with 95% confidence"
)


def crypto_word(desk: Desk) -> str:
    """How crypto stands to equities: outlier, coupled, apart, spans, refused or unknown.

    Coupled needs the same direction on the tape and, where that is known, over the same dates too; where only the tape has it, the answer is
    `spans`: on a Monday the index's change covers a weekend that the coin's day does not. Outlier needs all of: sessions that overlap, moves
    opposed beyond the threshold on the tape and opposed over the same dates too, a usual correlation that is proven and of some size, and a
    residual that is no ordinary one.
    """
    gap = desk.value("gap.us_crypto")
    if gap is None:
        return "refused" if desk.known("spx.change", "btc.change") else "unknown"
    spx = desk.side("spx.change")
    if spx * desk.side("btc.change") > 0:
        return "spans" if desk.known("crypto.spx_move") and spx * desk.side("crypto.spx_move") <= 0 else "coupled"
    opposed = desk.detections["us_crypto"].fires_on(desk.row) and spx * desk.side("crypto.spx_move") < 0
    usual = abs(desk.number("crypto.spx_residual_z")) < ORDINARY
    return "outlier" if opposed and usually_coupled(desk) and not usual else "apart"


# By whether crypto fell, and whether its usual correlation is known.
_WITH_EQUITIES = {
    (True, True): "Crypto fell with equities: BTC {btc.change}, S&P 500 {spx.change} (usual correlation {crypto.spx_corr}).",
    (True, False): "Crypto fell with equities: BTC {btc.change}, S&P 500 {spx.change}.",
    (False, True): "Crypto rose with equities: BTC {btc.change}, S&P 500 {spx.change} (usual correlation {crypto.spx_corr}).",
    (False, False): "Crypto rose with equities: BTC {btc.change}, S&P 500 {spx.change}.",
}


def usually_coupled(desk: Desk) -> bool:
    """Whether the usual correlation of crypto with equities is proven and of some size."""
    return desk.number("crypto.spx_corr_low") > 0 and desk.number("crypto.spx_corr") >= COUPLED


def broad(desk: Desk, side: int) -> bool:
    """Whether all three US indices and at least eight of the eleven sectors went one way (`side` +1 or −1), and small companies not the other."""
    up, sectors = desk.number("us.indices_up"), desk.number("us.sectors_up")
    if not desk.known("rut.change") or desk.side("rut.change") == -side:
        return False
    return (up == 3 and sectors >= BROAD_SECTORS) if side > 0 else (up == 0 and sectors <= len(SECTORS) - BROAD_SECTORS)


def _included(desk: Desk, side: int) -> bool:
    """Whether crypto's move is part of a broad one: ETH with it, usually coupled, and of a size that the coupling explains."""
    explained = abs(desk.number("crypto.spx_residual_z")) < UNEXPLAINED
    return broad(desk, side) and desk.side("eth.change") == side and usually_coupled(desk) and explained


def _coupled(w: Writer) -> None:
    d = w.desk
    down = d.side("btc.change") < 0
    included = _included(d, -1 if down else 1)
    lead = ["Broad risk-off, crypto included." if down else "Broad risk-on, crypto included."] if included else []
    text = join(" ", [*lead, _WITH_EQUITIES[down, d.known("crypto.spx_corr")]])
    also = ["us.indices_up", "us.sectors_up", "rut.change", "eth.change", "crypto.spx_corr_low", "crypto.spx_residual_z"] if included else []
    rule = N_("crypto.coupled: same direction as the S&P 500 in overlapping sessions; broad if all three indices, eight sectors and ETH agree, the "
              "Russell 2000 does not oppose them, and a usual correlation of {least} or more explains the size", least=f"{COUPLED:g}")  # fmt: skip
    w.say("verdict", rule, text, "Crypto turning in the next session while equities do not.", ["gap.us_crypto", *also])


def _size(w: Writer) -> None:
    """Whether the move is one that the usual coupling explains."""
    if not w.desk.known("gap.us_crypto", "crypto.spx_residual_z"):
        return
    z = abs(w.desk.number("crypto.spx_residual_z"))
    word = "within its usual range" if z < ORDINARY else "on the large side" if z < UNEXPLAINED else "more than the usual coupling explains"
    w.say(
        "reading", N_("crypto.residual: BTC's move less beta times the S&P 500's; ordinary under {ordinary}σ, unexplained from {unexplained}σ",
                      ordinary=f"{ORDINARY:g}", unexplained=f"{UNEXPLAINED:g}"),
        N_("By its usual beta of {crypto.spx_beta} the S&P 500's {spx.change} implies {crypto.spx_implied} for BTC; over the same dates it moved "
           "{crypto.spx_move}, a residual of {crypto.spx_residual_z}, {word}. Correlation {crypto.spx_corr} (interval {crypto.spx_corr_low} "
           "to {crypto.spx_corr_high}, {crypto.spx_n}).", word=word),
        "A beta from another window that leaves a residual of the other sign.", ("gap.us_crypto",),
    )  # fmt: skip


def refused(w: Writer) -> None:
    """Say that crypto is not set against US equities, and why, naming the sessions."""
    why = w.desk.refusal("us_crypto")
    evidence = [k for k in ("spx.change", "btc.change", "gap.us_crypto.overlap") if w.desk.known(k)]
    evidence += [missed(w, k) for k in ("spx", "btc") if w.desk.table.panel.missed(k)[w.desk.row]]
    w.say("abstention", "crypto.refused: the legs' sessions are stale, unknown or do not overlap",
          join(" ", ["Crypto is not compared with US equities.", why]), "Sessions that overlap.", evidence,
          above(LEAST_OVERLAP, "gap.us_crypto.overlap") if w.desk.number("gap.us_crypto.overlap") < LEAST_OVERLAP else ())  # fmt: skip


def missed(w: Writer, series: str) -> str:
    """Puts into the report how many sessions of a series should have been stored by the cutoff and are not; returns the figure's key."""
    like = w.desk.figure(f"{series}.close")
    count = float(w.desk.table.panel.missed(series)[w.desk.row])
    made = like._replace(
        key=f"{series}.missed", label=N_("{series}: sessions not stored", series=label(series)), value=count, unit=Unit.COUNT, note="",
        method="Sessions of its calendar that had closed by the cutoff, after the last one stored.",
    )  # fmt: skip
    return w.add(made)


# By whether both moved beyond the flat band.
_APART = {
    True: "Crypto and US equities had no common direction: BTC {btc.change}, S&P 500 {spx.change}.",
    False: "No direction of crypto and US equities to compare, as one hardly moved: BTC {btc.change}, S&P 500 {spx.change}.",
}


def write(w: Writer) -> None:
    """The verdict on crypto, and what its usual coupling would have implied."""
    d, word = w.desk, crypto_word(w.desk)
    against = "The next US session moving the same way as crypto."
    usual = ["Usual correlation {crypto.spx_corr}."] if w.desk.known("crypto.spx_corr") else []
    if word == "coupled":
        _coupled(w)
    elif word == "outlier":
        w.say(
            "verdict", N_(_OUTLIER, least=f"{COUPLED:g}"),
            "Crypto is the outlier: BTC {btc.change} against the S&P 500's {spx.change}, although the two usually move together (correlation "
            "{crypto.spx_corr}).", against, ("gap.us_crypto", "crypto.spx_corr_low", "crypto.spx_move"),
        )  # fmt: skip
    elif word == "apart":
        w.say(
            "reading", "crypto.apart: no common direction, and not all that an outlier needs",
            join(" ", [_APART[bool(d.side("btc.change") and d.side("spx.change"))], *usual]), against,
            ("gap.us_crypto",),
        )  # fmt: skip
    elif word == "spans":
        w.say(
            "reading", "crypto.spans: the same direction on the tape, but not over the dates of the index's own change",
            "No common direction of crypto and US equities is read: BTC {btc.change} on its own UTC day, but {crypto.spx_move} over the dates of the "
            "S&P 500's {spx.change}.", against, ("gap.us_crypto",),
        )  # fmt: skip
    else:
        w.missing("Crypto against US equities", w.desk.refusal("us_crypto"))
        refused(w)
    _size(w)


_MEASURED = (
    "The coin is measured from UTC day's end to UTC day's end of the index's own dates, over a weekend from Friday to Monday; on days without a US "
    "session the row is the last one's."
)


def table(w: Writer) -> None:
    """Every coupling with its interval, on the index's latest session."""
    index, coin = w.desk.session("spx"), w.desk.session("btc")
    whose = []
    if index and coin and index != coin and not w.desk.table.panel.missed("spx")[w.desk.row]:
        whose = [N_("This is the US session of {index}; the UTC day of {coin} has none.", index=day(index), coin=day(coin))]
    w.table(
        "coupling", "Crypto on the dates of the US session",
        ("Pair", "Session", "Index", "Coin", "Implied", "Residual", "Beta", "Correlation (95% interval)", "Sessions"),
        [_row(w, c) for c in COUPLINGS],
        join(" ", [*whose, _MEASURED]),
    )  # fmt: skip


def _row(w: Writer, of: Coupling) -> tuple[Cell, ...]:
    names = N_("{coin} on {index}", coin=label(of.coin), index=label(of.index))
    measures = (w.cell(f"{of.key}_{m}") for m in ("move", "implied", "residual_z", "beta"))
    index = w.cell(f"{of.index}.change")
    return Cell(names), w.session(f"{of.index}.change"), index, *measures, interval(w, f"{of.key}_corr"), w.cell(f"{of.key}_n")


def interval(w: Writer, key: str) -> Cell:
    """A correlation with its interval in one cell."""
    cell = w.cell(key)
    low, high = f"{key}_low", f"{key}_high"
    if not w.desk.known(key, low, high):
        return cell
    w.use(low, high)
    return Cell(N_("{value} ({low} to {high})", value=cell.text, low=w.desk.show(low), high=w.desk.show(high)), key)
