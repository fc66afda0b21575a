"""Whether the report can be trusted, in a line: on the overview as a first remark, on the data page as its answer."""

import streamlit as st

from core.health import Health
from core.language import N_
from pages.parts.markup import esc

_VERDICTS = {"complete": ("Complete", "ok"), "gaps": ("Usable, with gaps", "warn"), "unsafe": ("Not to be relied on", "bad")}


def verdict(health: Health) -> None:
    """The level and the sentence behind it."""
    word, tone = _VERDICTS[health.level]
    st.html(f'<div class="mi-verdict {tone}" role="status"><strong>{esc(N_("{verdict}.", verdict=word))}</strong> {esc(health.sentence)}</div>')


def remark(health: Health) -> None:
    """The same where anything is wrong; nothing where the report is complete."""
    if health.level != "complete":
        verdict(health)
