"""Whole reports in Chinese: no English is left in what they say, and every number of the English is there."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from core import report
from core.divergences import RULES
from core.insight.chain import RULES as VERDICTS
from core.insight.questions import QUESTIONS
from core.language import _, speaking
from core.records import Report, Settings
from tests.core.chinese import english, numbers
from tests.core.market import DAY, bent, everything_fell, observations, table

EDITIONS = ("morning", "asia_close")
# The reference day, crashes, quiet days, a short history, weekends, and days on which New York, Hong Kong or the mainland was closed.
DATES = (
    DAY, dt.date(2025, 4, 8), dt.date(2024, 8, 6), dt.date(2022, 11, 10), dt.date(2023, 3, 11), dt.date(2022, 6, 14), dt.date(2021, 7, 1),
    dt.date(2024, 1, 1), dt.date(2024, 2, 13), dt.date(2025, 10, 3), dt.date(2025, 12, 26), dt.date(2023, 9, 2), dt.date(2024, 9, 8),
)  # fmt: skip
# The fields of a report's records that a reader sees.
SHOWN = {"text", "rule", "contradicted_by", "title", "columns", "note", "what", "why", "label", "window", "direction", "method", "name", "above",
         "below", "supported", "partly", "rejected", "told", "untold", "refuted_by", "rejected_unless", "word"}  # fmt: skip
# A number as only machines write it: 2e+08.
EXPONENT = re.compile(r"\de[+-]\d")


def shown(record: Any) -> Iterator[str]:
    """Every text of a tree of records that a reader sees."""
    fields = [f.name for f in dataclasses.fields(record)] if dataclasses.is_dataclass(record) else getattr(record, "_fields", [])
    for name in fields:
        value = getattr(record, name)
        if name in SHOWN:
            yield from (value,) if isinstance(value, str) else value
        else:
            yield from shown(value)
    if isinstance(record, tuple | list) and not fields:
        for value in record:
            yield from shown(value)


def told(made: Report) -> set[str]:
    return set(shown((made.sections, made.findings, made.flows)))


@cache
def reports() -> tuple[Report, ...]:
    usual = [report.build(table(edition), date, Settings()) for edition in EDITIONS for date in DATES]
    strict = Settings(threshold_unit="sigma", flat=0.3)
    return *usual, *(report.build(table(), date, strict) for date in DATES[:2]), everything_fell()


def wrong(texts: set[str]) -> dict[str, str]:
    """Texts that do not read as Chinese, or whose numbers are others, by their English."""
    with speaking("zh"):
        said = {t: _(t) for t in texts}
    return {t: s for t, s in said.items() if english(s) or numbers(t) != numbers(s)}


@pytest.mark.parametrize("part", ["key_insight", "transmission", "crypto_defi", "us", "hong_kong", "a_shares", "divergences", "capital_flows",
                                  "watch_next"])  # fmt: skip
def test_a_section_reads_as_chinese_with_the_numbers_of_its_english(part: str) -> None:
    texts = {t for made in reports() for t in shown(made.section(part))}
    assert len(texts) > 100
    assert not [t for t in texts if EXPONENT.search(t)]
    assert wrong(texts) == {}


def test_findings_and_the_map_do_too() -> None:
    texts = {t for made in reports() for t in shown((made.findings, made.flows))}
    assert len(texts) > 500
    assert wrong(texts) == {}


def test_what_rules_and_questions_may_say_does_too() -> None:
    assert wrong({*shown((RULES, VERDICTS)), *(q.text for q in QUESTIONS)}) == {}


def test_a_report_of_missing_legs_says_why_in_chinese() -> None:
    frame = observations()
    late = frame["series"].isin(["spx", "hsi", "btc_oi"]) & (frame["session"] > str(DAY - dt.timedelta(days=20)))
    assert late.any()
    assert wrong(told(bent(frame[~late]))) == {}


def test_chinese_ends_its_sentences_as_chinese_does() -> None:
    with speaking("zh"):
        said = [_(c.text) for made in reports() for s in made.sections for c in s.claims]
    assert [s for s in said if s[-1] not in "。？" or re.search(r"。。|[,;:] |\{|\}| 。|，，", s)] == []
