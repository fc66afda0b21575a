"""What the reader looks at: dataset, report date, edition, vintage, thresholds and colours, from the sidebar and so from the link."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from core import datasets
from core.charts.palette import CONVENTIONS, style
from core.errors import ExplorerError
from core.language import ENGLISH, N_, _, join
from core.records import Settings
from core.sessions import EDITIONS, FIRST_DAY
from core.wording import day, instant
from pages.parts import background, link, loads, menu, thresholds, tongue

_DRAWN, _OPENED, _SAID = "lens drawn in this run", "lens opened once", "what the link got wrong"
_AGAIN = "page to run again by way of the router"
_EDITIONS = tuple(e.key for e in EDITIONS)
_CUTS = "morning: cut at 00:00 UTC, before Asia opens. asia close: cut at 08:30 UTC, with the day's sessions in Hong Kong and the mainland."
_RISES = "green up: a rise is green and a fall red. red up: the reverse, as is usual in mainland China. A sign or an arrow says the same."
_LOOK = Path(__file__).with_name("look.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One reader's choice. `date` and `market` are None where no data can be shown, and `trouble` says why.

    `colours` is the convention by which a rise is green or red, `language` the code of a language.
    `own` are parameters that only the page on show has; they go into its link.
    `lacking` is a report date that was picked before the stored history: what it needs can be fetched.
    """

    dataset: str
    edition: str
    date: dt.date | None
    asof: dt.datetime | None
    settings: Settings
    market: loads.Market | None
    colours: str = CONVENTIONS[0]
    language: str = ENGLISH
    remarks: tuple[str, ...] = ()
    trouble: str = ""
    own: tuple[tuple[str, str], ...] = ()
    lacking: dt.date | None = None

    @property
    def query(self) -> str:
        """The whole choice as the query string of a link."""
        assert self.date is not None  # noqa: S101 - pages stop before this where there is no date
        return self.at(self.date, **dict(self.own))

    @property
    def pinned(self) -> str:
        """The same with the vintage on show; empty where it has one already, or where more is being written to that vintage."""
        known = loads.known_until(self.market) if self.market and self.asof is None else None
        return replace(self, asof=known).query if known else ""

    def at(self, date: dt.date, **own: str) -> str:
        """The same choice with another date, and with parameters that belong to the page it leads to."""
        return link.query(
            dataset=self.dataset, date=date, edition=self.edition, settings=self.settings, asof=self.asof, colours=self.colours,
            language=self.language, own=own,
        )  # fmt: skip


def frame() -> None:
    """Draw what all pages share, and leave the choice for the page of this run."""
    st.session_state.pop(_AGAIN, None)
    st.session_state[_DRAWN] = draw()


def lens() -> Lens:
    """The reader's choice. First statement of every page.

    The first page opened after a start may run without the router. Declaring the menu puts it in charge, and the page runs again by way of it, for
    otherwise its widgets would have other names from the next run on and forget the reader's first click.
    """
    drawn = st.session_state.pop(_DRAWN, None)
    if drawn is None:
        menu.current()
        if not st.session_state.pop(_AGAIN, False):
            st.session_state[_AGAIN] = True
            st.rerun()
    return drawn or draw()


def draw() -> Lens:
    """The sidebar, and what it says."""
    given = {name: st.query_params[name] for name in st.query_params}
    _open(given)
    with st.sidebar:
        language = tongue.choose()
        dataset = st.segmented_control(
            _("Dataset"), link.DATASETS, default=link.DATASETS[0], required=True, format_func=link.named, key="dataset", bind="query-params",
            help=_("live: what the store holds. demo: an invented market, complete without a network."),
        ) or link.DATASETS[0]  # fmt: skip
        place = st.container()
        edition = st.segmented_control(
            _("Edition"), _EDITIONS, default=_EDITIONS[0], required=True, format_func=link.named, key="edition", bind="query-params",
            help=_(_CUTS),
        ) or _EDITIONS[0]  # fmt: skip
        settings = thresholds.draw()
        asof, vintage = _vintage()
        colours = _colours()
        market, trouble = _market(dataset, edition, asof)
        span = loads.span(market) if market else None
        with place:
            picked = _date(span, _earliest(dataset, asof, span)) if span else None
        background.status()
        tongue.tell()
    st.html(f"<style>{_LOOK}{style(colours)}</style>")
    lacking = picked if span and picked and picked < span[0] else None
    remarks = (*_complaints(given, span, _earliest(dataset, asof, span) if span else None), *([vintage] if vintage else []))
    return Lens(
        dataset=dataset, edition=edition, date=None if lacking else picked, asof=asof, settings=settings, market=market if span else None,
        colours=colours, language=language,
        remarks=remarks, trouble=trouble, lacking=lacking,
    )  # fmt: skip


