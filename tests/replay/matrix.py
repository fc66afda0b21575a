"""Every fault at every source that speaks HTTP: what a refresh says of it, what is stored, what the report shows.

`python -m tests.replay.matrix` writes docs/faults.md. Sources are tried side by side, the faults of one source one after the other.
"""

import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import MagicMock, patch

import numpy as np
import pandas as pd

from core import datasets, report
from core.catalogue import PROVIDERS, SERIES, Series
from core.metrics import METRICS, compute
from core.panel import build
from core.records import Figure, Settings
from core.refresh import refresh
from core.settings import ROOT, Operator, operator
from core.sources import pace
from core.sources.upstreams import SOURCES
from core.store import Rest, Store
from core.wording import day
from tests.replay import market
from tests.replay.faults import MISHAPS, Mishap
from tests.replay.server import serving

TABLE = ROOT / "docs" / "faults.md"
GOOD = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
SOURCE_KEYS = tuple(s.key for s in SOURCES.values() if s.hosts)
EVERY = tuple((m.key, key) for m in MISHAPS for key in SOURCE_KEYS)
# Every fault and every source at least once.
FEW = tuple((m.key, SOURCE_KEYS[i % len(SOURCE_KEYS)]) for i, m in enumerate(MISHAPS))
_SINCE = dt.date(2025, 12, 1)
_FAR = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
# Threads of a slow fault may hold the machine up; a refresh must still end this soon after its deadline.
MARGIN = 3.0
# Sources under trial side by side: enough that one works while others wait for a slow answer.
_AT_A_TIME = 6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of one fault at one source. `kept`: every stored row is there unaltered; `added`: rows of the series beyond them."""

    status: str
    message: str
    neighbour: str
    seconds: float
    kept: bool
    added: pd.DataFrame
    figure: Figure
    last: dt.date | None


def series_of(source: str) -> Series:
    """A series by which a source is tried."""
    return next(s for s in SERIES if any(ref.provider == source for ref in s.sources))


def neighbour_of(source: str) -> str:
    """A series of another source, refreshed in the same go."""
    return "tvl" if source == "feargreed" else "fear_greed"


def trials(wanted: Collection[tuple[str, str]] = EVERY) -> dict[tuple[str, str], Trial]:
    """Those that are wanted, by fault and source."""
    with ExitStack() as stack:
        # The lock keeps a process to one refresh; here several run at a time, each in a store and against a server of its own.
        stack.enter_context(patch("core.refresh.run._ONE", MagicMock()))
        stack.enter_context(patch.object(pace, "_SPACING", {}))
        stack.enter_context(patch.object(pace, "_USUAL", 0.0))
        stack.enter_context(patch.object(market, "FIRST", _SINCE - dt.timedelta(days=30)))
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pool = stack.enter_context(ThreadPoolExecutor(_AT_A_TIME))
        found = pool.map(lambda key: _source(key, room, [m for m in MISHAPS if (m.key, key) in wanted]), SOURCE_KEYS)
        return {(mishap, key): trial for key, by in zip(SOURCE_KEYS, found, strict=True) for mishap, trial in by.items()}


def _source(key: str, room: Path, mishaps: list[Mishap]) -> dict[str, Trial]:
    base = room / f"{key}.sqlite"
    with serving(GOOD) as replay:
        good = Store(f"sqlite:///{base}")
        series = series_of(key)
        others = [ref.provider for ref in series.sources if ref.provider != key]
        good.put_aside(Rest(name, _FAR, "blocked", "Left out of this trial.") for name in others)
        refresh(good, _settings(replay.url, 60), now=GOOD, since=_SINCE, keys=[series.key, neighbour_of(key)])
        before = good.load()
        good.close()
        replay.clock = LATER
        figures: dict[str, Figure] = {}
        found = {}
        for mishap in mishaps:
            replay.faults = dict.fromkeys(SOURCES[key].hosts, mishap.fault)
            copy = room / f"{key}-{mishap.key}.sqlite"
            shutil.copy(base, copy)
            store = Store(f"sqlite:///{copy}")
            found[mishap.key] = _trial(key, series, store, before, _settings(replay.url, mishap.deadline), figures)
            store.close()
    return found


def _settings(mirror: str, deadline: float) -> Operator:
    return operator({"UPSTREAM_MIRROR": mirror, "REFRESH_DEADLINE": f"{deadline}", "MARKET_CAP_HISTORY": "coinmarketcap"})


def _trial(key: str, series: Series, store: Store, before: pd.DataFrame, settings: Operator, figures: dict[str, Figure]) -> Trial:
    start = time.monotonic()
    refresh(store, settings, now=LATER, keys=[series.key, neighbour_of(key)])
    seconds = time.monotonic() - start
    told = {o.series: o for o in store.outcomes() if o.source == key or o.series != series.key}
    after = store.load()
    held, fresh = _rows(before), _rows(after)
    added = after[[row not in held and row[0] == series.key for row in map(tuple, after.to_numpy().tolist())]]
    content = pd.util.hash_pandas_object(after, index=False).to_numpy().tobytes().hex()
    if content not in figures:  # many faults leave the same observations behind, and the same observations make the same report
        figures[content] = _figure(after, series)
    return Trial(
        status=told[series.key].status, message=told[series.key].message, neighbour=told[neighbour_of(key)].status, seconds=seconds,
        kept=held <= fresh, added=added, figure=figures[content], last=_last(after, series),
    )  # fmt: skip


def _rows(observations: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(map(tuple, observations.to_numpy().tolist()))


def _figure(observations: pd.DataFrame, series: Series) -> Figure:
    """The series' own figure in the report of the day, which is built whole."""
    dates = datasets.report_dates(observations, "asia_close", LATER, endless=True)[-2:]
    made = report.build(compute(build(observations, "live", "asia_close", dates)), dates[-1].item(), Settings())
    metric = next(m for m in METRICS if m.inputs[0] == series.key and m.key in made.figures())
    return made.figures()[metric.key]


