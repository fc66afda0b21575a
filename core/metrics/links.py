"""What each link of the chain shows: the usual answer to a lead, today's answer, and what the follower has yet to trade on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.follow import CONFIDENCE, answers, over_the_same_dates, regimes
from core.metrics.gaps import Mask
from core.metrics.metric import SHORT_HISTORY, YEAR_OF_SESSIONS, Features, Metric
from core.metrics.trailing import MIN_HISTORY, rolling, slope
from core.metrics.transmission import LINKS, Link, lead
from core.panel import Floats, Positions
from core.sessions import Instants, lead_positions
from core.tracks import piecewise
from core.units import Unit

# Below this |implied move| in percent a ratio to it says nothing.
SMALLEST_IMPLIED = 0.10
# Hours after midnight UTC at which both Asian exchanges have closed.
_ASIA_CLOSES = np.timedelta64(8, "h")


def _link(f: Features, link: Link) -> dict[str, Floats]:
    """All measures of a link, per session of its follower."""
    x, y = lead(f, link), f.change(link.follower)
    leader, follower = f.panel.tracks[link.leader], f.panel.tracks[link.follower]
    pieces = regimes(follower, leader, x.index)
    on_lead = answers(y, x.move, YEAR_OF_SESSIONS, pieces)
    same = over_the_same_dates(leader, follower)
    if link.side_by_side:
        by_date = answers(y, same, YEAR_OF_SESSIONS, pieces)
    else:
        by_date = {"corr": piecewise(pieces, lambda b, a: slope(b, a, YEAR_OF_SESSIONS)[1], y, same)}
    with np.errstate(divide="ignore", invalid="ignore"):
        told = (np.abs(on_lead["implied"]) >= SMALLEST_IMPLIED) & (on_lead["corr_low"] > 0)
        follow = np.where(told, y / on_lead["implied"], np.nan)
    return {
        "lead": x.move, "lead_sessions": x.count, "actual": y, "follow": follow, **on_lead, **{f"date_{k}": v for k, v in by_date.items()},
    }  # fmt: skip


def measures(f: Features, link: Link) -> dict[str, Floats]:
    """All measures of a link by name, per session of its follower, computed once; empty where a side is not stored."""
    if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
        return {}
    if f"{link.key}:measures" not in f.shared:
        f.shared[f"{link.key}:measures"] = _link(f, link)
    found: dict[str, Floats] = f.shared[f"{link.key}:measures"]
    return found


def _rows(link: Link, name: str) -> Callable[[Features], Floats]:
    """One measure of a link at each report date."""

    def compute(f: Features) -> Floats:
        found = measures(f, link)
        return f.rows(link.follower, found[name]) if found else f.nothing

    return compute


def _lead_sessions(link: Link) -> Callable[[Features], Instants]:
    def dates(f: Features) -> Instants:
        if f"{link.key}:lead sessions" not in f.shared:
            f.shared[f"{link.key}:lead sessions"] = found(f)
        made: Instants = f.shared[f"{link.key}:lead sessions"]
        return made

    def found(f: Features) -> Instants:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return np.full(len(f.panel.dates), np.datetime64("NaT"), dtype="datetime64[D]")
        index = lead(f, link).index
        at = f.panel.position(link.follower)
        leader = f.panel.tracks[link.leader]
        ok = (at >= 0) & (index[at] >= 0)
        return np.where(ok, leader.sessions[index[at]], np.datetime64("NaT"))

    return dates


def _current(f: Features, link: Link) -> Mask:
    """Report dates on which both sides are stored up to their calendars."""
    both = (f.panel.missed(link.leader) == 0) & (f.panel.missed(link.follower) == 0)
    return np.asarray(both & (f.panel.position(link.follower) >= 0), dtype=np.bool_)


def _since(f: Features, link: Link) -> tuple[Positions, Positions]:
    """Per report date: the leader's index that the follower's latest session knew, and its latest one; −1 for both where nothing is pending."""
    at = f.panel.position(link.follower)
    used, now = lead(f, link).index[at], f.panel.position(link.leader)
    known = _current(f, link) & (used >= 0) & (now > used)
    return np.where(known, used, -1), np.where(known, now, -1)


def _pending(link: Link) -> Callable[[Features], Floats]:
    """The leader's move since the lead of the follower's latest session: what the follower has yet to trade on."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        return f.panel.tracks[link.leader].moved(*_since(f, link))

    return compute


