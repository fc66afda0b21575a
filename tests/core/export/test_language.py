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
from tests.core import chinese
from tests.core.market import made, table

FORMATS = [e.key for e in EXPORTS if e.key != "pdf_letter"]
# Leaves of the JSON that are codes, the same in every language.
CODES = {
    "schema", "dataset", "date", "edition", "cutoff", "snapshot", "threshold_unit", "key", "unit", "session", "available_at", "fetched_at",
    "basis", "source", "kind", "evidence", "figure", "tone", "state", "gap", "group", "target",
}  # fmt: skip
# The source whose code in English is a name with a date in Chinese.
PUBLISHED = f"{PROVIDERS['reference'].name}|{messages('zh')[PROVIDERS['reference'].name]}"


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
        # A chart is one picture to who hears it; what it is made of is not read out.
        self.found += [v for k, v in attrs if k in {"title", "aria-label", "alt"} and v and tag not in {"g", "path", "text"}]

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


def markdown(data):
    written = data.decode("utf-8")
    drawn = written.partition("```mermaid")[2].partition("```")[0]
    return [*written.replace(f"```mermaid{drawn}```", "").splitlines(), *re.findall(r'"([^"]*)"', drawn)]


def page(data):
    words = Words()
    words.feed(re.sub(r'(?s)<section id="series">.*?</section>', "", data.decode("utf-8")))
    return words.found


def undrawn(data):
    """The texts of a page without those inside its charts, whose axes write dates in their own ways."""
    return page(re.sub(rb"(?s)<svg.*?</svg>", b"", data))


def strings(data):
    return [v for name, v in leaves(json.loads(data)) if isinstance(v, str) and name not in CODES]


def packed(data):
    files = zipfile.ZipFile(io.BytesIO(data))
    return [cell for name in files.namelist() if name != "series.csv" for cell in rows(files.read(name))]


def cells(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [*book.sheetnames, *(str(c.value) for sheet in book.worksheets[:-1] for row in sheet.iter_rows() for c in row if c.value is not None)]


def lines(data):
    printed = pypdf.PdfReader(io.BytesIO(data))
    return [*(line for sheet in printed.pages[::4] for line in sheet.extract_text().splitlines()), printed.metadata.title, printed.metadata.subject]


# How the texts of a file are read, in their order; the list of series is left out, which has a column less where the names in it are Chinese.
TEXTS = {"md": markdown, "html": page, "json": strings, "csv": rows, "zip": packed, "xlsx": cells, "pdf": lines}


def texts(key, language, read=None):
    return [re.sub(PUBLISHED, "", text) for text in (read or TEXTS[key])(file(key, language))]


@pytest.mark.parametrize("key", FORMATS)
def test_no_english_is_left(key):
    letters = set("abcdefghijklmnopqrstuvwxyz") if key == "pdf" else set()  # of the list of origins
    assert {t: words for t in texts(key, "zh") if (words := set(chinese.english(t)) - letters)} == {}


@pytest.mark.parametrize("key", [k for k in FORMATS if k != "pdf"])
def test_a_file_says_the_numbers_of_its_english(key):
    pairs = list(zip(*(texts(key, language, undrawn if key == "html" else None) for language in ("en", "zh")), strict=True))
    assert [pair for pair in pairs if chinese.numbers(pair[0]) != chinese.numbers(pair[1])] == []


def test_codes_of_the_json_are_the_same_in_every_language():
    one, other = (list(leaves(json.loads(file("json", language)))) for language in ("en", "zh"))
    assert [name for name, value in one] == [name for name, value in other]
    assert all(a == b for a, b in zip(one, other, strict=True) if a[0] in CODES or not isinstance(a[1], str))


@pytest.mark.parametrize("key", FORMATS)
def test_the_same_look_gives_the_same_bytes(key):
    assert export(key).make(made(), table(), Look(language="zh")) == file(key, "zh") != file(key, "en")


def test_a_name_says_its_language_where_it_is_not_english():
    with speaking("zh"):
        assert file_name(made(), export("md")) == "market-intelligence_demo_2026-03-28_morning_zh.md"
        assert file_name(made(), export("pdf_letter")) == "market-intelligence_demo_2026-03-28_morning_letter_zh.pdf"
        assert table_name(made(), "chain") == "market-intelligence_demo_2026-03-28_morning_chain_zh.csv"
