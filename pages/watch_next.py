"""What to check next: open questions, what would settle them, and the sessions and holidays ahead."""

from core.records import Report, Section
from pages.parts.lens import Lens, lens
from pages.parts.section import page

view = lens()


def _charts(view: Lens, report: Report, section: Section) -> None:
    """Nothing is drawn here: this page is words and dates."""


page(view, "watch_next", "Watch next", _charts)
