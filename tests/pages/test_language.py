"""Every page in Chinese: no English is left in what it shows, names, hints at or says to screen readers."""

import html
import re

import pytest
from google.protobuf.message import Message
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from core.language import LANGUAGES
from tests.core.chinese import english

# Fields of messages to the browser that a reader sees or hears.
_SHOWN = {"alt", "body", "format", "help", "label", "options", "page_name", "placeholder", "section_header", "text", "title", "tooltip"}
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Icons, the number of a slider, how an instant is written, and a large number in a rule.
_MARKS = re.compile(r":material/\w+:|%[-.\d]*f|\d{4}-\d\d-\d\dT\d\d:\d\d|\de[-+]\d\d")
_SAID = re.compile(r'\s(?:title|aria-label|alt|data-label)="([^"]*)"')
# The switch names itself and each language for those who read no other.
_SWITCH = {"Language · 语言", *LANGUAGES.values()}
# A sentence of a fold that only opens on a click costs the server as much as a page: each is opened where it is cheap.
PAGES = {
    "overview": ("evidence", "take away"), "transmission": (), "crypto_defi": (), "us": (), "hong_kong": (), "a_shares": ("thresholds",),
    "divergences": ("followed", "as known at"), "capital_flows": (), "watch_next": ("evidence",), "history": (), "similar_days": (), "compare": (),
    "scorecard": (), "data": (),
}  # fmt: skip


@pytest.fixture
def shown(monkeypatch):
    """Every text sent to the browser so far."""
    found, enqueue = [], ScriptRunContext.enqueue

    def spy(self, message):
        if list(message.navigation.sections) != [""]:  # pages by their files, until the menu names them
            found.extend(_texts(message))
        enqueue(self, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", spy)
    return found


def _texts(message):
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if isinstance(each, Message):
                yield from _texts(each)
            elif field.name in _SHOWN and isinstance(each, str):
                yield from _plain(each)


def _plain(text):
    """A text as it is read: of HTML what stands in elements, and in the attributes that are shown or spoken."""
    visible = _HIDDEN.sub(" ", text)
    for part in (*_SAID.findall(visible), *_TAG.split(visible)):
        if part.strip():
            yield _MARKS.sub(" ", html.unescape(part))


@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left(visit, shown, page):
    at = visit(page, opened=PAGES[page], dataset="demo", date="2026-03-28", language="zh")
    assert not at.exception
    assert len(shown) > 100
    assert {t: words for t in set(shown) - _SWITCH if (words := english(t))} == {}
