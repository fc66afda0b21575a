"""The report as strict JSON: the contract for programs. Its shape is report.schema.json, its name `SCHEMA`.

Dates are ISO 8601, instants end in Z (UTC), values are in the scale of their unit (see core.units), unknown is null.
Keys, codes and units are the same in every language; texts are in the language spoken.
"""

import datetime as dt
import json
import math
from typing import Any

from core.language import _
from core.records import Claim, Figure, Finding, FlowGraph, Gap, Report, Section, Table

SCHEMA = "market-intelligence-report/1"


def make(report: Report) -> bytes:
    """UTF-8 JSON with a fixed order of keys, so that equal reports give equal bytes."""
    text = json.dumps(document(report), ensure_ascii=False, allow_nan=False, indent=1)
    # An unpaired surrogate from upstream has no UTF-8 form; as \udXXX it stays valid JSON.
    return (text + "\n").encode("utf-8", "backslashreplace")


def document(report: Report) -> dict[str, Any]:
    """The report as plain dicts, lists, strings and finite numbers."""
    return {
        "schema": SCHEMA,
        "dataset": report.dataset,
        "dataset_label": _(report.dataset_label),
        "synthetic": report.synthetic,
        "date": report.date.isoformat(),
        "edition": report.edition,
        "edition_label": _(report.edition_label),
        "cutoff": _instant(report.cutoff),
        "asof": _instant(report.asof),
        "snapshot": report.snapshot,
        "settings": {
            "threshold_unit": report.settings.threshold_unit,
            "thresholds": {key: _number(value) for key, value in report.settings.thresholds},
            "flat": _number(report.settings.flat),
        },
        "sections": [_section(s) for s in report.sections],
        "findings": [_finding(f) for f in report.findings],
        "flows": _flows(report.flows),
        "attribution": [_(line) for line in report.attribution],
    }


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _instant(value: dt.datetime | None) -> str | None:
    return None if value is None else value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": _(section.title),
        "answer": _(section.answer),
        "figures": [_figure(f) for f in section.figures],
        "claims": [_claim(c) for c in section.claims],
        "tables": [_table(t) for t in section.tables],
        "gaps": [_gap(g) for g in section.gaps],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "label": _(figure.label),
        "value": _number(figure.value),
        "unit": str(figure.unit),
        "session": figure.session.isoformat() if figure.session else None,
        "available_at": _instant(figure.available_at),
        "fetched_at": _instant(figure.fetched_at),
        "basis": str(figure.basis),
        "source": figure.source,
        "method": _(figure.method),
        "note": _(figure.note),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "text": _(claim.text),
        "rule": _(claim.rule),
        "evidence": list(claim.evidence),
        "contradicted_by": _(claim.contradicted_by),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": _(table.title),
        "columns": [_(name) for name in table.columns],
        "rows": [[{"text": _(c.text), "figure": c.figure, "tone": c.tone} for c in row] for row in table.rows],
        "note": _(table.note),
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {"what": _(gap.what), "why": _(gap.why)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "label": _(finding.label),
        "state": finding.state,
        "why": _(finding.why),
        "gap": finding.gap,
        "threshold": _number(finding.threshold),
        "direction": _(finding.direction),
        "explanations": [_claim(c) for c in finding.explanations],
        "implication": _claim(finding.implication) if finding.implication else None,
        "checks": [_claim(c) for c in finding.checks],
        "base_rates": _table(finding.base_rates) if finding.base_rates else None,
    }


def _flows(flows: FlowGraph) -> dict[str, Any]:
    return {
        "nodes": [{"key": n.key, "label": _(n.label), "group": n.group} for n in flows.nodes],
        "edges": [
            {
                "source": e.source,
                "target": e.target,
                "size": _number(e.size),
                "basis": str(e.basis),
                "label": _(e.label),
                "window": _(e.window),
                "evidence": list(e.evidence),
                "fragile": e.fragile,
            }
            for e in flows.edges
        ],
    }
