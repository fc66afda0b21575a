"""What the dataset holds: whether the report can be trusted, series by series, with what became of the last attempt to fetch each."""

import streamlit as st

from core import datasets
from core.catalogue import PROVIDERS, SERIES, supplier
from core.charts.catalogue import Plot
from core.charts.known import provider
from core.errors import ExplorerError
from core.health import Health, Standing, examine
from core.language import CHINESE, N_, _, join, spoken, written
from core.settings import operator
from core.store import Outcome, Restatement
from core.units import Unit
from core.wording import day, instant, listing, show
from pages.parts import background, ledger, loads, menu, notices, pictures, sheet, tables, trust
from pages.parts.glossary import listed
from pages.parts.lens import Lens
from pages.parts.markup import esc, md, titled

_COLUMNS = (("w", "Series"), ("", "State"), ("", "Last session"), ("n", "Value"), ("", "Source"), ("", "Read"), ("w", "Last attempt"))
_STATES = {"current": "current", "behind": "behind", "missing": "missing"}
Attempts = dict[str, tuple[Outcome, ...]]

_GROUPS = (
    ("US", ("us_index", "us_sector", "macro")), ("Hong Kong", ("hk_index",)), ("Mainland", ("cn_index", "cn_breadth")), ("Currencies", ("fx",)),
    ("Crypto prices, totals and sentiment", ("crypto", "crypto_volume", "crypto_total", "sentiment")), ("Derivatives", ("derivatives",)),
    ("Stablecoins", ("stablecoin",)), ("DeFi", ("tvl", "tvl_chain", "dex", "dex_protocol")),
)  # fmt: skip


def page(view: Lens) -> None:
    """The whole page; it works without any data too."""
    notices.remarks(view)
    notices.banner(view)
    st.title(_("Data"), anchor=False)
    menu.name("Data", view.date)
    over = f'<h2 class="mi-unseen">{esc("What is held")}</h2>'
    attempts, restated = _kept(view)
    health = _health(view, attempts)
    if view.trouble:
        st.error(md(view.trouble), icon=":material/error:")
    sheet.show(over, trust.verdict(health) if health else "")
    _refresh()
    pictures.draw(view, Plot("coverage.coverage"), *(_held(health, attempts) if health else _catalogue(attempts)))
    sheet.show(listed(s.label for s in SERIES), ledger.restatements(restated), ledger.breaks(view), ledger.terms(health))


def _held(health: Health, attempts: Attempts) -> tuple[str, ...]:
    """What is not current and why, and the series by groups."""
    groups = (_listing(title, [s for s in health.standings if s.series.group in members], attempts) for title, members in _GROUPS)
    return (_trouble(health), *groups)


def _kept(view: Lens) -> tuple[Attempts, tuple[Restatement, ...]]:
    """The last attempts at every series, newest last, and the latest restatements, both as known at the vintage on show.

    Nothing where the store cannot be read, or for the demo.
    """
    if view.dataset == "demo":
        return {}, ()
    try:
        store = datasets.store(operator().store_url)
        found, restated = store.outcomes(), store.restatements()
    except ExplorerError:
        return {}, ()
    attempts: Attempts = {}
    for o in sorted(found, key=lambda o: o.ended):
        if view.asof is None or o.ended <= view.asof:
            attempts[o.series] = (*attempts.get(o.series, ()), o)
    return attempts, tuple(r for r in restated if view.asof is None or r.fetched_at <= view.asof)


def _health(view: Lens, attempts: Attempts) -> Health | None:
    if view.market is None or view.date is None:
        return None
    newest = {key: made[-1] for key, made in attempts.items()}
    return examine(loads.table(view.market), loads.report(view.market, view.date, view.settings), newest)


def _refresh() -> None:
    this = background.latest()
    running = this is not None and this.running
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Fetch live data"), icon=":material/refresh:", disabled=running, on_click=background.start, kwargs={"asked": True},
            help=_("Asks only for what is due; sources that were just asked are left alone."),
        )  # fmt: skip
        if this:
            words = N_("Fetching: {done} of {total}", done=this.done, total=this.total or "…") if running else this.outcome
            st.caption(md(N_("{outcome} ({instant})", outcome=words, instant=instant(this.started))))


