"""Links: the copied one shows the same anywhere and after a restart, and the browser's own Back and Forward go where they say."""

import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
ASKED = "dataset=demo&date=2026-03-20&edition=asia+close&t_us_crypto=3.5&flat=0.2&colours=red+up&rule=BTC+vs+ETH"


def said(page):
    """What the page says under its notices, without what only one of two visits has open."""
    page.wait_for_function("() => document.querySelectorAll('[data-testid=\"stVegaLiteChart\"] svg').length >= 2")
    return page.locator('[data-testid="stMain"]').inner_text()


@pytest.mark.parametrize(("threshold", "fires"), [("4.0", True), ("4.5", False)])
def test_a_pasted_deep_link_opens_the_same_numbers_in_a_fresh_browser(app, page, threshold, fires):
    page.goto(f"{app}/divergences?dataset=demo&date=2026-03-28&t_us_crypto={threshold}")
    page.get_by_text("DEX volume up while prices fall").first.wait_for()
    assert bool(page.get_by_text("US equities up while crypto falls").count()) is fires
    assert page.outside == []


def test_the_link_to_copy_opens_the_same_view_in_a_fresh_browser_after_a_restart(server, fresh, settled):
    sender = fresh()
    sender.goto(f"{server.address}/divergences?{ASKED}")
    settled(sender)
    shown = said(sender)
    sender.get_by_role("button", name="Take away").click()
    link = sender.locator('[data-testid="stPopoverBody"] [data-testid="stCode"]').first.inner_text().strip()
    sender.keyboard.press("Escape")
    carried = {k: v[0] for k, v in parse_qs(urlsplit(link).query).items()}
    assert carried.items() >= {k: v[0] for k, v in parse_qs(ASKED).items()}.items()
    server.restart()
    receiver = fresh()
    receiver.goto(link)
    settled(receiver)
    assert said(receiver) == shown
    assert receiver.title() == sender.title() == "Divergences · 20 Mar 2026 · Cross-market intelligence"


def test_back_and_forward_go_through_pages_and_keep_the_choice(app, page, settled):
    page.goto(f"{app}/?dataset=demo&date=2026-03-20")
    settled(page)
    for name in ("US market", "Hong Kong"):
        page.get_by_role("link", name=name, exact=False).first.click()
        page.locator("h1", has_text=name).wait_for()
        settled(page)
    for go, name in ((page.go_back, "US market"), (page.go_back, "Cross-market intelligence"), (page.go_forward, "US market")):
        go()
        page.locator("h1", has_text=name).wait_for()
        settled(page)
        assert "date=2026-03-20" in page.url
        assert page.get_by_text("Fri 20 Mar 2026").count()
    assert page.outside == []


def test_the_first_click_on_the_first_page_after_a_start_is_not_forgotten(server, fresh, settled):
    server.restart()
    page = fresh()
    page.goto(f"{server.address}/divergences?{ASKED}")
    settled(page)
    page.get_by_text("All rules as a table").click()
    page.get_by_text("All rules, strongest first").first.wait_for(timeout=20_000)
    assert page.outside == []
