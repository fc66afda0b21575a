"""The exports of real reports of the demo market."""

import datetime as dt
import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest

from core import report
from core.export import EXPORTS
from core.records import Settings
from core.settings import ROOT
from tests.core import market
from tests.core.export.test_html import Page
from tests.core.export.test_json import SHAPE, strict

DATES = (dt.date(2021, 7, 10), dt.date(2023, 9, 2), dt.date(2025, 10, 5), dt.date(2026, 2, 20), dt.date(2026, 3, 28))
EVERYWHERE = [({"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"}), ({"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C"})]
DIGESTS = """
import datetime, hashlib, warnings
warnings.simplefilter("ignore")
from core.datasets import metric_table
from core.export import EXPORTS
from core.records import Settings
from core.report import build
made = build(metric_table("demo", "morning"), datetime.date(2026, 3, 28), Settings())
print([hashlib.sha256(e.make(made)).hexdigest() for e in EXPORTS])
"""


@pytest.fixture(scope="module", params=[(d, e) for d in DATES for e in ("morning", "asia_close")], ids=lambda p: f"{p[0]} {p[1]}")
def made(request):
    day, edition = request.param
    return report.build(market.table(edition), day, Settings())


def test_every_format_holds_every_section(made):
    for export in EXPORTS:
        text = export.make(made).decode("utf-8")
        assert all(s.key in text or s.title.replace("&", "&amp;") in text or s.title in text for s in made.sections)
        assert not re.search(r"\b(nan|inf|infinity|None|NaT)\b", text)
        assert "synthetic" in text.lower()


def test_json_follows_its_schema(made):
    document = strict(next(e for e in EXPORTS if e.key == "json").make(made))
    jsonschema.validate(document, SHAPE)
    figures = {f["key"] for s in document["sections"] for f in s["figures"]}
    cells = {c["figure"] for s in document["sections"] for t in s["tables"] for row in t["rows"] for c in row} - {""}
    evidence = {key for s in document["sections"] for claim in s["claims"] for key in claim["evidence"]}
    assert cells <= figures
    assert evidence <= figures


def test_html_links_lead_somewhere_and_ask_no_one(made):
    page = Page(next(e for e in EXPORTS if e.key == "html").make(made))
    assert page.open == []
    assert {link[1:] for link in page.attributes("href")} <= set(page.attributes("id"))
    assert not page.attributes("src")


def test_the_same_bytes_in_every_process_zone_and_locale():
    command = [sys.executable, "-c", DIGESTS]
    seen = {subprocess.run(command, cwd=ROOT, env=os.environ | e, capture_output=True, check=True, timeout=180).stdout for e in EVERYWHERE}
    assert len(seen) == 1
    assert len(json.loads(seen.pop().decode().replace("'", '"'))) == len(EXPORTS)
