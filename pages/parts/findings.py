"""What the divergence rules say: all of them in a ranked list, and one of them in full."""

from collections.abc import Iterable, Mapping

from core.export.arrange import threshold
from core.language import N_, _
from core.records import Claim, Figure, Finding, Report
from core.units import Unit
from core.wording import show
from pages.parts import tables
from pages.parts.cards import claims
from pages.parts.glossary import hint
from pages.parts.markup import esc
from pages.parts.provenance import hover, opening

# Share of sessions, in percent, above which firing is nothing special.
COMMON = 15
STATES = {"fires": "fires", "ordinary": "ordinary", "quiet": "quiet", "refused": "not compared", "missing": "data missing"}
_NONE_FITS = "None of those tested. Whether closing times made the gap stands under how sure it is."


def gap(finding: Finding, report: Report) -> str:
    """The gap of a finding as a reader sees it."""
    figure = report.figures().get(finding.gap)
    return show(figure.value, figure.unit, sign=True) if figure else show(None, Unit.PP)


def _tag(finding: Finding, share: float | None = None) -> str:
    """The state of a rule; one that fires on many sessions anyway is set in grey."""
    often = finding.state == "fires" and share is not None and share > COMMON
    kind = "common" if often or finding.state == "ordinary" else finding.state
    return f'<span class="mi-tag {esc(kind)}">{esc(STATES.get(finding.state, finding.state))}</span>'


def _said(finding: Finding) -> str:
    """What a row says under the name: the direction where legs are compared, and why a rule does not fire."""
    return _(". ").join(_(part).rstrip(".。") for part in (finding.direction, finding.why) if part)


def _often(finding: Finding, share: float | None) -> str:
    """How often a rule that fires did so, in grey beside its state."""
    if finding.state != "fires" or share is None:
        return ""
    return f'<span class="mi-quiet">{esc(N_("{share} of sessions", share=show(share, Unit.SHARE)))}</span>'


def _row(finding: Finding, report: Report, share: float | None) -> str:
    figures = report.figures()
    z, found = figures.get(f"{finding.gap}.z"), figures.get(finding.gap)
    name = f"<strong>{esc(finding.label)}</strong> {_tag(finding, share)}{_often(finding, share)}"
    cells = (
        f'{name}<br><span class="mi-quiet">{esc(_said(finding))}</span>',
        esc(gap(finding, report)), esc(show(z.value, z.unit)) if z else "", esc(threshold(finding, report)),
    )  # fmt: skip
    hovers = ("", hover(found), "", "")
    each = zip(_COLUMNS, hovers, cells, strict=True)
    row = (f'<td class="{kind or "w"}" data-label="{esc(column)}"{said}>{cell}</td>' for (kind, column), said, cell in each)
    return f"<tr>{''.join(row)}</tr>"


_SOME_OLD = "{n} of {all} rules fire, {old} on closes reported already"
_COLUMNS = (("", "Divergence"), ("n", "Gap"), ("n", "In its year"), ("n", "Threshold"))


def ranked(report: Report, shares: Mapping[str, float], most: int = 8) -> str:
    """The strongest findings: those that fire, then those nearest to their thresholds.

    `shares`: how often each rule fired, in percent of its sessions, by rule.
    """
    fires = sum(f.state == "fires" for f in report.findings)
    shown = report.findings[: max(most, fires)]
    head = "".join(f'<th scope="col" class="{kind}"{hint(name)}>{esc(name)}</th>' for kind, name in _COLUMNS)
    body = "".join(_row(f, report, shares.get(f.rule)) for f in shown)
    old = sum(f.state == "fires" and bool(f.why) for f in report.findings)
    message = "{n} of {all} rules fire"
    if old:
        message = "{n} of {all} rules fire, all on closes reported already" if old == fires else _SOME_OLD
    caption = N_(message, n=fires, all=len(report.findings), old=old)
    if len(shown) < len(report.findings):
        caption = N_("{count}; the {n} strongest", count=caption, n=len(shown))
    return tables.heading(caption) + tables.frame(caption, head, body, len(_COLUMNS))


def _listed(heading: str, found: Iterable[Claim], figures: Mapping[str, Figure]) -> str:
    rows = "".join(f"<details>{opening(c, figures)}</details>" for c in found)
    over = f"<h4>{esc(heading)}</h4>" if heading else ""
    return over + rows if rows else ""


def _folded(heading: str, found: list[Claim], figures: Mapping[str, Figure]) -> str:
    """Claims behind one line, which counts them."""
    return f'<details class="mi-fold"><summary>{esc(heading)}</summary>{_listed("", found, figures)}</details>' if found else ""


def verdict(finding: Finding, report: Report) -> str:
    """One rule's state, its gap against its threshold and its direction, in a line or two."""
    message = "against a threshold of {threshold}: {direction}." if finding.direction else "against a threshold of {threshold}."
    said = N_(message, threshold=threshold(finding, report), direction=finding.direction)
    why = f' <span class="mi-quiet">{esc(finding.why)}</span>' if finding.why else ""
    return f"<div>{_tag(finding)} <strong>{esc(gap(finding, report))}</strong> {esc(said)}{why}</div>"


def full(finding: Finding, report: Report) -> tuple[str, str]:
    """One rule in full: what it implies and the reasons that fit, and apart from it how sure it is. What was tested without fitting is folded away.

    How sure it is rests on the threshold, the rest does not.
    """
    figures = report.figures()
    fits = [c for c in finding.explanations if c.kind == "explanation"]
    others = [c for c in finding.explanations if c.kind != "explanation"]
    implied = [finding.implication] if finding.implication else []
    lone = f'<h4>{esc("Reasons that fit")}</h4><p class="mi-quiet">{esc(_NONE_FITS)}</p>'
    none = "" if fits or finding.state not in {"fires", "ordinary"} else lone
    count = N_("{n} reason tested without fitting" if len(others) == 1 else "{n} reasons tested without fitting", n=len(others))
    reasons = (_listed("What it implies", implied, figures), _listed("Reasons that fit", fits, figures), none, _folded(count, others, figures))
    made = ("".join(reasons), _listed("How sure it is", finding.checks, figures))
    first, second = (f'<div class="mi-claims">{part}</div>' if part else "" for part in made)
    return first, second


def others(found: Iterable[Claim], figures: Mapping[str, Figure]) -> str:
    """The statements of the other rules that fire."""
    return claims(found, figures, headings={"Also": "Also firing"})


def record(finding: Finding, report: Report) -> str:
    """What followed a rule's events, at every horizon, folded; empty where too little did."""
    return tables.shown(finding.base_rates, report.figures(), folded=True) if finding.base_rates else ""
