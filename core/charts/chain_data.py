"""What the picture of the chain is made of: sessions known at the cutoff, days closed, and leads that could be known."""

from dataclasses import dataclass

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.charts import theme
from core.charts.known import provider, short, when
from core.charts.picture import Row
from core.insight.follow import link_word
from core.language import N_
from core.metrics import MetricTable
from core.metrics.links import measures
from core.metrics.transmission import LINKS, Link, lead
from core.sessions import schedule
from core.units import Unit
from core.wording import show

_DAYS = np.timedelta64(3, "D")
_LONGEST = np.timedelta64(7, "D")
_HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the picture: the market and the series that stands for it."""

    name: str
    series: str


LANES = (Lane("US", "spx"), Lane("Hong Kong", "hsi"), Lane("A-shares", "sse"), Lane("Crypto day", "btc"))
_LED = {"hsi": 1, "sse": 2}


@dataclass(frozen=True, slots=True)
class Bar:
    """A session known at the cutoff; instants in UTC."""

    lane: int
    opens: np.datetime64
    closes: np.datetime64
    early: bool
    shown: str
    color: str
    session: str
    source: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the leader's close to the open of the session that could know it; `latest` for the lane's last session."""

    lane: int
    start: np.datetime64
    end: np.datetime64
    word: str
    shown: str
    session: str
    source: str
    latest: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lane that has yet to trade on the leader's last close: from that close to the cutoff, with the usual answer."""

    lane: int
    start: np.datetime64
    label: str
    shown: str
    session: str
    source: str


_LINKS = tuple(k for k in LINKS if k.leg == "broad" and not k.side_by_side)


def _arrow(table: MetricTable, link: Link, i: int, flat: float, *, latest: bool) -> Arrow | None:
    """The arrow to the follower's i-th session; None where it had no lead or the lead is unknown."""
    index = int(lead(table.features, link).index[i])
    found = measures(table.features, link)

    def value(name: str) -> float | None:
        v = float(found[name][i])
        return v if np.isfinite(v) else None

    if index < 0 or value("lead") is None:
        return None
    leader, follower = table.panel.tracks[link.leader], table.panel.tracks[link.follower]
    count = value("lead_sessions") or 1
    told = "{leader} {lead} → {follower} {answer}" if count == 1 else "{leader} {lead} over {sessions} → {follower} {answer}"
    return Arrow(
        _LED[link.follower], leader.closes[index], follower.plan.opens[follower.ordinals[i]], link_word(value, flat),
        N_(told, leader=short(link.leader), lead=show(value("lead"), Unit.PERCENT), sessions=show(count, Unit.SESSIONS),
           follower=short(link.follower), answer=show(value("actual"), Unit.PERCENT)),
        N_("{a} → {b}", a=when(leader.sessions[index]), b=when(follower.sessions[i])), provider(str(follower.source[i])), latest,
    )  # fmt: skip


def arrows(table: MetricTable, row: int, flat: float) -> list[Arrow]:
    """What each Asian session of the last week could know, oldest first; none where a link is unknown. `flat` is the reader's band in percent."""
    made = []
    for link in _LINKS:
        at = int(table.panel.position(link.follower)[row])
        if at < 0 or not table.panel.has(link.leader):
            continue
        first = max(table.panel.tracks[link.follower].begin(at), at - 6)
        made += [a for i in range(first, at + 1) if (a := _arrow(table, link, i, flat, latest=i == at))]
    return [a for a in made if a.start >= table.panel.cutoffs[row] - _LONGEST]


def waiting(table: MetricTable, row: int) -> list[Waiting]:
    """What each Asian market has yet to trade on; none where nothing is pending."""
    made = []
    for link in _LINKS:
        move, implied, low, high, proven = (
            table.value(f"link.{link.key}.{m}", row) for m in ("pending", "pending_implied", "pending_low", "pending_high", "corr_low")
        )
        if move is None:
            continue
        leader, at = table.panel.tracks[link.leader], int(table.panel.position(link.leader)[row])
        usual, told = None, "{leader} {lead} → {follower}: no proven answer"
        if proven is not None and proven > 0:
            usual, told = implied, "{leader} {lead} → {follower}: usual answer {usual}, {low} to {high}"
        made.append(Waiting(
            _LED[link.follower], leader.closes[at], N_("≈{change}", change=show(usual, Unit.PERCENT)) if usual is not None else "?",
            N_(told, leader=short(link.leader), lead=show(move, Unit.PERCENT), follower=short(link.follower), usual=show(implied, Unit.PERCENT),
               low=show(low, Unit.PERCENT), high=show(high, Unit.PERCENT)), when(leader.sessions[at]),
            provider(str(leader.source[at])),
        ))  # fmt: skip
    return made


def first_instant(table: MetricTable, row: int, links: list[Arrow]) -> np.datetime64:
    """Where the picture begins: three days before the cutoff, or earlier to hold the latest leads, but not beyond a week."""
    cutoff: np.datetime64 = table.panel.cutoffs[row]
    begin = min([cutoff - _DAYS, *(a.start - 8 * _HOUR for a in links if a.latest)])
    return max(begin, cutoff - _LONGEST)


def sessions_of(table: MetricTable, row: int, lane: int, first: np.datetime64) -> list[Bar]:
    """The lane's sessions that closed after `first` and were known at the row."""
    key = LANES[lane].series
    at = int(table.panel.position(key)[row])
    if at < 0:
        return []
    track, changes = table.panel.tracks[key], table.features.change(key)
    made = []
    for i in range(max(track.begin(at), at - 10), at + 1):
        o = int(track.ordinals[i])
        if track.plan.opens[o] < first:
            continue
        change = float(changes[i])
        made.append(Bar(
            lane, track.plan.opens[o], track.plan.closes[o], bool(track.plan.early[o]), show(change, Unit.PERCENT),
            theme.signed(change, 0.0) if np.isfinite(change) else theme.NEUTRAL, when(track.sessions[i]), provider(str(track.source[i])),
        ))  # fmt: skip
    return made


def closures(table: MetricTable, row: int, first: np.datetime64) -> list[Row]:
    """Weekdays before the cutoff on which a lane's exchange was closed, and sessions that should be known but are not."""
    cutoff, made = table.panel.cutoffs[row], []
    for lane, spec in enumerate(LANES[:3]):
        plan = schedule(SERIES[spec.series].calendar)
        at = int(table.panel.position(spec.series)[row])
        track = table.panel.tracks.get(spec.series)
        stored = set(track.sessions[max(track.begin(at), at - 12) : at + 1].tolist()) if track and at >= 0 else set()
        for day in np.arange(first.astype("datetime64[D]") + 1, cutoff.astype("datetime64[D]")):
            if not np.is_busday(day) or day.item() in stored:
                continue
            o = int(plan.ordinals(np.array([day]))[0])
            trades = o >= 0 and plan.dates[o] == day
            if trades and plan.closes[o] > cutoff:
                continue
            middle = plan.opens[o] - plan.dates[o].astype("datetime64[us]") + day.astype("datetime64[us]") + 3 * _HOUR
            at_ms = int(middle.astype("datetime64[ms]").astype(np.int64))
            made.append({"at": at_ms, "lane": lane, "label": "no data" if trades else "closed", "market": spec.name, "session": when(day)})
    return made
