"""A lead that does not exist is not found: on shuffled dates a link earns its words no more often than the confidence it states."""

import numpy as np
import pytest

from core.insight.follow import link_word
from core.metrics.follow import answers, fit
from core.metrics.metric import YEAR_OF_SESSIONS
from core.metrics.transmission import LINKS, lead
from tests.core.lines import table_of, wander
from tests.core.march import observations as march
from tests.core.market import table

SEEDS = 400
# Of 400 shuffles, two in forty-one lie beyond either end of a 95% interval; 22 at one end has a chance of one in a thousand.
MOST = 22


def pairs(key):
    """Changes of a link's follower and their true leads, on the demo market."""
    of, link = table(), next(k for k in LINKS if k.key == key)
    move, change = lead(of.features, link).move, of.features.change(link.follower)
    known = np.isfinite(move) & np.isfinite(change)
    return change[known], move[known]


@pytest.mark.parametrize("key", ["us_hk_broad", "us_hk_tech", "us_cn_broad"])
def test_on_shuffled_dates_the_interval_leaves_zero_no_more_often_than_it_says(key):
    change, move = (v[-YEAR_OF_SESSIONS - 1 :] for v in pairs(key))
    true = fit(change, move, YEAR_OF_SESSIONS)
    assert true.low[-1] > 0
    rng = np.random.default_rng(1)
    found = [fit(change, rng.permutation(move), YEAR_OF_SESSIONS) for _ in range(SEEDS)]
    above, below = sum(f.low[-1] > 0 for f in found), sum(f.high[-1] < 0 for f in found)
    assert above <= MOST
    assert below <= MOST
    assert above + below >= 4  # an interval so wide that it never fails would say nothing


def test_on_shuffled_dates_the_word_is_that_no_lead_was_found():
    change, move = (v[-2 * YEAR_OF_SESSIONS :] for v in pairs("us_hk_broad"))
    words = []
    for seed in range(SEEDS):
        shuffled = np.random.default_rng(seed).permutation(move)
        last = {k: float(v[-1]) for k, v in answers(change, shuffled, YEAR_OF_SESSIONS, (slice(0, len(move)),)).items()}
        told = last["corr_low"] > 0 and abs(last["implied"]) >= 0.1
        measures = {**last, "lead": float(shuffled[-1]), "actual": float(change[-1]), "follow": float(change[-1]) / last["implied"] if told else None}
        words.append(link_word(measures.get))
    assert words.count("no lead found") >= SEEDS - MOST


def test_independent_markets_lead_nobody():
    proven = 0
    for seed in range(25):
        lines = [wander(k, "2025-02-03", n, seed=31 * seed + i) for i, (k, n) in enumerate((("spx", 287), ("hsi", 280), ("sse", 276), ("btc", 418)))]
        columns = table_of(*lines, dates=["2026-03-27"]).columns
        keys = ("link.us_hk_broad.corr_low", "link.us_cn_broad.corr_low", "link.hk_cn_broad.corr_low", "crypto.spx_corr_low")
        proven += sum(columns[k][0] > 0 for k in keys)
    assert proven <= 9  # of 100; more has a chance of one in two thousand


def test_the_true_lead_is_found_where_there_is_one():
    columns = table_of(march(("spx", "hsi", "sse")), dates=["2026-03-28"]).columns
    assert columns["link.us_hk_broad.corr_low"][0] > 0.3
    assert columns["link.us_cn_broad.corr_low"][0] > 0.1
    assert columns["link.us_hk_broad.date_corr"][0] < columns["link.us_hk_broad.corr_low"][0]
