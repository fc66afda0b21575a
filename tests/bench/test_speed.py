"""How long the server's parts take, with nothing kept from before: `python -m pytest tests/bench`.

Ten years are the demo market's series, tiled back in time.
"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from core import report
from core.divergences import RULES, base_rate, detect
from core.export import EXPORTS, vega
from core.export.look import Look
from core.language import LANGUAGES
from core.memory import likeness, scorecard
from core.metrics import compute
from core.panel import build
from core.records import Settings
from pages.parts import process
from tests.core.market import DAY, observations, table

YEARS = pd.Timedelta(days=1827)


@pytest.fixture(scope="module")
def decade():
    """A panel over ten years of report dates, every series with values for all of them."""
    late = observations()
    early = late.assign(**{c: late[c] - YEARS for c in ("session", "available_at", "fetched_at")})
    early = early[early["session"] < late["session"].min()]
    rows = np.arange(np.datetime64(DAY) - 3652, np.datetime64(DAY) + 1)
    return build(pd.concat([early, late], ignore_index=True), "demo", "morning", rows)


def test_all_metrics_of_ten_years(benchmark, decade):
    made = benchmark.pedantic(compute, args=(decade,), rounds=5, warmup_rounds=1)
    assert len(made.columns["spx.change"]) == 3653
    assert benchmark.stats["min"] < 0.3


def test_detection_over_ten_years(benchmark, decade):
    made = compute(decade)
    found = benchmark(lambda: (made.features.shared.clear(), detect(made, Settings()))[1])
    assert len(found) == len(RULES)
    assert benchmark.stats["median"] < 0.02


def test_base_rates_of_all_rules_over_ten_years(benchmark, decade):
    made = compute(decade)
    found = detect(made, Settings())
    counted = lambda: (made.features.shared.clear(), [base_rate(made, d, len(decade.dates) - 1) for d in found.values()])[1]  # noqa: E731
    rates = benchmark(counted)
    assert len(rates) == len(RULES)
    assert sum(bool(rate.horizons) for rate in rates) > len(RULES) / 2
    assert benchmark.stats["median"] < 0.15


def test_memory_over_ten_years(benchmark, decade):
    made = compute(decade)
    score = lambda: (made.features.shared.clear(), scorecard.write(made, DAY, Settings()), likeness.write(made, DAY, Settings()))  # noqa: E731
    sections = benchmark(score)[1:]
    assert all(s.claims for s in sections)
    assert benchmark.stats["median"] < 0.25


@pytest.fixture
def settled():
    """A process that has done what the server does after its imports."""
    process.settle()


@pytest.mark.usefixtures("settled")
def test_one_report(benchmark):
    """A date and thresholds not asked for before, every round. The more rules fire the more it costs: the median is near twice the least."""
    days = iter(table().panel.dates[-400:].tolist())
    higher = iter(np.linspace(1.001, 1.01, 400).tolist())

    def build():
        by = next(higher)
        return report.build(table(), next(days), Settings(thresholds=tuple((r.key, r.default * by) for r in RULES)))

    made = benchmark.pedantic(build, rounds=50, warmup_rounds=2)
    assert made.date > dt.date(2025, 1, 1)
    assert benchmark.stats["min"] < 0.018


@pytest.mark.usefixtures("settled")
def test_a_threshold_moved(benchmark):
    thresholds = iter(np.linspace(0.1, 9, 200).tolist())
    made = benchmark.pedantic(lambda: report.build(table(), DAY, Settings(thresholds=(("us_crypto", next(thresholds)),))), rounds=50, warmup_rounds=1)
    assert made.date == DAY
    assert benchmark.stats["min"] < 0.014


# Seconds that a file may take in a process that has made one before, in any language; its charts are drawn anew each time.
LIMITS = {"pdf": 1.0, "pdf_letter": 1.0, "html": 1.0, "md": 0.02, "xlsx": 0.5, "zip": 0.5, "csv": 0.1, "json": 0.1}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("export", EXPORTS, ids=lambda e: e.key)
def test_exports(benchmark, export, language):
    """The report of another day in every round."""
    days = iter(table().panel.dates[-20:].tolist())

    def another():
        vega.drawn.cache_clear()
        return (report.build(table(), next(days), Settings()), table(), Look(language=language)), {}

    assert len(benchmark.pedantic(export.make, setup=another, rounds=8, warmup_rounds=2)) > 10_000
    assert benchmark.stats["min"] < LIMITS[export.key]
