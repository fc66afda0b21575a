"""The language of a page in a real browser: what was chosen stays when it changes, a reload and a copied link keep it, and the browser knows it."""

import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
ASKED = "dataset=demo&date=2026-03-28&t_btc_eth=3.5&rule=BTC+vs+ETH"
SEEN = {
    "en": ("Divergences", "Asia close (08:30 UTC)", "BTC vs ETH", "3.50pp", "against a threshold of 3.5pp"),
    "zh-Hans": ("背离", "亚洲收盘版（08:30 UTC）", "比特币对以太币", "3.50个百分点", "（阈值 3.5个百分点）"),
}


def held(page, settled, language):
    """What the page says, once it is the choice made in that language."""
    settled(page)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    page.wait_for_function("() => document.querySelectorAll('[data-testid=\"stVegaLiteChart\"] svg').length >= 2")
    said = page.locator('[data-testid="stMain"]').inner_text()
    title, edition, rule, handle, threshold = SEEN[language]
    assert page.locator("h1").inner_text() == title
    assert page.title().startswith(title)
    for text in (edition, rule, handle, threshold):
        assert text in said
    return said


def test_a_change_of_language_keeps_every_choice_and_a_link_carries_it(app, page, fresh, settled):
    page.goto(f"{app}/divergences?{ASKED}")
    settled(page)
    page.get_by_role("radio", name="asia close").click()
    english = held(page, settled, "en")
    page.get_by_role("radio", name="简体中文").click()
    chinese = held(page, settled, "zh-Hans")

    page.reload()
    assert held(page, settled, "zh-Hans") == chinese

    page.get_by_role("button", name="导出与分享").click()
    link = page.locator('[data-testid="stPopoverBody"] [data-testid="stCode"]').first.inner_text().strip()
    page.keyboard.press("Escape")
    carried = {k: v[0] for k, v in parse_qs(urlsplit(link).query).items()}
    assert carried.items() >= {"language": "zh", "edition": "asia close", "rule": "BTC vs ETH", "t_btc_eth": "3.5"}.items()
    receiver = fresh()
    receiver.goto(link)
    assert held(receiver, settled, "zh-Hans") == chinese
    assert receiver.outside == []

    page.get_by_role("radio", name="English").click()
    assert held(page, settled, "en") == english
