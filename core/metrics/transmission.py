"""Who follows whom: each follower's session against the leader's sessions that had closed before it opened.

The *lead* of a session runs from the leader's close known at the open of the follower's session before to the one known at this open,
so after a holiday it holds all sessions in between, and where the leader has not traded there is no lead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.metrics.metric import SHORT_HISTORY, YEAR_OF_SESSIONS, Features, Metric
from core.metrics.trailing import MIN_HISTORY, moments, slope
from core.panel import Floats, Positions
from core.sessions import Instants, lead_positions
from core.tracks import piecewise, runs
from core.units import Unit

# Indices set against the US counterpart that their session could know.
COUNTERPARTS = (("hsi", "dow"), ("hscei", "spx"), ("hstech", "ndx"))
# Below this |implied move| in percent a ratio to it says nothing.
SMALLEST_IMPLIED = 0.10
COUPLING_WINDOW = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A leader and a follower; `leg` is broad or tech."""

    key: str
    source: str
    target: str
    leg: str
    leader: str
    follower: str


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


def _link(f: Features, link: Link) -> dict[str, Floats]:
    """All measures of a link, per session of its follower."""
    x = lead(f, link)
    y = f.change(link.follower)
    pieces = _regimes(f, link, x.index)
    beta, correlation = (piecewise(pieces, lambda b, a, i=i: slope(b, a, YEAR_OF_SESSIONS)[i], y, x.move) for i in (0, 1))
    implied = beta * x.move
    with np.errstate(divide="ignore", invalid="ignore"):
        follow = np.where(np.abs(implied) >= SMALLEST_IMPLIED, y / implied, np.nan)
    residual = y - implied
    spread = piecewise(pieces, lambda r: moments(r, YEAR_OF_SESSIONS)[1], residual)
    same = _same_date(f, link)
    return {
        "lead": x.move, "lead_sessions": x.count, "beta": beta, "corr": correlation, "implied": implied, "actual": y, "follow": follow,
        "residual_z": residual / spread, "residual_sd": spread,
        "date_corr": piecewise(pieces, lambda b, a: slope(b, a, YEAR_OF_SESSIONS)[1], y, same),
    }  # fmt: skip


def _regimes(f: Features, link: Link, index: Positions) -> tuple[slice, ...]:
    """Stretches of the follower's sessions in which neither it nor the leader known then has a regime break."""
    leader, follower = f.panel.tracks[link.leader], f.panel.tracks[link.follower]
    led = leader.segment[np.maximum.accumulate(np.clip(index, 0, None))]
    return runs(follower.segment * (int(leader.segment.max()) + 1) + led)


def _same_date(f: Features, link: Link) -> Floats:
    """The leader's change on the follower's own date: what comparing by date would use."""
    leader, follower = f.panel.tracks[link.leader], f.panel.tracks[link.follower]
    at = leader.on(follower.sessions)
    return np.where(at >= 0, f.change(link.leader)[at], np.nan)


def _shared(link: Link, name: str) -> Callable[[Features], Floats]:
    """One measure of a link at each report date; all measures are computed together and kept in the features."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        cached = f"{link.key}:{name}"
        if cached not in f.shared:
            f.shared |= {f"{link.key}:{k}": v for k, v in _link(f, link).items()}
        values: Floats = f.shared[cached]
        return f.rows(link.follower, values)

    return compute


def _lead_sessions(link: Link) -> Callable[[Features], Instants]:
    def dates(f: Features) -> Instants:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return np.full(len(f.panel.dates), np.datetime64("NaT"), dtype="datetime64[D]")
        index = lead(f, link).index
        at = f.panel.position(link.follower)
        leader = f.panel.tracks[link.leader]
        ok = (at >= 0) & (index[at] >= 0)
        return np.where(ok, leader.sessions[index[at]], np.datetime64("NaT"))

    return dates


def _pending(link: Link) -> Callable[[Features], Floats]:
    """The leader's move since the lead of the follower's latest session: what the follower has yet to trade on."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        leader = f.panel.tracks[link.leader]
        used, now = lead(f, link).index[f.panel.position(link.follower)], f.panel.position(link.leader)
        known = (used >= 0) & (now > used) & (f.panel.position(link.follower) >= 0)
        return np.where(known, leader.moved(used, now), np.nan)

    return compute


def _pending_implied(link: Link) -> Callable[[Features], Floats]:
    return lambda f: f[f"link.{link.key}.pending"] * f[f"link.{link.key}.beta"]


