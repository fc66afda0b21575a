"""A whole store moved into another one, with every vintage and outcome, in pieces that may be interrupted.

Rows keep their numbers. A piece is some readings with all of their observations, or some outcomes, in one transaction; so the last number in
the target says where to go on. The target takes over the source's identity, and is refused where it holds anything that the source does not.
Who is left alone, and how far back was asked, is copied whole.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.errors import StoreError
from core.store.rows import fill
from core.store.store import Store
from core.store.tables import FACTS, IDENTITY, OBSERVATIONS, OUTCOMES, REACHES, READINGS, REBUILT, RESTS, SHOWN

_PIECE = 20_000
_CLAIM_SECONDS = 86_400.0
_NUMBERED = (READINGS, OUTCOMES)
# Small, and rows are replaced in them: they are copied whole.
_SMALL = (RESTS, REACHES)


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows that both stores hold, and how many of them were brought this time."""

    readings: int
    observations: int
    outcomes: int
    brought: int


def copy(source: Store, target: Store, on_progress: Callable[[int, int], None] = lambda _, __: None) -> Copied:
    """Bring to `target` what it lacks of `source`; `on_progress` hears how many rows of how many have been brought.

    Raises StoreError where a store cannot be used, the target holds other rows, or both differ in the end; RefreshBusy where the target is
    being refreshed.
    """
    with target.refreshing(_CLAIM_SECONDS):
        facts = source.read(lambda link: dict(_all(link, sa.select(FACTS.c.name, FACTS.c.value))))
        _accept(source, target, facts.get(IDENTITY, ""))
        target.write(lambda link: _adopt(link, {name: facts[name] for name in (IDENTITY, REBUILT) if name in facts}))
        ends = {table.name: _last(source, table) for table in _NUMBERED}
        brought, pieces = 0, list(_pieces(source, target, ends))
        total = sum(rows for *_, rows in pieces)
        for table, first, last, _ in pieces:
            brought += _bring(source, target, table, first, last)
            on_progress(brought, total)
        for table in _SMALL:
            rows = source.read(lambda link, t=table: _all(link, sa.select(t)))  # type: ignore[misc]
            target.write(lambda link, t=table, r=rows: _replace(link, t, r))  # type: ignore[misc]
        if SHOWN in facts:
            target.write(lambda link: _adopt(link, {SHOWN: facts[SHOWN]}))
        mine, other = (store.read(lambda link: _measured(link, ends)) for store in (source, target))
    if mine != other:
        raise StoreError("The copy differs from its source.", remedy="Copy again into an empty store.")
    return Copied(mine[0][0], mine[1][0], mine[2][0], brought)


def _all(link: sa.Connection, wanted: "sa.Select[Any]") -> Sequence[Any]:
    return link.execute(wanted).all()


def _accept(source: Store, target: Store, identity: str) -> None:
    """Raise StoreError unless the target is empty or holds a beginning of the source."""
    ends = {table.name: _last(target, table) for table in _NUMBERED}
    if not any(ends.values()):
        return
    own = target.read(lambda link: link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == IDENTITY)))
    if own != identity:
        raise StoreError("The target holds another store already, and stores are not mixed.", remedy="Copy into an empty store.")
    newest = [sa.select(t).where(t.c.id == ends[t.name]) for t in _NUMBERED]
    last = sa.select(OBSERVATIONS).where(OBSERVATIONS.c.reading == ends[READINGS.name])
    newest.append(last.order_by(OBSERVATIONS.c.session, OBSERVATIONS.c.available_at))
    mine, other = (store.read(lambda link: (_measured(link, ends), [_all(link, wanted) for wanted in newest])) for store in (source, target))
    if mine != other:
        raise StoreError("The target was written since it was copied, and stores are not mixed.", remedy="Copy into an empty store.")


def _adopt(link: sa.Connection, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        link.execute(sa.delete(FACTS).where(FACTS.c.name == name))
        link.execute(sa.insert(FACTS).values(name=name, value=value))


def _replace(link: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    link.execute(sa.delete(table))
    fill(link, table, table.c.keys(), rows)


def _last(store: Store, table: sa.Table) -> int:
    """The last number in a table; 0 where it is empty."""
    return store.read(lambda link: link.scalar(sa.select(sa.func.max(table.c.id)))) or 0


def _pieces(source: Store, target: Store, ends: dict[str, int]) -> Iterator[tuple[sa.Table, int, int, int]]:
    """What the target lacks: table, first and last number, and about how many rows that is."""
    counted = sa.select(OBSERVATIONS.c.reading, sa.func.count() + 1).group_by(OBSERVATIONS.c.reading).order_by(OBSERVATIONS.c.reading)
    numbered = sa.select(OUTCOMES.c.id, sa.literal(1)).order_by(OUTCOMES.c.id)
    for table, wanted, column in ((READINGS, counted, OBSERVATIONS.c.reading), (OUTCOMES, numbered, OUTCOMES.c.id)):
        held = _last(target, table)
        since = wanted.where(column > held, column <= ends[table.name])
        first, rows = held + 1, 0
        for number, count in source.read(lambda link, s=since: _all(link, s)):  # type: ignore[misc]
            rows += count
            if rows >= _PIECE or number == ends[table.name]:
                yield table, first, number, rows
                first, rows = number + 1, 0
        if first <= ends[table.name]:
            yield table, first, ends[table.name], rows


def _bring(source: Store, target: Store, table: sa.Table, first: int, last: int) -> int:
    """Copy one piece in one transaction; how many rows it has."""
    parts = [(table, table.c.id)] + ([(OBSERVATIONS, OBSERVATIONS.c.reading)] if table is READINGS else [])
    found = [source.read(lambda link, t=t, c=c: _all(link, sa.select(t).where(c.between(first, last)))) for t, c in parts]  # type: ignore[misc]

    def put(link: sa.Connection) -> None:
        for (part, _), rows in zip(parts, found, strict=True):
            fill(link, part, [c.name for c in part.c], rows)
        if link.dialect.name == "postgresql":
            # Numbers were given, not drawn; the next one that is drawn must be new.
            link.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last)))

    target.write(put)
    return sum(len(rows) for rows in found)


def _measured(link: sa.Connection, ends: dict[str, int]) -> tuple[tuple[Any, ...], ...]:
    """Counts, and what else can be compared exactly between databases, of the rows up to the given numbers."""
    table = OBSERVATIONS.c
    exact = (f(column) for column in (table.value, table.available_at) for f in (sa.func.min, sa.func.max))
    values = sa.select(sa.func.count(), sa.func.sum(table.session), *exact)
    counts = [sa.select(sa.func.count(), sa.func.max(t.c.id)).where(t.c.id <= ends[t.name]) for t in _NUMBERED]
    found = (counts[0], values.where(table.reading <= ends[READINGS.name]), counts[1])
    return tuple(tuple(link.execute(wanted).one()) for wanted in found)
