"""Every page in Chinese: no English is left in what it shows, names, hints at or says to screen readers."""

import pytest

from tests.core.chinese import english

# Every page, with the folds that are opened on it: each kind of fold on a page where it is cheap.
PAGES = {
    "overview": ("evidence", "take away"), "transmission": (), "crypto_defi": (), "us": (), "hong_kong": (), "a_shares": ("thresholds",),
    "divergences": ("followed", "as known at"), "capital_flows": (), "watch_next": ("evidence",), "history": (), "similar_days": (), "compare": (),
    "scorecard": (), "data": (),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left(visit, shown, page):
    at = visit(page, opened=PAGES[page], dataset="demo", date="2026-03-28", language="zh")
    assert not at.exception
    assert len(shown) > 100
    assert {t: words for t in set(shown) if (words := english(t))} == {}
