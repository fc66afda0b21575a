"""Pages run in process: no network, no refresh, an empty store of their own, and a demo market that is computed once."""

import html
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import datasets
from pages.parts import background

ROOT = Path(__file__).resolve().parents[2]
_table = datasets.metric_table


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
    """Everything that a page says, with the entities of its HTML resolved."""

    def read(at):
        words = [e.value for kind in (at.markdown, at.caption, at.warning, at.info, at.error, at.title, at.header, at.code) for e in kind]
        return "\n".join([*words, *(html.unescape(e.proto.body) for e in at.get("html"))])

    return read
