import re
import xml.etree.ElementTree as ET

import pytest

from core.charts.catalogue import PLOTS, plots
from core.export import drawings as module
from core.export import vega
from core.export.drawings import drawings
from tests.core import market

PARTS = {"svg", "g", "path", "line", "rect", "text", "tspan", "defs", "clipPath"}


@pytest.fixture(scope="module")
def drawn():
    return drawings(market.made(), market.table())


def every(drawn):
    return [d for found in drawn.values() for d in found]


def test_every_chart_of_every_section_is_drawn_once(drawn):
    declared = {plot for section in market.made().sections for plot in plots(section.key, market.made())}
    assert len(every(drawn)) == len(declared)
    assert set(PLOTS) <= set(drawn)
    assert len({d.title for d in every(drawn)}) == len(every(drawn))


def test_svg_is_well_formed_and_holds_shapes_and_words_only(drawn):
    for d in every(drawn):
        tree = ET.fromstring(d.svg)  # noqa: S314 - made by the renderer
        assert {e.tag.partition("}")[2] for e in tree.iter()} <= PARTS
        names = {name for e in tree.iter() for name in e.attrib}
        assert not [n for n in names if n.startswith("on") or "href" in n or n == "style"]
        assert set(re.findall(r"url\(([^)]*)", d.svg)) <= {f"#{e.attrib['id']}" for e in tree.iter() if "id" in e.attrib}
        assert tree.attrib["width"] == str(module.WIDE if d.wide else module.HALF)


def test_each_drawing_is_marked_as_synthetic(drawn):
    assert all("Demo market: synthetic" in d.svg for d in every(drawn))


def test_what_is_not_seen_is_left_out_and_no_mark_is_a_group_of_its_own_for_its_opacity(drawn):
    for d in every(drawn):
        marks = [e.attrib for e in ET.fromstring(d.svg).iter() if e.tag.endswith(("path", "line"))]  # noqa: S314 - made by the renderer
        assert not [m for m in marks if m.get("opacity") in {"0", "1"} or m.get("d") == "" or "display" in m]
        assert not [m for m in marks if "opacity" in m and ("fill" in m) != ("stroke" in m)]
    assert any('fill-opacity="0.34"' in d.svg for d in every(drawn))


def test_drawing_again_gives_the_same_bytes(drawn):
    vega.drawn.cache_clear()
    assert drawings(market.made(), market.table()) == drawn


def test_one_chart_that_fails_stays_one_failure(monkeypatch, drawn, caplog):
    from core.charts import hk

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(hk, "against_us", fail)
    made = drawings(market.made(), market.table())
    assert len(every(made)) == len(every(drawn)) - 1
    assert "hk.against_us" in caplog.text


def test_hostile_text_in_a_chart_stays_text(monkeypatch):
    from core.charts import flow_map

    label = '<script>x</script>\x00\x08\x0c\ud800 & url(#clip1) \\\\b 😀 <path class="x" opacity="1" d=""/>'
    monkeypatch.setitem(flow_map._PLACES, "us", (0.95, 7.0, label))
    svg = drawings(market.made(), market.table())["capital_flows"][0].svg
    tree = ET.fromstring(svg)  # noqa: S314 - the test is that it can be read
    assert '<script>x</script> & url(#clip1) \\\\b 😀 <path class="x" opacity="1" d=""/>' in "".join(tree.itertext())


def test_rows_keep_what_is_read_and_lose_what_only_a_pointer_meets():
    row = {"at": 1, "size": 2.0, "said": "two", "an odd name": 3}
    seen = {"mark": {"type": "text", "color": {"expr": "datum.size > 1 ? 'red' : 'blue'"}}, "data": {"values": [row]}}
    encoding = {"x": {"field": "at", "type": "quantitative"}, "tooltip": [{"field": "said"}]}
    hidden = {"mark": {"type": "rule", "opacity": 0}, "data": {"values": [row]}, "encoding": encoding}
    still = module._still({"params": [], "layer": [seen | {"encoding": encoding}, hidden]})
    (layer,) = still["layer"]
    assert layer["data"]["values"] == [{"at": 1, "size": 2.0, "an odd name": 3}]
    assert "tooltip" not in layer["encoding"]
    assert row["said"] == "two"
