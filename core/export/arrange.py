"""What the readable formats share: how claims are grouped, figures numbered, provenance and thresholds put into words."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from core.catalogue import SERIES, Series, supplier
from core.language import CHINESE, N_, join, spoken, written
from core.metrics import BY_KEY as METRICS
from core.records import Claim, Edge, Figure, Finding, Report, Section, Table
from core.units import Basis, Unit
from core.wording import day, instant, limit, listing, show, sized

# Section that the findings of the divergence rules belong to.
FINDINGS_SECTION = "divergences"
FLOWS_SECTION = "capital_flows"
FLOWS_LEGEND = (
    "Solid arrows were measured in dollars; dashed ones are inferred from relative moves, and no money was measured; faint ones are fragile: a "
    "threshold a quarter higher would silence them."
)
# Missing figures named before "and 3 more".
NAMED = 2
SYNTHETIC_NOTICE = (
    "Synthetic data. This report is about an invented demo market made from a fixed seed, not about real prices; only figures marked "
    "published ever stood in print. Do not act on it."
)
# What follows the sections of a file that is read on pages: names and headings.
APPENDICES = (
    ("figures", "Every figure, and where it comes from"),
    ("methods", "How each figure is made"),
    ("series", "The series behind them"),
    ("attribution", "Attribution"),
)
_GROUPS = (
    ("Verdict", ("headline", "verdict")),
    ("What supports it", ("support",)),
    ("Readings", ("reading",)),
    ("Possible explanations", ("explanation",)),
    ("Implications", ("implication",)),
    ("What speaks against it", ("contradiction",)),
    ("What it is not", ("negation",)),
    ("Questions to check", ("question",)),
    ("What cannot be said", ("abstention",)),
)


def title(report: Report) -> str:
    """The name of a report."""
    return N_("Cross-market intelligence, {date}", date=day(report.date, year=True))


def grouped(claims: Iterable[Claim]) -> list[tuple[str, list[Claim]]]:
    """Claims under their headings, in a fixed order; claims of an unknown kind come last."""
    rest = list(claims)
    groups = []
    for heading, kinds in _GROUPS:
        groups.append((heading, [c for c in rest if c.kind in kinds]))
        rest = [c for c in rest if c.kind not in kinds]
    return [(heading, found) for heading, found in [*groups, ("Also", rest)] if found]


def below_the_answer(section: Section) -> tuple[Claim, ...]:
    """The claims of a section without the leading one, which is its answer, and without those that a finding says again in full."""
    return tuple(c for c in section.claims[1:] if section.key != FINDINGS_SECTION or c.kind != "divergence")


def missing(*sections: Section) -> list[tuple[str, str]]:
    """What is missing and why, a line per reason: all that one series keeps back stands in one line, also what adds a reason of its own."""
    found = [g for s in sections for g in s.gaps]
    reasons: dict[str, dict[str, None]] = {}
    for gap in found:
        root = min((g.why for g in found if g.why and g.why in gap.why), key=len, default=gap.why)
        reasons.setdefault(root, {})[gap.what] = None
    return [(some(list(what)), why) for why, what in reasons.items()]


def some(names: list[str]) -> str:
    """The first names of a list and how many more there are; empty for none."""
    if len(names) <= NAMED + 1:
        return listing(names)
    return N_("{several} and {n} more", several=join(", ", names[:NAMED]), n=len(names) - NAMED)


def fired(report: Report) -> list[tuple[Finding, Claim | None]]:
    """The findings that fire, with the claim that states each."""
    claims = {c.rule.partition(":")[0]: c for s in report.sections if s.key == FINDINGS_SECTION for c in s.claims if c.kind == "divergence"}
    return [(f, claims.get(f.rule)) for f in report.findings if f.state == "fires"]


def numbered(report: Report) -> dict[str, int]:
    """Each figure's number in the list of figures at the end of the report, from 1."""
    return {key: i for i, key in enumerate(report.figures(), 1)}


def value(figure: Figure) -> str:
    """The figure's value as a reader sees it."""
    return show(figure.value, figure.unit)


