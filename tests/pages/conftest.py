"""Pages run in process: no network, no refresh, an empty store of their own, and a demo market that is computed once."""

import html
import re
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from google.protobuf.message import Message
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from core import datasets
from core.language import LANGUAGES
from pages.parts import background

ROOT = Path(__file__).resolve().parents[2]
_table = datasets.metric_table
# Fields of messages to the browser that a reader sees or hears.
_SHOWN = {"alt", "body", "format", "help", "label", "options", "page_name", "placeholder", "section_header", "text", "title", "tooltip"}
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Icons, the number of a slider, how an instant is written, and a large number in a rule.
_MARKS = re.compile(r":material/\w+:|%[-.\d]*f|\d{4}-\d\d-\d\dT\d\d:\d\d|\de[-+]\d\d")
_SAID = re.compile(r'\s(?:title|aria-label|alt|data-label)="([^"]*)"')
# The switch names itself and each language for those who read no other.
_SWITCH = {"Language · 语言", *LANGUAGES.values()}


@cache
def _demo(edition):
    return _table("demo", edition)


def _kept(key, edition, *, asof=None, now=None):
    return _demo(edition) if key == "demo" and asof is None else _table(key, edition, asof=asof, now=now)


@pytest.fixture(autouse=True)
def _surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTO_REFRESH", "0")
    monkeypatch.setenv("STORE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setattr(background, "_HERE", background._Process())
    monkeypatch.setattr(datasets, "metric_table", _kept)
    # Before every first run Streamlit reads the metadata of all packages for components that we do not have: longer than a page takes.
    monkeypatch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
    st.cache_resource.clear()
    yield
    for store in (datasets.store(f"sqlite:///{tmp_path / 'store.sqlite'}"),):
        store.close()
    datasets.store.cache_clear()


@pytest.fixture
def visit():
    """Opens a page at a query, its folds and popovers of the keys `opened` included, which draw what they hold only then."""

    def open_page(page="overview", opened=(), **query):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        for fold in opened:
            at.session_state[fold] = True
        return at.switch_page(f"pages/{page}.py").run()

    return open_page


@pytest.fixture
def written():
    """Everything that a page says, with the entities of its HTML resolved and without the characters that only join what surrounds them."""

    def read(at):
        words = [e.value for kind in (at.markdown, at.caption, at.warning, at.info, at.error, at.title, at.header, at.code) for e in kind]
        return "\n".join([*words, *(html.unescape(e.proto.body) for e in at.get("html"))]).replace("\N{WORD JOINER}", "")

    return read


@pytest.fixture
def shown(monkeypatch):
    """Every text sent to the browser so far, without the switch that names the languages."""
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
        if part.strip() and part not in _SWITCH:
            yield _MARKS.sub(" ", html.unescape(part))
