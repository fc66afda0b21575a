"""Every chart: its structure, its words, its marks of origin, and that it knows nothing later than its report."""

import datetime as dt
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from altair.vegalite.v6.schema.core import load_schema

from core import report
from core.charts import divergence, theme
from core.metrics import compute
from core.panel import build
from core.records import Settings
from core.wording import weekday
from tests.core.charts.gallery import CHARTS, data, rows
from tests.core.market import DAY, observations, table

# A Sunday, the day after Chinese New Year's closures began, Golden Week, a Monday, an early date with little history, and the newest.
DATES = [dt.date.fromisoformat(d) for d in ("2025-12-28", "2026-02-18", "2025-10-06", "2026-03-23", "2021-08-01")] + [DAY]
ROOT = Path(__file__).parents[3]
every_chart = pytest.mark.parametrize("name", CHARTS)
every_date = pytest.mark.parametrize("date", DATES, ids=str)


@cache
def made(date=DAY, edition="morning", settings=None):
    return report.build(table(edition), date, settings or Settings())


def picture(name, date=DAY, edition="morning"):
    return _newest(name) if (date, edition) == (DAY, "morning") else drawn(name, date, edition)


@cache
def _newest(name):
    return drawn(name)


def drawn(name, date=DAY, edition="morning"):
    return CHARTS[name](table(edition), made(date, edition))


def channels(spec):
    return [(k, c) for layer in spec["layer"] for k, c in layer.get("encoding", {}).items() if isinstance(c, dict)]


@cache
def _schema():
    """The part of Vega-Lite's schema that layered charts obey: trying every other kind of chart too would take ten times as long."""
    return jsonschema.Draft7Validator(load_schema() | {"$ref": "#/definitions/TopLevelLayerSpec"})


@every_chart
def test_spec_obeys_the_vega_lite_schema(name):
    spec = picture(name).spec
    # The schema lets data be any list of records; checking thousands of them one by one would only take long.
    layers = [layer | {"data": {"values": data(picture(name), layer)[:3]}} for layer in spec["layer"]]
    _schema().validate(spec | {"layer": layers})
    assert not _schema().is_valid(spec | {"layer": [*layers, {"mark": "blot"}]})
    assert spec["width"] == "container"
    assert spec["autosize"] == {"type": "fit-x", "contains": "padding"}


@every_chart
def test_data_stay_in_the_layers_and_are_plain_json(name):
    spec = picture(name).spec
    assert "data" not in spec
    named = {layer["data"]["name"] for layer in spec["layer"] if "name" in layer["data"]}
    assert set(spec.get("datasets", {})) == named
    json.dumps(spec, allow_nan=False)
    assert all(isinstance(row, dict) for _, row in rows(picture(name)))


@every_chart
@every_date
def test_words_are_there_and_the_table_has_rows(name, date):
    p = picture(name, date)
    if p is None:
        return
    for text in (p.title, p.subtitle, p.alt):
        assert len(text) > 15
        assert not re.search(r"\bnan\b|\bNone\b(?! of)|\binf\b", text)
    assert p.alt.endswith(".")
    assert p.subtitle.endswith(".")
    assert len(p.table)
    assert all("_" not in c for c in p.table.columns)


@every_chart
def test_demo_market_is_marked_in_the_picture_itself(name):
    p = picture(name)
    assert p.spec["title"]["text"] == theme.DEMO_MARK
    assert theme.DEMO_MARK in p.subtitle
    assert theme.DEMO_MARK in json.dumps(p.titled(350)["title"])


@every_chart
def test_every_scale_that_counts_has_a_title(name):
    spec = picture(name).spec
    titles = {}
    for channel, c in channels(spec):
        if channel in {"x", "y"} and c.get("type") in {"quantitative", "temporal"}:
            titles.setdefault(channel, []).append(c.get("title") if c.get("axis", "") is not None else "no axis")
    for found in titles.values():
        assert any(found) or name == "chain"  # the chain's lanes are names


@every_chart
def test_what_can_be_hovered_names_its_session(name):
    shown = [c for layer in picture(name).spec["layer"] if (c := layer.get("encoding", {}).get("tooltip"))]
    assert shown
    tooltips = [c if isinstance(c, list) else [c] for c in shown]
    assert any("ession" in t["title"] for tips in tooltips for t in tips)
    wanted = {t["field"] for tips in tooltips for t in tips}
    held = {k for _, row in rows(picture(name)) for k in row}
    made = {t["as"] for layer in picture(name).spec["layer"] for t in layer.get("transform", []) if "calculate" in t}
    assert wanted <= held | made


@every_chart
def test_no_colour_is_written_outside_the_theme(name):
    tokens = {v for v in vars(theme).values() if isinstance(v, str) and v.startswith("#")}
    assert set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(picture(name).spec))) <= tokens


def _ends(spec_row, cutoff):
    """Instants in a datum, as milliseconds and as dates."""
    for key in ("start", "end", "at"):
        if isinstance(spec_row.get(key), int) and spec_row[key] > 1e11:
            assert spec_row[key] <= cutoff * 1000, spec_row
    yield from (spec_row.get("date", ""), spec_row.get("day", ""))


