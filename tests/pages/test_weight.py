"""What a run sends to the browser: every element is drawn anew there, so their number decides how long a moved threshold takes to be seen."""

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

# Messages and kilobytes of one run. A page of the report has about forty messages, half of them the menu and the sidebar.
MOST = {"overview": (42, 125), "divergences": (48, 110), "transmission": (44, 250), "us": (42, 190), "watch_next": (30, 30)}


@pytest.fixture
def sent(monkeypatch):
    """The messages of all runs so far."""
    found, enqueue = [], ScriptRunContext.enqueue

    def spy(self, message):
        found.append(message)
        enqueue(self, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", spy)
    return found


@pytest.mark.parametrize("page", MOST)
def test_a_page_sends_little(visit, sent, page):
    visit(page, dataset="demo", date="2026-03-28")
    messages, kilobytes = MOST[page]
    assert len(sent) <= messages
    assert sum(m.ByteSize() for m in sent) <= kilobytes * 1000


def test_a_moved_threshold_sends_few_elements_and_leaves_unchanged_pictures_as_they_are(visit, sent):
    def specs():
        return {e.proto.id: e.proto.spec for e in at.get("vega_lite_chart")}

    at = visit("divergences", dataset="demo", date="2026-03-28", rule="US equities vs crypto", t_us_crypto="2.5")
    before = specs()
    sent.clear()
    at.slider(key="t_us_crypto").set_value(2.55).run()
    assert len(sent) <= MOST["divergences"][0]
    after = specs()
    assert before.keys() == after.keys()
    assert sum(before[k] == after[k] for k in before) >= 1
