"""Every page, on ordinary and on awkward days."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pages.parts.menu import EVIDENCE, MEMORY, REPORT
from pages.parts.provenance import BEHIND

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p.stem for p in (ROOT / "pages").glob("*.py"))
DAYS = {"sunday": "2026-03-22", "holiday monday": "2025-04-21", "golden week": "2025-10-03", "early": "2021-08-02"}


def test_every_page_is_in_the_menu():
    assert {*REPORT, *MEMORY, *EVIDENCE} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_the_demo_market_with_an_unmistakable_banner(visit, written, page):
    at = visit(page)
    said = written(at)
    assert not at.exception
    assert not at.error
    assert not at.warning
    assert "Demo market:" in said
    assert "synthetic prices" in said
    assert "could not be drawn" not in said
    assert len(at.title) == 1


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("page", ["overview", "hong_kong", "divergences"])
def test_opens_on_awkward_days(visit, written, page, day):
    at = visit(page, dataset="demo", date=day)
    assert not at.exception
    assert not at.warning
    assert "could not be drawn" not in written(at)
    assert at.session_state["date"].isoformat() == day


@pytest.mark.parametrize("page", PAGES)
def test_survives_a_second_run(visit, page):
    assert not visit(page, dataset="demo").run().exception


def test_a_closed_market_says_so_and_is_no_zero_percent_move(visit, written):
    said = written(visit("overview", dataset="demo", date="2025-04-22"))
    assert "closed since" in said


def test_the_other_edition_holds_the_asian_sessions_of_the_day(visit, written):
    said = written(visit("hong_kong", dataset="demo", date="2026-03-27", edition="asia_close"))
    assert "Asia close" in said
    assert "27 Mar" in said


def test_the_overview_reads_from_the_headline_to_what_to_watch(visit, written):
    said = written(visit())
    places = [said.index(words) for words in ("mi-answer", "What speaks against it", "mi-tiles")]
    assert places == sorted(places)
    for heading in ("Transmission chain", "Divergences", "Flows", "Watch next", "What is missing, and why"):
        assert heading in said


@pytest.mark.parametrize("page", ["transmission", "a_shares", "crypto_defi"])
def test_what_is_said_stands_right_under_the_answer_without_a_wall_of_text(visit, written, page):
    said = written(visit(page, dataset="demo"))
    answer, readings = (said.index(words) for words in ('class="mi-answer"', 'class="mi-claims"'))
    table = re.search(rf'<table class="mi-table[^"]*"><caption class="mi-unseen">(?!{BEHIND})', said).start()
    assert answer < readings < table
    before, fold, folded = said[readings:table].partition('<details class="mi-fold"><summary>')
    assert before.count("<summary>") <= 4
    count, _, rest = folded.partition(" more</summary>")
    assert not fold or rest.count("<summary>") == int(count)


@pytest.mark.parametrize("page", REPORT)
def test_every_claim_opens_into_its_evidence_and_what_would_contradict_it(visit, written, page):
    from core.records import Settings
    from pages.parts import loads

    said = written(visit(page, dataset="demo"))
    market = loads.market("demo", "morning", None)
    report = loads.report(market, loads.span(market)[2], Settings())
    section = report.section({"overview": "key_insight"}.get(page, page))
    figures = report.figures()
    for claim in section.claims:
        assert claim.text in said
        assert claim.contradicted_by in said
        assert claim.rule in said
        assert all(figures[key].method in said for key in claim.evidence)


def test_a_stored_date_is_opened_without_any_client_of_an_upstream():
    script = (
        "import os, sys; os.environ['AUTO_REFRESH'] = '0'; os.environ['STORE_URL'] = 'sqlite://'\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"at = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=120); at.query_params['dataset'] = 'demo'\n"
        "at.switch_page('pages/overview.py').run()\n"
        "assert not at.exception and at.title\n"
        "print([m for m in ('yfinance', 'ccxt', 'requests_cache', 'curl_cffi') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr[-2000:]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_begins_with_the_lens(page):
    code = [line for line in (ROOT / "pages" / f"{page}.py").read_text().split('"""', 2)[2].splitlines() if line.strip()]
    first = next(line for line in code if not line.startswith(("import", "from", "    ", ")")))
    assert first == "view = lens()"
