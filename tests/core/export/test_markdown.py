import dataclasses
import datetime as dt
import re

import pytest

from core.export.markdown import make, text
from core.records import Settings
from core.units import Unit
from core.wording import show
from tests.core.market import made


def shown(report):
    return make(report).decode("utf-8")


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("plain words, S&P 500 at 6,368.85 (−1.67%)", "plain words, S&P 500 at 6,368.85 (−1.67%)"),
        ("<script>", "&lt;script&gt;"),
        ("a|b", r"a\|b"),
        ("`x`", r"\`x\`"),
        ("*a* _b_ ~c~", r"\*a\* \_b\_ \~c\~"),
        ("[a](b)", r"\[a\](b)"),
        ("&amp; &#60; R&D;", "&amp;amp; &amp;#60; R&amp;D;"),
        ("$2.37T", r"\$2.37T"),
        ("a\nb\r\nc\u2028d", "a b c d"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("=cmd()", "=cmd()"),
        ("---", r"\---"),
        ("+0.59%", "+0.59%"),
        ("1. item", r"1\. item"),
        ("1.5% up", "1.5% up"),
        ("see https://evil.example or www.evil.example", "see https&#58;//evil.example or www&#46;evil.example"),
        ("a\u202eb\u200bc\x00d\ud800e", "abcde"),
        ("\\|", r"\\\|"),
    ],
)
def test_text_is_never_markup(raw, escaped):
    assert text(raw) == escaped


def test_every_table_row_has_as_many_cells_as_its_head(hostile):
    width = None
    for line in shown(hostile).splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        width = width or cells
        assert cells == width, line


def test_hostile_text_stays_in_its_line(hostile):
    page = shown(hostile)
    assert "<" not in page
    assert "\x00" not in page
    assert "\u202e" not in page
    assert page.count("```") == 2  # one Mermaid block
    assert not re.search(r"(?<!\\)\[", page.split("```")[0])
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert all(re.match(r"#{1,4} \S", h) for h in headings)
    assert not [h for h in headings if h.strip("# ") in {"heading", "other"}]


def test_the_flow_map_separates_measured_from_inferred(hostile):
    block = shown(hostile).split("```")[1].splitlines()
    assert block[:2] == ["mermaid", "flowchart LR"]
    edges = [line for line in block if "--" in line or "-.-" in line]
    assert [e.split("|")[0].split() for e in edges] == [["n0", "-->"], ["n1", "-.->"]]
    assert all(re.fullmatch(r'  n\d(\["[^"`<>]*"\]| (-->|-\.->)\|"[^"`<>]*"\| n\d)', line) for line in block[2:] if line)


def test_the_flow_map_has_a_twin_in_words(honest):
    page = shown(honest)
    size = text(show(-9.5e8, Unit.USD))
    assert f"- US equities rose while crypto fell → Crypto majors: US equities rose while crypto fell ({size}), 1 day; measured." in page
    assert "no money was measured." in page


def test_what_a_reader_looks_for_is_there(honest):
    page = shown(honest)
    for wanted in (
        "# Cross-market intelligence, 28 Mar 2026",
        "Synthetic data.",
        "Cutoff: 28 Mar 2026 00:00 UTC",
        "Snapshot: 0123456789abcdef",
        "us\\_crypto 2.5pp",
        "\nStated: US equities rose while crypto fell (figure 3)\n",
        "The gap is +4.1pp, the threshold 2.0pp.",
        "What is missing, and why",
        "Contradicted by: A fall of the S&P 500.",
        "| 1 | S&P 500 change | +0.59% | 27 Mar 2026 | derived | Yahoo Finance |",
        "## Attribution",
    ):
        assert wanted in page


def test_live_reports_carry_no_synthetic_notice(bare):
    page = shown(bare)
    assert "Synthetic" not in page
    assert "As known at: 28 Mar 2026 00:00 UTC" in page


def test_thresholds_in_standard_deviations(honest):
    page = shown(dataclasses.replace(honest, settings=Settings(threshold_unit="sigma")))
    assert "the threshold 2.0σ." in page
    assert "thresholds in σ: defaults" in page


def test_equal_reports_give_equal_bytes(hostile):
    assert make(hostile) == make(dataclasses.replace(hostile))


def test_a_fragile_arrow_is_fainter_in_the_flow_map_too():
    block = shown(made(dt.date(2025, 9, 20))).split("```")[1].splitlines()
    drawn = [line for line in block if "|" in line]
    styled = [int(line.split()[1]) for line in block if line.strip().startswith("linkStyle")]
    assert styled == [i for i, line in enumerate(drawn) if ", fragile" in line] != []