def _last(observations: pd.DataFrame, series: Series) -> dt.date | None:
    """The newest stored session that the report could know."""
    mine = observations[(observations["series"] == series.key) & (observations["available_at"] <= np.datetime64("2026-03-31T08:30"))]
    return mine["session"].max().date() if len(mine) else None


def table(found: dict[tuple[str, str], Trial]) -> str:
    """The trials as a document."""
    lines = [
        "# What happens when a source fails", "",
        "Written by `python -m tests.replay.matrix` from trials against a local copy of every upstream; a test holds it to be current.",
        "In each trial one source has the fault on Tuesday 31 March 2026 at 12:00 UTC, after a sound refresh on Saturday 28 March at 00:30 UTC, and",
        "its fallbacks are left out. Every time the report was built whole, the source beside it was refreshed, and what had been stored stayed.",
        "TDX speaks no HTTP and has tests of its own.", "",
    ]  # fmt: skip
    for mishap in MISHAPS:
        lines += [f"## {mishap.label}", "", "| source | outcome | what the reader is told | what the report shows |", "|---|---|---|---|"]
        for key in SOURCE_KEYS:
            trial = found[mishap.key, key]
            lines.append(f"| {PROVIDERS[key].name} | {trial.status} | {_cell(trial.message)} | {_cell(shown(trial))} |")
        lines.append("")
    return "\n".join(lines)


def shown(trial: Trial) -> str:
    """What a reader sees of the figure."""
    figure = trial.figure
    if figure.value is None:
        return f"n/a: {figure.note}"
    return f"{figure.label} of {day(figure.session)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or "nothing to tell"


def main() -> None:
    """Write the document."""
    TABLE.write_text(table(trials()), encoding="utf-8")
    sys.stdout.write(f"{TABLE}\n")


if __name__ == "__main__":
    main()
