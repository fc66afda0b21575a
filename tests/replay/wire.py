"""Which route of the replay answers a path in mirror shape, /HOST/PATH?QUERY."""

import datetime as dt
import json
from urllib.parse import parse_qs, unquote, urlsplit

from tests.replay import files, mainland, perpetuals, quotes, totals, venues
from tests.replay.question import Answer, Question, Routes, Scale

ROUTES: Routes = quotes.ROUTES + venues.ROUTES + totals.ROUTES + perpetuals.ROUTES + mainland.ROUTES + files.ROUTES


def answer(target: str, body: bytes, now: dt.datetime, scale: Scale) -> Answer:
    """Status and payload for a request; `body` is what was posted."""
    parts = urlsplit(target)
    host, _, path = parts.path.lstrip("/").partition("/")
    query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    for prefix, route in ROUTES:
        if f"{host}/{path}".startswith(prefix):
            rest = unquote(f"{host}/{path}"[len(prefix) :])
            return route(Question(path=rest, query=query, body=json.loads(body) if body else None, now=now, scale=scale))
    return 404, {"error": f"nothing is replayed at {host}/{path}"}
