"""Open questions, each declared with what settles it: which figure, from which bound on, after how many sessions.

Who bought, and who was forced, no series here measures. So a question is put in a form that prices or positions can answer, and earlier reports'
questions are answered as their sessions end.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.divergences import Resolution
from core.divergences.resolve import outcome
from core.insight.desk import Desk, Writer
from core.insight.settling import settled
from core.metrics import MetricTable
from core.metrics.gaps import Mask
from core.panel import Floats, Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of one section. `asks`: the report dates that pose it, by the reader's flat band; `text` names the `figures` it rests on.

    `wanted` says when the answer is yes.
    """

    key: str
    section: str
    rule: str
    text: str
    figures: tuple[str, ...]
    asks: Callable[[MetricTable, float], Mask]
    wanted: Resolution

    @property
    def series(self) -> tuple[str, str]:
        """The two series whose sessions count."""
        return self.wanted.series, self.wanted.against


@dataclass(frozen=True, slots=True)
class Answer:
    """An earlier question whose sessions are over: the row that asked, the one that answers, and the move in percentage points."""

    question: Question
    asked: int
    row: int
    moved: float

    @property
    def yes(self) -> bool:
        """Whether the answer is yes."""
        return self.question.wanted.met(self.moved)


def _state_owned(table: MetricTable, flat: float) -> Mask:
    soe, tech = (table.columns[k] for k in ("hk.soe_broad", "hk.tech_broad"))
    return np.asarray((soe >= flat) & (tech < flat), dtype=np.bool_)


def _mainland_alone(table: MetricTable, flat: float) -> Mask:
    one_day = table.panel.sessions("sse") == table.panel.sessions("hsi")
    return np.asarray(one_day & (table.columns["cn.sse_hsi"] >= flat) & (table.columns["cn.szse_hstech"] >= flat), dtype=np.bool_)


def _not_shown(table: MetricTable, flat: float) -> Mask:
    dollars, coins = table.columns["btc_oi.change"], table.columns["btc_oi.coins"]
    shown = (dollars <= -SHED) & (coins <= -CLOSED)
    fell = (table.columns["btc.change"] <= -flat) & (table.columns["btc.z"] <= -NOTABLE)
    return np.asarray(fell & np.isfinite(coins) & ~shown, dtype=np.bool_)


# Liquidation may be named where open interest fell by these shares (percent) with price: in dollars, and in coins, so with the price taken out.
SHED, CLOSED = 3.0, 1.0
# Whether it was liquidation is asked of a fall of this size on, in standard deviations of its year.
NOTABLE = 1.0
QUESTIONS = (
    Question(
        key="state_owned", section="hong_kong", rule="hong_kong.flows: no series measures who bought",
        text="Does the lead of state-owned shares over tech last? HSCEI {hk.soe_broad|signed} and HSTECH {hk.tech_broad|signed} against the Hang "
        "Seng look like a choice between them; whose it is, no series here measures.",
        figures=("hk.soe_broad", "hk.tech_broad"), asks=_state_owned, wanted=Resolution("hscei", "up", "hstech"),
    ),
    Question(
        key="mainland_alone", section="a_shares", rule="a_shares.foreign: no series here measures who bought",
        text="Does Hong Kong make up its lag of {cn.sse_hsi|size} behind the mainland? If it does not, domestic money alone may be behind the move.",
        figures=("cn.sse_hsi", "cn.szse_hstech"), asks=_mainland_alone, wanted=Resolution("hsi", "up", "sse"),
    ),
    Question(
        key="liquidation", section="crypto_defi", rule="crypto.leverage: liquidation only if open interest fell with price, in dollars and in coins",
        text="Liquidation? Open interest does not show it: BTC open interest {btc_oi.change} in dollars and {btc_oi.coins} in coins, with price "
        "{btc.change}. Do positions follow the next day?",
        figures=("btc_oi.change", "btc_oi.coins", "btc.change"), asks=_not_shown,
        wanted=Resolution("btc_oi", "down", "btc", sessions=1, bound=CLOSED),
    ),
)  # fmt: skip
BY_KEY = {q.key: q for q in QUESTIONS}


def asked(desk: Desk, question: Question) -> bool:
    """Whether the desk's report poses a question."""
    return bool(question.asks(desk.table, desk.settings.flat)[desk.row])


def ask(w: Writer, key: str) -> None:
    """Put a question into its section where the day poses it."""
    question = BY_KEY[key]
    if asked(w.desk, question):
        w.say("question", question.rule, question.text, settled(question.wanted)[1], question.figures)


def answers(desk: Desk, last: int) -> list[Answer]:
    """The questions of the last report dates whose sessions were over at the desk's, newest first; one per session asked about."""
    found = []
    for question in QUESTIONS:
        own, moved = _course(desk.table, question)
        first, end = own.searchsorted((desk.row - last, desk.row), side="right").tolist()
        posed, h = question.asks(desk.table, desk.settings.flat), question.wanted.sessions
        found += [
            Answer(question, int(own[i - h]), int(own[i]), float(moved[i - h]))
            for i in range(max(first, h), end) if posed[own[i - h]] and np.isfinite(moved[i - h])
        ]  # fmt: skip
    return sorted(found, key=lambda a: (-a.row, a.question.key))


def _course(table: MetricTable, question: Question) -> tuple[Positions, Floats]:
    """The report dates that first show a session which both series of a question have, and what came of it from each; kept with the table."""
    shelf: dict[str, tuple[Positions, Floats]] = table.features.shared.setdefault("questions", {})
    if question.key not in shelf:
        first, second = (table.panel.sessions(k) for k in question.series)
        fresh = np.r_[True, first[1:] != first[:-1]][: len(first)]
        own = np.flatnonzero(fresh & (first == second)).astype(np.int64)
        shelf[question.key] = own, outcome(table, question.wanted, own)
    return shelf[question.key]
