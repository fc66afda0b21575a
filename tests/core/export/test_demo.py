"""The exports of real reports of the demo market."""

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest

from core.export import BY_KEY, EXPORTS
from core.settings import ROOT
from tests.core import market
from tests.core.export.test_html import Page
from tests.core.export.test_json import SHAPE, strict

TEXTS = ("html", "md", "json")
DATES = (dt.date(2021, 7, 10), dt.date(2023, 9, 2), dt.date(2025, 10, 5), dt.date(2026, 2, 20), dt.date(2026, 3, 28))
ELSEWHERE = {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C"}
DIGESTS = """
import datetime, hashlib, json, warnings
warnings.simplefilter("ignore")
from core.datasets import metric_table
from core.export import BY_KEY, EXPORTS
from core.export.json import make as json_bytes
from core.records import Settings
from core.report import build
table = metric_table("demo", "morning")
made = build(table, datetime.date(2026, 3, 28), Settings())
print(json.dumps({e.key: hashlib.sha256(e.make(made, table)).hexdigest() for e in EXPORTS if e.key != "pdf_letter"}))
"""


EVERY = [(d, e) for d in DATES for e in ("morning", "asia_close")]
SOME = {(DATES[0], "morning"), (DATES[2], "asia_close"), (DATES[4], "morning")}


@pytest.fixture(
    scope="module", ids=lambda p: f"{p[0]} {p[1]}", params=[p if p in SOME else pytest.param(p, marks=pytest.mark.whole) for p in EVERY],
)  # fmt: skip
def made(request):
    day, edition = request.param
    return market.made(day, edition)


@pytest.fixture(scope="module")
def texts(made):
    return {key: BY_KEY[key].make(made, market.table(made.edition)) for key in TEXTS}


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_holds_every_section(made, texts, key):
    text = texts[key].decode("utf-8")
    assert all(s.key in text or s.title.replace("&", "&amp;") in text or s.title in text for s in made.sections)
    assert not re.search(r"\b(nan|inf|infinity|None(?! of \d)|NaT)\b", text)
    assert "synthetic" in text.lower()


def test_json_follows_its_schema(texts):
    document = strict(texts["json"])
    jsonschema.validate(document, SHAPE)
    figures = {f["key"] for s in document["sections"] for f in s["figures"]}
    cells = {c["figure"] for s in document["sections"] for t in s["tables"] for row in t["rows"] for c in row} - {""}
    evidence = {key for s in document["sections"] for claim in s["claims"] for key in claim["evidence"]}
    assert cells <= figures
    assert evidence <= figures


def test_html_links_lead_somewhere_and_ask_no_one(texts):
    page = Page(texts["html"])
    assert page.open == []
    assert {link[1:] for link in page.attributes("href")} <= set(page.attributes("id"))
    assert not page.attributes("src")


def test_the_same_bytes_in_every_process_zone_and_locale():
    with subprocess.Popen([sys.executable, "-c", DIGESTS], cwd=ROOT, env=os.environ | ELSEWHERE, stdout=subprocess.PIPE) as process:
        here = {e.key: hashlib.sha256(e.make(market.made(), market.table())).hexdigest() for e in EXPORTS if e.key != "pdf_letter"}
        there = json.loads(process.communicate(timeout=180)[0])
    assert process.returncode == 0
    assert there == here
