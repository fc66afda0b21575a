"""The rows of the chain's tables: the markets in order, the links, and what is pending."""

from functools import cache

import numpy as np
import numpy.typing as npt

from core.insight.chain import BROAD_SECTORS
from core.insight.coupling import interval
from core.insight.desk import MARKETS, Desk, Writer, label
from core.insight.follow import NO_LEAD, SMALL, UNKNOWN, UNPROVEN, link_read, link_word
from core.insight.relative import tape_is_lead
from core.language import N_, written
from core.metrics.breadth import TRIOS
from core.metrics.transmission import Link
from core.panel import Panel
from core.records import Cell
from core.wording import NA, instant

MARKET_COLUMNS = ("Market", "Broad", "Second", "Third", "Session", "Closed", "Signal")
LINK_COLUMNS = (
    "Link", "Lead", "Lead session", "Implied", "Actual", "Follow-through", "In words", "Residual", "Beta", "Correlation (95% interval)", "By date",
    "Sessions",
)  # fmt: skip
PENDING_COLUMNS = (
    "Link", "US move since", "Over", "Implied", written("From", "Lower end"), written("To", "Upper end"), "Within one residual before", "Sessions",
    "US session",
)  # fmt: skip
# Hours after midnight UTC at which the market has closed for the day in every season.
_CLOSED_BY = {"us": 21, "hk": 8, "cn": 8}
# Where the breadth is unknown, broad, and narrow.
_US_SIGNALS = {
    "risk-on": ("risk-on; breadth unknown", "risk-on, broad-based", "risk-on, narrow"),
    "risk-off": ("risk-off; breadth unknown", "risk-off, broad-based", "risk-off, narrow"),
}
_HK_SIGNALS = {
    "amplified": "amplified follow-through of its lead", "full": "full follow-through of its lead", "moderate": "moderate follow-through of its lead",
    "none": "no follow-through", "reversed": "moved against its lead", SMALL: "lead too small to judge by", NO_LEAD: "no lead: US closed",
    UNPROVEN: "no proven lead to follow", UNKNOWN: "its lead is not known",
}  # fmt: skip
_ON_TAPE = {
    True: ("{signal}; tech ahead of US tech", "{signal}; tech in line with US tech", "{signal}; tech behind US tech"),
    False: ("{signal}; tech ahead of US tech on the tape", "{signal}; tech in line with US tech on the tape",
            "{signal}; tech behind US tech on the tape"),
}  # fmt: skip
_BESIDE_HK = ("stronger than Hong Kong", "in line with Hong Kong", "weaker than Hong Kong")


def us_signal(desk: Desk) -> str:
    """The US session in words; empty where an index is unknown or behind its calendar."""
    up, sectors = desk.value("us.indices_up"), desk.value("us.sectors_up")
    if up is None or standing(desk, "us") == "behind":
        return ""
    if not (desk.side("us.mean") and desk.side("spx.change")):
        return "little changed"
    side = {3: "risk-on", 0: "risk-off"}.get(round(up))
    if side is None:
        return "mixed"
    unknown, broad, narrow = _US_SIGNALS[side]
    if sectors is None:
        return unknown
    agreeing = sectors if side == "risk-on" else 11 - sectors
    return broad if agreeing >= BROAD_SECTORS else narrow


def standing(desk: Desk, market: str) -> str:
    """Whether a market's latest session is the one to expect at the cutoff: `current`, `closed` since, `behind` its calendar, or `unknown`."""
    shelf: dict[str, npt.NDArray[np.str_]] = desk.table.features.shared.setdefault("standings", {})
    if market not in shelf:
        shelf[market] = _standings(desk.table.panel, market)
    return str(shelf[market][desk.row])


def _standings(panel: Panel, market: str) -> npt.NDArray[np.str_]:
    """The standing of a market on every report date."""
    last, missed = panel.sessions(TRIOS[market][0]), sum(panel.missed(k) for k in TRIOS[market])
    ended = panel.cutoffs - np.timedelta64(_CLOSED_BY[market], "h")
    weekday = np.busday_offset(ended.astype("datetime64[D]"), 0, roll="backward")
    return np.select([np.isnat(last), np.asarray(missed) > 0, last < weekday], ["unknown", "behind", "closed"], "current")


