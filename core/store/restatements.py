"""Which readings restated what was known before.

An upstream's last rows are provisional: they move with every reading until a later session stands behind them. So a further vintage of one of
the two newest sessions that a line had when it was read is no restatement worth telling; of any older session it is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from core.catalogue import BY_KEY
from core.sessions import schedule
from core.store.records import Restatement
from core.store.tables import OBSERVATIONS, READINGS, date, instant

PROVISIONAL = 2
_TOLD = [key for key, series in BY_KEY.items() if not series.snapshot]
_SHOWN = ("reading", "series", "source", "fetched_at", "session", "value", "before")


def restatements(link: sa.Connection, limit: int) -> tuple[Restatement, ...]:
    """The newest `limit` restatements, newest first."""
    telling = _telling(link)[-limit:] if limit > 0 else []
    if not telling:
        return ()
    both = _vintages(READINGS.c.series.in_({series for _, series, _ in telling})).subquery()
    wanted = sa.select(*(both.c[name] for name in _SHOWN)).where(both.c.before.is_not(None), both.c.reading.in_([t[0] for t in telling]))
    rows = pd.DataFrame(link.execute(wanted.order_by(both.c.reading.desc(), both.c.session)).all(), columns=list(_SHOWN))
    settled = rows["session"] < rows["reading"].map({ident: since for ident, _, since in telling})
    return tuple(_told(group) for _, group in rows[settled].groupby("reading", sort=False))


def _vintages(*conditions: "sa.ColumnElement[bool]") -> "sa.Select[Any]":
    """Every observation beside the value that the same line had for its session before; NULL where there was none."""
    table, by = OBSERVATIONS.c, READINGS.c
    before = sa.func.lag(table.value).over(partition_by=(by.series, by.source, table.session), order_by=by.id)
    columns = (by.id.label("reading"), by.series, by.source, by.fetched_at, table.session, table.value, before.label("before"))
    return sa.select(*columns).join(OBSERVATIONS, table.reading == by.id).where(*conditions)


def _telling(link: sa.Connection) -> Sequence[tuple[int, str, int]]:
    """Readings that restated a settled session, oldest first: (reading, series, the first of its sessions that was provisional)."""
    both = _vintages(READINGS.c.series.in_(_TOLD)).subquery()
    oldest = sa.func.min(sa.case((both.c.before.is_not(None), both.c.session)))
    wanted = sa.select(both.c.reading, both.c.series, both.c.source, sa.func.max(both.c.session), oldest)
    rows = link.execute(wanted.group_by(both.c.reading, both.c.series, both.c.source).order_by(both.c.reading)).all()
    newest: dict[tuple[str, str], int] = {}
    found = []
    for reading, series, source, last, restated in rows:
        known = newest.get((series, source))
        if restated is not None and known is not None and restated < (since := _provisional_since(series, known)):
            found.append((reading, series, since))
        newest[series, source] = max(last, known) if known is not None else last
    return found


def _provisional_since(series: str, newest: int) -> int:
    """The first session (days since 1970) that was provisional while `newest` was the newest one."""
    plan = schedule(BY_KEY[series].calendar)
    at = int(plan.ordinals(np.array([newest], dtype="datetime64[D]"))[0])
    return int(plan.dates[max(at - PROVISIONAL + 1, 0)].astype("int64"))


def _told(rows: pd.DataFrame) -> Restatement:
    first = rows.iloc[0]
    before, after = rows["before"].to_numpy(), rows["value"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = after - before if BY_KEY[first["series"]].moves_in_points else np.where(before > 0, (after / before - 1) * 100, np.nan)
    change = float(moved[np.nanargmax(np.abs(moved))]) if np.isfinite(moved).any() else None
    return Restatement(
        series=str(first["series"]), source=str(first["source"]), fetched_at=instant(int(first["fetched_at"])), sessions=len(rows),
        first=date(int(rows["session"].iloc[0])), last=date(int(rows["session"].iloc[-1])), change=change,
    )  # fmt: skip
