"""The desk at which sections are written: figures by key, and sentences that cite them.

A template names figures in braces, `{spx.change}`; `{hk.hsi_dow|size}` shows a size without its sign, `{stable.net|signed}` forces one,
`{spx.change|session}` shows the date of its session.
A sentence whose figure is unknown is not made; the section then says what is missing and why.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.divergences import Detection
from core.figures import Figures
from core.metrics import BY_KEY as METRICS
from core.metrics import MetricTable
from core.metrics.metric import SHORT_HISTORY
from core.records import Cell, Claim, Figure, Gap, Section, Settings, Table
from core.units import Unit
from core.wording import NA, arrow, day, show

_SLOT = re.compile(r"\{([a-z0-9_.]+)(?:\|(\w+))?\}")
_TONED = {Unit.PERCENT, Unit.PP}


@dataclass
class Desk:
    """Everything a section writer may look at: one row of the metrics, the settings, and which divergences fire."""

    table: MetricTable
    row: int
    settings: Settings
    detections: dict[str, Detection]
    figures: Figures

    def figure(self, key: str) -> Figure:
        """The figure of that key. Raises KeyError for a key that is neither a metric nor added."""
        return self.figures[key]

    def value(self, key: str) -> float | None:
        """The figure's number; None where it is unknown."""
        return self.figure(key).value

    def known(self, *keys: str) -> bool:
        """Whether all of the figures are known."""
        return all(self.value(k) is not None for k in keys)

    def number(self, key: str) -> float:
        """The figure's number; NaN where it is unknown, so that every comparison with it is false."""
        v = self.value(key)
        return float("nan") if v is None else v

    def side(self, key: str) -> int:
        """+1 up, −1 down, 0 flat within the reader's band or unknown."""
        v = self.value(key)
        return 0 if v is None or abs(v) < self.settings.flat else 1 if v > 0 else -1

    def show(self, key: str, style: str = "") -> str:
        """A figure as text; `style` is empty, `size` (no sign), `signed`, or `session` for its date instead."""
        f = self.figure(key)
        if style == "session":
            return day(f.session)
        value = abs(f.value) if style == "size" and f.value is not None else f.value
        text = show(value, f.unit, sign=style == "signed")
        return text.removeprefix("+") if style == "size" else text


@dataclass
class Writer:
    """Collects what one section holds."""

    desk: Desk
    key: str
    title: str
    keys: dict[str, None] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    gaps: dict[str, Gap] = field(default_factory=dict)

    def use(self, *keys: str) -> None:
        """Put figures into the section without a sentence about them."""
        self.keys |= dict.fromkeys(keys)

    def add(self, made: Figure) -> str:
        """Put a figure that is no metric into the report; returns its key."""
        self.desk.figures.added[made.key] = made
        self.use(made.key)
        return made.key

    def cell(self, key: str, style: str = "") -> Cell:
        """A table cell that shows a figure."""
        self.use(key)
        f = self.desk.figure(key)
        if f.value is None:
            if f.note != METRICS[key].unknown or f.note == SHORT_HISTORY:
                self.missing(f.label, f.note)
            return Cell(NA, key)
        tone = ""
        if f.unit in _TONED:
            tone = {"↑": "up", "↓": "down", "→": "flat"}[arrow(f.value, self.desk.settings.flat)]
        return Cell(self.desk.show(key, style), key, tone)

    def session(self, key: str) -> Cell:
        """A table cell with the session of a figure, and how old it is where its market was closed."""
        f = self.desk.figure(key)
        return Cell(day(f.session) + (" (closed since)" if f.value is not None and f.note else ""), key if f.session else "")

    def text(self, template: str) -> tuple[str, tuple[str, ...]] | None:
        """A template filled in, and the keys it cites; None where a figure is unknown (which is then listed as missing)."""
        cited = dict.fromkeys(m.group(1) for m in _SLOT.finditer(template))
        unknown = [k for k in cited if not self.desk.known(k)]
        for k in unknown:
            self.missing(self.desk.figure(k).label, self.desk.figure(k).note)
        if unknown:
            return None
        return _SLOT.sub(lambda m: self.desk.show(m.group(1), m.group(2) or ""), template), tuple(cited)

    def make(self, kind: str, rule: str, template: str, refuted_by: str, also: Iterable[str] = ()) -> Claim | None:
        """A claim, or None where its evidence is missing. `also` is evidence that the sentence rests on without naming it."""
        also = tuple(also)
        filled = self.text(template)
        if filled is None or not self.desk.known(*also):
            return None
        evidence = tuple(dict.fromkeys((*filled[1], *also)))
        self.use(*evidence)
        return Claim(kind=kind, text=filled[0], rule=rule, evidence=evidence, contradicted_by=refuted_by)

    def say(self, kind: str, rule: str, template: str, refuted_by: str, also: Iterable[str] = ()) -> bool:
        """Make a claim and keep it. Returns whether it could be made."""
        claim = self.make(kind, rule, template, refuted_by, also)
        if claim:
            self.claims.append(claim)
        return claim is not None

    def table(self, key: str, title: str, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]], note: str = "") -> None:
        """Keep a table."""
        self.tables.append(Table(key=key, title=title, columns=columns, rows=tuple(rows), note=note))

    def missing(self, what: str, why: str) -> None:
        """Say what is missing and why."""
        self.gaps.setdefault(what, Gap(what=what, why=why))

    def section(self) -> Section:
        """The finished section."""
        figures = tuple(self.desk.figure(k) for k in self.keys)
        return Section(
            key=self.key, title=self.title, figures=figures, claims=tuple(self.claims), tables=tuple(self.tables),
            gaps=tuple(self.gaps.values()),
        )  # fmt: skip


def label(series: str) -> str:
    """The short name of a series' level, as tables show it."""
    return METRICS[f"{series}.close"].label
