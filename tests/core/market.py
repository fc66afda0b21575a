"""Reports over the demo market as it is, and over versions of it that a test has bent."""

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from core import datasets, report
from core.divergences import detect
from core.figures import Figures
from core.insight.desk import Desk
from core.metrics import MetricTable, compute
from core.panel import build
from core.records import Claim, Report, Settings
from core.sources import synthetic
from core.sources.published import published

DAY = dt.date(2026, 3, 28)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@cache
def observations() -> pd.DataFrame:
    return synthetic.observations()


@cache
def table(edition: str = "morning") -> MetricTable:
    rows = datasets.report_dates(observations(), edition, NOW, endless=False)
    return compute(build(observations(), "demo", edition, rows, None, published()))


def made(day: dt.date = DAY, edition: str = "morning", settings: Settings | None = None) -> Report:
    """The demo market's report of a day, made once for all tests of a process."""
    return _made(day, edition, settings or Settings())


@cache
def _made(day: dt.date, edition: str, settings: Settings) -> Report:
    return report.build(table(edition), day, settings)


def bent(frame: pd.DataFrame, edition: str = "morning", day: dt.date = DAY, settings: Settings | None = None) -> Report:
    """The report of `day` over other observations; only that day and the days before it are rows."""
    rows = np.arange(np.datetime64(day) - 800, np.datetime64(day) + 1)
    return report.build(compute(build(frame, "demo", edition, rows)), day, settings or Settings())


def moved(frame: pd.DataFrame, **changes: float) -> pd.DataFrame:
    """Observations whose last session of each named series shows the given change in percent."""
    frame = frame.copy()
    for key, change in changes.items():
        last = frame.index[frame["series"] == key][-2:]
        frame.loc[last[1], "value"] = frame.loc[last[0], "value"] * (1 + change / 100)
    return frame


def everything_fell() -> Report:
    """The report of a day on which equities, crypto and Hong Kong fell together, sized as public closes of 27 March 2026 were."""
    sectors = dict.fromkeys(("xlk", "xlf", "xlv", "xly", "xlc", "xli", "xlp", "xle", "xlu", "xlre", "xlb"), -1.5)
    america = {"spx": -1.67, "ndx": -1.93, "dow": -1.73, "nasdaq": -2.0, "rut": -1.8, "vix": 13.2}
    asia = {"hsi": -1.2, "hscei": -1.1, "hstech": -1.9, "sse": -0.8, "szse": -0.9, "chinext": -1.0, "csi300": -0.8}
    crypto = {"btc": -3.51, "eth": -3.26, "total_cap": -3.2, "tvl": -3.3, "usdc": -0.6, "stablecoins": -0.16}
    return bent(moved(observations(), **sectors, **america, **asia, **crypto))


def without_last(frame: pd.DataFrame, keys: tuple[str, ...], count: int) -> pd.DataFrame:
    """Observations without the last `count` sessions of the named series."""
    drop = [i for key in keys for i in frame.index[frame["series"] == key][-count:]]
    return frame.drop(index=drop)


def sentences(made: Report) -> list[Claim]:
    """Every claim of a report, those of its findings included."""
    found = [c for s in made.sections for c in s.claims]
    for f in made.findings:
        found += [*f.explanations, *f.checks, *([f.implication] if f.implication else [])]
    return found


def words(made: Report) -> str:
    return "\n".join(c.text for c in sentences(made))


def desk_with(edition: str = "morning", day: dt.date = DAY, **values: float) -> Desk:
    """The desk of the reference day with some metrics set by hand, by key."""
    of = table(edition)
    columns = {**of.columns, **{k: np.full(len(of.panel.dates), v) for k, v in values.items()}}
    made = MetricTable(of.panel, of.metrics, columns, replace(of.features, shared={}, columns=columns))
    row = of.panel.row(day)
    return Desk(made, row, Settings(), detect(made, Settings()), Figures(made, row))
