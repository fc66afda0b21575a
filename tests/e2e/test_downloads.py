"""Every file that the app hands out, clicked in a real browser and opened as its reader would open it."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from functools import partial
from pathlib import Path

import openpyxl
import pypdf
import pytest

from core.export import EXPORTS
from core.export.arrange import SYNTHETIC_NOTICE

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
HEADLINE = "Crypto decouples to the downside while US equities rise"
STEM = "market-intelligence_demo_2026-03-28_morning"
NAMES = {"pdf_letter": f"{STEM}_letter.pdf"} | {key: f"{STEM}.{key}" for key in ("pdf", "html", "md", "xlsx", "zip", "csv", "json")}


def clicked(page, label, folder):
    """The path of what a button hands over, under the name that the browser would give it."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=label, exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def opened(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.get_by_role("button", name="Take away").click()
    return page


@pytest.fixture(scope="module")
def taken(server, browser, tmp_path_factory):
    """Every file of one report, by the key of its format, and one table of the page's own section."""
    folder = tmp_path_factory.mktemp("taken")
    page = opened(browser, f"{server.address}/?dataset=demo&date=2026-03-28")
    files = {e.key: clicked(page, e.label, folder) for e in EXPORTS}
    page.close()
    page = opened(browser, f"{server.address}/us?dataset=demo&date=2026-03-28")
    files["table"] = clicked(page, "Chosen table (CSV)", folder)
    page.close()
    return files


@pytest.fixture(scope="module")
def snapshot(taken):
    return json.loads(taken["json"].read_text(encoding="utf-8"))["snapshot"]


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_names_tell_dataset_date_and_edition(taken):
    assert {key: taken[key].name for key in NAMES} == NAMES
    assert taken["table"].name == f"{STEM}_us_indices.csv"


@pytest.mark.parametrize("key", ["pdf", "pdf_letter"])
def test_the_pdf(taken, snapshot, key):
    pages = [p.extract_text() for p in pypdf.PdfReader(taken[key]).pages]
    said = re.sub(r"\s+", " ", " ".join(pages))
    assert all(snapshot in page and f"{i} of {len(pages)}" in page for i, page in enumerate(pages, 1))
    assert HEADLINE in re.sub(r"\s+", " ", pages[0])
    assert "28 Mar 2026" in pages[0]
    assert all(name in said for name in ("上证指数", "恒生科技指数", "比特币"))


def test_the_workbook(taken, snapshot):
    book = openpyxl.load_workbook(taken["xlsx"])
    cover = {row[0].value: row[1].value for row in book["Report"].iter_rows(min_row=4)}
    assert cover["Snapshot"] == snapshot
    assert cover["Date"].isoformat() == "2026-03-28T00:00:00"
    assert cover["Key insight"].startswith(HEADLINE)
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert "上证指数" in {c.value for c in book["Series"]["B"]}


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_the_web_page_asks_no_one_and_says_nothing_to_the_console(browser, taken, snapshot, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.goto(taken["html"].as_uri())
    text = page.inner_text("body")
    assert asked == [taken["html"].as_uri()]
    assert said == []
    assert HEADLINE in text
    assert f"Snapshot {snapshot}" in text
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_a_citation_opens_the_fold_that_holds_its_figure(browser, taken):
    page = browser.new_page()
    page.goto(taken["html"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    cited = page.locator(".answer sup a").first
    cited.focus()
    page.keyboard.press("Enter")
    page.locator(f'tr[id="{cited.get_attribute("href")[1:]}"]').wait_for(state="visible")
    page.close()


@pytest.mark.parametrize(("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})], ids=["light", "dark"])
def test_the_web_page_has_no_barrier_that_axe_knows(browser, taken, scheme, rules):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.goto(taken["html"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.run(page, options=rules).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_printed_web_page_is_short_light_and_whole(browser, taken, snapshot, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.goto(taken["html"].as_uri())
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("""[...document.querySelectorAll('figure svg')].filter(s => {
      const drawn = s.getBBox(), at = s.getBoundingClientRect(), scale = at.width / s.viewBox.baseVal.width
      const left = at.left + (drawn.x - s.viewBox.baseVal.x) * scale
      return left < 0 || left + drawn.width * scale > innerWidth || at.height > 600
    }).map(s => s.parentElement.ariaLabel)""") == []
    page.close()
    assert 10 <= len(printed.pages) <= 18
    assert [round(float(x)) for x in printed.pages[0].mediabox[2:]] == [595, 842]
    pages = [p.extract_text() for p in printed.pages]
    assert all(snapshot in text and f"{i} / {len(pages)}" in text for i, text in enumerate(pages, 1))
    # Browsers set "fi" as one glyph.
    said = re.sub(r"\s+", "", unicodedata.normalize("NFKC", "".join(pages)))
    closed = json.loads(taken["json"].read_text(encoding="utf-8"))
    tables = [t["title"] for s in closed["sections"] for t in s["tables"]]
    assert all(re.sub(r"\s+", "", title) in said for title in tables)
    assert "AllDEXs" in said
    assert "Everyfigure,andwhereitcomesfrom" not in said


def test_markdown_and_json(taken, snapshot):
    words = taken["md"].read_text(encoding="utf-8")
    assert words.startswith("# Cross-market intelligence, 28 Mar 2026\n")
    assert f"Snapshot: {snapshot}" in words
    assert HEADLINE in words
    report = json.loads(taken["json"].read_text(encoding="utf-8"), parse_constant=partial(pytest.fail, "no JSON number:"))
    assert (report["dataset"], report["date"], report["edition"]) == ("demo", "2026-03-28", "morning")
    assert report["sections"][0]["answer"].startswith(HEADLINE)


def test_tables(taken, snapshot):
    with zipfile.ZipFile(taken["zip"]) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    about = {row["Particular"]: row["Value"] for row in rows(files["about.csv"])}
    assert (about["Date"], about["Snapshot"], about["Notice"]) == ("2026-03-28", snapshot, SYNTHETIC_NOTICE)
    assert files["figures.csv"] == taken["csv"].read_bytes()
    assert files["us_indices.csv"] == taken["table"].read_bytes()
    for data in (taken["csv"].read_bytes(), taken["table"].read_bytes()):
        assert {row["Snapshot"] for row in rows(data)} == {snapshot}
    assert float(rows(taken["table"].read_bytes())[0]["Close (points)"]) == pytest.approx(6628.37, abs=0.01)


@pytest.mark.parametrize(("fmt", "paper"), [("pdf", "a4"), ("pdf", "letter"), ("xlsx", "a4")])
def test_the_command_line_writes_the_same_file(taken, tmp_path, fmt, paper):
    command = [sys.executable, "-m", "core", "report", "--dataset", "demo", "--date", "2026-03-28", "--format", fmt, "--paper", paper]
    subprocess.run([*command, "--out", tmp_path], cwd=ROOT, check=True, timeout=120)
    made = next(tmp_path.iterdir())
    key = "pdf_letter" if paper == "letter" else fmt
    assert made.name == taken[key].name
    assert made.read_bytes() == taken[key].read_bytes()
