"""Judge one answer: check it at the door, compare it with what is stored, and say what came of every series."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.catalogue import PROVIDERS, Series
from core.door import check
from core.due import Job
from core.errors import BadPayload, NoData, SourceError
from core.language import N_, join
from core.observations import unsettled
from core.refresh.asking import Answer

# A line whose stored values all moved by more than this (percent) was restated as a whole: a split, a new base.
_REBASED = 0.5
# Settled values of one line are never restated by half as a rule, however wildly it moves from day to day.
_ELSEWHERE = 50.0
# So many sessions tell whether a line stands elsewhere; a split multiplies all of them by one number, this closely (percent).
_TELLING, _ALIKE = 3, 1.0
BEFORE = dt.timedelta(days=15)
# An answer that ends so many sessions ago is used, and the next source of the chain is asked too.
_STALE = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one series: "ok", "stale" or the kind of a SourceError, a sentence, and the observations that may be stored."""

    status: str
    message: str
    observations: pd.DataFrame | None = None

    @property
    def rows(self) -> int:
        """How many observations passed."""
        return 0 if self.observations is None else len(self.observations)


def first_needed(answer: Answer) -> dt.date:
    """The date from which stored observations are needed to judge an answer."""
    rows = answer.observations
    start = answer.job.ask.start
    return min(start, rows["session"].min().date() if rows is not None and len(rows) else start) - BEFORE


def asked_again(answer: Answer, stored: pd.DataFrame) -> Job | None:
    """The same question from the beginning of the line, where an answer shows that all of it was restated and brings only a part."""
    ask, rows = answer.job.ask, answer.observations
    if rows is None or ask.start <= ask.first or rows["session"].min() < pd.Timestamp(ask.start):
        return None
    return replace(answer.job, ask=replace(ask, start=ask.first)) if _rebased(rows, stored) else None


def judged(answer: Answer, stored: pd.DataFrame) -> dict[str, Verdict]:
    """A verdict for every series of a question; `stored` is the newest vintage of what the store holds of them."""
    verdicts = {}
    for series in answer.job.ask.series:
        try:
            verdicts[series.key] = _one(series, answer, stored)
        except SourceError as exc:
            verdicts[series.key] = Verdict(exc.kind, exc.message)
    return verdicts


def _one(series: Series, answer: Answer, stored: pd.DataFrame) -> Verdict:
    if answer.error:
        raise answer.error
    rows, ask, source = answer.observations, answer.job.ask, answer.job.source
    mine = rows[rows["series"] == series.key] if rows is not None else pd.DataFrame()
    if mine.empty:
        raise NoData(N_("{source} sent nothing for {series}.", source=_name(source.key), series=series.label))
    held = stored[(stored["series"] == series.key) & (stored["source"] == mine["source"].iloc[0])]
    _same_line(series, mine, held)
    among = held if source.by_day else None
    checked = check(series, mine, now=ask.now, start=ask.start, anchor=_anchor(held, mine), dense=not source.by_day, among=among)
    remarks = [*checked.remarks, *_restated(series, source.key, checked.observations, held)]
    return Verdict("stale" if checked.behind >= _STALE else "ok", join(" ", remarks), checked.observations)


def _anchor(held: pd.DataFrame, rows: pd.DataFrame) -> float | None:
    """The value that the same source gave for the session before the first of `rows`."""
    before = held[held["session"] < rows["session"].min()]
    return float(before["value"].iloc[-1]) if len(before) else None


def _same_line(series: Series, rows: pd.DataFrame, held: pd.DataFrame) -> None:
    """Raises BadPayload where settled sessions stand so far from what is stored of them that another line or unit was answered."""
    if series.snapshot:
        return
    both = rows.merge(held, on="session", suffixes=("", "_before"))
    both = both[~unsettled(series, both["session"].to_numpy(), both["fetched_at_before"].to_numpy())]
    now, before = both["value"].to_numpy(), both["value_before"].to_numpy()
    known = np.isfinite(now) & ((now != 0) | (before != 0))
    now, before = now[known], before[known]
    if len(now) < _TELLING:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = now / before
        # A fall counts as the rise that undoes it; a change of sign is beyond any.
        size = np.where(ratio > 0, np.maximum(ratio, 1 / ratio) - 1, np.inf) * 100
    points = series.moves_in_points and float(np.median(np.abs(now - before))) > series.max_move
    if not points and float(np.median(size)) <= min(series.max_move, _ELSEWHERE):
        return
    if series.rebases and _split(ratio):
        return
    by = f"{float(np.median(now - before)):+.4g}" if series.moves_in_points else f"{(float(np.median(ratio)) - 1) * 100:+.0f}%"
    raise BadPayload(
        N_("{series}: {n} sessions moved by {by} against what is stored: another instrument or another unit?",
           series=series.label, n=len(now), by=by)
    )  # fmt: skip


def _split(ratio: np.ndarray) -> bool:
    """Whether all sessions were multiplied by one number that a split or its reverse makes: 2, 3, 1/10, 3/2."""
    middle = float(np.median(ratio))
    if middle <= 0 or float(np.abs(ratio / middle - 1).max()) * 100 > _ALIKE:
        return False
    halves = 2 * max(middle, 1 / middle)
    return abs(halves / max(round(halves), 1) - 1) * 100 <= _ALIKE and (round(halves) % 2 == 0 or round(halves) <= 5)


def _rebased(rows: pd.DataFrame, stored: pd.DataFrame) -> bool:
    """Whether what is stored (its two newest sessions aside) moved as a whole in the new answer."""
    both = rows.merge(stored, on=["series", "source", "session"], suffixes=("", "_before")).iloc[:-2]
    change = (both["value"] / both["value_before"] - 1).abs() * 100
    return len(change) >= 3 and bool((change > _REBASED).all())


def _restated(series: Series, source: str, rows: pd.DataFrame, held: pd.DataFrame) -> list[str]:
    """That the upstream changed values it had settled, by how much at most."""
    if series.snapshot or held.empty:
        return []
    both = rows.merge(held, on="session", suffixes=("", "_before"))
    settled = ~unsettled(series, both["session"].to_numpy(), both["fetched_at_before"].to_numpy())
    both = both[settled & (both["value"] != both["value_before"])]
    if both.empty:
        return []
    change = both["value"] - both["value_before"] if series.moves_in_points else (both["value"] / both["value_before"] - 1) * 100
    most = float(change.iloc[int(change.abs().to_numpy().argmax())])
    by = f"{most:+.2f}{'' if series.moves_in_points else '%'}"
    one, several = "{source} restated {n} session of {series}, by up to {by}.", "{source} restated {n} sessions of {series}, by up to {by}."
    return [N_(several if len(both) > 1 else one, source=_name(source), n=len(both), series=series.label, by=by)]


def _name(source: str) -> str:
    return PROVIDERS[source].name if source in PROVIDERS else source
