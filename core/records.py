"""The words every later room speaks: frozen records of a report. Imports only units.

What a report has hundreds of is a named tuple: a frozen dataclass takes several times as long to make.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from core.units import Basis, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a reader may move. Thresholds not named keep the rule's default.

    `thresholds` are (rule key, value) pairs in `threshold_unit`: "pp" (percentage points) or "sigma" (trailing standard
    deviations of that gap). `flat` is the |change| in percent below which a market reads as flat.
    """

    threshold_unit: str = "pp"
    thresholds: tuple[tuple[str, float], ...] = ()
    flat: float = 0.10


class Figure(NamedTuple):
    """One number with all of its provenance. `value` None means unknown, and `note` says why.

    `closed`: its market was closed on the day whose session a reader expects.
    """

    key: str
    label: str
    value: float | None
    unit: Unit
    session: dt.date | None
    available_at: dt.datetime | None
    fetched_at: dt.datetime | None
    basis: Basis
    source: str
    method: str
    note: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A figure compared with a bound in its own unit: at least (`above`) or at most (`below`) it."""

    metric: str
    side: str
    bound: float

    def holds(self, value: float) -> bool:
        """Whether a known value meets the condition."""
        return value >= self.bound if self.side == "above" else value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence, the figures it rests on, the rule that produced it and what would contradict it.

    `kind`: headline, support, verdict, reading, divergence, explanation, rejected (a reason that was tested and does not fit), check, implication,
    question, contradiction, negation (what a headline is not), abstention.

    `refuted_when` are the alternatives of `contradicted_by` that figures can show, each a set of conditions that hold together; none of them
    holds in the report that makes the claim. It is empty where only a later session, a restatement or another source can contradict it.
    """

    kind: str
    text: str
    rule: str
    evidence: tuple[str, ...]
    contradicted_by: str
    refuted_when: tuple[tuple[Condition, ...], ...] = ()


class Cell(NamedTuple):
    """A table cell: its text, and the key of the figure behind it (empty for words). `tone` is up, down or flat."""

    text: str
    figure: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a section; every row has as many cells as there are `columns`."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something the section would show if it could be had, and why it cannot."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of a report. `answer` is its conclusion in a line (the text of its leading claim)."""

    key: str
    title: str
    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    tables: tuple[Table, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def answer(self) -> str:
        """The text of the leading claim, or why there is none."""
        return self.claims[0].text if self.claims else "Nothing can be said: the data it rests on is missing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place money can sit, in the capital-flow graph."""

    key: str
    label: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A flow between two nodes. `size` is in USD for measured edges and None for inferred ones, which are never scaled.

    `fragile`: inferred from a gap that a slightly higher threshold would silence.
    """

    source: str
    target: str
    size: float | None
    basis: Basis
    label: str
    window: str
    evidence: tuple[str, ...]
    fragile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGraph:
    """The capital-flow map as data."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one divergence rule says on one date.

    `state`: "fires", "ordinary" (passes its threshold, as on most sessions before), "quiet" (below it), "refused" (the legs' sessions cannot be
    compared) or "missing".
    `gap` is the figure key of the gap; `threshold` is in the settings' unit (the gap's own, or standard deviations).
    """

    rule: str
    label: str
    state: str
    why: str
    gap: str
    threshold: float
    direction: str
    explanations: tuple[Claim, ...] = ()
    implication: Claim | None = None
    checks: tuple[Claim, ...] = ()
    base_rates: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A pure function of (observations known at the cutoff, cutoff, settings). `snapshot` is the hash of those inputs."""

    dataset: str
    dataset_label: str
    synthetic: bool
    date: dt.date
    edition: str
    edition_label: str
    cutoff: dt.datetime
    asof: dt.datetime | None
    snapshot: str
    settings: Settings
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...] = ()
    flows: FlowGraph = field(default_factory=FlowGraph)
    attribution: tuple[str, ...] = ()

    def section(self, key: str) -> Section:
        """The section of that key. Raises KeyError."""
        return {s.key: s for s in self.sections}[key]

    def figures(self) -> dict[str, Figure]:
        """Every figure of the report by key."""
        return {f.key: f for s in self.sections for f in s.figures}
