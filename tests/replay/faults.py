"""The faults that every source must survive, and what may be said of each."""

import gzip
from dataclasses import dataclass

from tests.replay import bends
from tests.replay.server import Fault

_DAY = 86_400.0
_BOMB = gzip.compress(b" " * (40 << 20))
_PAGE = b"<!DOCTYPE html><html><body>Forbidden</body></html>"


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """A fault by its name: which outcomes are true, and whether the answer holds anything that may be stored."""

    key: str
    label: str
    fault: Fault
    statuses: frozenset[str]
    words: tuple[str, ...] = ("",)
    usable: bool = False
    deadline: float = 20.0


def _mishap(key: str, label: str, fault: Fault, statuses: str, *words: str, usable: bool = False, deadline: float = 20.0) -> Mishap:
    return Mishap(
        key=key, label=label, fault=fault, statuses=frozenset(statuses.split(" | ")), words=words or ("",), usable=usable, deadline=deadline
    )  # fmt: skip


def _status(code: int, body: bytes = b"{}", pause: str = "") -> Fault:
    return Fault("status", code, body, (("Retry-After", pause),) if pause else ())


_REFUSED = "bad payload | no data"
# Venues of one chain may each have a reason of another kind.
_MIXED = " | failed"
MISHAPS = (
    _mishap("429", "HTTP 429", _status(429, b"Too Many Requests"), "rate limited", "slow down"),
    _mishap("429_hour", "HTTP 429, Retry-After one hour", _status(429, b"Too Many Requests", "3600"), "rate limited", "slow down"),
    _mishap("429_now", "HTTP 429, Retry-After 0", _status(429, b"Too Many Requests", "0"), "rate limited", "slow down"),
    _mishap("500", "HTTP 500", _status(500, b"Internal Error"), "failed", "(HTTP 500)"),
    _mishap("451", "HTTP 451, blocked region", _status(451), "blocked", "refuses this machine (HTTP 451)"),
    _mishap("403", "HTTP 403, blocked", _status(403, _PAGE), "blocked", "refuses this machine (HTTP 403)"),
    _mishap("html", "Web page with status 200", Fault("html"), _REFUSED, "web page", "cannot be read", "no candle", "funding", "interest"),
    _mishap("truncated", "Truncated body", Fault("truncated"), _REFUSED + " | stale", usable=True),
    _mishap("empty", "Empty body", _status(200, b""), _REFUSED, "empty", "cannot be read", "no candle", "funding", "interest"),
    _mishap("endless", "Endless body", Fault("endless"), "bad payload", "more than"),
    _mishap("bomb", "Compressed bomb", Fault("status", 200, _BOMB, (("Content-Encoding", "gzip"),)), "bad payload", "more than"),
    _mishap("drip", "A byte now and then", Fault("drip", seconds=0.05), "unreachable", "No answer within", deadline=2.0),
    _mishap("silent", "No answer at all", Fault("sleep", seconds=3), "unreachable", "No answer within", deadline=2.0),
    _mishap("drop", "Connection dropped", Fault("drop"), "unreachable", "did not answer"),
    _mishap("other", "Another series", Fault("bend", bend=bends.other), _REFUSED),
    _mishap("nulls", "Nulls for numbers", Fault("bend", bend=bends.nulls), _REFUSED + _MIXED),
    _mishap("nan", "NaN for numbers", Fault("bend", bend=bends.nans), _REFUSED + _MIXED),
    _mishap("absurd", "Absurd values", Fault("bend", bend=bends.absurd), _REFUSED),
    _mishap("up", "Another level (×3.7), right names", Fault("bend", bend=bends.up), _REFUSED),
    _mishap("down", "Another level (÷3.7), right names", Fault("bend", bend=bends.down), _REFUSED),
    _mishap("stale", "Data of last week", Fault("shift", seconds=-6 * _DAY), _REFUSED + " | stale | ok", usable=True),
    _mishap("future", "Dates in the future", Fault("shift", seconds=40 * _DAY), _REFUSED + " | ok", usable=True),
    _mishap("doubled", "Every row twice", Fault("bend", bend=bends.doubled), "ok | bad payload | no data", usable=True),
)
