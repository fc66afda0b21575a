"""What changed in the data itself: restatements and regime breaks; and on which terms it comes."""

from core.catalogue import BY_KEY, PROVIDERS, SERIES, supplier
from core.charts.known import provider
from core.health import Health
from core.language import N_, join
from core.store import Restatement
from core.units import Unit
from core.wording import day, instant, show
from pages.parts import loads, tables
from pages.parts.lens import Lens
from pages.parts.markup import esc, titled


def restatements(found: tuple[Restatement, ...]) -> str:
    """What sources changed of their own past, newest first."""
    rows = [(esc(instant(r.fetched_at)), esc(_restated(r))) for r in found]
    return tables.grid("What sources restated of their past", (("", "Read"), ("w", "What changed")), rows) if rows else ""


def _restated(r: Restatement) -> str:
    series = BY_KEY.get(r.series)
    first, last = day(r.first, year=True), day(r.last, year=True)
    when = first if r.sessions == 1 else N_("{first} to {last}", first=first, last=last)
    unit = series.unit if series and series.moves_in_points else Unit.PERCENT
    said = {"source": provider(r.source), "sessions": show(r.sessions, Unit.SESSIONS), "series": series.label if series else r.series, "when": when}
    if r.change is None:
        return N_("{source} restated {sessions} of {series} ({when}).", **said)
    return N_("{source} restated {sessions} of {series} ({when}), at most by {change}.", **said, change=show(r.change, unit, sign=True))


def breaks(view: Lens) -> str:
    """Regime breaks of all series up to the report's date."""
    if view.market is None or view.date is None:
        return ""
    panel, until = loads.table(view.market).panel, view.date
    found = sorted((b for s in SERIES for b in panel.breaks(s.key) if b.session < until), key=lambda b: b.session, reverse=True)
    rows = [(esc(day(b.session, year=True)), esc(BY_KEY[b.series].label), esc(b.why)) for b in found]
    return tables.grid("Regime breaks: no statistic is computed across one", (("", "From"), ("", "Series"), ("w", "Why")), rows) if rows else ""


def terms(health: Health | None) -> str:
    """Who supplies the data, and on which terms: first those that this report uses."""
    used = {supplier(s.source) for s in health.standings if s.source} if health else set()
    items = []
    for p in sorted(PROVIDERS.values(), key=lambda p: p not in used):
        home = f" ({p.home})" if p.home else ""
        aside = "" if p in used else f" <em>{esc('Not used by this report.')}</em>"
        told = join(" ", [p.licence, N_("{attribution}.", attribution=p.attribution)])
        items.append(f"<li>{titled(p.name, told, home)}{aside}</li>")
    over = esc("Sources, their terms and attribution")
    return f'<details class="mi-fold"><summary>{over}</summary><ul class="mi-gaps">{"".join(items)}</ul></details>'
