"""Similar days: the past days most like this one, what followed them, and whether that can be told from any day."""

from pages.parts import cards, loads, own, pictures
from pages.parts.lens import Lens, lens
from pages.parts.notices import opened

view = lens()


def _page(view: Lens) -> None:
    report = opened(view)
    cards.head(view, report, "Similar days")
    section = loads.remembered(view.market, view.date, view.settings, "likeness")
    figures = {f.key: f for f in section.figures}
    cards.answer(section, figures)
    cards.below(section, figures)
    pictures.draw(view, "after_alike.above_usual")
    own.rest(view, section)


_page(view)
