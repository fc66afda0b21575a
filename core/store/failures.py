"""What a database's failures are called, without a secret in them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from core.errors import StoreError
from core.language import N_
from core.settings import hidden
from core.store.damage import is_damage

DAMAGED = "damaged"
# A server that restarts is back within seconds; work is tried again after each of these pauses.
_PAUSES = (0.1, 1.0, 3.0)
_WORDS = {
    "SQLITE_FULL": ("the disk is full", "Free some space; nothing was lost, and what is stored can still be read."),
    "SQLITE_READONLY": ("it may only be read", "Let the user who runs this app write the file and its folder."),
    "SQLITE_BUSY": ("another process has been writing for too long", "Try again in a minute."),
    "SQLITE_CANTOPEN": ("the file cannot be opened", "Check STORE_URL and the permissions of its folder."),
    "SQLITE_IOERR": ("the disk failed", "Check the disk and its free space; nothing that was stored before is lost."),
    "SQLITE_CORRUPT": ("its file is damaged", "It is rebuilt from what can be read the next time it is opened."),
    "SQLITE_NOTADB": ("its file is damaged", "It is rebuilt from what can be read the next time it is opened."),
}
_DEEDS = {
    "opened": "The store cannot be opened: {why}.",
    "read": "The store cannot be read: {why}.",
    "written": "The store cannot be written: {why}.",
}
T = TypeVar("T")


@contextmanager
def reported(deed: str, url: str) -> Iterator[None]:
    """Turn what a database throws into a StoreError; `deed` is what failed: opened, read, written."""
    try:
        yield
    except sa.exc.SQLAlchemyError as exc:
        cause = getattr(exc, "orig", None) or exc
        name = str(getattr(cause, "sqlite_errorname", ""))
        words = next((w for sign, w in _WORDS.items() if name.startswith(sign)), None)
        reason = (str(cause).splitlines() or [""])[0]
        why, remedy = words or (hidden(f"{type(cause).__name__}: {reason}", url), None)
        error = StoreError(N_(_DEEDS[deed], why=why), remedy=remedy)
        error.kind = DAMAGED if is_damage(cause) or name == "SQLITE_READONLY_DBMOVED" else "failed"
        raise error from exc
    except (OSError, ImportError) as exc:
        raise StoreError(N_(_DEEDS[deed], why=hidden(str(exc), url))) from exc


def lost(work: Callable[[], T]) -> T:
    """The result of work; where a server's connection is lost, it is done again from its beginning, a few times."""
    for pause in _PAUSES:
        try:
            return work()
        except sa.exc.DBAPIError as exc:
            if not exc.connection_invalidated:
                raise
        time.sleep(pause)
    return work()
