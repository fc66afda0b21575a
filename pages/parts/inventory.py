"""What the dataset holds: whether the report can be trusted, series by series, with what became of the last attempt to fetch each."""

import streamlit as st

from core import datasets
from core.catalogue import PROVIDERS, SERIES
from core.charts.known import provider
from core.errors import ExplorerError
from core.health import Health, Standing, examine
from core.settings import operator
from core.store import Outcome, Restatement
from core.units import Unit
from core.wording import day, instant, listing, show
from pages.parts import background, ledger, loads, notices, pictures, tables, trust
from pages.parts.lens import Lens
from pages.parts.markup import esc, md

_COLUMNS = (("w", "Series"), ("", "State"), ("", "Last session"), ("n", "Value"), ("", "Source"), ("", "Read"), ("w", "Last attempt"))
_STATES = {"current": "current", "behind": "behind", "missing": "missing"}
_GROUPS = (
    ("US", ("us_index", "us_sector", "macro")), ("Hong Kong", ("hk_index",)), ("Mainland", ("cn_index", "cn_breadth")), ("Currencies", ("fx",)),
    ("Crypto prices, totals and sentiment", ("crypto", "crypto_volume", "crypto_total", "sentiment")), ("Derivatives", ("derivatives",)),
    ("Stablecoins", ("stablecoin",)), ("DeFi", ("tvl", "tvl_chain", "dex", "dex_protocol")),
)  # fmt: skip


def page(view: Lens) -> None:
    """The whole page; it works without any data too."""
    notices.remarks(view)
    notices.banner(view)
    st.title("Data", anchor=False)
    outcomes, restated = _kept(view)
    health = _health(view, outcomes)
    if view.trouble:
        st.error(md(view.trouble), icon=":material/error:")
    if health:
        trust.verdict(health)
    _refresh()
    if health:
        _trouble(health)
        for title, groups in _GROUPS:
            _listing(title, [s for s in health.standings if s.series.group in groups], outcomes)
    else:
        _catalogue(outcomes)
    pictures.draw(view, "coverage.coverage")
    ledger.restatements(restated)
    ledger.breaks(view)
    ledger.terms(health)


def _kept(view: Lens) -> tuple[dict[str, Outcome], tuple[Restatement, ...]]:
    """The newest outcome of every series and the latest restatements of the live store; nothing where it cannot be read, or for the demo."""
    if view.dataset == "demo":
        return {}, ()
    try:
        store = datasets.store(operator().store_url)
        found, restated = store.outcomes(), store.restatements()
    except ExplorerError:
        return {}, ()
    return {o.series: o for o in sorted(found, key=lambda o: o.ended)}, restated


def _health(view: Lens, outcomes: dict[str, Outcome]) -> Health | None:
    if view.market is None or view.date is None:
        return None
    return examine(loads.table(view.market), loads.report(view.market, view.date, view.settings), outcomes)


def _refresh() -> None:
    this = background.latest()
    running = this is not None and this.running
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Fetch live data", icon=":material/refresh:", disabled=running, on_click=background.start, kwargs={"asked": True},
            help="Asks only for what is due; sources that were just asked are left alone.",
        )  # fmt: skip
        if this:
            words = f"Fetching: {this.done} of {this.total or '…'}" if running else this.outcome
            st.caption(f"{md(words)} ({instant(this.started)})")


def _trouble(health: Health) -> None:
    """Every series that is not current, with what kept it and which sections feel it."""
    columns = (("w", "Series"), ("n", "Last session"), ("w", "Why"), ("w", "Sections that rest on it"))
    rows = [
        (f"<strong>{esc(s.series.label)}</strong> {_tag(s)}", esc(_expected(s)), esc(s.why), esc(listing(s.sections) or "none"))
        for s in health.troubled
    ]
    if rows:
        st.html(tables.grid("What is not current, and why", columns, rows))


def _expected(s: Standing) -> str:
    late = s.session is not None and s.expected is not None and s.session.year != s.expected.year
    return f"{day(s.session, year=late) if s.session else 'none'}, expected {day(s.expected, year=late)}"


def _tag(s: Standing) -> str:
    return f'<span class="mi-tag {"" if s.state == "current" else "fires"}">{_STATES[s.state]}</span>'


def _listing(title: str, standings: list[Standing], outcomes: dict[str, Outcome]) -> None:
    """One group of series, closed where all of it is current."""
    current = sum(s.state == "current" for s in standings)
    told = f"all {len(standings)} current" if current == len(standings) else f"{current} of {len(standings)} current"
    grid = tables.grid("", _COLUMNS, [_row(s, outcomes.get(s.series.key)) for s in standings])
    st.html(f'<details class="mi-fold"><summary><strong>{esc(title)}</strong>: {told}</summary>{grid}</details>')


def _row(s: Standing, outcome: Outcome | None) -> tuple[str, ...]:
    name = f"<strong title=\"{esc(s.series.method)}\">{esc(s.series.label)}</strong> <span class='mi-quiet' lang='zh'>{esc(s.series.label_zh)}</span>"
    age = day(s.session, year=True) if s.state != "behind" else f"{day(s.session, year=True)}, {show(s.missed, Unit.SESSIONS)} behind"
    source = provider(s.source) if s.source else " → ".join(_chain(s))
    read = instant(s.fetched) if s.fetched else ""
    cells = (age if s.session else "none", show(s.value, s.series.unit), source, read, _attempt(outcome) if outcome else "")
    return name, _tag(s), *map(esc, cells)


def _chain(s: Standing) -> list[str]:
    return [PROVIDERS[ref.provider].name for ref in s.series.sources if ref.provider in PROVIDERS]


def _attempt(outcome: Outcome) -> str:
    what = f"{outcome.status}, {outcome.new_rows:,} new" if outcome.status == "ok" else f"{outcome.status}: {outcome.message}"
    remarks = f". {outcome.message}" if outcome.status == "ok" and outcome.message else ""
    return f"{what}{remarks} ({instant(outcome.ended)})"


def _catalogue(outcomes: dict[str, Outcome]) -> None:
    """What would be fetched, where nothing is stored yet."""
    tried = [f"{o.source}: {o.message or o.status}" for o in outcomes.values() if o.status != "ok"]
    if tried:
        items = "".join(f"<li>{esc(line)}</li>" for line in dict.fromkeys(tried))
        st.html(f'<div class="mi-claims"><h4>What the last attempts said</h4></div><ul class="mi-gaps">{items}</ul>')
    st.caption(f"{len(SERIES)} series will be fetched, from {len(PROVIDERS) - 2} providers.")
