import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

import core.export
from core.export.json import SCHEMA, make
from core.records import Settings

SHAPE = json.loads((Path(core.export.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))


def strict(data):
    def refuse(name):
        raise AssertionError(name)

    return json.loads(data.decode("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize("name", ["hostile", "honest", "bare"])
def test_json_follows_its_schema(name, request):
    document = strict(make(request.getfixturevalue(name)))
    jsonschema.validate(document, SHAPE)
    assert document["schema"] == SCHEMA == SHAPE["$id"]


def test_the_named_keys_are_there(honest):
    document = strict(make(honest))
    assert {"schema", "dataset", "date", "edition", "cutoff", "asof", "snapshot", "settings", "sections"} <= set(document)
    section = document["sections"][0]
    assert {"key", "title", "figures", "claims", "tables", "gaps"} <= set(section)
    wanted = {"key", "label", "value", "unit", "session", "available_at", "fetched_at", "basis", "source", "note"}
    assert wanted <= set(section["figures"][0])
    assert set(section["claims"][0]) == {"kind", "text", "rule", "evidence", "contradicted_by"}
    assert set(section["gaps"][0]) == {"what", "why"}
    assert set(document["flows"]) == {"nodes", "edges"}


def test_values_and_instants(honest):
    document = strict(make(honest))
    spx, *_, none = document["sections"][0]["figures"]
    assert (spx["value"], spx["unit"], spx["session"]) == (0.59, "percent", "2026-03-27")
    assert (spx["available_at"], document["cutoff"], document["asof"]) == ("2026-03-27T20:00:00Z", "2026-03-28T00:00:00Z", None)
    assert (none["value"], none["session"], none["available_at"], none["basis"]) == (None, None, None, "missing")


def test_nothing_that_is_not_a_number_gets_out(honest):
    wild = Settings(thresholds=(("us_crypto", float("inf")),), flat=float("nan"))
    document = strict(make(dataclasses.replace(honest, settings=wild)))
    assert document["settings"] == {"threshold_unit": "pp", "thresholds": {"us_crypto": None}, "flat": None}
    assert [f["value"] for f in document["sections"][0]["figures"] if f["key"].startswith("x")] == [None, None]


def test_hostile_text_survives_unchanged(hostile):
    labels = [f["label"] for f in strict(make(hostile))["sections"][0]["figures"]]
    assert [f.label for f in hostile.sections[0].figures] == labels


def test_equal_reports_give_equal_bytes(hostile):
    again = dataclasses.replace(hostile)
    assert make(hostile) == make(again)
