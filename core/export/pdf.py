"""The report as a PDF for paper, set by typst with fonts of ours: the same bytes for the same report on every machine.

The template shows strings that it is handed as JSON, and reads none of them as markup.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from core.charts import palette
from core.export import arrange, made
from core.export.drawings import Drawing, begun
from core.export.look import USUAL, Look
from core.export.plain import joined, plain, width
from core.language import N_, _, join, spoken
from core.metrics import MetricTable
from core.records import Claim, Finding, Report, Section, Table
from core.wording import day

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
_PAPERS = {"a4": "a4", "letter": "us-letter"}
_FAMILY = 'font-family="Report Sans, Report Sans SC"'
_KEY = (
    "A small number after a sentence is a figure of this list. The letter after a value says where it comes from: session, basis, source, "
    "and since when it is known. The number after the letter is the method by which it is made, in the next list."
)
# Characters of the longest word or name in a column of words that takes no share of a table's width.
_SHORT = 14
# Empty files that are set after each.
_AGES = 5


def make(report: Report, table: MetricTable, look: Look = USUAL) -> bytes:
    """A PDF on the look's paper and in its colours, tagged for screen readers (PDF/UA-1)."""
    import typst

    data = json.dumps(_document(report, table, look.convention) | {"paper": _PAPERS[look.paper]}, ensure_ascii=False)
    try:
        return _compiled(data, ["ua-1"])
    except typst.TypstError:
        # An accessible PDF may not hold a character that its fonts lack, such as an upstream's Hebrew; a plain one shows a box for it.
        return _compiled(data, [])
    finally:
        Thread(target=_forgotten, name="typst").start()


def _forgotten() -> None:
    """Ages what typst keeps: it lets go of what ten files had no use for, which is half a gigabyte; three files are enough."""
    import typst

    for _empty in range(_AGES):
        typst.Compiler(b"", font_paths=_fonts(), ignore_system_fonts=True).compile(format="svg")


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
    numbers, charts = arrange.numbered(report), begun(report, table)
    origins, ways = made.origins(report), made.methods(report)
    way_of = {figure: way.number for _unit, found in ways for way in found for figure in way.figures}
    head, series = arrange.described(report)
    shown = {
        "title": arrange.title(report),
        "running": join(" · ", [report.dataset_label, day(report.date, year=True), report.edition_label]),
        "words": _words(report),
        "synthetic": report.synthetic,
        "snapshot": report.snapshot,
        "particulars": [arrange.named(name, value) for name, value in arrange.particulars(report)],
        "sections": [_section(report, s, numbers) for s in report.sections],
        "key": _KEY,
        "origins": [[letter, origin] for origin, letter in origins.items()],
        "figures": [
            [str(i), f.label, arrange.value(f), f"{origins[arrange.origin(f)]} {way_of[i]}"] for i, f in enumerate(report.figures().values(), 1)
        ],
        "methods": [{"unit": N_("In {unit}", unit=unit), "methods": [_way(w) for w in found]} for unit, found in ways],
        "series_head": head,
        "series": series,
        "attribution": report.attribution,
    }
    clean: dict[str, Any] = _plain(shown)
    clean["appendices"] = [[name, plain(title)] for name, title in arrange.APPENDICES if shown[name]]
    drawn = charts()
    for part, section in zip(clean["sections"], report.sections, strict=True):
        part["charts"] = [_chart(d, convention) for d in drawn[section.key]]
    tones = {name: palette.readable(token, palette.LIGHT) for name, token in palette.tones(convention).items()}
    at = report.cutoff
    return clean | {"tones": tones, "at": [at.year, at.month, at.day, at.hour, at.minute], "lang": spoken(), "colon": _(": ")}


def _words(report: Report) -> dict[str, str]:
    """What the template says itself."""
    return {
        "band": "SYNTHETIC DATA: an invented demo market, not real prices",
        "mark": "SYNTHETIC",
        "notice": arrange.SYNTHETIC_NOTICE,
        "snapshot": N_("snapshot {snapshot}", snapshot=report.snapshot),
        "page": "{page} of {pages}",
        "lead": "What could have led, what supports it and what speaks against it.",
        "flows": "Flow map in words",
        "missing": "What is missing, and why",
    }


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Every text of nested dicts and lists as one line of visible characters, a sign joined to its currency; tones are codes."""
    if isinstance(value, dict):
        return {k: v if k == "tone" else _plain(v) for k, v in value.items()}
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
    against = arrange.named("Contradicted by", claim.contradicted_by) if claim.contradicted_by else ""
    return {"text": claim.text, "figures": _cited([claim], numbers), "against": against}


def _groups(groups: Iterable[tuple[str, Iterable[Claim]]], numbers: dict[str, int]) -> list[dict[str, Any]]:
    return [{"heading": heading, "claims": [_claim(c, numbers) for c in claims]} for heading, claims in groups]


def _way(way: made.Method) -> list[str]:
    likewise = [N_("The same for {names}.", names=way.likewise)] if way.likewise else []
    return [str(way.number), way.sentence, join(" ", [*likewise, N_("Figures {numbers}.", numbers=made.spans(way.figures))])]


def _weights(table: Table) -> list[float]:
    """How the columns of words share a table's width: by the square root of their longest cell; the first one where none is long."""
    longest = [max(map(width, (name, *(row[i].text for row in table.rows)))) for i, name in enumerate(table.columns)]
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
        "measure": arrange.measured(finding, report),
        "groups": _groups(((heading, claims) for heading, claims in parts if claims), numbers),
        "base_rates": _table(finding.base_rates) if finding.base_rates else None,
    }
