"""Languages: a sentence keeps its message and its figures, and says both in another language."""

import copy
import datetime as dt
import re

import pytest

from core.language import LANGUAGES, N_, Phrase, _, capital, fill, join, put, speak, speaking, spoken, written
from core.language.catalogue import files, messages, read
from core.units import Unit
from core.wording import day, instant, listing, show, weekday

SLOT = re.compile(r"\{[^{}]+\}")
FRIDAY = dt.date(2026, 3, 27)
# Months, which English writes as words.
MONTH = re.compile(r"\d+月")
OTHERS = [code for code in LANGUAGES if code != "en"]


def digits(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", MONTH.sub("", SLOT.sub("", text))))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_slots_of_its_message_and_no_digit_of_its_own(language: str) -> None:
    for english, said in messages(language).items():
        assert sorted(SLOT.findall(english)) == sorted(SLOT.findall(said)), english
        assert digits(english) == digits(said), english


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_translated_in_two_ways(language: str) -> None:
    told: dict[str, str] = {}
    for path in files(language):
        for english, said in read(path).items():
            assert told.setdefault(english, said) == said, f"{path.name}: {english}"


def test_a_sentence_is_english_text_until_it_is_said() -> None:
    made = N_("{n} sessions", n=3)
    assert made == "3 sessions"
    assert _(made) == "3 sessions"
    with speaking("zh"):
        assert _(made) == "3个交易日"
        assert _("a name that no catalogue knows") == "a name that no catalogue knows"
    assert spoken() == "en"


def test_what_stands_in_a_slot_is_said_too_however_deep() -> None:
    several = listing([show(0.27, Unit.PP), weekday(FRIDAY), "X"])
    assert several == "27 bps, Fri 27 Mar and X"
    with speaking("zh"):
        assert _(several) == "27个基点、3月27日（周五）和X"


def test_slots_left_open_are_filled_later_in_both_languages() -> None:
    left = N_("{several} and {last}", last=N_("{n} day", n="{spx.days}"))
    assert left == "{several} and {spx.days} day"
    made = fill(left, {"several": day(FRIDAY, year=True), "spx.days": "1"})
    assert made == "27 Mar 2026 and 1 day"
    with speaking("zh"):
        assert _(made) == "2026年3月27日和1天"


def test_braces_in_what_fills_a_slot_are_not_filled_again() -> None:
    assert put("{a} {b}", {"a": "{b}", "b": "x"}) == "{b} x"


def test_capitals_and_line_breaks_are_of_the_english_alone() -> None:
    made = N_("{n} hours", n=2)
    with speaking("zh"):
        assert _(capital(made)) == _(written("2\nhours", made)) == "2小时"
    assert capital("the dollar") == "The dollar"
    assert capital("") == ""


def test_a_row_keeps_its_texts() -> None:
    assert join("; ", []) == ""
    assert join("; ", ["a"]) == "a"
    row = join("; ", [N_("{n} day", n=1), "b"])
    assert row == "1 day; b"
    with speaking("zh"):
        assert _(row) == "1天；b"


def test_a_copy_says_the_same() -> None:
    made = copy.deepcopy({"title": [N_("{n} hours", n=2)]})["title"][0]
    assert isinstance(made, Phrase)
    with speaking("zh"):
        assert _(made) == "2小时"


def test_an_unknown_language_is_english() -> None:
    with speaking("en"):
        speak("xx")
        assert spoken() == "en"


def test_instants_and_missing_values_are_said() -> None:
    with speaking("zh"):
        assert _(instant(dt.datetime(2026, 3, 28, tzinfo=dt.UTC))) == "2026年3月28日 00:00 UTC"
        assert _(show(None, Unit.USD)) == "暂无"



def test_a_sentence_said_again_follows_the_language_of_the_moment():
    sentence = N_("{a} and {b}", a=N_("{n} sessions", n=3), b="x")
    heard = []
    for language in ("zh", "en", "zh", "en"):
        with speaking(language):
            heard.append(_(sentence))
    assert heard[:2] == heard[2:]
    assert heard[1] == "3 sessions and x" != heard[0]
    assert sentence == "3 sessions and x"
