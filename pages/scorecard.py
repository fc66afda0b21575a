"""Scorecard: what became of every fired rule, and how good the probabilities were that could have been given on the day."""

from core.charts.catalogue import Plot
from pages.parts import cards, loads, own, pictures
from pages.parts.lens import Lens, lens
from pages.parts.markup import esc
from pages.parts.notices import opened

view = lens()

_MEANT = (
    "Hit: what the rule is watched for happened within its sessions. Miss: it did not. Open: its sessions are not over. No probability: it fired "
    "before ten earlier events of its rule in the same direction had been resolved. A probability is the share of hits among the events resolved "
    "before it."
)
_SHORT, _LONG = ("calibration", "scores"), ("open", "recent", "declared")


def _page(view: Lens) -> None:
    report = opened(view)
    dated = cards.head(view, report, "Scorecard")
    section = loads.remembered(view.market, view.date, view.settings, "scorecard")
    figures = {f.key: f for f in section.figures}
    meant = f'<p class="mi-quiet">{esc(_MEANT)}</p>'
    pictures.draw(view, Plot("calibration.reliability"), dated, cards.answer(section, figures), cards.below(section, figures), meant)
    above = (*own.listing(view, section, *_SHORT), *own.listing(view, section, *_LONG, folded=True))
    own.rest(view, section, *_SHORT, *_LONG, over=above)


_page(view)
