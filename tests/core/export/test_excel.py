import datetime as dt
import io
from functools import cache

import openpyxl
import pytest

from core.export import excel
from core.units import Unit
from tests.core import market


def opened(report):
    return openpyxl.load_workbook(io.BytesIO(excel.make(report)))


@cache
def demo():
    return opened(market.made())


def words(book):
    return [c.value for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]


def test_a_sheet_per_section_between_cover_and_figures():
    names = demo().sheetnames
    assert len(names) == len(market.made().sections) + 3
    assert (names[0], names[-2:]) == ("Report", ["Figures", "Series"])
    assert names[1:4] == ["Key insight", "Transmission chain", "Crypto & DeFi"]


def test_the_cover_says_what_this_is():
    report, cover = market.made(), [c.value for row in demo()["Report"].iter_rows() for c in row]
    assert {report.cutoff.replace(tzinfo=None), dt.datetime(2026, 3, 28)} <= {v for v in cover if isinstance(v, dt.datetime)}  # noqa: DTZ001 - Excel knows no zones
    assert {"Snapshot", report.snapshot, report.edition_label, *report.attribution} <= set(cover)
    assert all(s.answer in cover for s in report.sections)


def test_every_sheet_is_marked_and_carries_the_snapshot(bare):
    report = market.made()
    for sheet in demo():
        assert sheet["A2"].value.startswith("Synthetic data.")
        assert report.snapshot in sheet.oddHeader.left.text
        assert "SYNTHETIC DATA" in sheet.oddHeader.left.text
        assert sheet.freeze_panes is not None
    assert not [w for w in words(opened(bare)) if "ynthetic" in w]


def test_long_lists_repeat_their_head_on_every_printed_page():
    assert [sheet.print_title_rows for sheet in demo() if sheet.title in {"Figures", "Series"}] == ["$3:$3"] * 2


def test_every_claim_and_gap_is_said():
    said = set(words(demo()))
    for section in market.made().sections:
        assert {c.text for c in section.claims} <= said
        assert {g.why for g in section.gaps} <= said


def test_figures_are_numbers_with_formats_and_provenance():
    sheet, figures = demo()["Figures"], market.made().figures()
    rows = {row[8].value: row for row in sheet.iter_rows(min_row=4)}
    assert set(rows) == set(figures)
    for key, f in figures.items():
        label, value, unit, session, known, read, basis, source, *_ = (c.value for c in rows[key])
        assert (label, unit, basis, source or "") == (f.label, str(f.unit), str(f.basis), f.source)
        scale = 100 if f.unit in {Unit.PERCENT, Unit.YIELD, Unit.SHARE} else 1
        assert value == pytest.approx(f.value / scale) if f.value is not None else value == "n/a"
        assert session.date() == f.session if f.session else session == "n/a"
        assert known == f.available_at.replace(tzinfo=None) if f.available_at else known == "n/a"
        assert read == f.fetched_at.replace(tzinfo=None) if f.fetched_at else read == "n/a"
    assert rows["spx.change"][1].number_format == "+0.00%;-0.00%;0.00%"
    assert rows["btc.change"][1].value == pytest.approx(-0.0352, abs=1e-4)


def test_cells_of_tables_are_numbers_and_dates():
    rows = {row[0].value: row for row in reversed(list(demo()["US market"].iter_rows()))}
    name, close, change, *_, session = rows["S&P 500"][:7]
    assert (name.value, close.value, close.number_format) == ("S&P 500", pytest.approx(6628.37, abs=0.01), "#,##0.00")
    assert (change.data_type, session.value) == ("n", dt.datetime.fromisoformat("2026-03-27"))


def test_instants_of_tables_are_instants():
    cells = {row[0].value: row for row in reversed(list(demo()["Transmission chain"].iter_rows()))}["Hong Kong"]
    assert (cells[5].value, cells[5].number_format) == (dt.datetime.fromisoformat("2026-03-27 08:00"), 'yyyy-mm-dd hh:mm" UTC"')


def test_chinese_names_are_there():
    assert {"上证指数", "恒生科技指数", "比特币"} <= set(words(demo()))


@pytest.mark.parametrize("name", ["hostile", "honest", "bare"])
def test_no_text_becomes_a_formula_or_a_link(name, request):
    book = opened(request.getfixturevalue(name))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    risky = [c for c in cells if isinstance(c.value, str) and c.value[0] in "=+-@"]
    assert bool(risky) is (name == "hostile")
    assert all(c.quotePrefix for c in risky)


def test_hostile_names_of_sheets_are_tamed(hostile):
    names = opened(hostile).sheetnames
    assert len(names) == len(set(names)) == 5
    assert not [n for n in names if len(n) > 31 or set(n) & set("[]:*?/\\")]


def test_equal_reports_give_equal_bytes(hostile):
    assert excel.make(hostile) == excel.make(hostile)
    assert excel.make(market.made()) == excel.make(market.made())
