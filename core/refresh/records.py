"""What a refresh tells while it runs and when it is over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.catalogue import Series
from core.due import Known, left_alone, providers
from core.language import join
from core.store import Outcome


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: `done` of `total` series have been dealt with; the last ones came from `source`, with `status` and a sentence.

    `source_done` of `source_total` are those of this source.
    """

    source: str
    done: int
    total: int
    status: str
    message: str
    source_done: int = 0
    source_total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """What became of one source.

    `status`: "ok", "partly", "up to date" (nothing was due), "left alone" (it asked for it), "not asked" (stopped before), or the kind of its
    failure.
    """

    source: str
    status: str
    message: str
    ok: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    new_rows: int = 0
    restated_rows: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a refresh, source by source; `stopped` says that somebody ended it early."""

    sources: tuple[SourceSummary, ...]
    seconds: float
    stopped: bool = False

    @property
    def new_rows(self) -> int:
        """Rows of sessions seen for the first time."""
        return sum(s.new_rows for s in self.sources)

    @property
    def restated_rows(self) -> int:
        """Further vintages of sessions already known."""
        return sum(s.restated_rows for s in self.sources)

    @property
    def reached(self) -> bool:
        """Whether anything answered, or nothing had to."""
        return any(s.status in {"ok", "partly", "stale", "up to date"} for s in self.sources)


def summaries(wanted: tuple[Series, ...], asked: Iterable[Series], outcomes: Mapping[str, Outcome], known: Known) -> Iterator[SourceSummary]:
    """One summary per source, in the order of the catalogue. A series without an outcome counts with its first source."""
    mine: dict[str, list[Series]] = {}
    for series in wanted:
        outcome = outcomes.get(series.key)
        mine.setdefault(outcome.source if outcome else providers(series, known.operator)[0], []).append(series)
    waiting = {s.key for s in asked} - set(outcomes)
    for source, several in mine.items():
        found = [outcomes[s.key] for s in several if s.key in outcomes]
        resting = "" if found else next((why for s in several if (why := left_alone(s, known))), "")
        untouched = any(s.key in waiting for s in several)
        yield _summary(source, found, "left alone" if resting else "not asked" if untouched else "up to date", resting)


def _summary(source: str, outcomes: list[Outcome], otherwise: str, why: str) -> SourceSummary:
    if not outcomes:
        return SourceSummary(source=source, status=otherwise, message=why)
    good = [o for o in outcomes if o.status == "ok"]
    bad = [o for o in outcomes if o.status != "ok"]
    kinds = {o.status for o in bad}
    return SourceSummary(
        source=source, status="ok" if not bad else "partly" if good else kinds.pop() if len(kinds) == 1 else "failed",
        message=join(" ", dict.fromkeys(o.message for o in bad or good if o.message)),
        ok=tuple(o.series for o in good), failed=tuple(o.series for o in bad),
        new_rows=sum(o.new_rows for o in outcomes), restated_rows=sum(o.restated_rows for o in outcomes),
        seconds=(max(o.ended for o in outcomes) - min(o.started for o in outcomes)).total_seconds(),
    )  # fmt: skip
