"""The report as GitHub-flavoured Markdown, for people. Every string is escaped: upstream text is never markup."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from core.export import arrange
from core.export.plain import plain
from core.language import N_, _, join
from core.records import Claim, Finding, FlowGraph, Report, Section, Table
from core.units import Basis

_SPECIAL = str.maketrans({**{c: f"\\{c}" for c in "\\`*_[]|~$"}, "<": "&lt;", ">": "&gt;"})
_RISKY = re.compile(r"[\\`*_\[\]|~$<>&]|://|www\.|^[#+-]|^\d+[.)](?:\s|$)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_AUTOLINK = re.compile(r":(?=//)|(?<=www)\.")
_BLOCK = re.compile(r"^(?=#|[+-](?:\s|$)|--)")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")
_MERMAID = str.maketrans({c: f"#{ord(c)};" for c in '"#`<>&;\\'})
_AMPERSAND = re.compile(r"#38;(?=\w(?!\w))")


def make(report: Report) -> bytes:
    """UTF-8 Markdown."""
    numbers = arrange.numbered(report)
    lines = [*_head(report)]
    for section in report.sections:
        lines += _section(report, section, numbers)
    lines += [*_provenance(report), *_attribution(report)]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8")


def text(value: str) -> str:
    """`value` as inline Markdown that shows exactly its characters, on one line, also at the start of a list item."""
    return _escaped(plain(value))


@lru_cache(maxsize=8192)
def _escaped(shown: str) -> str:
    if not _RISKY.search(shown):
        return shown
    escaped = _ENTITY.sub("&amp;", shown).translate(_SPECIAL)
    escaped = _AUTOLINK.sub(lambda m: f"&#{ord(m[0])};", escaped)
    return _LIST_NUMBER.sub(r"\1\\\2", _BLOCK.sub(r"\\", escaped))


def _head(report: Report) -> Iterator[str]:
    yield from (f"# {text(arrange.title(report))}", "")
    if report.synthetic:
        yield from (f"> ⚠️ **{text(arrange.SYNTHETIC_NOTICE)}**", "")
    yield from (" · ".join(text(arrange.named(name, value)) for name, value in arrange.particulars(report)), "")


def _section(report: Report, section: Section, numbers: dict[str, int]) -> Iterator[str]:
    yield from (f"## {text(section.title)}", "", f"**{text(section.answer)}**{_cited(section.claims[:1], numbers)}", "")
    for table in section.tables:
        yield from _table(table, 3)
    yield from _claims(arrange.below_the_answer(section), numbers)
    if section.key == arrange.FINDINGS_SECTION:
        for finding, statement in arrange.fired(report):
            yield from _finding(report, finding, statement, numbers)
    if section.key == arrange.FLOWS_SECTION:
        yield from _flows(report, section)
    if section.gaps:
        yield from (f"### {text('What is missing, and why')}", "")
        yield from (f"- {text(arrange.named(what, why))}" for what, why in arrange.missing(section))
        yield ""


def _cited(claims: Iterable[Claim], numbers: dict[str, int]) -> str:
    known = [str(numbers[key]) for claim in claims for key in claim.evidence if key in numbers]
    return _(N_(" (figures {numbers})" if len(known) > 1 else " (figure {numbers})", numbers=join(", ", known))) if known else ""


def _claim(claim: Claim, numbers: dict[str, int]) -> Iterator[str]:
    yield f"- {text(claim.text)}{_cited([claim], numbers)}"
    if claim.contradicted_by:
        yield f"  - {text(arrange.named('Contradicted by', claim.contradicted_by))}"


def _claims(claims: Iterable[Claim], numbers: dict[str, int]) -> Iterator[str]:
    for heading, found in arrange.grouped(claims):
        yield from (f"### {text(heading)}", "")
        for claim in found:
            yield from _claim(claim, numbers)
        yield ""


def _table(table: Table, level: int) -> Iterator[str]:
    if table.title:
        yield from (f"{'#' * level} {text(table.title)}", "")
    yield from _grid(table.columns, ([c.text for c in row] for row in table.rows), arrange.numeric(table))
    if table.note:
        yield from (f"_{text(table.note)}_", "")


def _grid(columns: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[bool]) -> Iterator[str]:
    yield _row(columns)
    yield "|" + "|".join("---:" if r else "---" for r in right) + "|"
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(text(c) for c in cells)} |"


def _finding(report: Report, finding: Finding, statement: Claim | None, numbers: dict[str, int]) -> Iterator[str]:
    yield from (f"### {text(finding.label)}", "")
    if statement:
        yield from (f"{text(statement.text)}{_cited([statement], numbers)}", "")
    yield from (text(arrange.measured(finding, report)), "")
    implied = (finding.implication,) if finding.implication else ()
    for heading, claims in (("Checks", finding.checks), ("Possible explanations", finding.explanations), ("Implication", implied)):
        if claims:
            yield from (f"**{text(heading)}**", "")
            for claim in claims:
                yield from _claim(claim, numbers)
            yield ""
    if finding.base_rates:
        yield from _table(finding.base_rates, 4)


def _flows(report: Report, section: Section) -> Iterator[str]:
    if not report.flows.edges:
        return
    yield from (f"### {text('Flow map')}", "", "```mermaid", *_mermaid(report.flows), "```", "")
    yield from (text(arrange.FLOWS_LEGEND), "")
    if not section.tables:
        yield from (f"- {text(arrange.flow(edge, report))}" for edge in report.flows.edges)
        yield ""


def _mermaid(flows: FlowGraph) -> Iterator[str]:
    yield "flowchart LR"
    ids = {node.key: f"n{i}" for i, node in enumerate(flows.nodes)}
    yield from (f'  {ids[node.key]}["{_quoted(node.label)}"]' for node in flows.nodes)
    drawn = [edge for edge in flows.edges if edge.source in ids and edge.target in ids]
    for edge in drawn:
        line = "-.->" if edge.basis is Basis.INFERRED else "-->"
        said = N_("{what}, fragile", what=edge.label) if edge.fragile else edge.label
        size = arrange.amount(edge)
        label = N_("{what} {size}", what=said, size=size) if size else said
        yield f'  {ids[edge.source]} {line}|"{_quoted(label)}"| {ids[edge.target]}'
    yield from (f"  linkStyle {i} stroke-opacity:0.45,stroke-dasharray:1 6" for i, edge in enumerate(drawn) if edge.fragile)


def _quoted(value: str) -> str:
    """A label that Mermaid shows as it is; the ampersand of “S&P” cannot begin an entity, and some renderers would show its code instead."""
    return _AMPERSAND.sub("&", plain(value).translate(_MERMAID)) or " "


def _provenance(report: Report) -> Iterator[str]:
    yield from (f"## {text('Every figure, and where it comes from')}", "")
    rows = (
        [str(i), f.label, arrange.value(f), arrange.session(f), str(f.basis), arrange.sources(f), f.note]
        for i, f in enumerate(report.figures().values(), 1)
    )
    yield from _grid(("", "Figure", "Value", "Session", "Basis", "Source", "Note"), rows, (True, False, True, *([False] * 4)))


def _attribution(report: Report) -> Iterator[str]:
    if report.attribution:
        yield from (f"## {text('Attribution')}", "", *(f"- {text(line)}" for line in report.attribution), "")
