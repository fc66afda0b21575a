"""What makes a page readable: headings in order, cells that name their column, words explained."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from pages.parts import glossary

PAGES = sorted(p.stem for p in (Path(__file__).resolve().parents[2] / "pages").glob("*.py"))
_LEVELS = {"title": 1, "header": 2, "subheader": 3}


def headings(block):
    """(level, text) of every heading below a block, in the order of the page."""
    found = []
    for child in block.children.values():
        if hasattr(child, "children"):
            found += headings(child)
        elif child.type in _LEVELS:
            found.append((_LEVELS[child.type], child.value))
        elif child.type == "html":
            found += [(int(n), re.sub("<.*?>", "", text)) for n, text in re.findall(r"<h(\d)[^>]*>(.*?)</h\1>", child.proto.body)]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_headings_go_down_one_level_at_a_time_and_say_something(visit, page):
    found = headings(visit(page, dataset="demo").main)
    assert found[0][0] == 1
    assert [level for level, _ in found].count(1) == 1
    assert all(text.strip() for _, text in found)
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(found)), found


@pytest.mark.parametrize("page", ["overview", "us", "scorecard", "compare", "data"])
def test_every_cell_of_a_card_names_its_column(visit, written, page):
    said = written(visit(page, dataset="demo"))
    for card in re.findall(r'<table class="mi-table mi-cards".*?</table>', said, re.DOTALL):
        assert card.count("<td ") == card.count("data-label=")
    assert "mi-cards" in said


def test_every_header_that_is_explained_leads_to_a_word():
    assert set(glossary._HEADERS.values()) <= set(glossary.WORDS)
    assert "Standard deviations" in glossary.hint("In its year")
    assert glossary.hint("Session") == ""


def test_only_words_that_occur_are_listed(visit, written):
    assert glossary.used(["A gap of 2.1σ", "misleading", "HTVLX"]) == ["σ"]
    said = written(visit("transmission", dataset="demo"))
    assert "Words used here" in said
    assert glossary.WORDS["lead"] in said


def test_a_rule_that_fires_often_is_grey_and_says_how_often(visit, written):
    from pages.parts import findings, loads

    market = loads.market("demo", "morning", None)
    date = loads.span(market)[2]
    shares = loads.shares(market, date, loads.Settings())
    said = written(visit("overview", dataset="demo"))
    every = loads.report(market, date, loads.Settings()).findings
    fires, ordinary = ([f for f in every if f.state == state] for state in ("fires", "ordinary"))
    assert fires
    assert ordinary
    assert said.count('class="mi-tag common"') == sum(shares[f.rule] > findings.COMMON for f in fires) + len(ordinary)
    assert 'class="mi-tag common">ordinary</span>' in said
    assert all(f.why.rstrip(".") in said for f in ordinary)
    assert said.count("% of sessions</span>") == len(fires)


@pytest.mark.parametrize("page", PAGES)
def test_every_table_has_a_caption_and_its_frame_scrolls_by_keyboard(visit, written, page):
    said = written(visit(page, dataset="demo"))
    frames = re.findall(r'<div class="mi-scroll"([^>]*)><table [^>]*>(<caption class="mi-unseen">[^<]+</caption>)?', said)
    assert said.count("<table") == len(frames)
    for attributes, caption in frames:
        assert caption
        assert 'tabindex="0"' in attributes
        assert 'aria-label="' in attributes


@pytest.mark.parametrize("page", ["history", "compare", "data"])
def test_pages_without_claims_explain_their_words_too(visit, written, page):
    assert "Words used here" in written(visit(page, dataset="demo"))
