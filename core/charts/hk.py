"""Hong Kong's indices against their US counterparts, on the tape and against the lead they could know."""

from core.charts.known import figure, row_of, short
from core.charts.pairs import Both, spec, twin
from core.charts.picture import Picture, subtitle
from core.figures import Figures
from core.insight.relative import against, tape_is_lead
from core.metrics import MetricTable
from core.metrics.transmission import COUNTERPARTS
from core.records import Report
from core.wording import show

_TAPE, _LEAD = "Tape: latest sessions", "Overnight lead"


def _title(pairs: list[Both], flat: float, *, one: bool) -> str:
    p = pairs[0]
    both = (("on the tape", p.first), ("against the lead it could know", p.second))
    known = [(word, f.value, f.unit) for word, f in both[1 if one else 0 :] if f.value is not None]
    told = [f"{against(v, flat, (f'{show(abs(v), u)} ahead', 'in line', f'{show(abs(v), u)} behind'))} {word}" for word, v, u in known]
    return f"{p.name.replace(' vs ', ' against ')}: {', '.join(told)}"


def against_us(table: MetricTable, report: Report) -> Picture | None:
    """Each Hong Kong index less its US counterpart in percentage points, by both readings; None where neither is known for any."""
    row = row_of(table, report)
    pairs = [
        Both(f"{short(b)} vs {short(a)}", figure(table, f"hk.{b}_{a}", row), figure(table, f"lead.{b}_{a}", row)) for b, a in COUNTERPARTS
    ]
    known = [p for p in pairs if p.known]
    one = tape_is_lead(Figures(table, row))
    if not known:
        return None
    title = _title(known, report.settings.flat, one=one)
    return Picture(
        key="hk_against_us", title=title, table=twin(pairs, of="Pair", first=_TAPE, second=_LEAD),
        subtitle=subtitle(report, "Change less that of the US index, in percentage points. Hollow: latest session of each side by side; "
                                  "filled: against the US session that closed before Hong Kong opened."
                                  f"{' Both are one here: the tape is the lead.' if one else ''}"),
        alt=f"Paired dots for {len(known)} indices. {title}.",
        spec=spec(known, report, title="Hong Kong less US (percentage points)", first=_TAPE, second=_LEAD),
    )  # fmt: skip
