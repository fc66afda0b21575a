"""What a route of the replay is asked, and what it answers: one shape for every upstream, so that a fault can wrap any of them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Query = dict[str, str]
Scale = Callable[[str, dt.date], float]  # how much a value of a name and date was restated: 1 unless told otherwise
Answer = tuple[int, object]  # HTTP status, and JSON; a `str` is sent as the text it is


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request to a route: the rest of the path after the route's prefix, the query, and the JSON that was posted (None for GET)."""

    path: str
    query: Query
    body: Any
    now: dt.datetime
    scale: Scale


Route = Callable[[Question], Answer]
Routes = tuple[tuple[str, Route], ...]


def second(day: dt.date) -> int:
    """00:00 UTC of a date in seconds since 1970."""
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