def numeric(table: Table) -> list[bool]:
    """Which columns hold figures only, and so are set flush right."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    return [bool(column) and all(c.figure or not c.text for c in column) for column in columns]


def session(figure: Figure) -> str:
    """The date that a figure belongs to."""
    return day(figure.session, year=True)


@lru_cache(maxsize=8192)
def provenance(figure: Figure) -> str:
    """Where a figure comes from, in a line."""
    read = N_("read {instant}", instant=instant(figure.fetched_at)) if figure.fetched_at else ""
    parts = (named(figure.label, value(figure)), N_("session {origin}", origin=origin(figure)), read, figure.method, figure.note)
    return join(" · ", [p for p in parts if p])


def named(name: str, value: str) -> str:
    """A value behind its name."""
    return N_("{name}: {value}", name=name, value=value)


def sources(figure: Figure) -> str:
    """Who supplied a figure: the codes of its sources in English, their names in any other language."""
    return _suppliers(figure.source)


def origin(figure: Figure) -> str:
    """Session, basis and source of a figure, and since when it is known."""
    return _origin(figure.session, figure.basis, figure.source, figure.available_at)


# Many figures have one origin, which is put into words once.
@lru_cache(maxsize=1024)
def _suppliers(codes: str) -> str:
    return join(", ", [written(s, by.name) if (by := supplier(s)) else s for s in codes.split(", ")])


@lru_cache(maxsize=4096)
def _origin(session: dt.date | None, basis: Basis, codes: str, available_at: dt.datetime | None) -> str:
    known = N_("known from {instant}", instant=instant(available_at)) if available_at else ""
    return join(" · ", [p for p in (day(session, year=True), str(basis), _suppliers(codes), known) if p])


def series(report: Report) -> list[Series]:
    """The series that the report's figures are made from, in catalogue order."""
    used = {key for name in report.figures() if name in METRICS for key in METRICS[name].inputs}
    return [s for s in SERIES if s.key in used]


def described(report: Report) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of a list of those series; their Chinese names stand beside names in another language."""
    head: tuple[str, ...] = ("Series", "中文名", "Unit", "What it is")
    rows: list[tuple[str, ...]] = [(s.label, s.label_zh, str(s.unit), s.method) for s in series(report)]
    return (head, rows) if spoken() != CHINESE else ((head[0], *head[2:]), [(row[0], *row[2:]) for row in rows])


def threshold(finding: Finding, report: Report) -> str:
    """The threshold of a finding in the unit that the reader chose: that of its gap, or standard deviations."""
    figure = report.figures().get(finding.gap)
    unit = Unit.SIGMA if report.settings.threshold_unit == "sigma" else figure.unit if figure else Unit.PP
    return limit(finding.threshold, unit)


def measure(finding: Finding, report: Report) -> str:
    """The gap of a finding against its threshold, in a sentence."""
    figure = report.figures().get(finding.gap)
    size = show(figure.value, figure.unit, sign=True) if figure else show(None, Unit.PP)
    return N_("The gap is {size}, the threshold {threshold}.", size=size, threshold=threshold(finding, report))


def measured(finding: Finding, report: Report) -> str:
    """The same, and why the finding says nothing where it does not."""
    return join(" ", [t for t in (measure(finding, report), finding.why) if t])


def flow(edge: Edge, report: Report) -> str:
    """One edge of the flow map as a sentence."""
    names = {n.key: n.label for n in report.flows.nodes}
    what = N_("{what} ({size})", what=edge.label, size=amount(edge)) if amount(edge) else edge.label
    kind = str(edge.basis)
    if edge.basis is Basis.INFERRED:
        kind = "no money was measured, fragile" if edge.fragile else "no money was measured"
    message = "{source} → {target}: {what}, {window}; {kind}." if edge.window else "{source} → {target}: {what}; {kind}."
    source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
    return N_(message, source=source, target=target, what=what, window=edge.window, kind=kind)


def amount(edge: Edge) -> str:
    """The size of an edge; empty where no money was measured or where its label says it already."""
    size = "" if edge.size is None else show(edge.size, Unit.FLOW)
    return "" if size in edge.label else size


def choices(report: Report) -> str:
    """The reader's settings in a line."""
    s = report.settings
    unit, size = ("σ", "{n}σ") if s.threshold_unit == "sigma" else ("pp", "{n}pp")
    moved = listing([N_("{rule} {threshold}", rule=key, threshold=N_(size, n=f"{number:g}")) for key, number in s.thresholds])
    flat = sized(s.flat, Unit.PERCENT)
    return N_("thresholds in {unit}: {moved}; flat below {flat}", unit=unit, moved=moved or "defaults", flat=flat)


def particulars(report: Report) -> list[tuple[str, str]]:
    """What identifies a report: names and values."""
    rows = [
        ("Dataset", report.dataset_label),
        ("Edition", report.edition_label),
        ("Cutoff", instant(report.cutoff)),
        ("Snapshot", report.snapshot),
        ("Settings", choices(report)),
    ]
    return rows if report.asof is None else [*rows, ("As known at", instant(report.asof))]
