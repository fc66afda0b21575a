"""Every page by its deep link: nothing wrong in the console, nothing asked of another host, no barrier for anybody, no sideways scroll."""

import json
import shutil
from pathlib import Path

import axe_playwright_python
import pytest

from pages.parts.menu import EVIDENCE, MEMORY, REPORT

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
PAGES = {**REPORT, **MEMORY, **EVIDENCE}
LINK = "dataset=demo&date=2026-03-28"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
# Streamlit puts the headings of the menu's groups among the items of its list, and offers no other list that has groups.
FOREIGN = {"list": '[data-testid="stSidebarNavItems"]', "listitem": '[data-testid="stSidebarNavItems"] li'}
# What a change of theme or width can break; the rest of the rules looks at the same elements again.
LOOKS = ["color-contrast", "scrollable-region-focusable"]
GRAVE = {"serious", "critical"}
BARRIERS = """async ({rules, foreign}) => {
  const options = {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})};
  const found = (await axe.run(document, options)).violations;
  const ours = (rule, node) => !(rule in foreign && document.querySelector(node.target.join(' '))?.matches(foreign[rule]));
  return found.flatMap(v => v.nodes.filter(n => ours(v.id, n)).map(n => [v.impact, v.id, n.html.slice(0, 200), n.failureSummary]));
}"""


def barriers(page, rules=None):
    found = page.evaluate(BARRIERS, {"rules": rules, "foreign": FOREIGN})
    return [b for b in found if b[0] in GRAVE]


def path(stem):
    return "" if stem == "overview" else stem


def unexpected(errors, app, stem):
    """Console errors besides two that come with every deep link.

    Streamlit cannot tell a page's path from a base path under which it might be served, so its script asks both for the server's health and
    settings, the deeper one first. Neither `server.baseUrlPath` nor a route of ours changes that: the first is put before both, and an answer
    at the second would make it look for the whole server there.
    """
    known = {f"{app}/{stem}/_stcore/{name}" for name in ("health", "host-config")} if path(stem) else set()
    return [e for e in errors if not (e[1] in known and "404" in e[0])]


@pytest.fixture(scope="module")
def visitor(browser):
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(f"window.axeSource = {json.dumps(AXE)}")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    context.close()


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_is_clean_and_open_to_everybody(app, visitor, settled, stem):
    errors, outside = [], []
    here = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    noted = {
        "console": lambda m: errors.append((m.text, m.location["url"])) if m.type == "error" else None,
        "pageerror": lambda e: errors.append((str(e), "")),
        "request": lambda r: None if r.url.startswith(here) else outside.append(r.url),
    }
    for event, note in noted.items():
        visitor.on(event, note)
    try:
        visitor.set_viewport_size(WIDE)
        visitor.emulate_media(color_scheme="light")
        visitor.goto(f"{app}/{path(stem)}?{LINK}")
        settled(visitor)
        visitor.evaluate("() => { (0, eval)(window.axeSource) }")
        assert "28 Mar 2026" in visitor.title()
        assert "Traceback" not in visitor.inner_text("body")
        assert barriers(visitor) == []
        visitor.emulate_media(color_scheme="dark")
        visitor.wait_for_function("() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
        assert barriers(visitor, LOOKS) == []
        visitor.set_viewport_size(PHONE)
        settled(visitor)
        assert visitor.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
        assert barriers(visitor, LOOKS) == []
        visitor.emulate_media(color_scheme="light")
        visitor.wait_for_function("() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'light'")
        assert barriers(visitor, LOOKS) == []
    finally:
        for event, note in noted.items():
            visitor.remove_listener(event, note)
    assert unexpected(errors, app, stem) == []
    assert outside == []
