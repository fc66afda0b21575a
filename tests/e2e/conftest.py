"""One server and one browser for all browser tests: an empty store, no fetching, and no way out of this machine."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
HERE = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
IDLE = """() => document.querySelector('[data-testid="stMain"] h1')
  && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale="true"], [data-testid="stStatusWidgetRunningIcon"]')"""


class Server:
    """The app on a port of its own; `restart` ends it and starts it again on the same port."""

    def __init__(self, store):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.environment = {**os.environ, "STORE_URL": f"sqlite:///{store}", "AUTO_REFRESH": "0"}
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
            except OSError:
                time.sleep(0.25)
            else:
                return
        raise TimeoutError("the app did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def restart(self):
        self.stop()
        self.start()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    served = Server(tmp_path_factory.mktemp("e2e") / "store.sqlite")
    yield served
    served.stop()


@pytest.fixture
def app(server):
    """The app's address."""
    return server.address


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        opened = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def _watched(context):
    """A new page, with the addresses outside this machine that it asked for, and the errors that its console showed."""
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.outside, opened.errors = [], []
    opened.on("request", lambda r: None if r.url.startswith(HERE) else opened.outside.append(r.url))
    opened.on("console", lambda m: opened.errors.append((m.text, m.location["url"])) if m.type == "error" else None)
    opened.on("pageerror", lambda e: opened.errors.append((str(e), opened.url)))
    return opened


@pytest.fixture
def fresh(browser):
    """Opens pages in browsers that know nothing of one another; options are those of a browser context."""
    contexts = []

    def open_browser(**options):
        contexts.append(browser.new_context(**({"viewport": {"width": 1440, "height": 1000}} | options)))
        return _watched(contexts[-1])

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def page(fresh):
    """A page of a fresh browser."""
    return fresh()


@pytest.fixture
def settled():
    """Waits until a page has drawn everything, and says the same for a while: the first run after a start is followed by another."""

    def wait(page):
        seen, same = None, 0
        for _ in range(60):
            page.wait_for_function(IDLE)
            page.wait_for_timeout(150)
            seen, before = page.locator("body").inner_text(), seen
            same = same + 1 if seen == before else 0
            if same == 3:
                return
        raise AssertionError("the page never came to rest")

    return wait
