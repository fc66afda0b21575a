"""The bundled fonts hold every character that the product can write of its own accord."""

import ast

import pytest
from fontTools.ttLib import TTFont

from core.export.fonts import subset
from core.settings import ROOT

# Ends of the range of Chinese characters, by which charts break names; nothing writes them.
ENDS = "\u2e80\u9fff"
FONTS = sorted(subset.HERE.glob("*.[ot]tf"))


def characters(style):
    return {chr(c) for path in FONTS if style in path.name for c in TTFont(path).getBestCmap()}


def literals():
    """Every string that stands in the code that writes reports, outside docstrings and character tables."""
    for room in ("catalogue", "insight", "metrics", "divergences", "charts", "wording.py", "figures.py", "report.py", "sources", "datasets.py"):
        place = ROOT / "core" / room
        for path in [place] if place.is_file() else place.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from (c for c in node.value if c.isprintable())


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_every_character_of_catalogue_and_translations_is_in_the_fonts(style):
    said = {c for c in subset.catalogue_text() + subset.translated_text() if c.isprintable()}
    assert said - characters(style) == set(), "Renew the fonts: python -m core.export.fonts.subset"


def test_every_character_that_the_code_can_write_is_in_the_fonts():
    assert {"−", "σ", "→", "上"} <= set(literals()) & characters("Regular")
    assert set(literals()) - characters("Regular") == set(ENDS)


def test_common_chinese_from_elsewhere_is_in_the_fonts():
    assert len(subset.LEVEL_ONE) == 3755
    assert set(subset.LEVEL_ONE + "港股通沪深创业板涨跌停") <= characters("Regular")


def test_the_fonts_are_small_free_and_do_not_use_the_reserved_name():
    assert len(FONTS) == 4
    assert sum(p.stat().st_size for p in FONTS) < 1_500_000
    assert "SIL OPEN FONT LICENSE" in (subset.HERE / "OFL.txt").read_text(encoding="utf-8")
    for path in FONTS:
        names = {n.nameID: str(n) for n in TTFont(path)["name"].names}
        assert names[1].startswith("Report Sans")
        assert "Open Font License" in names[13]
        assert "Source" not in names[1] + names[4] + names[6]
