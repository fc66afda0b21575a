"""Which of green and red means a rise is a matter of presentation: the same report, told apart by nothing else."""

import re

import pytest

from core.charts import palette, theme
from core.export import html, pdf
from core.export.look import Look
from tests.core import market

USUAL, TURNED = (Look(convention=c) for c in palette.CONVENTIONS)


@pytest.fixture(scope="module")
def pages():
    return [html.make(market.made(), market.table(), look).decode() for look in (USUAL, TURNED)]


def test_a_web_page_is_told_apart_by_its_tones_only(pages):
    usual, turned = (page.replace(palette.style(c), "") for page, c in zip(pages, palette.CONVENTIONS, strict=True))
    assert usual == turned
    assert pages[0] != pages[1]
    assert market.made().snapshot in usual


def test_every_tone_that_a_web_page_uses_is_declared_once(pages):
    for page in pages:
        assert [len(re.findall(rf"--{tone}: ", page)) for tone in ("up", "down")] == [1, 1]


def test_a_pdf_has_its_marks_and_words_in_the_colours_asked_for():
    usual, turned = (pdf._document(market.made(), market.table(), look.convention) for look in (USUAL, TURNED))
    assert usual["tones"] == {"up": turned["tones"]["down"], "down": turned["tones"]["up"]}
    drawn = [[c["svg"] for s in made["sections"] for c in s["charts"]] for made in (usual, turned)]
    assert "".join(drawn[0]).count(theme.UP) == "".join(drawn[1]).count(theme.DOWN) > 0
    assert {k: v for k, v in usual.items() if k not in {"tones", "sections"}} == {k: v for k, v in turned.items() if k not in {"tones", "sections"}}
