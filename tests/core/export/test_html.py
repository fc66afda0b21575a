import dataclasses
import re
from html.parser import HTMLParser

import pytest

from core.charts import theme
from core.export import html, made
from tests.core import market

COLOURS = {v for v in vars(theme).values() if isinstance(v, str) and v.startswith("#")}
VOID = {"meta", "link", "img", "br", "hr", "input"}


def make(report):
    return html.make(report, market.table())


class Page(HTMLParser):
    def __init__(self, data):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(data.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def attributes(self, name):
        return [a[name] for _, a in self.tags if name in a]


@pytest.mark.parametrize("name", ["hostile", "honest", "bare"])
def test_tags_are_balanced_and_known(name, request):
    page = Page(make(request.getfixturevalue(name)))
    assert page.open == []
    allowed = (
        "html head meta title style body main header h1 h2 h3 h4 dl div dt dd p nav ol ul li a section span strong sup table thead tbody "
        "tr th td details summary footer figure figcaption svg g path line text tspan defs clippath"
    )
    assert {tag for tag, _ in page.tags} <= set(allowed.split())


def test_nothing_is_asked_of_anyone(hostile):
    data = make(hostile)
    page = Page(data)
    assert not {"src", "srcset", "data", "xlink:href", "action", "poster", "style"} & {name for _, attrs in page.tags for name in attrs}
    assert all(href.startswith("#") for href in page.attributes("href"))
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    words = ("xmlns", "title", "aria-label")
    assert not [v for _, attrs in page.tags for name, v in attrs.items() if "//" in (v or "") and not name.startswith(words)]
    style = re.search(rb"<style>(.*?)</style>", data, re.DOTALL)[1]
    assert b"url(" not in style
    assert b"@import" not in style
    assert b"http" not in style


def test_the_policy_forbids_everything_remote(hostile):
    policy = [a["content"] for t, a in Page(make(hostile)).tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


def test_figures_carry_their_provenance(honest):
    page = Page(make(honest))
    expected = (
        "S&P 500 change: +0.59% · session 27 Mar 2026 · derived · Yahoo Finance · known from 27 Mar 2026 20:00 UTC · "
        "read 28 Mar 2026 00:00 UTC · Change from the session before."
    )
    assert expected in page.attributes("title")
    ids, links = page.attributes("id"), page.attributes("href")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links} <= set(ids)


def test_direction_needs_no_colour(honest):
    text = "".join(Page(make(honest)).words)
    assert "+0.59% ↑" in text
    assert "−3.52% ↓" in text


def test_a_fired_rule_is_stated_once_with_its_threshold(honest):
    text = "".join(Page(make(honest)).words)
    assert text.count("Stated: US equities rose while crypto fell") == 1
    assert "The gap is +4.1pp, the threshold 2.0pp." in text


def test_synthetic_is_unmistakable(honest, bare):
    page = make(honest).decode("utf-8")
    assert "Synthetic data." in page
    assert "(synthetic data)</title>" in page
    assert page.count('<span class="mark">synthetic</span>') == len(honest.sections)
    assert "Synthetic data." not in make(bare).decode("utf-8")


def test_hostile_text_is_text(hostile):
    data = make(hostile).decode("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in data
    assert "{{ 7 * 7 }}" in data
    assert not [c for c in "\x00\u202e\u200b\u2028" if c in data]


def test_charts_are_drawn_inside_and_described():
    page = Page(html.make(market.made(), market.table()))
    described = [a["aria-label"] for t, a in page.tags if a.get("role") == "img"]
    assert len(described) == sum(t == "svg" for t, _ in page.tags) > 12
    assert all(len(text) > 15 for text in described)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    text = "".join(page.words)
    assert text.count("Demo market: synthetic") >= 2 * len(described)
    assert {a["fill"] for t, a in page.tags if t == "text"} <= {"currentColor", *COLOURS}


def test_the_snapshot_and_chinese_names_are_in_it():
    text = "".join(Page(html.make(market.made(), market.table())).words)
    assert f"Snapshot {market.made().snapshot}" in text
    assert "上证指数" in text


def test_equal_reports_give_equal_bytes(hostile):
    assert make(hostile) == make(dataclasses.replace(hostile))


def test_evidence_is_folded_and_each_method_said_once():
    page = Page(html.make(market.made(), market.table()))
    text, folds = "".join(page.words), sum(t == "details" for t, _ in page.tags)
    tables = sum(len(s.tables) for s in market.made().sections)
    assert folds > tables
    assert sum(t == "details" and "open" in a for t, a in page.tags) == sum(bool(s.tables) for s in market.made().sections)
    ways = [way for _, found in made.methods(market.made()) for way in found]
    assert all(f"m{way.number}" in page.attributes("id") for way in ways)
    assert len(ways) == sum(t == "li" and a.get("id", "").startswith("m") for t, a in page.tags)
    assert text.count("How each figure is made") == 2


def test_contents_name_every_part_and_skip_to_the_report():
    page = Page(html.make(market.made(), market.table()))
    links = page.attributes("href")
    assert links[0] == "#report"
    assert links[1 : len(market.made().sections) + 5] == [f"#s{i + 1}" for i in range(len(market.made().sections))] + [
        "#figures", "#methods", "#series", "#attribution",
    ]  # fmt: skip
