"""Whether the report can be trusted, in a line: on the overview as a first remark, on the data page as its answer."""

from core.health import Health
from core.language import N_
from pages.parts.markup import esc

_VERDICTS = {"complete": ("Complete", "ok"), "gaps": ("Usable, with gaps", "warn"), "unsafe": ("Not to be relied on", "bad")}


def verdict(health: Health) -> str:
    """The level and the sentence behind it."""
    word, tone = _VERDICTS[health.level]
    return f'<div class="mi-verdict {tone}" role="status"><strong>{esc(N_("{verdict}.", verdict=word))}</strong> {esc(health.sentence)}</div>'


def remark(health: Health) -> str:
    """The same where anything is wrong; nothing where the report is complete."""
    return verdict(health) if health.level != "complete" else ""
