"""Similar days: the past days most like this one, what followed them, and whether that can be told from any day."""

from core.charts.catalogue import Plot
from pages.parts import cards, loads, own, pictures
from pages.parts.lens import Lens, lens
from pages.parts.notices import opened

view = lens()


def _page(view: Lens) -> None:
    report = opened(view)
    dated = cards.head(view, report, "Similar days")
    section = loads.remembered(view.market, view.date, view.settings, "likeness")
    figures = {f.key: f for f in section.figures}
    pictures.draw(view, Plot("after_alike.above_usual"), dated, cards.answer(section, figures), cards.below(section, figures))
    own.rest(view, section)


_page(view)
