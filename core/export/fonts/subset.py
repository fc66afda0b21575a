"""Rebuild the fonts that PDFs are set in: `python -m core.export.fonts.subset` (needs requirements-dev.txt and Debian's fonts-noto-cjk).

Latin, Greek, arrows and signs come from Source Sans 3, which the Streamlit wheel carries; Chinese from Noto Sans CJK SC: the 3,755 characters
of GB 2312 level 1 and whatever else the catalogue and the translations say, in bold only the latter. Both are under the SIL Open Font License
1.1 (OFL.txt), which reserves the name "Source" for the original, so the subsets are called Report Sans and Report Sans SC.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.catalogue import SERIES
from core.language import CHINESE
from core.language.catalogue import messages

HERE = Path(__file__).parent
NOTO = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED = 2  # place of the simplified Chinese font in the Noto collections
LATIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA)))) + "‐–—‘’“”•…‰′″€₿→←↑↓↔−×÷±≈≠≤≥√∞∂∆∑■●▲▼◆½¼¾"
LEVEL_ONE = b"".join(bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) if (row, cell) < (0xD7, 0xFA)).decode("gb2312")
PUNCTUATION = "　、。〈〉《》「」『』【】（），：；？！％"


def catalogue_text() -> str:
    """Everything that the catalogue can put into a report."""
    return "".join(f"{s.label}{s.label_zh}{s.method}" for s in SERIES)


def translated_text() -> str:
    """Everything that the translations can put into a report."""
    return "".join(messages(CHINESE).values())


def chinese() -> str:
    """The characters of both that no Latin font has."""
    return "".join(sorted({c for c in catalogue_text() + translated_text() if c > "\u2e80"}))


def _subset(font: Any, text: str) -> None:  # noqa: ANN401
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "DSIG", "BASE"]
    worker = subset.Subsetter(options)
    worker.populate(text=text)
    worker.subset(font)


def _save(font: Any, family: str, style: str, suffix: str) -> Path:  # noqa: ANN401
    """Write a font under its own name; times of making are left out, so that the same sources give the same bytes."""
    ident = f"{family.replace(' ', '')}-{style}"
    names = {1: family, 2: style, 3: ident, 4: f"{family} {style}", 6: ident}
    table = font["name"]
    table.names = [n for n in table.names if n.platformID == 3 and n.langID == 0x409]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [ident]
        cff.topDictIndex[0].FullName, cff.topDictIndex[0].FamilyName = names[4], family
    font["OS/2"].usWeightClass = 700 if style == "Bold" else 400
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    path = HERE / f"{ident}.{suffix}"
    font.save(path)
    return path


def _latin(style: str, weight: int) -> Path:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
    from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

    place = find_spec("streamlit")
    if place is None or place.origin is None:
        raise FileNotFoundError("Streamlit, whose wheel carries Source Sans, is not installed.")
    font = TTFont(next(Path(place.origin).parent.rglob("SourceSansVF-Upright*.woff2")))
    instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    _subset(font, LATIN)
    return _save(font, "Report Sans", style, "ttf")


def _han(style: str, text: str) -> Path:
    from fontTools.ttLib import TTFont

    font = TTFont(NOTO / f"NotoSansCJK-{style}.ttc", fontNumber=SIMPLIFIED)
    _subset(font, text)
    return _save(font, "Report Sans SC", style, "otf")


def main() -> None:
    """Write the four files and say how large they are."""
    needed = chinese() + PUNCTUATION
    for path in (_latin("Regular", 400), _latin("Bold", 700), _han("Regular", LEVEL_ONE + needed), _han("Bold", needed)):
        sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
