"""A database server: how long it is waited for, and that a wait in vain is not repeated for everybody who asks.

| wait | seconds |
|---|---|
| for a connection, unless the URL sets `connect_timeout` | 5 |
| for one statement, unless the URL's `options` set `statement_timeout` | 60 |
"""

import time
from typing import Any

import sqlalchemy as sa

_CONNECT_SECONDS = 5
_STATEMENT_SECONDS = 60
# A refusal that comes at once costs nobody anything; only a wait is remembered, and for how long.
_SLOW_SECONDS, _REMEMBERED_SECONDS = 1.0, 15.0
_FAILED: dict[sa.URL, tuple[float, Exception]] = {}


def server_engine(where: sa.URL) -> sa.Engine:
    """An engine for a server. After a wait in vain it fails at once, with the same error, until some seconds are over."""
    postgres = where.get_backend_name() == "postgresql" and where.get_driver_name() in {"psycopg", "psycopg2"}
    waits = {"connect_timeout": _CONNECT_SECONDS} if postgres and "connect_timeout" not in where.query else {}
    engine = sa.create_engine(where, pool_pre_ping=True, connect_args=waits)

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: sa.Dialect, _: object, arguments: Any, named: Any) -> Any:  # noqa: ANN401 - the driver's own connection has no common type
        until, known = _FAILED.get(where, (0.0, None))
        if known is not None and time.monotonic() < until:
            raise type(known)(*known.args)
        begun = time.monotonic()
        try:
            return dialect.connect(*arguments, **named)
        except dialect.loaded_dbapi.Error as error:
            if time.monotonic() - begun >= _SLOW_SECONDS:
                _FAILED[where] = time.monotonic() + _REMEMBERED_SECONDS, error
            raise

    if postgres and "statement_timeout" not in str(where.query.get("options", "")):

        @sa.event.listens_for(engine, "connect")
        def limit(link: Any, _: object) -> None:  # noqa: ANN401 - as above
            with link.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {_STATEMENT_SECONDS * 1000}")
            link.commit()

    return engine
