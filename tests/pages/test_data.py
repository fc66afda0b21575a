"""The live store, empty and filled; downloads; refreshing; text of any origin."""

import dataclasses
import datetime as dt
import re
import shutil

import pandas as pd
import pytest

from core import datasets
from core.catalogue import SERIES
from core.errors import StoreError
from core.export import EXPORTS
from core.records import Settings
from core.refresh import Event, SourceSummary, Summary
from core.store import Outcome, Store
from pages.parts import background, loads, markup
from tests.core.chinese import english


@pytest.fixture(scope="session")
def _filled(tmp_path_factory):
    """A store that holds the demo market's last months, as if a source had measured them."""
    path = tmp_path_factory.mktemp("filled") / "store.sqlite"
    rows = datasets.dataset("demo").observations()
    store = Store(f"sqlite:///{path}")
    store.append(rows[rows["session"] >= "2025-12-10"].assign(source="yahoo", basis="measured"))
    store.close()
    return path


@pytest.fixture
def fill(_filled, tmp_path):
    return lambda: shutil.copy(_filled, tmp_path / "store.sqlite")


def test_an_empty_store_opens_the_demo_market_and_says_why(visit, written):
    at = visit()
    assert at.session_state["dataset"] == "demo"
    assert "No live data has been fetched yet" in written(at)


def test_asking_for_live_data_of_an_empty_store_offers_two_ways_out(visit):
    at = visit("us", dataset="live")
    assert not at.exception
    assert "holds no live data yet" in at.info[0].value
    next(b for b in at.button if b.label == "Open the demo market").click().run()
    assert at.session_state["dataset"] == "demo"
    assert at.title[0].value == "US market"


def test_a_filled_store_opens_with_live_data_and_without_the_banner(visit, written, fill):
    fill()
    at = visit()
    assert at.session_state["dataset"] == "live"
    assert not at.exception
    assert "Demo market:" not in written(at)
    assert at.session_state["date"] == dt.date(2026, 3, 28)


def test_a_vintage_before_anything_was_read_says_so(visit, fill):
    fill()
    at = visit(dataset="live", asof="2001-01-01")
    assert not at.exception
    assert "Nothing had been read by that instant" in at.info[0].value


