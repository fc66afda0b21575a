"""A Vega-Lite spec → lean SVG. What days of a chart share is compiled once, and only its data are drawn anew."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.charts.picture import Spec

VEGA_LITE = "6.4"
# What each compiled form stands for in its place: the n-th of the values that a day gives.
_PLACE = re.compile(r'\[\{"given": (\d+)\}\]')
_CLIP = re.compile(r'(<clipPath id="|clip-path="url\(#)clip(\d+)(?=[")])')
_MARK = re.compile(r"<(?:path|line|text|rect|g) [^<>]*>")
# What no eye meets: marks for a pointer, and the grounds of groups, which have no paint of their own.
_UNSEEN = re.compile(r'(?<= )(?:opacity="0"|display="none"|d="")|class="background"(?![^<>]* (?:fill|stroke)=")')
# What each mark is called, since a picture is one thing with one description, which stands beside it; and what is so without being said.
_CALLED = re.compile(
    r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"<>]*"|aria-hidden="true"|class="[^"<>]*"|pointer-events="none"|opacity="1")'
)
# In JSON, the characters that SVG cannot hold (a NUL would even end the process); what the first group finds stays.
_UNFIT = re.compile(r"(\\\\)|\\[bf]|\\u00[01]\w|[\x7f\ud800-\udfff\ufffe\uffff]")
_WIDE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff01-\uff60]")
# Letters that are half an em wide in the renderer's own font, upright and bold, and that no pair of them moves closer.
_HALVES = "źżžƶȥɀʐᴢᵶᶎẑẓẕ"


def svg(spec: "Spec", key: str) -> str:
    """A spec of layers as well-formed SVG, whose clip paths are numbered under the name of the chart."""
    given: dict[str, int] = {}

    def place(value: Any) -> list[dict[str, int]]:  # noqa: ANN401 - JSON
        return [{"given": given.setdefault(_written(value), len(given))}]

    form = spec | {
        "layer": [layer | {"data": _placed(layer["data"], "values", place)} for layer in spec["layer"]],
        "datasets": {name: place(rows) for name, rows in spec.get("datasets", {}).items()},
        "params": [_placed(param, "value", place) for param in spec["params"]],
    }
    return drawn(_written(form), tuple(given), key)


def _placed(part: "Spec", name: str, place: Callable[[Any], list[dict[str, int]]]) -> "Spec":
    """A part of a spec with a place instead of what differs from day to day."""
    return part | {name: place(part[name])} if name in part else part


def _written(value: Any) -> str:  # noqa: ANN401 - JSON
    return _UNFIT.sub(lambda m: m[1] or "", json.dumps(value, ensure_ascii=False, allow_nan=False))


@lru_cache(maxsize=256)
def _compiled(form: str) -> str:
    """The Vega of a form in Vega-Lite, which leaves the same places open."""
    import vl_convert

    return json.dumps(vl_convert.vegalite_to_vega(form, vl_version=VEGA_LITE), ensure_ascii=False)


@lru_cache(maxsize=64)
def drawn(form: str, given: tuple[str, ...], key: str) -> str:
    """A form with what a day gives it, as SVG. The renderer numbers clip paths through the whole process; here each chart numbers its own."""
    import vl_convert

    numbers: dict[str, int] = {}
    vega = _PLACE.sub(lambda m: given[int(m[1])], _compiled(form))
    pairs = _pairs(vega)
    made: str = vl_convert.vega_to_svg(_WIDE.sub(lambda m: pairs.get(m[0], m[0]), vega))
    said = _unpaired(made, pairs)
    return _CLIP.sub(lambda m: f"{m[1]}{key}-{numbers.setdefault(m[2], len(numbers) + 1)}", _MARK.sub(_lean, said))


def _pairs(text: str) -> dict[str, str]:
    """Two letters that stand for each Chinese character of a text while it is drawn, in the same order and exactly as wide.

    The renderer measures every text again and again, and would look for each Chinese one through all fonts of the machine: three quarters of the
    time, for a width that is known, and for another one where there is no such font.
    """
    halves = [letter for letter in _HALVES if letter not in text]
    return dict(zip(sorted(set(_WIDE.findall(text))), map("".join, product(halves, repeat=2)), strict=False))


def _unpaired(text: str, pairs: dict[str, str]) -> str:
    """A text that holds such pairs, as it was; one letter alone is what is left of a character where a label was cut."""
    if not pairs:
        return text
    said = {pair: character for character, pair in pairs.items()}
    letters = "".join(sorted(set("".join(said))))
    return re.sub(f"[{letters}]{{1,2}}", lambda m: said.get(m[0], ""), text)


def _lean(mark: re.Match[str]) -> str:
    """A mark without what paper has no use for; empty where it is not seen.

    An opacity of a whole mark costs a PDF an object of its own, so that of a mark with one paint becomes the paint's.
    """
    written = mark[0]
    if _UNSEEN.search(written) and written.endswith("/>"):
        return ""
    kept = _CALLED.sub("", written)
    paints = [paint for paint in ("fill", "stroke") if f' {paint}="' in kept]
    if ' opacity="' in kept and "-opacity" not in kept and len(paints) == 1:
        return kept.replace(" opacity=", f" {paints[0]}-opacity=")
    return kept
