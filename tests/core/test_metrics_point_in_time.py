"""Nothing later than a cutoff reaches a row, and nothing that is absent makes a metric fall over or another one change."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import SERIES
from core.metrics import METRICS, compute
from core.metrics.gaps import PAIRS
from core.metrics.transmission import LINKS
from core.panel import build
from tests.core import market

# Rows of the last weeks; the history before them is long enough for every statistic.
DATES = np.arange(np.datetime64("2026-02-15"), np.datetime64("2026-03-29"))
GROUPS = tuple(dict.fromkeys(s.group for s in SERIES))
EDITIONS = ("morning", "asia_close")


@cache
def recent():
    table = market.observations()
    return table[table["session"] >= "2024-10-01"].reset_index(drop=True)


@cache
def whole(edition):
    return compute(build(recent(), "demo", edition, DATES))


def altered(table, cutoff, seed):
    """Observations with everything that became known after the cutoff shaken, thinned and restated."""
    rng = np.random.default_rng(seed)
    later = table["available_at"] > cutoff
    future = table[later].copy()
    future["value"] *= np.exp(rng.normal(0, 1, len(future)))
    future = future[rng.random(len(future)) < rng.random()]
    again = future.sample(frac=0.3, random_state=seed).assign(fetched_at=np.datetime64("2030-01-01", "us"), source="elsewhere")
    again["value"] *= 2
    return pd.concat([future, table[~later], again], ignore_index=True)


@settings(deadline=None, max_examples=8)
@given(row=st.integers(0, len(DATES) - 1), edition=st.sampled_from(EDITIONS), seed=st.integers(0, 2**31))
def test_what_comes_after_a_cutoff_changes_no_row_up_to_it(row, edition, seed):
    before = whole(edition)
    after = compute(build(altered(recent(), before.panel.cutoffs[row], seed), "demo", edition, DATES))
    same = lambda a, b: np.array_equal(a[: row + 1], b[: row + 1], equal_nan=True)  # noqa: E731 - assert_array_equal is thirty times slower
    assert [m.key for m in METRICS if not same(after.columns[m.key], before.columns[m.key])] == []
    dated = [m for m in METRICS if m.sessions]
    assert [m.key for m in dated if not same(m.sessions(after.features), m.sessions(before.features))] == []
    assert [after.panel.snapshot(i) for i in (0, row)] == [before.panel.snapshot(i) for i in (0, row)]
    for key in before.panel.tracks:
        if after.panel.has(key):
            np.testing.assert_array_equal(after.panel.missed(key)[: row + 1], before.panel.missed(key)[: row + 1])


def test_one_row_alone_is_that_row_of_many():
    many = whole("morning")
    for row in (5, len(DATES) - 1):
        alone = compute(build(recent(), "demo", "morning", DATES[row : row + 1]))
        for metric in METRICS:
            # Statistics of a gap run over the rows that are asked for, so a single row has no history of them.
            own = (".overlap", ".aligned", ".span_a", ".span_b", ".span_ratio", ".half", ".fx", ".fx.share")
            if not metric.key.startswith("gap.") or metric.key.count(".") == 1 or metric.key.endswith(own):
                np.testing.assert_array_equal(alone.columns[metric.key][0], many.columns[metric.key][row], err_msg=metric.key)


def test_without_any_observation_everything_is_unknown():
    table = compute(build(recent().iloc[:0], "demo", "morning", DATES))
    assert all(np.isnan(table.columns[m.key]).all() for m in METRICS)
    assert all(len(table.columns[m.key]) == len(DATES) for m in METRICS)
    assert all(np.isnat(m.sessions(table.features)).all() for m in METRICS if m.sessions)
    assert table.value("spx.change", 0) is None


def test_without_any_report_date_there_are_no_rows():
    table = compute(build(recent(), "demo", "morning", DATES[:0]))
    assert all(len(table.columns[m.key]) == 0 for m in METRICS)


@pytest.mark.parametrize("name", [*GROUPS, "spx", "xlk", "xle", "usdt", "dai", "usds", "cn_unchanged", "btc", "eth", "tvl"])
def test_an_absent_series_takes_its_own_metrics_along_and_no_others(name):
    keys = {s.key for s in SERIES if name in {s.group, s.key}}
    table, full = compute(build(recent()[~recent()["series"].isin(list(keys))], "demo", "morning", DATES)), whole("morning")
    own = {m.key for m in METRICS if keys & set(m.inputs)}
    assert {key for key in own if not np.isnan(table.columns[key]).all()} == set()
    others = [m.key for m in METRICS if m.key not in own]
    assert [key for key in others if not np.array_equal(table.columns[key], full.columns[key], equal_nan=True)] == []


def test_every_metric_has_values_on_the_demo_market():
    silent = {m.key for m in METRICS if np.isnan(market.table().columns[m.key]).all()}
    # Pairs whose legs share their sessions need no clock check, and between markets of the same hours no lead is found that a ratio could be of.
    wanted = {f"gap.{p.key}.aligned" for p in PAIRS if not p.aligned}
    assert silent == wanted | {f"link.{k.key}.follow" for k in LINKS if k.side_by_side}


def test_no_metric_is_ever_infinite():
    for edition in EDITIONS:
        for metric in METRICS:
            assert not np.isinf(whole(edition).columns[metric.key]).any(), metric.key