def test_a_store_that_cannot_be_opened_is_told_in_a_sentence(visit, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("STORE_URL", f"sqlite:///{tmp_path}/file/store.sqlite")
    for page in ("overview", "data"):
        at = visit(page, dataset="live")
        assert not at.exception
        assert any("store" in e.value.lower() for e in at.error)


@pytest.mark.parametrize("fmt", [e.key for e in EXPORTS])
def test_every_format_can_be_taken_away(fmt):
    market = loads.market("demo", "morning", None)
    made = loads.export_bytes(market, dt.date(2026, 3, 28), Settings(), fmt)
    assert len(made) > 1000
    assert made == loads.export_bytes(market, dt.date(2026, 3, 28), Settings(), fmt)


def test_every_page_offers_every_format(visit):
    assert not visit("us", dataset="demo").get("download_button")
    at = visit("us", opened=["take away"], dataset="demo")
    assert [b.proto.label for b in at.get("download_button")] == [*(e.label for e in EXPORTS), "Chosen table (CSV)"]
    made = loads.report(loads.market("demo", "morning", None), dt.date(2026, 3, 28), Settings())
    offered = at.selectbox(key="one table").options
    assert {f"{s.title}: {t.title}" for s in made.sections for t in s.tables} <= set(offered)


def test_the_data_page_lists_every_series_with_its_source_and_age(visit, written):
    said = written(visit("data", dataset="demo"))
    assert "上证指数" in said
    assert f"All {len(SERIES)} series have the session that their calendars expect." in said


def test_the_data_page_says_what_is_not_current_why_and_what_rests_on_it(visit, written, fill):
    fill()
    at = visit("data", dataset="live", date="2026-03-30")
    assert not at.exception
    said = written(at)
    assert "Usable, with gaps." not in said
    assert "Not to be relied on." in said
    assert "A leg of the report is not there: BTC (last session 27 Mar 2026, expected 29 Mar 2026)" in said
    assert "It has not been asked for yet." in said


@pytest.mark.parametrize("page", ["data", "overview"])
def test_what_is_not_current_is_said_in_chinese(visit, shown, tmp_path, fill, page):
    fill()
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    at = dt.datetime(2026, 3, 30, tzinfo=dt.UTC)
    tried = (("yahoo", "spx", "ok", ""), ("yahoo", "ndx", "no data", ""), ("defillama", "tvl", "blocked", ""))
    store.record(Outcome(source=a, series=b, started=at, ended=at, status=c, message=d, new_rows=3) for a, b, c, d in tried)
    rows = store.latest(["stablecoins"], dt.date(2026, 1, 5))
    store.append(rows.assign(value=rows["value"] * 1.0058, fetched_at=rows["fetched_at"].max() + pd.Timedelta(days=3)))
    store.close()
    assert not visit(page, dataset="live", date="2026-03-30", language="zh", t_moon="1", asof="never").exception
    assert "不可依赖。" in shown
    assert {text: left for text in shown if (left := english(re.sub("“.*?”", "", text)))} == {}


def test_a_live_report_has_a_link_that_pins_what_is_known_now(visit, fill):
    fill()
    at = visit(opened=["take away"], dataset="live", date="2026-03-28")
    plain, pinned = (c.value for c in at.code)
    assert pinned == f"{plain}&asof=2026-03-28T00%3A00%3A00Z"
    asof = visit(opened=["take away"], dataset="live", date="2026-03-28", asof="2026-03-28T00:00:00Z")
    assert len(asof.code) == 1
    assert len(visit(opened=["take away"], dataset="demo").code) == 1


def test_the_overview_says_first_when_it_should_not_be_relied_on(visit, written, fill):
    fill()
    assert "Not to be relied on." in written(visit(dataset="live", date="2026-03-30"))
    assert "Not to be relied on." not in written(visit(dataset="live", date="2026-03-28"))


def test_the_data_page_tells_restatements_of_the_live_store(visit, written, tmp_path, fill):
    fill()
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    rows = store.latest(["stablecoins"], dt.date(2026, 1, 5))
    rows = rows[rows["session"] < "2026-03-20"].assign(value=rows["value"] * 1.0058)
    store.append(rows.assign(fetched_at=rows["fetched_at"].max() + pd.Timedelta(days=3)))
    store.close()
    said = written(visit("data", dataset="live"))
    assert "restated 74 sessions of All stablecoins supply (5 Jan 2026 to 19 Mar 2026), at most by +0.58%." in said


def test_a_refresh_tells_what_came_of_it_and_offers_the_live_report(visit, monkeypatch, fill):
    fill()

    def refresh(store, operator, *, now, since, on_event, stop):
        good = SourceSummary(source="yahoo", status="ok", message="", new_rows=5)
        return Summary((good, SourceSummary(source="defillama", status="blocked", message="No.")), 1.0)

    _refresh(monkeypatch, refresh)
    background._HERE.count -= 1
    at = visit(dataset="demo")
    background._HERE.count += 1
    at.run()
    assert any("5 new values stored" in c.value and "DefiLlama: No." in c.value for c in at.caption)
    next(b for b in at.button if b.label == "Show live data").click().run()
    assert at.session_state["dataset"] == "live"


def test_a_long_refresh_can_be_stopped_on_the_page(visit, monkeypatch, fill):
    fill()

    def refresh(store, operator, *, now, since, on_event, stop):
        assert stop.wait(60)
        return Summary((SourceSummary(source="yahoo", status="partly", message="", new_rows=3),), 1.0, stopped=True)

    monkeypatch.setattr("core.refresh.refresh", refresh)
    monkeypatch.setattr(background._HERE, "latest", None)
    assert background.start(asked=True)
    at = visit(dataset="demo")
    next(b for b in at.button if b.label == "Stop").click().run()
    this = background.latest()
    this.thread.join(30)
    assert this.outcome == "Stopped: 3 new values stored. The next refresh asks for the rest."


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Summary((SourceSummary(source="yahoo", status="unreachable", message="No network."),), 1.0), "No source could be reached"),
        (StoreError("The store cannot be written: disk full."), "disk full"),
        (RuntimeError("boom"), "ended unexpectedly (RuntimeError)"),
    ],
)
def test_a_refresh_that_fails_says_why_and_ends(monkeypatch, failure, sentence):
    def refresh(*_, **__):
        if isinstance(failure, Exception):
            raise failure
        return failure

    this = _refresh(monkeypatch, refresh)
    assert sentence in this.outcome
    assert not this.running