def _link(desk: Desk, key: str) -> str:
    return link_word(lambda m: desk.value(f"link.{key}.{m}"), desk.settings.flat)


def _hk_signal(desk: Desk) -> str:
    word, unread = link_read(lambda m: desk.value(f"link.us_hk_broad.{m}"), desk.settings.flat)
    broad = unread or _HK_SIGNALS.get(word, word)
    if not desk.known("hk.hstech_ndx"):
        return broad
    return N_(desk.against("hk.hstech_ndx", _ON_TAPE[tape_is_lead(desk.figures)]), signal=broad)


def _cn_signal(desk: Desk) -> str:
    if not desk.known("cn.sse_hsi") or desk.figure("sse.change").session != desk.figure("hsi.change").session:
        return "not comparable with Hong Kong"
    against = desk.against("cn.sse_hsi", _BESIDE_HK)
    share = desk.value("cn.advance_share")
    if share is None:
        return against
    breadth = "broad advance" if share >= 65 else "broad decline" if share <= 35 else "mixed breadth"
    return N_("{signal}; {breadth}", signal=against, breadth=breadth)


def market_row(w: Writer, market: str) -> tuple[Cell, ...]:
    """A market's three changes, its session, and what it says."""
    state = standing(w.desk, market)
    signal = {"us": us_signal, "hk": _hk_signal, "cn": _cn_signal}[market](w.desk)
    if state in {"behind", "closed"}:
        signal = "stale: later sessions are not stored" if state == "behind" else "closed since"
    moves = []
    for series in TRIOS[market]:
        cell = w.cell(f"{series}.change")
        moves.append(Cell(N_("{name} {value}", name=label(series), value=cell.text), cell.figure, cell.tone))
    first = w.desk.figure(f"{TRIOS[market][0]}.change")
    return Cell(MARKETS[market]), *moves, w.session(first.key), Cell(instant(first.available_at)), Cell(signal or NA)


def _plain(w: Writer, key: str) -> Cell:
    """A cell whose row says elsewhere why it is empty: a link without a lead lacks one thing, not ten."""
    return w.cell(key) if w.desk.known(key) else Cell(NA, key)


@cache
def _pair(link: Link) -> str:
    return N_("{leader} → {follower}", leader=label(link.leader), follower=label(link.follower))


def _unproven(desk: Desk, link: Link) -> bool:
    """Whether a link's history shows no lead, so that it implies nothing."""
    return desk.number(f"link.{link.key}.corr_low") <= 0


# What is read of such a link, by whether its follower has been closed since.
_UNPRICED = {False: "no lead found, so nothing is implied", True: "closed since; no lead found, so nothing is implied"}


def link_row(w: Writer, link: Link) -> tuple[Cell, ...]:
    """A link's lead, the answer to it, and the history by which the answer is judged."""
    key = f"link.{link.key}."
    w.use(key + "lead_sessions")
    closed, proven = w.desk.number(key + "waiting") > 0, not _unproven(w.desk, link)
    word = _UNPRICED[closed] if not proven else "closed since" if closed else _link(w.desk, link.key)
    w.use(*(key + m for m in ("implied", "follow", "residual_z")))
    implied, follow, residual = (_plain(w, key + m) if proven else Cell(NA) for m in ("implied", "follow", "residual_z"))
    return (
        Cell(_pair(link)), w.cell(key + "lead"), w.dated(key + "lead"), implied, w.cell(key + "actual"), follow, Cell(word), residual,
        w.cell(key + "beta"), interval(w, key + "corr"), w.cell(key + "date_corr"), w.cell(key + "n"),
    )  # fmt: skip


def pending_row(w: Writer, link: Link) -> tuple[Cell, ...]:
    """The leader's move that a follower has not traded on, and the range of its usual answer."""
    key = f"link.{link.key}."
    rest = tuple(key + m for m in ("pending_sessions", "pending_implied", "pending_low", "pending_high", "held", "n"))
    w.use(*rest)
    priced = () if _unproven(w.desk, link) else rest
    cells = (_plain(w, k) if k in priced or k.endswith(("_sessions", ".n")) else Cell(NA) for k in rest)
    return Cell(_pair(link)), w.cell(key + "pending"), *cells, w.dated(key + "pending")
