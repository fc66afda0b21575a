"""What a page has besides the lens: a parameter of its own in the link, links to other dates, a section to show."""

from collections.abc import Mapping

import streamlit as st

from core.records import Section, Table
from pages.parts import cards, link, loads, sheet, tables
from pages.parts.lens import Lens
from pages.parts.markup import md


def remark(key: str, value: object, why: str) -> None:
    """What the link got wrong about the parameter `key`; it stays until the reader changes its `value`."""
    place = f"what the link got wrong about {key}"
    if why:
        st.session_state[place] = (value, why)
    before, said = st.session_state.get(place, (None, ""))
    if said and before == value:
        st.warning(md(said), icon=":material/link_off:")


def chosen(key: str, names: Mapping[str, str], usual: str) -> str:
    """Which of `names` the reader chose in a list that the page draws further down: as this session has it, or else as the link names it.

    A link may name it in any language; the list then takes it over.
    """
    if st.session_state.get(key) is None and (asked := link.told(names, st.query_params.get(key, ""))):
        st.session_state[key] = asked
    value = st.session_state.get(key)
    return value if value in names else usual


def links(view: Lens, *shown: Table) -> dict[str, str]:
    """Addresses of the reports of the dates that tables name."""
    if view.market is None:
        return {}
    dates = loads.named_dates(view.market)
    named = {cell.text for table in shown for row in table.rows for cell in row}
    return {text: f"./?{view.at(dates[text])}" for text in named if text in dates}


def listing(view: Lens, section: Section, *keys: str, folded: bool = False) -> tuple[str, ...]:
    """Those tables of a section of memory, their dates leading to the reports; `folded` ones behind their titles."""
    figures = {f.key: f for f in section.figures}
    shown = [t for t in section.tables if t.key in keys]
    to = links(view, *shown)
    return tuple(tables.shown(table, figures, to, folded=folded) for table in shown)


def rest(view: Lens, section: Section, *shown: str, over: tuple[str, ...] = ()) -> None:
    """What stands `over` them, the other tables of a section, what is missing, the words used, and the evidence."""
    others = listing(view, section, *(t.key for t in section.tables if t.key not in shown))
    sheet.show(*over, *others, cards.gaps(section), cards.words(section))
    cards.evidence(section)
