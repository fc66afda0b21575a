"""Every format says the demo report in Chinese, with the numbers of its English and the same bytes each time."""

import csv
import io
import json
import re
import zipfile
from functools import cache
from html.parser import HTMLParser

import openpyxl
import pypdf
import pytest

from core.catalogue import PROVIDERS
from core.export import EXPORTS, export, file_name, table_name
from core.export.look import Look
from core.language import speaking
from core.language.catalogue import messages
from tests.core.chinese import english, numbers
from tests.core.market import made, table

FORMATS = [e.key for e in EXPORTS if e.key != "pdf_letter"]
# Leaves of the JSON that are codes, the same in every language.
CODES = {
    "schema", "dataset", "date", "edition", "cutoff", "snapshot", "threshold_unit", "key", "unit", "session", "available_at", "fetched_at",
    "basis", "source", "kind", "evidence", "figure", "tone", "state", "gap", "group", "target",
}  # fmt: skip
# The source whose code in English is a name with a date in Chinese.
PUBLISHED = messages("zh")[PROVIDERS["reference"].name]


@cache
def file(key, language):
    return export(key).make(made(), table(), Look(language=language))


class Words(HTMLParser):
    """The texts of a page, those in attributes that are read aloud or shown too."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.found += [v for k, v in attrs if k in {"title", "aria-label", "alt"} and v]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside != "style" and data.strip():
            self.found.append(data.strip())


def leaves(node, name=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, "code" if name == "thresholds" else key)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, name)
    else:
        yield name, node


def rows(data):
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row]


def texts(key, data):  # noqa: PLR0911 - one way to read each format
    """Every text of a file in its order, without the list of series, which has a column less where the names in it are Chinese."""
    if key == "md":
        written = data.decode("utf-8")
        drawn = written.partition("```mermaid")[2].partition("```")[0]
        return [*written.replace(f"```mermaid{drawn}```", "").splitlines(), *re.findall(r'"([^"]*)"', drawn)]
    if key == "html":
        page = Words()
        page.feed(data.decode("utf-8"))
        return page.found
    if key == "json":
        return [v for name, v in leaves(json.loads(data)) if isinstance(v, str) and name not in CODES]
    if key == "csv":
        return rows(data)
    if key == "zip":
        packed = zipfile.ZipFile(io.BytesIO(data))
        return [cell for name in packed.namelist() if name != "series.csv" for cell in rows(packed.read(name))]
    if key == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return [*book.sheetnames, *(str(c.value) for sheet in book.worksheets[:-1] for row in sheet.iter_rows() for c in row if c.value is not None)]
    pages = pypdf.PdfReader(io.BytesIO(data))
    return [line for page in pages.pages for line in page.extract_text().splitlines()] + [pages.metadata.title, pages.metadata.subject]


@pytest.mark.parametrize("key", FORMATS)
def test_no_english_is_left(key):
    assert {t: words for t in texts(key, file(key, "zh")) if (words := english(t))} == {}


@pytest.mark.parametrize("key", [k for k in FORMATS if k != "pdf"])
def test_a_file_says_the_numbers_of_its_english(key):
    pairs = list(zip(texts(key, file(key, "en")), (t.replace(PUBLISHED, "") for t in texts(key, file(key, "zh"))), strict=True))
    assert [pair for pair in pairs if numbers(pair[0]) != numbers(pair[1])] == []


def test_codes_of_the_json_are_the_same_in_every_language():
    one, other = (list(leaves(json.loads(file("json", language)))) for language in ("en", "zh"))
    assert [name for name, _ in one] == [name for name, _ in other]
    assert all(a == b for a, b in zip(one, other, strict=True) if a[0] in CODES or not isinstance(a[1], str))


@pytest.mark.parametrize("key", FORMATS)
def test_the_same_look_gives_the_same_bytes(key):
    assert export(key).make(made(), table(), Look(language="zh")) == file(key, "zh") != file(key, "en")


def test_a_name_says_its_language_where_it_is_not_english():
    with speaking("zh"):
        assert file_name(made(), export("md")) == "market-intelligence_demo_2026-03-28_morning_zh.md"
        assert file_name(made(), export("pdf_letter")) == "market-intelligence_demo_2026-03-28_morning_letter_zh.pdf"
        assert table_name(made(), "chain") == "market-intelligence_demo_2026-03-28_morning_chain_zh.csv"
