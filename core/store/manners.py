"""What has to be kept so that upstreams are treated well: who is left alone until when, and what was asked for already."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import sqlalchemy as sa

from core.errors import brief
from core.language.kept import kept, recalled
from core.store.records import Rest
from core.store.tables import REACHES, RESTS, date, days, instant, micros

Reaches = dict[tuple[str, str], dt.date]


def put_aside(link: sa.Connection, rests: Iterable[Rest]) -> None:
    """Keep who is left alone until when; what was known of the same names before is replaced."""
    rows = [asdict(rest) | {"until": micros(rest.until), "message": kept(brief(rest.message))} for rest in rests]
    if rows:
        link.execute(sa.delete(RESTS).where(RESTS.c.name.in_([row["name"] for row in rows])))
        link.execute(sa.insert(RESTS), rows)


def rests(link: sa.Connection) -> tuple[Rest, ...]:
    """Who was put aside last, and until when, by name; some of it may be over."""
    rows = link.execute(sa.select(RESTS).order_by(RESTS.c.name)).mappings().all()
    return tuple(Rest(**{**row, "until": instant(row["until"]), "message": recalled(row["message"])}) for row in rows)


def reached(link: sa.Connection, source: str, firsts: Mapping[str, dt.date]) -> None:
    """Keep that a source was asked for some series back to a date each, and answered."""
    before = reaches(link)
    rows = [
        {"series": key, "source": source, "first": days(first)}
        for key, first in firsts.items()
        if (key, source) not in before or first < before[key, source]
    ]
    if rows:
        link.execute(sa.delete(REACHES).where(REACHES.c.source == source, REACHES.c.series.in_([row["series"] for row in rows])))
        link.execute(sa.insert(REACHES), rows)


def reaches(link: sa.Connection) -> Reaches:
    """How far back every series was asked for at every source that answered, by series and source."""
    return {(key, source): date(first) for key, source, first in link.execute(sa.select(REACHES))}
