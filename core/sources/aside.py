"""Who is left alone for now: sources and venues that asked for it, or that refuse this machine."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from core.errors import Blocked, RateLimited, SourceError
from core.language import N_
from core.wording import instant

# For how long, where the upstream does not say it itself; no upstream is left alone for longer than a day.
_PAUSES = {RateLimited.kind: dt.timedelta(minutes=10), Blocked.kind: dt.timedelta(hours=6)}
_LONGEST = dt.timedelta(days=1)
_KINDS = {kind.kind: kind for kind in (RateLimited, Blocked)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source (`yahoo`) or a venue (`exchanges:kraken`) that is left alone until an instant (UTC), as an error of kind `status` said."""

    name: str
    until: dt.datetime
    status: str
    message: str


class Aside:
    """Those who are left alone at `now` (aware; default: this moment): known beforehand, or added by the threads of a refresh."""

    def __init__(self, now: dt.datetime | None = None, known: Iterable[Refusal] = ()) -> None:
        self._now = now or dt.datetime.now(dt.UTC)
        self._refusals = {r.name: r for r in known if r.until > self._now}
        self._fresh: list[Refusal] = []
        self._lock = Lock()

    def put(self, name: str, error: SourceError) -> None:
        """Leave somebody alone from now on, where the error calls for it."""
        pause = _PAUSES.get(error.kind) if error.retry_after is None else dt.timedelta(seconds=error.retry_after)
        with self._lock:
            if pause and name not in self._refusals:
                refusal = Refusal(name, self._now + min(pause, _LONGEST), error.kind, error.message)
                self._refusals[name] = refusal
                self._fresh.append(refusal)

    def why(self, name: str) -> SourceError | None:
        """The error that stands for not asking; None for those who may be asked."""
        with self._lock:
            refusal = self._refusals.get(name)
        if refusal is None:
            return None
        who = name.rpartition(":")[2]
        left = (refusal.until - self._now).total_seconds()
        return _KINDS.get(refusal.status, SourceError)(
            N_("{who} is left alone until {instant}: {message}", who=who, instant=instant(refusal.until), message=refusal.message),
            retry_after=left,
        )

    def fresh(self) -> list[Refusal]:
        """Those added since the last call."""
        with self._lock:
            fresh, self._fresh = self._fresh, []
        return fresh
