"""The app in a real browser: first start without a network, pasted links in a fresh browser, downloads."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
PAGES = (
    "transmission", "crypto_defi", "us", "hong_kong", "a_shares", "divergences", "capital_flows", "watch_next", "history", "similar_days", "compare",
    "scorecard", "data",
)  # fmt: skip
HEADLINE = "Crypto decouples to the downside while US equities rise"


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app's address, with an empty store and no fetching."""
    port = _free_port()
    store = tmp_path_factory.mktemp("e2e") / "store.sqlite"
    environment = {**os.environ, "STORE_URL": f"sqlite:///{store}", "AUTO_REFRESH": "0"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            break
        except OSError:
            time.sleep(0.5)
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        opened = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A page of a fresh browser, and the addresses outside this machine that it asked for."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.outside = []
    here = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    opened.on("request", lambda r: None if r.url.startswith(here) else opened.outside.append(r.url))
    yield opened
    context.close()


def test_first_start_without_a_network_shows_a_full_report(app, page):
    page.goto(app)
    page.get_by_text(HEADLINE).first.wait_for()
    page.get_by_text("What is missing, and why").first.wait_for()
    assert page.get_by_text("synthetic prices from a fixed seed").count()
    assert page.outside == []
    assert "Traceback" not in page.inner_text("body")


@pytest.mark.parametrize(("threshold", "fires"), [("4.0", True), ("4.5", False)])
def test_a_pasted_deep_link_opens_the_same_numbers_in_a_fresh_browser(app, page, threshold, fires):
    page.goto(f"{app}/divergences?dataset=demo&date=2026-03-28&t_us_crypto={threshold}")
    page.get_by_text("DEX volume up while prices fall").first.wait_for()
    assert bool(page.get_by_text("US equities up while crypto falls").count()) is fires
    assert page.outside == []


@pytest.mark.parametrize("query", ["date=2031-01-01", "date=1999-01-01", "date=soon", "dataset=moon", "t_us_crypto=NaN", "asof=yesterday-ish"])
def test_bad_links_are_told_in_a_sentence_and_lose_nothing(app, page, query):
    page.goto(f"{app}/?dataset=demo&{query}" if "dataset" not in query else f"{app}/?{query}")
    page.get_by_text(HEADLINE).first.wait_for()
    assert "Traceback" not in page.inner_text("body")


def test_every_page_opens_by_deep_link(app, page):
    for name in PAGES:
        page.goto(f"{app}/{name}?dataset=demo&date=2026-03-28")
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(1500)
        assert "Traceback" not in page.inner_text("body"), name
    assert page.outside == []


def test_a_download_holds_the_report(app, page, tmp_path):
    page.goto(f"{app}/?dataset=demo&date=2026-03-28")
    page.get_by_text(HEADLINE).first.wait_for()
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="JSON").click()
    assert coming.value.suggested_filename == "market-intelligence_demo_2026-03-28_morning.json"
    coming.value.save_as(tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["sections"][0]["claims"][0]["text"].startswith(HEADLINE)


def test_a_click_on_a_day_of_the_calendar_opens_its_report_and_keeps_the_choice(app, page):
    page.goto(f"{app}/history?dataset=demo&date=2026-03-28&t_us_crypto=3")
    chart = page.locator('[data-testid="stVegaLiteChart"] canvas').first
    chart.wait_for()
    page.wait_for_timeout(1500)
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.45)
    page.wait_for_timeout(500)
    year = page.locator("#vg-tooltip-element").inner_text().split("Report of")[1].split()[3]
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.45)
    page.get_by_text("Transmission chain", exact=True).nth(1).wait_for()
    page.wait_for_timeout(1000)
    assert f"date={year}-" in page.url
    assert "t_us_crypto=3" in page.url
    assert "dataset=demo" in page.url
    assert "/history" not in page.url