def _pending_sessions(link: Link) -> Callable[[Features], Floats]:
    """How many sessions of the leader that is; 0 where the follower has traded on all of them."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        at = f.panel.position(link.follower)
        used, now = lead(f, link).index[at], f.panel.position(link.leader)
        ordinals = f.panel.tracks[link.leader].ordinals
        return np.where(_current(f, link) & (used >= 0) & (now >= used), ordinals[now] - ordinals[used], np.nan)

    return compute


def _waiting(link: Link) -> Callable[[Features], Floats]:
    """Sessions of the leader that were there to be traded on when the follower's exchange stayed closed on a weekday."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        leader, follower, at = f.panel.tracks[link.leader], f.panel.tracks[link.follower], f.panel.position(link.follower)
        last = follower.ordinals[at]
        used = lead_positions(follower.series.calendar, leader.series.calendar)[last]
        hours = follower.plan.opens[last] - follower.plan.dates[last].astype("datetime64[us]")
        weekday = np.busday_offset((f.panel.cutoffs - _ASIA_CLOSES).astype("datetime64[D]"), 0, roll="backward")
        due = leader.plan.last_closed(weekday.astype("datetime64[us]") + hours)
        return np.where((at >= 0) & (f.panel.missed(link.follower) == 0), np.maximum(due - used, 0), np.nan)

    return compute


def _spread(link: Link) -> Callable[[Features], Floats]:
    """The usual residual over the sessions pending; unknown where there are none."""
    key = f"link.{link.key}."
    return lambda f: np.where(f[f"{key}pending_sessions"] > 0, f[f"{key}residual_sd"] * np.sqrt(f[f"{key}pending_sessions"]), np.nan)


def _seen(link: Link) -> Callable[[Features], Floats]:
    """The size of the widest lead in the history that gives the beta."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(link.leader) and f.panel.has(link.follower)):
            return f.nothing
        return f.rows(link.follower, rolling(np.abs(lead(f, link).move), YEAR_OF_SESSIONS, "max", MIN_HISTORY))

    return compute


def _implied(link: Link, side: int) -> Callable[[Features], Floats]:
    """Beta times what is pending, and its spread on one side."""
    key = f"link.{link.key}."
    return lambda f: f[f"{key}pending"] * f[f"{key}beta"] + (side * f[f"{key}pending_spread"] if side else 0)


_WINDOW = f"over the {YEAR_OF_SESSIONS} sessions before (at least {MIN_HISTORY})"
_NO_RATIO = (
    f"The move implied by the lead is under {SMALLEST_IMPLIED:.2f}%, or the link's correlation is not above zero with {CONFIDENCE}% confidence: "
    "no ratio is given."
)
_NO_LEAD = "The leader has not traded since the follower's session before, or one of its sessions is not stored: there is no lead."
_LEAST = f"Not enough history: it needs {MIN_HISTORY} sessions with a known beta, so at least {2 * MIN_HISTORY} in all."
_NOTHING_PENDING = "Nothing is pending: the leader has not closed since the lead of the follower's latest session."
_NO_RANGE = f"Nothing is pending, or the history is too short for a range: it needs {MIN_HISTORY} sessions with a known beta."
_SINCE = "Move of {a} since the close that {b} knew when its latest session opened."
_CLOCKS = {
    True: "{a}'s session of that date runs at the same hours and ends an hour later: they move together, and neither is known to lead",
    False: "{a}'s change of that date closes later and cannot have led it",
}
_KNOWN = {
    True: "Move of {a} over its sessions that closed between the opens of {b}'s last two: its close of the day before, of which {b} had "
    "traded beside all but the last hour.",
    False: "Move of {a} over its sessions that closed between the opens of {b}'s last two sessions.",
}


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure that links have: `side` true only for pairs that trade at the same hours, false only for the others, None for all."""

    name: str
    label: str
    unit: Unit
    method: str
    unknown: str = SHORT_HISTORY
    side: bool | None = None


_MEASURES = (
    _Measure("lead", "overnight lead", Unit.PERCENT, "", _NO_LEAD),
    _Measure("lead_sessions", "sessions in the lead", Unit.SESSIONS, "Sessions of {a} that closed between the opens of {b}'s last two sessions."),
    _Measure("beta", "beta on its lead", Unit.RATIO, f"Slope of {{b}}'s change on its overnight lead from {{a}} {_WINDOW}."),
    _Measure("corr", "correlation with its lead", Unit.RATIO, f"Correlation of {{b}}'s change with its overnight lead from {{a}} {_WINDOW}."),
    _Measure("corr_low", "correlation, lower end", Unit.RATIO, f"Lower end of the {CONFIDENCE}% interval of the correlation (Fisher's z)."),
    _Measure("corr_high", "correlation, upper end", Unit.RATIO, f"Upper end of the {CONFIDENCE}% interval of the correlation (Fisher's z)."),
    _Measure("n", "sessions behind the beta", Unit.SESSIONS, f"Sessions of {{b}} with a known lead among the {YEAR_OF_SESSIONS} before."),
    _Measure("implied", "implied move", Unit.PERCENT, "Beta times the overnight lead.", _NO_LEAD),
    _Measure("actual", "actual move", Unit.PERCENT, "Change of {b} in its latest session."),
    _Measure(
        "follow", "follow-through", Unit.RATIO,
        f"Actual over implied move; unknown where |implied| is under {SMALLEST_IMPLIED}% or the correlation's interval reaches zero.", _NO_RATIO,
    ),
    _Measure("residual_z", "residual", Unit.SIGMA, f"Actual less implied move, in standard deviations of such residuals {_WINDOW}.", _LEAST),
    _Measure("residual_sd", "usual residual", Unit.PP, f"Standard deviation of actual less implied moves {_WINDOW}.", _LEAST),
    _Measure("held", "answers within one usual residual", Unit.SHARE, f"Share of answers {_WINDOW} within one usual residual of it.", _LEAST),
    _Measure("date_corr", "correlation by date", Unit.RATIO, f"Correlation of the changes of {{b}} and {{a}} by date {_WINDOW}. {{clock}}."),
    _Measure("date_beta", "beta side by side", Unit.RATIO, f"Slope of {{b}}'s change on {{a}}'s of the same date {_WINDOW}. {{clock}}.", side=True),
    _Measure("date_implied", "implied side by side", Unit.PERCENT, "Beta side by side times {a}'s change of the same date.", side=True),
    _Measure(
        "date_residual_z", "residual side by side", Unit.SIGMA,
        f"Change of {{b}} less the one implied by {{a}}'s of the same date, in standard deviations of such residuals {_WINDOW}.", _LEAST, side=True,
    ),
)  # fmt: skip


