"""Regime breaks that are known beforehand: days from which a series no longer means what it meant. No statistic is computed across one."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A series means something else, or comes from somebody else, from `session` on; `why` is a sentence for the reader."""

    series: str
    session: dt.date
    why: str


BREAKS: tuple[Break, ...] = (
    Break(
        series="northbound_turnover", session=dt.date(2024, 8, 19),
        why="Daily buying, selling and net of northbound trading ended after 16 August 2024; only gross turnover is published since.",
    ),
)  # fmt: skip
