import json
import re

import pytest

from core.export import vega
from core.export.drawings import drawings
from core.language import speaking
from tests.core import market

HALVES = re.compile(f"[{vega._HALVES}]")


def spec(*labels, unit="", height=80):
    """Bars whose names stand on the left, in the way that charts are declared."""
    rows = [{"name": name, "size": i + 1.0} for i, name in enumerate(labels)]
    y = {"field": "name", "type": "nominal", "sort": None, "title": unit, "axis": {"labelLimit": 60}}
    layer = {"data": {"values": rows}, "mark": {"type": "bar"}, "encoding": {"x": {"field": "size", "type": "quantitative"}, "y": y}}
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "width": 300, "height": height, "params": [], "layer": [layer]}


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)", svg)


@pytest.fixture
def asked(monkeypatch):
    """What the renderer is asked to compile and to draw, from a fresh start."""
    import vl_convert

    calls = []

    def watched(name, real):
        def call(given, **more):
            calls.append((name, given))
            return real(given, **more)

        monkeypatch.setattr(vl_convert, name, call)

    for name in ("vegalite_to_vega", "vega_to_svg"):
        watched(name, getattr(vl_convert, name))
    vega._compiled.cache_clear()
    vega.drawn.cache_clear()
    return calls


def test_days_of_one_chart_are_compiled_once_and_each_is_drawn(asked):
    one, other = vega.svg(spec("a", "b"), "k"), vega.svg(spec("c", "d"), "k")
    assert [name for name, _ in asked] == ["vegalite_to_vega", "vega_to_svg", "vega_to_svg"]
    assert {"a", "b"} <= set(texts(one))
    assert {"c", "d"} <= set(texts(other))


def test_a_drawing_is_kept(asked):
    assert vega.svg(spec("a"), "k") == vega.svg(spec("a"), "k")
    assert len(asked) == 2


def test_the_same_picture_comes_out_as_without_compiling_first(asked):
    import vl_convert

    whole = spec("a", "b", unit="Size")
    plain = vl_convert.vegalite_to_svg(json.dumps(whole), vl_version=vega.VEGA_LITE)
    shapes = r'(?:d|transform|x|y|x2|y2|width|height|viewBox)="[^"]*"'
    kept = vega._MARK.sub(vega._lean, plain)
    assert re.findall(shapes, vega.svg(whole, "k")) == re.findall(shapes, kept)


def test_chinese_is_measured_by_letters_and_comes_back_as_it_was(asked):
    svg = vega.svg(spec("恒生指数", "A股、（）", unit="涨跌"), "k")
    (_, handed), *_ = [call for call in asked if call[0] == "vega_to_svg"]
    assert not vega._WIDE.search(handed)
    assert {"恒生指数", "A股、（）", "涨跌"} <= set(texts(svg))
    assert not HALVES.search(svg)


def test_a_chinese_label_that_is_too_long_is_cut_between_characters(asked):
    (label,) = (t for t in texts(vega.svg(spec("沪深三百指数的涨跌幅"), "k")) if "…" in t)
    assert "沪深三百指数的涨跌幅".startswith(label.rstrip("…"))
    assert 3 <= len(label.rstrip("…")) < 7


def test_letters_that_a_chart_says_itself_stay(asked):
    assert {"Łódź ẑ", "恒生"} <= set(texts(vega.svg(spec("Łódź ẑ", "恒生"), "k")))


def test_more_characters_than_there_are_pairs_for_stay_themselves(asked):
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
    assert "".join(texts(vega.svg(spec(*(many[i : i + 4] for i in range(0, 400, 4)), height=4000), "k"))).count("一丁丂七") == 1


def test_the_room_for_a_chinese_label_is_an_em_a_character(asked):
    def left(label):
        return float(re.search(r'transform="translate\(([\d.]+)', vega.svg(spec(label), "k"))[1])

    # In the renderer's own font four of these dashes are exactly as wide.
    assert left("恒生指数") == left("————")


def test_no_letter_stands_in_for_a_character_in_the_charts_of_a_chinese_report():
    with speaking("zh"):
        drawn = drawings(market.made(), market.table())
    assert sum(len(found) for found in drawn.values()) > 10
    assert not [d.title for found in drawn.values() for d in found if HALVES.search(d.svg)]
    assert all("演示市场" in d.svg for found in drawn.values() for d in found)