_TOO_SMALL = f"The move implied by the lead is under {SMALLEST_IMPLIED:.2f}%: too small to measure an answer against."
_NO_LEAD = "The leader has not traded since the follower's session before, or one of its sessions is not stored: there is no lead."
_BY_DATE = "Correlation of {b}'s change with {a}'s change of the same date, which may close later and then cannot have led it,"
_WINDOW = f"over the {YEAR_OF_SESSIONS} sessions before (at least {MIN_HISTORY})"
_MEASURES = (
    ("lead", "overnight lead", Unit.PERCENT, "Move of {a} over its sessions that closed between the opens of {b}'s last two sessions."),
    ("lead_sessions", "sessions in the lead", Unit.SESSIONS, "Sessions of {a} that closed between the opens of {b}'s last two sessions."),
    ("beta", "beta on its lead", Unit.RATIO, f"Slope of {{b}}'s change on its overnight lead from {{a}} {_WINDOW}."),
    ("corr", "correlation with its lead", Unit.RATIO, f"Correlation of {{b}}'s change with its overnight lead from {{a}} {_WINDOW}."),
    ("implied", "implied move", Unit.PERCENT, "Beta times the overnight lead."),
    ("actual", "actual move", Unit.PERCENT, "Change of {b} in its latest session."),
    ("follow", "follow-through", Unit.RATIO, f"Actual over implied move; unknown where |implied| is under {SMALLEST_IMPLIED}%."),
    ("residual_z", "residual", Unit.SIGMA, f"Actual less implied move, in standard deviations of such residuals {_WINDOW}."),
    ("residual_sd", "usual residual", Unit.PP, f"Standard deviation of actual less implied moves {_WINDOW}."),
    ("date_corr", "correlation by date", Unit.RATIO, f"{_BY_DATE} {_WINDOW}."),
)  # fmt: skip


def _link_metrics(link: Link) -> tuple[Metric, ...]:
    a, b = SERIES[link.leader].label, SERIES[link.follower].label
    inputs = (link.follower, link.leader)
    measures = tuple(
        Metric(
            key=f"link.{link.key}.{name}", label=f"{a} → {b}: {label}", unit=unit, method=method.format(a=a, b=b), inputs=inputs,
            compute=_shared(link, name), sessions=_lead_sessions(link) if name.startswith("lead") else None,
            unknown=_TOO_SMALL if name == "follow" else _NO_LEAD if name in {"lead", "implied", "residual_z"} else SHORT_HISTORY,
        )
        for name, label, unit, method in _MEASURES
    )  # fmt: skip
    return (
        *measures,
        Metric(
            key=f"link.{link.key}.pending", label=f"{a} not yet traded on by {b}", unit=Unit.PERCENT, inputs=(link.leader, link.follower),
            method=f"Move of {a} since the close that {b} knew when its latest session opened.", compute=_pending(link),
        ),
        Metric(
            key=f"link.{link.key}.pending_implied", label=f"{b}: move implied by {a} since", unit=Unit.PERCENT, inputs=inputs,
            method="Beta times the leader's move not yet traded on.", compute=_pending_implied(link),
        ),
    )  # fmt: skip


def _crypto_pairs(f: Features) -> tuple[Floats, Floats]:
    """Per S&P session: BTC's move over the same dates (UTC day's end to UTC day's end), and the S&P's."""
    spx, btc = f.panel.tracks["spx"], f.panel.tracks["btc"]
    new = btc.on(spx.sessions)
    old = np.where(spx.previous >= 0, new[spx.previous], -1)
    return btc.moved(old, new), f.change("spx")


def _coupling(which: int) -> Callable[[Features], Floats]:
    def compute(f: Features) -> Floats:
        if not (f.panel.has("spx") and f.panel.has("btc")):
            return f.nothing
        y, x = _crypto_pairs(f)
        return f.rows("spx", f.within("spx", lambda b, a: slope(b, a, COUPLING_WINDOW)[which], y, x))

    return compute


_COUPLED = f"over the {COUPLING_WINDOW} US sessions before, BTC measured from UTC day's end to UTC day's end of the same dates"

def _less_lead(link: Link) -> Callable[[Features], Floats]:
    """Per report date: the follower's change less its overnight lead, in percentage points."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        return f.rows(link.follower, f.change(link.follower) - lead(f, link).move)

    return compute


METRICS: tuple[Metric, ...] = (
    *(
        Metric(
            key=f"lead.{b}_{a}", label=f"{SERIES[b].label} less {SERIES[a].label} (overnight lead)", unit=Unit.PP, inputs=(b, a),
            method=f"Change of {SERIES[b].label} less the move of {SERIES[a].label} over its sessions that closed before this one opened.",
            compute=_less_lead(Link(key=f"{b}_{a}", source="us", target="hk", leg="counterpart", leader=a, follower=b)),
        )
        for b, a in COUNTERPARTS
    ),
    *(m for link in LINKS for m in _link_metrics(link)),
    Metric(
        key="crypto.spx_beta", label="BTC's beta on the S&P 500", unit=Unit.RATIO, inputs=("spx", "btc"), compute=_coupling(0),
        method=f"Slope of BTC's move on the S&P 500's {_COUPLED}.",
    ),
    Metric(
        key="crypto.spx_corr", label="BTC's correlation with the S&P 500", unit=Unit.RATIO, inputs=("spx", "btc"), compute=_coupling(1),
        method=f"Correlation of BTC's move with the S&P 500's {_COUPLED}.",
    ),
)  # fmt: skip
