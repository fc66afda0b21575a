"""One refresh of a store at a time, whoever runs it: a row with an expiry on SQLite, an advisory lock on PostgreSQL.

An advisory lock ends with its connection, so a holder that died is gone at once; a row is believed until its time is over.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from core.errors import RefreshBusy
from core.store.tables import FACTS, IDENTITY, LOCK

Writing = Callable[[], AbstractContextManager[sa.Connection]]
# No claim lasts longer: one that would was made by a clock that ran ahead.
_LONGEST = 2 * 86_400.0


def claim(engine: sa.Engine, writing: Writing, seconds: float) -> AbstractContextManager[None]:
    """The right to refresh, for one holder at a time; on SQLite one that died loses it after `seconds`. Raises RefreshBusy."""
    return _advisory(engine) if engine.dialect.name == "postgresql" else _row(writing, seconds)


@contextmanager
def _row(writing: Writing, seconds: float) -> Iterator[None]:
    holder, now = uuid.uuid4().hex, time.time()
    with writing() as link:
        link.execute(sa.delete(LOCK).where((LOCK.c.expires < now) | (LOCK.c.expires > now + _LONGEST)))
        if link.scalar(sa.select(LOCK.c.holder)) is not None:
            raise RefreshBusy("The store is being refreshed already.")
        link.execute(sa.insert(LOCK).values(name="refresh", holder=holder, expires=now + seconds))
    try:
        yield
    finally:
        with writing() as link:
            link.execute(sa.delete(LOCK).where(LOCK.c.holder == holder))


@contextmanager
def _advisory(engine: sa.Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        # Stores that share a database are told apart by what they call themselves.
        identity = link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == IDENTITY)) or ""
        key = int(identity[:15] or "0", 16)
        if not link.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            raise RefreshBusy("The store is being refreshed already.")
        try:
            yield
        finally:
            # The connection is not kept: its end is what frees the lock, whatever became of it.
            link.invalidate()