def test_nothing_is_fetched_where_the_operator_forbids_it(visit):
    visit()
    assert background.latest() is None


def test_a_date_before_the_stored_history_offers_what_it_needs(visit, monkeypatch, fill):
    fill()
    asked = []
    monkeypatch.setattr("core.refresh.refresh", lambda *_, since, **__: asked.append(since) or Summary((), 0.1))
    at = visit("us", dataset="live", date="2024-06-03")
    assert not at.exception
    assert "3 Jun 2024 lies before what is stored." in at.info[0].value
    next(b for b in at.button if b.label == "Fetch what 3 Jun 2024 needs").click().run()
    background.latest().thread.join(60)
    assert asked == [dt.date(2023, 4, 30)]
    assert not visit("data", dataset="live", date="2024-06-03").exception


def test_progress_is_told_source_by_source(monkeypatch):
    def refresh(store, operator, *, now, since, on_event, stop):
        on_event(Event("yahoo", 12, 66, "ok", "", 12, 29))
        on_event(Event("defillama", 15, 66, "ok", "", 3, 14))
        return Summary((), 0.1)

    assert _refresh(monkeypatch, refresh).progress == "Yahoo Finance 12 of 29, DefiLlama 3 of 14"


def test_a_thread_that_is_gone_is_no_refresh_under_way(monkeypatch):
    monkeypatch.setattr(background, "_run", lambda this: None)  # ends without a word
    assert background.start(asked=True)
    background.latest().thread.join(60)
    assert not background.latest().running
    assert "ended unexpectedly" in background.latest().outcome
    assert background.start(asked=True)


def test_a_machine_without_threads_says_so(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(background.threading.Thread, "start", refuse)
    assert not background.start(asked=True)
    assert not background.latest().running
    assert "no thread left" in background.latest().outcome


def test_one_refresh_at_a_time(monkeypatch):
    monkeypatch.setattr(background.threading.Thread, "start", lambda self: None)
    assert background.start(asked=True)
    assert not background.start(asked=True)


HOSTILE = "<script>alert(1)</script> **b** $x$ :red[r] :smile: [l](javascript:1) `c` \u202e\x00"


def _poison(section):
    figures = tuple(f._replace(label=HOSTILE, source=HOSTILE, method=HOSTILE) for f in section.figures)
    claims = tuple(dataclasses.replace(c, text=HOSTILE, contradicted_by=HOSTILE) for c in section.claims)
    return dataclasses.replace(section, figures=figures, claims=claims)


def test_hostile_text_is_shown_as_it_is(visit, monkeypatch):
    original = loads.core_report.build

    def poisoned(table, date, settings):
        made = original(table, date, settings)
        sections = tuple(_poison(s) for s in made.sections)
        return dataclasses.replace(made, sections=sections, edition_label=HOSTILE)

    monkeypatch.setattr(loads.core_report, "build", poisoned)
    at = visit(dataset="demo")
    assert not at.exception
    ours = [element.proto.body for element in at.get("html") if element.proto.unsafe_allow_javascript]
    assert ours == ["<script>document.documentElement.lang = 'en'</script>"]
    for element in at.get("html"):
        assert element.proto.body in ours or "<script>" not in element.proto.body
    for kind in (at.caption, at.markdown):
        for element in kind:
            assert ":smile:" not in element.value
            assert ":red[" not in element.value
            assert "<script>" not in element.value


def test_markdown_and_html_are_escaped():
    assert markup.esc('<a href="x">&') == "&lt;a href=&quot;x&quot;&gt;&amp;"
    assert markup.esc("net −$950.0M") == "net −\N{WORD JOINER}$950.0M"
    assert markup.md("$5 *a* [b] :red[c]") == "\\$5 \\*a\\* \\[b\\] :\u2060red\\[c\\]"
    assert markup.md("00:00 UTC") == "00:00 UTC"


def _refresh(monkeypatch, made):
    monkeypatch.setattr("core.refresh.refresh", made)
    assert background.start(asked=True)
    for thread in background.threading.enumerate():
        if thread.name == "refresh":
            thread.join(60)
    return background.latest()
