import pytest

from core.errors import BadInput
from core.export import EXPORTS, export, file_name, table_name
from tests.core import market


def test_keys_labels_and_names_are_unique(honest):
    assert len({e.key for e in EXPORTS}) == len({e.label for e in EXPORTS}) == len({file_name(honest, e) for e in EXPORTS}) == len(EXPORTS)


def test_formats_of_a_group_stand_together():
    groups = [e.group for e in EXPORTS]
    assert groups == sorted(groups)


@pytest.mark.parametrize("e", EXPORTS, ids=lambda e: e.key)
def test_every_format_takes_every_report(e, hostile, honest, bare):
    for report in (hostile, honest, bare):
        assert e.make(report, market.table())


def test_file_name_says_what_is_in_it(honest):
    assert file_name(honest, export("md")) == "market-intelligence_demo_2026-03-28_morning.md"
    assert file_name(honest, export("pdf")) == "market-intelligence_demo_2026-03-28_morning.pdf"
    assert file_name(honest, export("pdf_letter")) == "market-intelligence_demo_2026-03-28_morning_letter.pdf"
    assert table_name(honest, "chain") == "market-intelligence_demo_2026-03-28_morning_chain.csv"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(BadInput, match="html, md, xlsx, zip, csv, json"):
        export("docx")
