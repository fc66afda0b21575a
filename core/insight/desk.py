"""The desk at which sections are written: figures by key, and sentences that cite them.

A template names figures in braces, `{spx.change}`; `{hk.hsi_dow|size}` shows a size without its sign, `{stable.net|signed}` forces one,
`{base.us_crypto.share|whole}` shows a share without decimals, `{spx.change|session}` the date of its session.
A sentence whose figure is unknown is not made; the section then says what is missing and why.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from core.divergences import BY_KEY as RULES
from core.divergences import Detection, refusal
from core.figures import Figures
from core.insight import relative
from core.insight.refuted import Refuted
from core.language import N_, Phrase, join, written
from core.metrics import BY_KEY as METRICS
from core.metrics import MetricTable
from core.metrics.metric import SHORT_HISTORY, SHORT_YEAR
from core.records import Cell, Claim, Figure, Gap, Section, Settings, Table
from core.units import Basis, Unit
from core.wording import MINUS, NA, arrow, day, limit, listing, show

_SLOT = re.compile(r"\{([a-z0-9_.]+)(?:\|(\w+))?\}")
# As a market, not as a place.
HONG_KONG = written("Hong Kong", "Hong Kong shares")
MARKETS = {"us": "US", "hk": HONG_KONG, "cn": "A-shares"}
_TONED = {Unit.PERCENT, Unit.PP}
_TONES = {"↑": "up", "↓": "down", "→": "flat"}


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
        return self.figures.numbers[key]

    def known(self, *keys: str) -> bool:
        """Whether all of the figures are known."""
        numbers = self.figures.numbers
        for key in keys:  # noqa: SIM110 - asked some hundred times a report, and a generator would double its price
            if numbers[key] is None:
                return False
        return True

    def number(self, key: str) -> float:
        """The figure's number; NaN where it is unknown, so that every comparison with it is false."""
        v = self.figures.numbers[key]
        return math.nan if v is None else v

    def session(self, series: str) -> dt.date | None:
        """The date of a series' latest known session."""
        stamp = self.figures.stamp(series)
        return stamp.session if stamp else None

    def refusal(self, rule: str) -> str:
        """Why a rule's legs are not compared on this date; empty where they are."""
        return refusal(self.table, RULES[rule], self.row)

    def pick(self, *phrases: str) -> str:
        """One of several ways to say the same, another one on the next day; the same day always gets the same."""
        return phrases[int(self.table.panel.dates[self.row].astype(int)) % len(phrases)]

    def side(self, key: str) -> int:
        """+1 up, −1 down, 0 flat within the reader's band or unknown."""
        return relative.side(self.value(key), self.settings.flat)

    def against(self, key: str, words: tuple[str, str, str] = relative.PLAIN) -> str:
        """A difference in words, one of three for ahead, in line (within the reader's band) and behind; empty where it is unknown."""
        return relative.against(self.value(key), self.settings.flat, words)

    def show(self, key: str, style: str = "") -> str:
        """A figure as text.

        `style` is empty, `size` (no sign), `signed`, `round` (no decimals of a round level), `whole` (a share without decimals, as few cases
        allow no more), or `session` for its date.
        """
        f = self.figures[key]
        if not style:
            return show(f.value, f.unit)
        if style == "session":
            return day(f.session)
        if style == "whole" and f.value is not None:
            return f"{round(f.value)}%".replace("-", MINUS)
        if f.value is not None and key.startswith("threshold."):
            return limit(f.value, f.unit)
        value = abs(f.value) if style == "size" and f.value is not None else f.value
        text = show(value, f.unit, sign=style == "signed")
        if style == "round" and text.endswith(".00"):
            return text.removesuffix(".00")
        return text.removeprefix("+") if style == "size" and text.startswith("+") else text


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
        for key in keys:
            self.keys[key] = None

    def add(self, made: Figure) -> str:
        """Put a figure that is no metric into the report; returns its key."""
        self.desk.figures.put(made)
        self.use(made.key)
        return made.key

    def derive(self, key: str, text: str, value: float, unit: Unit, method: str, like: str) -> str:
        """Add a figure made on the spot from others, with the provenance of the figure `like`; returns its key."""
        f = self.desk.figure(like)
        basis = Basis.SYNTHETIC if f.basis in {Basis.SYNTHETIC, Basis.PUBLISHED} else Basis.DERIVED
        return self.add(Figure(
            key=key, label=text, value=value, unit=unit, session=f.session, available_at=f.available_at, fetched_at=f.fetched_at, basis=basis,
            source=f.source, method=method,
        ))  # fmt: skip

    def cell(self, key: str, style: str = "") -> Cell:
        """A table cell that shows a figure."""
        self.keys[key] = None
        f = self.desk.figures[key]
        if f.value is None:
            if f.note != METRICS[key].unknown or f.note in {SHORT_HISTORY, *SHORT_YEAR.values()}:
                self.lacks(key)
            return Cell(NA, key)
        tone = ""
        if f.unit in _TONED and not key.startswith("gap."):  # neither side of a gap is good news
            tone = _TONES[arrow(f.value, self.desk.settings.flat)]
        return Cell(self.desk.show(key, style) if style else show(f.value, f.unit), key, tone)

    def session(self, key: str) -> Cell:
        """A table cell with the session of a figure, and how old it is where its market was closed."""
        f = self.desk.figure(key)
        return Cell(N_("{date} (closed since)", date=day(f.session)) if f.closed else day(f.session), key if f.session else "")

    def dated(self, key: str) -> Cell:
        """A table cell with the session of a figure alone, where that need not be the latest one of its market."""
        f = self.desk.figure(key)
        return Cell(day(f.session), key if f.session else "")

    def text(self, template: str) -> tuple[str, tuple[str, ...]] | None:
        """A template filled in, and the keys it cites; None where a figure is unknown (which is then listed as missing)."""
        words, names, slots, moves, evidence = _parsed(template)
        if not self.desk.known(*evidence):
            for k in evidence:
                if not self.desk.known(k):
                    self.lacks(k)
            return None
        shown = [self.desk.show(*slot) for slot in slots]
        text = Phrase(words % tuple(shown), template, dict(zip(names, shown, strict=True)))
        return (self._with_sessions(text, moves) if len(moves) > 1 else text), evidence

    def _with_sessions(self, text: str, moves: tuple[str, ...]) -> str:
        """The text, and which session is whose where moves of different sessions stand in it and it does not say so."""
        whose: dict[dt.date, list[str]] = {}
        for key in moves:
            session = self.desk.session(METRICS[key].inputs[0])
            if session:
                market = key.removesuffix(".mean")
                whose.setdefault(session, []).append(MARKETS[market] if market in MARKETS else label(key.removesuffix(".change")))
        if len(whose) < 2 or all(day(s) in text for s in whose):
            return text
        told = join("; ", [N_("{names} {date}", names=listing(names), date=day(s)) for s, names in sorted(whose.items())])
        return join(" ", [text, N_("Sessions: {told}.", told=told)])

    def make(self, kind: str, rule: str, template: str, refuted_by: str, also: Iterable[str] = (), when: Refuted = ()) -> Claim | None:
        """A claim, or None where its evidence is missing.

        `also` is evidence that the sentence rests on without naming it; `when` is what `refuted_by` says, where figures can show it.
        """
        also = tuple(also)
        filled = self.text(template)
        if filled is None or not self.desk.known(*also):
            return None
        evidence = tuple(dict.fromkeys((*filled[1], *also)))
        self.use(*evidence)
        return Claim(kind=kind, text=filled[0], rule=rule, evidence=evidence, contradicted_by=refuted_by, refuted_when=when)

    def say(self, kind: str, rule: str, template: str, refuted_by: str, also: Iterable[str] = (), when: Refuted = ()) -> bool:
        """Make a claim and keep it. Returns whether it could be made."""
        claim = self.make(kind, rule, template, refuted_by, also, when)
        if claim:
            self.claims.append(claim)
        return claim is not None

    def table(self, key: str, title: str, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]], note: str = "") -> None:
        """Keep a table."""
        self.tables.append(Table(key=key, title=title, columns=columns, rows=tuple(rows), note=note))

    def missing(self, what: str, why: str) -> None:
        """Say what is missing and why."""
        self.gaps.setdefault(what, Gap(what=what, why=why))

    def lacks(self, key: str) -> None:
        """Say why a figure is unknown; where a series that it rests on was never observed, once for that series and all its figures."""
        metric = METRICS.get(key)
        absent = [f"{s}.close" for s in (metric.inputs if metric else ()) if self.desk.session(s) is None and f"{s}.close" in METRICS]
        for k in absent or [key]:
            self.missing(self.desk.figure(k).label, self.desk.figure(k).note)

    def section(self) -> Section:
        """The finished section."""
        figures = tuple([self.desk.figures[k] for k in self.keys])
        return Section(
            key=self.key, title=self.title, figures=figures, claims=tuple(self.claims), tables=tuple(self.tables),
            gaps=tuple(self.gaps.values()),
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    """A template taken apart: its words with `%s` for each slot, the slots as written and as (key, style), the keys that show a move, all keys."""
    pieces = _SLOT.split(template.replace("%", "%%"))
    slots = tuple(zip(pieces[1::3], (style or "" for style in pieces[2::3]), strict=True))
    names = tuple(f"{key}|{style}" if style else key for key, style in slots)
    moves = tuple(dict.fromkeys(key for key, style in slots if key.endswith((".change", ".mean")) and style != "session"))
    return "%s".join(pieces[::3]), names, slots, moves, tuple(dict.fromkeys(key for key, _ in slots))


def label(series: str) -> str:
    """The short name of a series' level, as tables show it."""
    return METRICS[f"{series}.close"].label


def cited(template: str) -> tuple[str, ...]:
    """The keys of the figures that a template names, each once."""
    return _parsed(template)[4]
