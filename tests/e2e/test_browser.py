"""The app in a real browser: first start without a network, dates and colours chosen by hand, links that are wrong, the calendar."""

import re
import shutil

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
HEADLINE = "Crypto decouples to the downside while US equities rise"
RISE = """() => getComputedStyle(document.querySelector('.mi-tile .mi-up')).color.match(/[0-9.]+/g).map(Number)"""


def test_first_start_without_a_network_shows_a_full_report(app, page):
    page.goto(app)
    page.get_by_text(HEADLINE).first.wait_for()
    page.get_by_text("What is missing, and why").first.wait_for()
    assert page.get_by_text("synthetic prices from a fixed seed").count()
    assert page.outside == []
    assert page.errors == []
    assert "Traceback" not in page.inner_text("body")


@pytest.mark.parametrize("query", ["date=2031-01-01", "dataset=moon", "t_us_crypto=NaN"])
def test_bad_links_are_told_in_a_sentence_and_lose_nothing(app, page, query):
    page.goto(f"{app}/?dataset=demo&{query}" if "dataset" not in query else f"{app}/?{query}")
    page.get_by_text(HEADLINE).first.wait_for()
    assert page.locator('[data-testid="stAlert"]').count() == 1
    assert "Traceback" not in page.inner_text("body")


def test_a_date_typed_into_the_sidebar_opens_its_report(app, page, settled):
    page.goto(f"{app}/us?dataset=demo&date=2026-03-28")
    settled(page)
    page.get_by_role("spinbutton", name=re.compile("day, Report date")).focus()
    page.keyboard.type("20")
    page.keyboard.press("Tab")  # to the calendar's button, and away from the field, which is when it speaks
    page.keyboard.press("Tab")
    page.get_by_text("Fri 20 Mar 2026").first.wait_for()
    assert "date=2026-03-20" in page.url
    assert page.title().startswith("US market · 20 Mar 2026")


def test_the_colours_are_switched_in_the_sidebar_and_kept_on_the_way_to_another_page(app, page, settled):
    page.goto(f"{app}/?dataset=demo&date=2026-03-28")
    page.locator(".mi-tile .mi-up").first.wait_for()
    settled(page)
    red, green, _ = page.evaluate(RISE)
    assert green > red
    page.get_by_role("radio", name="red up").click()
    page.wait_for_function(f"() => {{ const [red, green] = ({RISE})(); return red > green }}")
    assert "colours=red+up" in page.url.replace("%20", "+")
    page.get_by_role("link", name="US market").click()
    page.locator("td.mi-up").first.wait_for()
    settled(page)
    assert "colours=red+up" in page.url.replace("%20", "+")
    red, green, _ = page.evaluate(RISE.replace(".mi-tile .mi-up", "td.mi-up"))
    assert red > green


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