def _open(given: dict[str, str]) -> None:
    """What has to be settled before the widgets of a session are drawn for the first time."""
    if st.session_state.pop(background.SHOW_LIVE, False):
        st.session_state["dataset"] = "live"
        st.session_state.pop("date", None)
    if st.session_state.get(_OPENED):
        return
    st.session_state[_OPENED] = True
    background.start()
    for name, keys in (("dataset", link.DATASETS), ("edition", _EDITIONS), ("colours", CONVENTIONS), ("unit", link.UNITS)):
        if key := link.meant(keys, given.get(name, "")):
            st.session_state[name] = key
    if tongue.known(given.get(tongue.KEY, "")):
        st.session_state[tongue.KEY] = tongue.known(given[tongue.KEY])
    if not link.meant(link.DATASETS, given.get("dataset", "")) and loads.live_is_empty():
        st.session_state["dataset"] = "demo"
    if link.meant(link.UNITS, given.get("unit", "")) == "sigma":
        for name, text in given.items():
            _adopt(name, text)


def _adopt(name: str, text: str) -> None:
    """Take a threshold written as `t_…` for one in standard deviations where the link says that its thresholds are."""
    rule = name.removeprefix("t_")
    if name.startswith("t_") and not link.complaints({"z_" + rule: text}):
        st.session_state.setdefault("z_" + rule, float(text))


def _market(dataset: str, edition: str, asof: dt.datetime | None) -> tuple[loads.Market | None, str]:
    try:
        market = loads.market(dataset, edition, asof)
        loads.table(market)
    except ExplorerError as error:
        return None, error.text
    return market, ""


def _step(days: int, first: dt.date, last: dt.date) -> None:
    st.session_state["date"] = min(max(st.session_state["date"] + dt.timedelta(days=days), first), last)


def _earliest(dataset: str, asof: dt.datetime | None, span: tuple[dt.date, dt.date, dt.date]) -> dt.date:
    """The first date that can be picked: for live data as known now also dates before the stored history, whose data can be fetched."""
    live = datasets.dataset(dataset).endless and asof is None
    return min(span[0], FIRST_DAY + dt.timedelta(days=datasets.NEEDED)) if live else span[0]


def _date(span: tuple[dt.date, dt.date, dt.date], first: dt.date) -> dt.date:
    """The report date, with a step to either side."""
    last, opening = span[1:]
    chosen = st.date_input(_("Report date"), opening, min_value=first, max_value=last, format="YYYY-MM-DD", key="date", bind="query-params")
    date = chosen if isinstance(chosen, dt.date) else opening
    with st.container(horizontal=True, gap="small"):
        for name, days, end, icon in (("Previous day", -1, first, "chevron_left"), ("Next day", 1, last, "chevron_right")):
            st.button(_(name), icon=f":material/{icon}:", type="tertiary", disabled=date == end, on_click=_step, args=(days, first, last))
    return date


def _vintage() -> tuple[dt.datetime | None, str]:
    """The instant whose knowledge the report is limited to, and what is wrong with the one asked for."""
    fold = st.expander(_("As known at"), icon=":material/history:", key="as known at", on_change="rerun")
    text = ""
    if fold.open or thresholds.chosen("asof", ""):
        text = fold.text_input(
            _("Instant (UTC)"), key="asof", bind="query-params", placeholder="2026-03-28T06:00",
            help=_("Uses only what had been read by then, so that later restatements by a source do not change the report."),
        ).strip()  # fmt: skip
    if not text:
        return None, ""
    asof = link.instant_of(text)
    if asof is None:
        return None, N_("{text} is no instant; write it as 2026-03-28T06:00. The newest knowledge is used instead.", text=link.quoted(text))
    if asof > dt.datetime.now(dt.UTC):
        return None, N_("{instant} has not come yet. The newest knowledge is used instead.", instant=instant(asof))
    return asof, ""


def _colours() -> str:
    """Which of green and red means a rise."""
    return st.segmented_control(
        _("Colours"), CONVENTIONS, default=CONVENTIONS[0], required=True, format_func=link.named, key="colours", bind="query-params",
        help=_(_RISES),
    ) or CONVENTIONS[0]  # fmt: skip


def _complaints(given: dict[str, str], span: tuple[dt.date, dt.date, dt.date] | None, first: dt.date | None) -> tuple[str, ...]:
    """What the link asked for and could not have, with what is shown instead; it stays until the reader changes something."""
    found = [join(" ", [why, "The usual setting is used instead."]) for why in link.complaints(given)]
    if span and first and "date" in given and (why := link.date_complaint(given["date"], first, span[1])):
        found.append(join(" ", [why, N_("Shown instead: {date}.", date=day(st.session_state["date"], year=True))]))
    state = tuple(str(st.session_state.get(k)) for k in ("dataset", "date", "edition", "unit", "flat", "asof", "colours"))
    if found:
        st.session_state[_SAID] = (state, tuple(found))
    before, said = st.session_state.get(_SAID, (None, ()))
    return said if before == state else ()