def _trouble(health: Health) -> str:
    """Every series that is not current, with what kept it and which sections feel it."""
    columns = (("w", "Series"), ("n", "Last session"), ("w", "Why"), ("w", "Sections that rest on it"))
    rows = [
        (f"<strong>{esc(s.series.label)}</strong> {_tag(s)}", esc(_expected(s)), esc(s.why), esc(listing(s.sections) or "none"))
        for s in health.troubled
    ]
    return tables.grid("What is not current, and why", columns, rows) if rows else ""


def _expected(s: Standing) -> str:
    late = s.session is not None and s.expected is not None and s.session.year != s.expected.year
    last = day(s.session, year=late) if s.session else "none"
    return N_("{last}, expected {expected}", last=last, expected=day(s.expected, year=late))


def _tag(s: Standing) -> str:
    return f'<span class="mi-tag {"" if s.state == "current" else "fires"}">{esc(_STATES[s.state])}</span>'


def _listing(title: str, standings: list[Standing], attempts: Attempts) -> str:
    """One group of series, closed where all of it is current."""
    current = sum(s.state == "current" for s in standings)
    told = N_("all {n} current" if current == len(standings) else "{n} of {all} current", n=current, all=len(standings))
    grid = tables.grid(title, _COLUMNS, [_row(s, attempts.get(s.series.key, ())) for s in standings], headed=False)
    return f'<details class="mi-fold"><summary>{titled(title, told)}</summary>{grid}</details>'


def _row(s: Standing, attempts: tuple[Outcome, ...]) -> tuple[str, ...]:
    name = f'<strong title="{esc(s.series.method)}">{esc(s.series.label)}</strong>'
    if spoken() != CHINESE:
        name += f' <span class="mi-quiet" lang="zh">{esc(s.series.label_zh)}</span>'
    age = day(s.session, year=True)
    if s.state == "behind":
        age = N_("{last}, {sessions} behind", last=age, sessions=show(s.missed, Unit.SESSIONS))
    source = provider(s.source) if s.source else " → ".join(_chain(s))
    read = instant(s.fetched) if s.fetched else ""
    cells = (age if s.session else "none", show(s.value, s.series.unit), source, read, join(" ", map(_attempt, _told(attempts))))
    return name, _tag(s), *map(esc, cells)


def _chain(s: Standing) -> list[str]:
    return [PROVIDERS[ref.provider].name for ref in s.series.sources if ref.provider in PROVIDERS]


def _told(attempts: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """The newest attempt, and those at other sources that did not succeed: why a fallback spoke."""
    return tuple(o for i, o in enumerate(reversed(attempts)) if not i or o.status != "ok")


def _attempt(outcome: Outcome) -> str:
    behind = supplier(outcome.source)
    name = behind.name if behind else outcome.source
    message = "{source}, {instant}: {status}, {n} new." if outcome.status == "ok" else "{source}, {instant}: {status}."
    told = N_(message, source=name, instant=instant(outcome.ended), status=outcome.status, n=f"{outcome.new_rows:,}")
    return join(" ", [told, outcome.message]) if outcome.message else told


def _catalogue(attempts: Attempts) -> tuple[str, str]:
    """What would be fetched, where nothing is stored yet."""
    failed = [o for made in attempts.values() for o in made if o.status != "ok"]
    tried = [N_("{source}: {why}", source=written(o.source, provider(o.source)), why=o.message or o.status) for o in failed]
    items = "".join(f"<li>{esc(line)}</li>" for line in dict.fromkeys(tried))
    said = f'<div class="mi-claims"><h3>{esc("What the last attempts said")}</h3></div><ul class="mi-gaps">{items}</ul>' if items else ""
    to_come = N_("{n} series will be fetched, from {providers} providers.", n=len(SERIES), providers=len(PROVIDERS) - 2)
    return said, f'<p class="mi-quiet">{esc(to_come)}</p>'
