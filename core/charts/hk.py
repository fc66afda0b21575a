"""Hong Kong's indices against their US counterparts, on the tape and against the lead they could know."""

from core.charts.known import figure, row_of, short
from core.charts.pairs import Both, spec, twin
from core.charts.picture import Picture, subtitle
from core.figures import Figures
from core.insight.relative import against, tape_is_lead
from core.language import N_, clauses, join
from core.metrics import MetricTable
from core.metrics.transmission import COUNTERPARTS
from core.records import Report
from core.wording import sized

_TAPE, _LEAD = "Tape: latest sessions", "Overnight lead"
_SUBTITLE = (
    "Change less that of the US index. Hollow: latest session of each side by side; filled: against the US session that "
    "closed before Hong Kong opened."
)
_ONE = "Both are one here: the tape is the lead."
# What is said of an index that is ahead, in line, or behind, by either reading.
_ON_TAPE = ("{size} ahead on the tape", "in line on the tape", "{size} behind on the tape")
_ON_LEAD = (
    "{size} ahead against the lead it could know", "in line against the lead it could know", "{size} behind against the lead it could know",
)  # fmt: skip


def _title(p: Both, names: tuple[str, str], flat: float, *, one: bool) -> str:
    known = [(words, f.value, f.unit) for words, f in ((_ON_TAPE, p.first), (_ON_LEAD, p.second))[1 if one else 0 :] if f.value is not None]
    told = [N_(against(value, flat, words), size=sized(value, unit)) for words, value, unit in known]
    return N_("{pair}: {readings}", pair=N_("{a} against {b}", a=short(names[0]), b=short(names[1])), readings=clauses(told))


def against_us(table: MetricTable, report: Report) -> Picture | None:
    """Each Hong Kong index less its US counterpart in percentage points, by both readings; None where neither is known for any."""
    row = row_of(table, report)
    pairs = [
        Both(N_("{a} vs {b}", a=short(b), b=short(a)), figure(table, f"hk.{b}_{a}", row), figure(table, f"lead.{b}_{a}", row))
        for b, a in COUNTERPARTS
    ]
    known = [p for p in pairs if p.known]
    one = tape_is_lead(Figures(table, row))
    if not known:
        return None
    names = COUNTERPARTS[pairs.index(known[0])]
    title = _title(known[0], names, report.settings.flat, one=one)
    return Picture(
        key="hk_against_us", title=title, table=twin(pairs, of="Pair", first=_TAPE, second=_LEAD),
        subtitle=subtitle(report, join(" ", [_SUBTITLE, *([_ONE] if one else [])])),
        alt=N_("Paired dots for {n} indices. {title}.", n=len(known), title=title),
        spec=spec(known, report, title="Hong Kong less US ({unit})", first=_TAPE, second=_LEAD),
    )  # fmt: skip
