"""One row of the metrics put into words. Assembles the sections and computes nothing itself."""

import datetime as dt

from core.catalogue import PROVIDERS, supplier
from core.datasets import DATASETS
from core.divergences import BY_KEY, RULES, detect
from core.errors import BadInput
from core.figures import Figures
from core.insight import a_shares, capital_flows, crypto_defi, divergences, hong_kong, kept, key_insight, transmission, us, watch_next
from core.insight.desk import Desk
from core.language import N_
from core.metrics import MetricTable
from core.records import Report, Section, Settings
from core.sessions import edition

SECTIONS = (
    ("key_insight", "Key insight"),
    ("transmission", "Transmission chain"),
    ("crypto_defi", "Crypto & DeFi"),
    ("us", "US market"),
    ("hong_kong", "Hong Kong"),
    ("a_shares", "A-shares"),
    ("divergences", "Divergences"),
    ("capital_flows", "Capital flows"),
    ("watch_next", "Watch next"),
)


def check(settings: Settings) -> None:
    """Raise BadInput for settings that name no rule."""
    unknown = [k for k, _ in settings.thresholds if k not in BY_KEY]
    if unknown:
        raise BadInput(
            N_("There is no divergence rule {key}.", key=repr(unknown[0])), remedy=N_("Use one of: {keys}.", keys=", ".join(r.key for r in RULES))
        )


def build(table: MetricTable, date: dt.date, settings: Settings) -> Report:
    """The report of a date. Raises DateOutOfRange, and BadInput for settings that cannot be used."""
    check(settings)
    panel = table.panel
    row = panel.row(date)
    desk = Desk(table, row, settings, detect(table, settings), Figures(table, row))
    middle = tuple(kept.section(desk, module.write) for module in (transmission, crypto_defi, us, hong_kong, a_shares))
    gaps, findings = divergences.write(desk)
    flow_section, flows = capital_flows.write(desk)
    found = (*middle, gaps, flow_section)
    sections = (key_insight.write(desk, findings), *found, watch_next.write(desk, findings, found))
    source = DATASETS[panel.dataset]
    cutoff: dt.datetime = panel.cutoffs[row].item().replace(tzinfo=dt.UTC)
    return Report(
        dataset=source.key, dataset_label=source.label, synthetic=source.synthetic, date=date, edition=panel.edition,
        edition_label=edition(panel.edition).label, cutoff=cutoff, asof=panel.asof, settings=settings, sections=sections,
        findings=findings, flows=flows,
        snapshot=panel.snapshot(row, panel.dataset, panel.edition, cutoff.isoformat(), repr(settings)), attribution=_attribution(sections),
    )  # fmt: skip


def _attribution(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """Attribution and terms of the providers whose values the report shows, in catalogue order; a venue is credited by its own name."""
    named = {f.source for s in sections for f in s.figures}
    used = {supplier(name) for source in named for name in source.split(", ") if name}
    return tuple(N_("{attribution}. {licence}", attribution=p.attribution, licence=p.licence) for p in PROVIDERS.values() if p in used)