@every_chart
@every_date
@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_no_datum_is_later_than_the_report(name, date, edition):
    p = picture(name, date, edition)
    if p is None:
        return
    last = date.isoformat()
    later = {weekday(date + dt.timedelta(days=n)) + f" {(date + dt.timedelta(days=n)).year}" for n in range(1, 40)}
    for _, row in rows(p):
        assert all(text <= last for text in _ends(row, made(date, edition).cutoff.timestamp()))
        assert row.get("session") not in later


@pytest.mark.parametrize("date", [DATES[0], DATES[2], dt.date(2026, 1, 6)], ids=str)
def test_what_comes_after_the_cutoff_changes_no_picture(date):
    frame, days = observations(), np.arange(np.datetime64(date) - 500, np.datetime64(date) + 60)
    before = frame[frame["available_at"] <= pd.Timestamp(date)]
    shaken = frame.copy()
    shaken.loc[shaken["available_at"] > pd.Timestamp(date), "value"] *= 1.5
    sets = []
    for known in (frame, before, shaken):
        of = compute(build(known, "demo", "morning", days))
        r = report.build(of, date, Settings())
        pictures = {name: f(of, r) for name, f in CHARTS.items()}
        sets.append({name: p and (p.title, p.subtitle, p.alt, p.spec, p.table.to_csv()) for name, p in pictures.items()})
    for other in sets[1:]:
        for name in CHARTS:
            assert sets[0][name] == other[name], name


@every_chart
def test_same_inputs_draw_the_same_picture_and_leave_the_form_alone(name):
    first, second = picture(name), picture(name, DATES[3])
    again = drawn(name)
    assert second is None or second.spec != first.spec
    assert again.spec == first.spec


def test_nothing_known_draws_nothing():
    empty = compute(build(observations().iloc[:0], "demo", "morning", np.array([np.datetime64(DAY)])))
    r = report.build(empty, DAY, Settings())
    calendars = {"calendar", "calendar of a rule"}
    drawn = {name: f(empty, r) for name, f in CHARTS.items() if name not in calendars}
    assert set(drawn.values()) == {None}
    assert all("0 of 1 report dates" in CHARTS[name](empty, r).title for name in calendars)


@pytest.mark.parametrize(
    ("absent", "gone"),
    [(("btc",), {"distribution", "timeline"}), (("cn_advancers",), {"breadth"}), (("total_volume",), {"volume"}), (("hsi",), {"link us_hk_broad"})],
)
def test_a_missing_series_takes_only_its_own_charts(absent, gone):
    frame = observations()
    frame = frame[~frame["series"].isin(absent)]
    of = compute(build(frame, "demo", "morning", np.arange(np.datetime64(DAY) - 300, np.datetime64(DAY) + 1)))
    r = report.build(of, DAY, Settings())
    nothing = {name for name, f in CHARTS.items() if f(of, r) is None}
    assert gone <= nothing
    assert {"chain", "sectors", "stablecoins", "calendar"} <= set(CHARTS) - nothing


def test_colours_can_be_seen_on_white_and_on_dark():
    def light(token):
        parts = [int(token[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        high, low = sorted((light(one), light(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for name, token in vars(theme).items():
        if isinstance(token, str) and token.startswith("#") and name not in {"STRAW", "DARK"}:
            for ground in ("#ffffff", "#0e1117"):
                assert contrast(token, ground) >= 3, name
    assert all(contrast(theme.DARK, fill) >= 4.5 for fill in (theme.STRAW, theme.THRESHOLD))


def test_altair_is_imported_in_this_room_only():
    found = subprocess.run(
        ["grep", "-rlE", r"^\s*(import|from) altair", "--include=*.py", "core", "pages", "app.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert all(line.startswith("core/charts/") for line in found.stdout.split())


def test_every_chart_becomes_a_picture_file():
    convert = pytest.importorskip("vl_convert")
    for name in CHARTS:
        svg = convert.vegalite_to_svg(picture(name).titled(350))
        assert svg.startswith("<svg"), name
        assert theme.DEMO_MARK in svg, name


def test_a_series_without_anything_stored_keeps_an_empty_row_in_the_coverage():
    from core.catalogue import SERIES
    from core.charts.coverage import coverage

    known = observations()
    bare = compute(build(known[known["series"] != "gold"], "demo", "morning", np.array([np.datetime64(DAY)])))
    shown = coverage(bare, report.build(bare, DAY, Settings()))
    every = next(layer["data"]["values"] for layer in shown.spec["layer"] if layer["mark"]["type"] == "text")
    assert [r["name"] for r in every] == [s.label for s in SERIES]
    assert next(r["label"] for r in every if r["name"] == "Gold") == "nothing stored"
    assert shown.table.loc[shown.table["Series"] == "Gold", "What"].tolist() == ["nothing stored"]


def test_moving_a_threshold_changes_nothing_of_a_picture_but_its_moving_data():
    near = [report.build(table(), DAY, Settings(thresholds=(("us_crypto", at),))) for at in (2.0, 2.05)]
    for factory in (divergence.distribution, divergence.closed):
        drawn = [factory(table(), r, "us_crypto") for r in near]
        fixed = [{k: v for k, v in p.spec.items() if k != "datasets"} | {"alt": p.alt} for p in drawn]
        assert fixed[0] == fixed[1]
        assert drawn[0].spec["datasets"] != drawn[1].spec["datasets"]
