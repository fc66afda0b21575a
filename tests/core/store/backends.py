"""Stores of their own for tests, on every backend there is, and small tables to put into them."""

import datetime as dt
import os
import uuid

import pandas as pd
import pytest
import sqlalchemy as sa

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
on_postgres = [pytest.mark.database, pytest.mark.skipif(not POSTGRES, reason="TEST_POSTGRES_URL names no server")]
BACKENDS = ["sqlite", pytest.param("postgres", marks=on_postgres)]
NOON = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)


def schema_url():
    """The server's URL with a fresh schema of its own."""
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(POSTGRES)
    with engine.begin() as link:
        link.execute(sa.text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return sa.make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)


def fresh_url(backend, tmp_path):
    return f"sqlite:///{tmp_path / uuid.uuid4().hex}.sqlite" if backend == "sqlite" else schema_url()


def rows(*values, key="spx", fetched=NOON, source="yahoo", first="2026-03-23", available=None):
    sessions = pd.date_range(first, periods=len(values), unit="us")
    table = pd.DataFrame({"series": key, "session": sessions, "value": values})
    table["available_at"] = pd.Timestamp(available) if available else sessions + pd.Timedelta(hours=20)
    table["fetched_at"] = pd.Timestamp(fetched).tz_convert(None)
    return table.assign(source=source, basis="measured").astype({"available_at": "datetime64[us]", "fetched_at": "datetime64[us]", "value": float})


def hour(n):
    return NOON + dt.timedelta(hours=n)
