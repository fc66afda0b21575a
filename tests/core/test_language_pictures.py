"""Metrics and charts in Chinese: nothing is left of English, and every number is the one that the English says."""

import datetime as dt
import json
import pickle
import re
from collections import Counter
from functools import cache

import pytest

from core import report
from core.catalogue import SERIES
from core.charts.breaking import columns, lines, wrapped
from core.charts.picture import frame
from core.divergences import RULES
from core.export.drawings import drawings
from core.insight.capital_flows import NODES
from core.language import CHINESE, N_, Phrase, _, speaking
from core.language.catalogue import messages
from core.metrics import METRICS
from core.records import Settings
from tests.core.charts.gallery import CHARTS, rows
from tests.core.market import DAY, table

# The newest date, Golden Week, and a Monday after a weekend, when some gaps are not compared.
DATES = (DAY, dt.date(2025, 10, 6), dt.date(2026, 3, 23))
# Texts of other rooms, which say them in their own catalogues, and the names of protocols.
_SERIES = {text for s in SERIES for text in (s.label, s.name)}
_OTHERS = frozenset(("Aerodrome", "PancakeSwap V3", *_SERIES, *(r.label for r in RULES), *(n.label for n in NODES)))
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def own(text):
    """The messages of a text that stand in this room's rooms, however deep."""
    if text in _OTHERS:
        return
    if isinstance(text, Phrase):
        yield from own(text.message)
        for slot in text.slots.values():
            yield from own(slot)
    else:
        yield text


@cache
def pictures(date):
    made = report.build(table(), date, Settings())
    return {name: p for name, f in CHARTS.items() if (p := f(table(), made)) is not None}


def sentences(picture):
    return (picture.title, picture.subtitle, picture.alt)


def titles(spec):
    """The titles of axes and tooltips, and what legends name."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in {"title", "domain"}:
                yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))
            if key != "values":
                yield from titles(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from titles(value)


def test_every_metric_has_a_translation_of_its_label_its_method_and_its_reason():
    known = messages(CHINESE)
    told = {m for metric in METRICS for text in (metric.label, metric.method, metric.unknown) for m in own(text)}
    told -= {s.method for s in SERIES} | {"{label}", "{method}"}
    assert {m for m in told if re.search("[a-z]{2}", re.sub(r"\{[^{}]*\}", "", m))} <= set(known)


def test_a_metric_has_the_same_numbers_in_both_languages():
    with speaking(CHINESE):
        for metric in METRICS:
            method = "" if metric.key.endswith(".close") else metric.method  # what a level is, the catalogue says
            for text in (metric.label, method, metric.unknown):
                assert Counter(_NUMBER.findall(str(text))) == Counter(_NUMBER.findall(_(text))), metric.key


@pytest.mark.parametrize("date", DATES, ids=str)
def test_what_a_chart_says_is_all_in_the_catalogues(date):
    known = messages(CHINESE)
    for name, p in pictures(date).items():
        for text in (*sentences(p), *titles(p.spec), *p.table.columns):
            left = {m for m in own(text) if re.search("[a-z]{2}", re.sub(r"\{[^{}]*\}", "", m)) and m not in known}
            assert not left, f"{name}: {left}"


@pytest.mark.parametrize("date", DATES, ids=str)
def test_a_chart_says_the_same_numbers_in_both_languages(date):
    with speaking(CHINESE):
        for name, p in pictures(date).items():
            said = p.said()
            for english, chinese in zip(sentences(p)[:2], sentences(said)[:2], strict=True):
                if not re.search(r"\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b", english):
                    assert Counter(_NUMBER.findall(english)) == Counter(_NUMBER.findall(chinese)), name


def test_english_pictures_are_shown_as_they_are():
    p = pictures(DAY)["tvl"]
    assert p.said() is p


def test_what_the_renderer_reads_stays_as_it_is():
    for name, p in pictures(DAY).items():
        with speaking(CHINESE):
            said = p.said()
        for before, after in zip(p.spec["layer"], said.spec["layer"], strict=True):
            assert before["mark"] == after["mark"], name
            assert before.get("transform") == after.get("transform"), name
            fields = [[c.get("field") for c in layer["encoding"].values() if isinstance(c, dict)] for layer in (before, after)]
            assert fields[0] == fields[1], name
        for (_i, before), (_j, after) in zip(rows(p), rows(said), strict=True):
            assert before.keys() == after.keys()
            assert {k: v for k, v in before.items() if not isinstance(v, str)} == {k: v for k, v in after.items() if not isinstance(v, str)}
            assert before.get("color") == after.get("color")
        json.dumps(said.spec, allow_nan=False)


def test_what_a_scale_names_is_what_the_data_say():
    with speaking(CHINESE):
        for name in ("tvl", "hong kong", "calendar", "calendar of a rule", "coverage", "stablecoins"):
            said = pictures(DAY)[name].said()
            scales = [(c["field"], c["scale"]["domain"]) for layer in said.spec["layer"] for c in layer["encoding"].values()
                      if isinstance(c, dict) and isinstance((c.get("scale") or {}).get("domain"), list) and isinstance(c["scale"]["domain"][0], str)]
            assert scales, name
            for field, domain in scales:
                assert {row[field] for _i, row in rows(said) if field in row and field != "coin"} <= set(domain), name


def test_dates_of_axes_are_written_in_the_language_spoken():
    with speaking(CHINESE):
        shown = json.dumps(pictures(DAY)["rebased markets"].said().spec, ensure_ascii=False)
        lanes = next(p["value"] for p in pictures(DAY)["chain"].said().spec["params"] if p["name"] == "days")
    assert '"format": "%Y/%-m/%-d"' in shown
    assert lanes[0] == "%-d日周日"


def test_tables_keep_what_they_say():
    made = frame([(N_("{n} days", n=2), "x")], [N_("{leader} lead", leader="S&P 500"), "Source"])
    assert isinstance(made.columns[0], Phrase)
    with speaking(CHINESE):
        assert [_(made.iloc[0, 0]), _(made.columns[1])] == ["2天", "来源"]


def test_drawings_of_a_file_are_said():
    with speaking(CHINESE):
        made = drawings(report.build(table(), DAY, Settings()), table())
    texts = [d for each in made.values() for d in each]
    assert texts
    assert all(re.search("[一-鿿]", d.title) and re.search("[一-鿿]", d.subtitle) and re.search("[一-鿿]", d.svg) for d in texts)
    assert not any("Demo market" in d.svg for d in texts)


def test_chinese_breaks_by_width_and_never_before_a_mark():
    text = "标普500在4个交易日中上涨，恒生指数下跌（见“差距”）。"
    broken = wrapped(text, 12)
    assert "".join(broken) == text
    assert all(columns(line) <= 14 and line[0] not in "，。）”" and line[-1] not in "（“" for line in broken)
    assert any("标普500" in line for line in broken)


def test_a_name_parts_where_its_language_has_a_joint():
    name = lines(N_("{a} vs {b}", a="HSTECH", b="Nasdaq 100"))
    assert name.split("\n") == ["HSTECH vs", "Nasdaq\N{NO-BREAK SPACE}100"]
    with speaking(CHINESE):
        assert _(name).split("\n")[0].endswith("对")
        assert _(pickle.loads(pickle.dumps(name))) == _(name)  # noqa: S301 - our own bytes
        assert _(lines("Gold", 4)) == _("Gold")
