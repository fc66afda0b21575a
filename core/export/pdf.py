"""The report as a PDF for paper, set by typst with fonts of ours: the same bytes for the same report on every machine.

The template shows strings that it is handed as JSON, and reads none of them as markup.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.charts import palette
from core.export import arrange, made
from core.export.drawings import Drawing, drawings
from core.export.look import USUAL, Look
from core.export.plain import joined, plain
from core.metrics import MetricTable
from core.records import Claim, Finding, Report, Section, Table
from core.wording import day

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
_PAPERS = {"a4": "a4", "letter": "us-letter"}
_FAMILY = 'font-family="Report Sans"'

_KEY = (
    "A small number after a sentence is a figure of this list. The letter after a value says where it comes from: session, basis, source, "
    "and since when it is known. The number after the letter is the method by which it is made, in the next list."
)
# Characters of the longest word or name in a column of words that takes no share of a table's width.
_SHORT = 14


def make(report: Report, table: MetricTable, look: Look = USUAL) -> bytes:
    """A PDF on the look's paper and in its colours, tagged for screen readers (PDF/UA-1)."""
    import typst

    data = json.dumps(_document(report, table, look.convention) | {"paper": _PAPERS[look.paper]}, ensure_ascii=False)
    try:
        return _compiled(data, ["ua-1"])
    except typst.TypstError:
        # An accessible PDF may not hold a character that its fonts lack, such as an upstream's Hebrew; a plain one shows a box for it.
        return _compiled(data, [])


def _compiled(data: str, standards: list["typst.PDFStandard"]) -> bytes:
    import typst

    template = (_HERE / "report.typ").read_bytes()
    compiler = typst.Compiler(template, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"data": data})
    made = compiler.compile(format="pdf", pdf_standards=standards)
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single file")
    return made


@cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])


def _document(report: Report, table: MetricTable, convention: str) -> dict[str, Any]:
    numbers, charts, at = arrange.numbered(report), drawings(report, table), report.cutoff
    origins, ways = made.origins(report), made.methods(report)
    way_of = {figure: way.number for _, found in ways for way in found for figure in way.figures}
    shown = {
        "title": arrange.title(report),
        "running": f"{report.dataset_label} · {day(report.date, year=True)} · {report.edition_label}",
        "band": "SYNTHETIC DATA: an invented demo market, not real prices",
        "notice": arrange.SYNTHETIC_NOTICE,
        "synthetic": report.synthetic,
        "snapshot": report.snapshot,
        "particulars": arrange.particulars(report),
        "sections": [_section(report, s, numbers) for s in report.sections],
        "key": _KEY,
        "origins": [[letter, origin] for origin, letter in origins.items()],
        "figures": [
            [str(i), f.label, arrange.value(f), f"{origins[arrange.origin(f)]} {way_of[i]}"] for i, f in enumerate(report.figures().values(), 1)
        ],
        "methods": [{"unit": f"In {unit}", "methods": [_way(w) for w in found]} for unit, found in ways],
        "series": [[s.label, s.label_zh, str(s.unit), s.method] for s in arrange.series(report)],
        "attribution": report.attribution,
    }
    shown["appendices"] = [[name, title] for name, title in arrange.APPENDICES if shown[name]]
    clean: dict[str, Any] = _plain(shown)
    for part, section in zip(clean["sections"], report.sections, strict=True):
        part["charts"] = [_chart(d, convention) for d in charts[section.key]]
    tones = {name: palette.readable(token, palette.LIGHT) for name, token in palette.tones(convention).items()}
    return clean | {"tones": tones, "at": [at.year, at.month, at.day, at.hour, at.minute]}


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Every string of nested dicts and lists as one line of visible characters, a sign joined to its currency."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return joined(plain(value)) if isinstance(value, str) else value


def _chart(d: Drawing, convention: str) -> dict[str, Any]:
    words = {"title": plain(d.title), "subtitle": plain(d.subtitle), "alt": plain(d.alt)}
    return words | {"wide": d.wide, "svg": palette.printed(d.svg, convention).replace('font-family="sans-serif"', _FAMILY)}


def _section(report: Report, section: Section, numbers: dict[str, int]) -> dict[str, Any]:
    flows = section.key == arrange.FLOWS_SECTION and not section.tables
    return {
        "title": section.title,
        "answer": section.answer,
        "figures": _cited(section.claims[:1], numbers),
        "tables": [_table(t) for t in section.tables],
        "groups": _groups(arrange.grouped(arrange.below_the_answer(section)), numbers),
        "findings": [
            _finding(report, f, c, numbers) for f, c in (arrange.fired(report) if section.key == arrange.FINDINGS_SECTION else [])
        ],
        "flows": [arrange.flow(e, report) for e in report.flows.edges] if flows else [],
        "gaps": arrange.missing(section),
    }  # fmt: skip


def _cited(claims: Iterable[Claim], numbers: dict[str, int]) -> list[int]:
    return [numbers[key] for claim in claims for key in claim.evidence if key in numbers]


def _claim(claim: Claim, numbers: dict[str, int]) -> dict[str, Any]:
    return {"text": claim.text, "figures": _cited([claim], numbers), "against": claim.contradicted_by}


def _groups(groups: Iterable[tuple[str, Iterable[Claim]]], numbers: dict[str, int]) -> list[dict[str, Any]]:
    return [{"heading": heading, "claims": [_claim(c, numbers) for c in claims]} for heading, claims in groups]


def _way(way: made.Method) -> list[str]:
    likewise = f" The same for {way.likewise}." if way.likewise else ""
    return [str(way.number), way.sentence, f"{likewise} Figures {made.spans(way.figures)}."]


def _weights(table: Table) -> list[float]:
    """How the columns of words share a table's width: by the square root of their longest cell; the first one where none is long."""
    longest = [max(map(len, (name, *(row[i].text for row in table.rows)))) for i, name in enumerate(table.columns)]
    weights = [0.0 if right or size <= _SHORT else size**0.5 for size, right in zip(longest, arrange.numeric(table), strict=True)]
    return weights if any(weights) else [1.0, *weights[1:]]


def _table(table: Table) -> dict[str, Any]:
    cells = [[{"text": c.text, "tone": c.tone if c.figure else ""} for c in row] for row in table.rows]
    layout = {"right": arrange.numeric(table), "weights": _weights(table)}
    return layout | {"title": table.title, "columns": table.columns, "rows": cells, "note": table.note}


def _finding(report: Report, finding: Finding, statement: Claim | None, numbers: dict[str, int]) -> dict[str, Any]:
    implied = (finding.implication,) if finding.implication else ()
    parts = (("Checks", finding.checks), ("Possible explanations", finding.explanations), ("Implication", implied))
    return {
        "label": finding.label,
        "statement": _claim(statement, numbers) if statement else None,
        "measure": f"{arrange.measure(finding, report)} {finding.why}",
        "groups": _groups(((heading, claims) for heading, claims in parts if claims), numbers),
        "base_rates": _table(finding.base_rates) if finding.base_rates else None,
    }
