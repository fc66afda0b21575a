"""What memory says reads as Chinese, with the numbers of its English."""

import datetime as dt
from functools import cache

from core.language import _, speaking
from core.memory import compare, days, likeness, scorecard
from core.records import Settings
from core.report import SECTIONS
from tests.core.chinese import english, numbers
from tests.core.market import DAY, made, table

DATES = (DAY, dt.date(2025, 4, 8), dt.date(2023, 1, 20), dt.date(2022, 2, 3))
ANSWERS = ("yes", "yes, better", "yes, worse", "too few to say", "no, as on any day", "more", "less", "too few")


def section(written):
    for figure in written.figures:
        yield from (figure.label, figure.method, figure.note)
    for claim in written.claims:
        yield from (claim.text, claim.rule, claim.contradicted_by)
    for table_ in written.tables:
        yield from grid(table_)
    yield from (written.title, written.answer, *(t for g in written.gaps for t in (g.what, g.why)))


def grid(shown):
    yield from (shown.title, shown.note, *shown.columns, *(cell.text for row in shown.rows for cell in row))


@cache
def said():
    """Every text of memory over some dates."""
    market = table()
    found = [t for d in DATES for room in (likeness, scorecard) for t in section(room.write(market, d, Settings()))]
    for rule in ("", "us_crypto"):
        found += grid(days.strongest(market, Settings(), rule, market.panel.row(DAY)))
    for a, b in ((DATES[1], DAY), (DAY, DAY)):
        comparison = compare.compare(market, made(a), made(b))
        for shown in (comparison.biggest, comparison.rules, *(p.figures for p in comparison.parts)):
            found += grid(shown)
    found += [w for pair in SECTIONS for w in pair[1:]]
    found += [*ANSWERS, likeness._STRANGE, likeness._ALIKE, scorecard._SAME, scorecard._BETTER, scorecard._WORSE, *compare._STATES.values()]
    return tuple(dict.fromkeys(found))


def test_no_english_is_left():
    with speaking("zh"):
        left = {_(t): words for t in said() if (words := english(_(t)))}
    assert len(said()) > 300
    assert left == {}


def test_every_number_is_said():
    with speaking("zh"):
        spoken = [(t, _(t)) for t in said()]
    assert [pair for pair in spoken if numbers(pair[0]) != numbers(pair[1])] == []
