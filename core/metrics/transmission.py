"""Who follows whom: each follower's session against the leader's sessions that had closed before it opened.

The *lead* of a session runs from the leader's close known at the open of the follower's session before to the one known at this open,
so after a holiday it holds all sessions in between, and where the leader has not traded there is no lead.

New York closes while Asia sleeps, so its lead is news to an Asian session. Hong Kong and the mainland open together and close an hour apart:
what a mainland session can know of Hong Kong is Hong Kong's close of the day before, and but for its last hour that session ran beside
the mainland's own of that day. The pair is therefore measured twice: on that lead, and side by side on the same dates, which is
a moving together that daily closes cannot turn into a lead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.breadth import SECTORS, TRIOS
from core.metrics.metric import Features, Metric
from core.panel import Floats, Positions
from core.sessions import Instants, lead_positions
from core.units import Unit

# Indices set against the US counterpart that their session could know.
COUNTERPARTS = (("hsi", "dow"), ("hscei", "spx"), ("hstech", "ndx"))
_ASIA = {"hk", "cn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A leader and a follower; `leg` is broad or tech."""

    key: str
    source: str
    target: str
    leg: str
    leader: str
    follower: str

    @property
    def side_by_side(self) -> bool:
        """Whether both trade at the same hours, so that the leader's close is hardly news to the follower."""
        return SERIES[self.leader].market in _ASIA and SERIES[self.follower].market in _ASIA


LINKS = (
    Link(key="us_hk_broad", source="us", target="hk", leg="broad", leader="spx", follower="hsi"),
    Link(key="us_hk_tech", source="us", target="hk", leg="tech", leader="ndx", follower="hstech"),
    Link(key="us_cn_broad", source="us", target="cn", leg="broad", leader="spx", follower="sse"),
    Link(key="us_cn_tech", source="us", target="cn", leg="tech", leader="ndx", follower="chinext"),
    Link(key="hk_cn_broad", source="hk", target="cn", leg="broad", leader="hsi", follower="sse"),
    Link(key="hk_cn_tech", source="hk", target="cn", leg="tech", leader="hstech", follower="chinext"),
)


@dataclass(frozen=True)
class _Lead:
    """Per session of the follower: the leader's index in its track (−1 none), its move in percent, and how many of its sessions that is."""

    index: Positions
    move: Floats
    count: Floats


def lead(f: Features, link: Link) -> _Lead:
    """The overnight lead of every session of the link's follower."""
    if f"{link.key}:lead of" not in f.shared:
        f.shared[f"{link.key}:lead of"] = _find_lead(f, link)
    found: _Lead = f.shared[f"{link.key}:lead of"]
    return found


def _find_lead(f: Features, link: Link) -> _Lead:
    leader, follower = f.panel.tracks[link.leader], f.panel.tracks[link.follower]
    positions = lead_positions(follower.series.calendar, leader.series.calendar)[follower.ordinals]
    index = leader.index_of(positions)
    before = follower.previous
    old, new = index[before], index
    known = (before >= 0) & (old >= 0) & (new >= 0)
    count = np.where(known, positions - positions[before], np.nan)
    move = np.where(known & (count > 0), leader.moved(old, new), np.nan)
    return _Lead(index, move, count)


def _less_lead(link: Link) -> Callable[[Features], Floats]:
    """Per report date: the follower's change less its overnight lead, in percentage points."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        return f.rows(link.follower, f.change(link.follower) - lead(f, link).move)

    return compute


def _led(a: str, b: str) -> Link:
    return Link(key=f"{b}_{a}", source="us", target=SERIES[b].market, leg="breadth", leader=a, follower=b)


def _rising(keys: tuple[str, ...], follower: str) -> Callable[[Features], Floats]:
    """Per report date: how many of some US series rose over the follower's overnight lead."""

    def compute(f: Features) -> Floats:
        if not all(f.panel.has(k) for k in (*keys, follower)):
            return f.nothing
        moves = np.column_stack([lead(f, _led(k, follower)).move for k in keys])
        return f.rows(follower, np.where(np.isnan(moves).any(axis=1), np.nan, (moves > 0).sum(axis=1)))

    return compute


def _last_led(leader: str, follower: str) -> Callable[[Features], Instants]:
    """Per report date: the last US session of the follower's overnight lead."""

    def dates(f: Features) -> Instants:
        nothing = np.full(len(f.panel.dates), np.datetime64("NaT"), dtype="datetime64[D]")
        if not (f.panel.has(leader) and f.panel.has(follower)):
            return nothing
        index, at = lead(f, _led(leader, follower)).index, f.panel.position(follower)
        return np.where((at >= 0) & (index[at] >= 0), f.panel.tracks[leader].sessions[index[at]], nothing)

    return dates


METRICS: tuple[Metric, ...] = (
    *(
        Metric(
            key=f"lead.{b}_{a}", label=N_("{b} less {a} (overnight lead)", a=SERIES[a].label, b=SERIES[b].label), unit=Unit.PP, inputs=(b, a),
            method=N_("Change of {b} less the move of {a} over its sessions that closed before this one opened.", a=SERIES[a].label,
                      b=SERIES[b].label),
            compute=_less_lead(Link(key=f"{b}_{a}", source="us", target="hk", leg="counterpart", leader=a, follower=b)),
        )
        for b, a in COUNTERPARTS
    ),
    *(
        Metric(
            key=f"lead.{market}_{name}_up", label=N_(f"US {name} up in {{series}}'s overnight lead", series=SERIES[b].label), unit=Unit.COUNT,
            inputs=(*keys, b),
            method=N_("How many of the {n} rose over the US sessions that closed between the opens of {series}'s last two sessions; "
                      "unknown where one of them is not stored.", n=len(keys), series=SERIES[b].label),
            compute=_rising(keys, b), sessions=_last_led(keys[0], b),
        )
        for market, b in (("hk", "hsi"), ("cn", "sse"))
        for name, keys in (("indices", TRIOS["us"]), ("sectors", SECTORS))
    ),
)  # fmt: skip