def _measured(link: Link, m: _Measure) -> Metric:
    a, b = SERIES[link.leader].label, SERIES[link.follower].label
    method = N_(m.method or _KNOWN[link.side_by_side], a=a, b=b, clock=N_(_CLOCKS[link.side_by_side], a=a))
    return Metric(
        key=f"link.{link.key}.{m.name}", label=N_("{a} → {b}: {measure}", a=a, b=b, measure=m.label), unit=m.unit, method=method,
        inputs=(link.follower, link.leader), compute=_rows(link, m.name), unknown=m.unknown,
        sessions=_lead_sessions(link) if m.name.startswith("lead") else None,
    )  # fmt: skip


def _yet_to_come(link: Link) -> tuple[Metric, ...]:
    """What the follower has not traded on, for a leader that closes while it sleeps."""
    a, b = SERIES[link.leader].label, SERIES[link.follower].label
    rows = (
        ("pending", Unit.PERCENT, N_("{a} not yet traded on by {b}", a=a, b=b), N_(_SINCE, a=a, b=b), _pending(link)),
        (
            "pending_sessions", Unit.SESSIONS, N_("Sessions of {a} not yet traded on by {b}", a=a, b=b), N_("Sessions of {a} in that move.", a=a),
            _pending_sessions(link),
        ),
        (
            "pending_spread", Unit.PP, N_("{b}: spread around the move implied by {a}", a=a, b=b),
            "One usual residual, times the square root of the sessions pending: what is not explained adds up over a holiday.",
            _spread(link),
        ),
        (
            "pending_implied", Unit.PERCENT, N_("{b}: move implied by {a} since", a=a, b=b), "Beta times the leader's move not yet traded on.",
            _implied(link, 0),
        ),
        ("pending_low", Unit.PERCENT, N_("{b}: lower end of that move", b=b), "The implied move less its spread.", _implied(link, -1)),
        ("pending_high", Unit.PERCENT, N_("{b}: upper end of that move", b=b), "The implied move and its spread.", _implied(link, 1)),
        ("pending_seen", Unit.PERCENT, N_("{a}: widest lead that {b} has answered", a=a, b=b),
         N_("Size of the widest overnight lead over the {n} sessions up to the follower's latest.", n=YEAR_OF_SESSIONS), _seen(link)),
    )  # fmt: skip
    return tuple(
        Metric(
            key=f"link.{link.key}.{name}", label=label, unit=unit, inputs=(link.leader, link.follower), method=method, compute=compute,
            unknown=_NO_RANGE if name in {"pending_spread", "pending_low", "pending_high", "pending_seen"} else _NOTHING_PENDING,
        )
        for name, unit, label, method, compute in rows
    )  # fmt: skip


def _link_metrics(link: Link) -> tuple[Metric, ...]:
    a, b = SERIES[link.leader].label, SERIES[link.follower].label
    waiting = Metric(
        key=f"link.{link.key}.waiting", label=N_("{a} → {b}: {measure}", a=a, b=b, measure="sessions missed"), unit=Unit.SESSIONS,
        inputs=(link.follower, link.leader),
        method=N_("Sessions of {a} that were there to be traded on when {b}'s exchange stayed closed on a weekday, and that it has not traded on.",
                  a=a, b=b),
        compute=_waiting(link),
    )  # fmt: skip
    measures = (_measured(link, m) for m in _MEASURES if m.side in {None, link.side_by_side})
    return (*measures, waiting, *(() if link.side_by_side else _yet_to_come(link)))


METRICS: tuple[Metric, ...] = tuple(m for link in LINKS for m in _link_metrics(link))
