"""Where each figure comes from: on hovering a cell, on opening a sentence, and as a list at the end of a page."""

from collections.abc import Iterable, Mapping

from core.export.arrange import named, provenance, sources
from core.language import N_, join
from core.records import Claim, Figure
from core.units import Basis
from core.wording import day, instant, show
from pages.parts.markup import esc

COLUMNS = ("Figure", "Value", "Session", "Known since", "Basis", "Source", "How")
BEHIND = "Figures behind this sentence"


def hover(figure: Figure | None) -> str:
    """A `title` attribute that tells where a figure comes from; empty without a figure."""
    return f' title="{esc(provenance(figure))}"' if figure else ""


def _row(figure: Figure) -> str:
    known = instant(figure.available_at) if figure.available_at else ""
    how = join(" ", [p for p in (figure.method, figure.note) if p])
    cells = (
        ("w", figure.label), ("n", show(figure.value, figure.unit)), ("n", day(figure.session, year=True)), ("n", known),
        ("", figure.basis if figure.basis is not Basis.MISSING else "missing"), ("", sources(figure)), ("w", how),
    )  # fmt: skip
    return "<tr>" + "".join(f'<td class="{kind}">{esc(text)}</td>' for kind, text in cells) + "</tr>"


def scroll(name: str, rows: str, kind: str = "mi-table") -> str:
    """Rows as a table with its name as caption for screen readers, in a frame that scrolls sideways by keyboard too."""
    caption, label = (f'<caption class="mi-unseen">{esc(name)}</caption>', f' aria-label="{esc(name)}"') if name else ("", "")
    return f'<div class="mi-scroll" tabindex="0" role="group"{label}><table class="{kind}">{caption}{rows}</table></div>'


def listing(figures: Iterable[Figure], name: str) -> str:
    """Figures as an HTML table of that name with all of their provenance."""
    head = "".join(f'<th scope="col" class="{"n" if c in COLUMNS[1:4] else ""}">{esc(c)}</th>' for c in COLUMNS)
    rows = "".join(_row(f) for f in figures)
    return scroll(name, f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>", "mi-table mi-figures")


def proof(claim: Claim, figures: Mapping[str, Figure]) -> str:
    """What a claim rests on, which rule made it, and what would contradict it, as HTML."""
    cited = [figures[k] for k in claim.evidence if k in figures]
    parts = [listing(cited, BEHIND)] if cited else []
    if claim.contradicted_by:
        parts.append(f"<p><strong>{esc('What would contradict it:')}</strong> {esc(claim.contradicted_by)}</p>")
    parts.append(f'<p class="mi-quiet">{esc(named("Rule", claim.rule))}</p>')
    return f'<div class="mi-proof">{"".join(parts)}</div>'


def opening(claim: Claim, figures: Mapping[str, Figure]) -> str:
    """A claim that opens into its proof, as the inside of a `details` element."""
    count = len(claim.evidence)
    more = N_("{n} figure" if count == 1 else "{n} figures", n=count) if count else "why"
    return f'<summary>{esc(claim.text)}<span class="mi-more">{esc(more)}</span></summary>{proof(claim, figures)}'
