"""The divergences page by keyboard alone: everything is reached, the focus is seen, and a threshold moves."""

import shutil

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")]
# The element in focus: its kind, its name, and whether it looks different from an element without focus.
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), field = e.closest('[data-baseweb], [data-testid="stSelectbox"]');
  const ring = x => x && (getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) > 0
    || getComputedStyle(x).boxShadow !== 'none');
  const label = e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '';
  return {tag: e.tagName, role: e.getAttribute('role') || '', name: label.trim().slice(0, 80), main: !!e.closest('[data-testid="stMain"]'),
          kind: e.className?.baseVal ?? e.className, seen: !!(ring(e) || ring(field))};
}"""
EVERYTHING = """() => [...document.querySelectorAll('[data-testid="stMain"] :is(a[href], button, summary, input, .mi-scroll)')]
  .filter(e => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0
    && !(e.closest('details:not([open])') && e.tagName !== 'SUMMARY')).length"""


def walk(page, until, most=160):
    """Press Tab until `until` holds for what is in focus; gives all that was passed on the way."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        page.wait_for_timeout(40)  # a ring may fade in
        passed.append(page.evaluate(FOCUS))
        if until(passed[-1]):
            return passed
    raise AssertionError(f"not reached: {[p['name'] for p in passed]}")


def test_everything_is_reached_seen_and_named(app, page, settled):
    page.goto(f"{app}/divergences?dataset=demo&date=2026-03-28&rule=US+equities+vs+crypto")
    settled(page)
    page.get_by_text("All rules as a table").click()
    page.get_by_text("All rules, strongest first").first.wait_for()
    settled(page)
    page.get_by_role("heading", level=1).click()
    expected = page.evaluate(EVERYTHING)
    passed = walk(page, lambda at: at["tag"] == "BODY")[:-1]
    assert [p for p in passed if not p["seen"]] == []
    assert [p for p in passed if not p["name"]] == []
    reached = [p for p in passed if p["main"] and p["tag"] in {"A", "BUTTON", "SUMMARY", "INPUT", "DIV"}]
    assert len(reached) >= expected > 15
    assert any("mi-scroll" in str(p["kind"]) for p in reached)


def test_a_claim_opens_and_a_threshold_moves_by_keyboard_alone(app, page, settled):
    page.goto(f"{app}/divergences?dataset=demo&date=2026-03-28&rule=US+equities+vs+crypto")
    settled(page)
    walk(page, lambda at: at["tag"] == "SUMMARY" and at["name"].startswith("US equities up while crypto falls"))
    page.keyboard.press("Enter")
    page.get_by_text("What would contradict it:").first.wait_for()
    walk(page, lambda at: at["name"].startswith("Figures behind"))
    walk(page, lambda at: at["name"].startswith("Threshold of US equities vs crypto"))
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    settled(page)
    page.keyboard.press("End")
    page.get_by_text("threshold of 10.0pp").first.wait_for(timeout=15_000)
    settled(page)
    assert "t_us_crypto=10" in page.url
    assert page.evaluate(FOCUS)["name"].startswith("Threshold of US equities vs crypto")


def test_who_wants_less_motion_gets_none(app, fresh, settled):
    moving = """() => [...document.querySelectorAll('.stApp *')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.001
      || parseFloat(getComputedStyle(e).animationDuration) > 0.001).length"""
    still, usual = fresh(reduced_motion="reduce"), fresh(reduced_motion="no-preference")
    for page in (still, usual):
        page.goto(f"{app}/us?dataset=demo&date=2026-03-28")
        settled(page)
    assert still.evaluate(moving) == 0 < usual.evaluate(moving)
