import pytest

from core.errors import BadInput
from core.export import EXPORTS, export, file_name


def test_keys_and_suffixes_are_unique():
    assert len({e.key for e in EXPORTS}) == len({e.suffix for e in EXPORTS}) == len(EXPORTS)


@pytest.mark.parametrize("e", EXPORTS, ids=lambda e: e.key)
def test_every_format_takes_every_report(e, hostile, honest, bare):
    for report in (hostile, honest, bare):
        assert e.make(report)


def test_file_name_says_what_is_in_it(honest):
    assert file_name(honest, export("md")) == "market-intelligence_demo_2026-03-28_morning.md"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(BadInput, match="html, md, json"):
        export("docx")
