"""The language of the page: chosen in the sidebar, carried by the link, and spoken before anything is drawn."""

import streamlit as st

from core.language import CHINESE, ENGLISH, LANGUAGES, speak, spoken

KEY = "language"
# What browsers call the languages (BCP 47).
_TAGS = {ENGLISH: "en", CHINESE: "zh-Hans"}
_NAMES = {name: code for code, name in LANGUAGES.items()}


def settle() -> None:
    """Speak the language that the session chose, or else that of the link."""
    asked = st.session_state.get(KEY) or st.query_params.get(KEY, "")
    speak(_NAMES.get(asked, asked))


def known(text: str) -> str:
    """The code of a language that a link names by its code or by its own name; empty for any other."""
    return text if text in LANGUAGES else _NAMES.get(text, "")


def _keep() -> None:
    """Say again what was chosen where names are chosen from, since the browser knows them in the language of before."""
    for key in ("dataset", "edition", "colours", "unit", "rule", "filter", "link", "one table"):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def tell() -> None:
    """Tell the browser, and so screen readers and its choice of glyphs, which language the page is in."""
    st.html(f"<script>document.documentElement.lang = '{_TAGS[spoken()]}'</script>", unsafe_allow_javascript=True)


def choose() -> str:
    """The switch, which names each language in its own words."""
    return st.segmented_control(
        "Language · 语言", list(LANGUAGES), default=ENGLISH, required=True, format_func=LANGUAGES.__getitem__, key=KEY, bind="query-params",
        label_visibility="collapsed", on_change=_keep,
    ) or ENGLISH  # fmt: skip
