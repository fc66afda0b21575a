import dataclasses
import io
import re
from functools import cache

import pypdf
import pytest

from core.export import made, pdf
from core.export.drawings import drawings
from core.export.look import Look
from tests.core import market

A4, LETTER = (595, 842), (612, 792)


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def flat(text):
    """Text without spaces: lines of a paragraph break anywhere."""
    return re.sub(r"\s+", "", text)


def objects(reader):
    """Every dictionary of the file."""
    found = [reader.get_object(pypdf.generic.IndirectObject(n, 0, reader)) for n in range(1, reader.trailer["/Size"])]
    return [o for o in found if isinstance(o, dict)]


@cache
def demo():
    return pdf.make(market.made(), market.table())


@cache
def pages():
    return [p.extract_text() for p in read(demo()).pages]


def test_it_says_what_the_report_says():
    said, report = flat("".join(pages())), market.made()
    for section in report.sections:
        assert flat(section.title) in said
        assert flat(section.answer) in said
        assert all(flat(t.title) in said for t in section.tables)
        assert all(flat(c.text) in said for c in section.claims if c.kind in {"verdict", "headline", "divergence"})
        assert all(flat(g.why) in said for g in section.gaps)
    assert all(flat(f.label) in said for f in report.figures().values())
    assert all(flat(line) in said for line in report.attribution)


def test_every_page_names_the_report_and_its_number():
    report = market.made()
    for i, text in enumerate(pages(), 1):
        assert f"snapshot {report.snapshot}" in text
        assert "Demo market · 28 Mar 2026 · Asia morning (00:00 UTC)" in text
        assert f"{i} of {len(pages())}" in text


def test_every_page_of_a_demo_report_is_marked_and_no_page_of_another(bare):
    assert all("SYNTHETIC DATA: an invented demo market, not real prices" in text for text in pages())
    assert all("SYNTHETIC" in text.replace("SYNTHETIC DATA", "") for text in pages())
    live = [p.extract_text() for p in read(pdf.make(bare, market.table())).pages]
    assert not [text for text in live if "synthetic" in text.lower()]


def test_contents_lead_to_the_sections():
    reader = read(demo())
    titles = {flat(o.title) for o in reader.outline}
    assert {flat(s.title) for s in market.made().sections} <= titles
    links = [a.get_object() for a in reader.pages[0].get("/Annots", [])]
    assert len(links) >= len(market.made().sections)
    assert not [a for a in links if "/URI" in a.get("/A", {})]


def test_the_first_page_is_the_report_in_one_page():
    first, report = flat(pages()[0]), market.made()
    assert all(flat(s.title) in first and flat(s.answer) in first for s in report.sections)
    assert all(title.replace(" ", "") in first for title in ("How each figure is made", "The series behind them", "Attribution"))


def test_each_figure_leads_to_its_origin_and_its_method_said_once():
    said, report = flat("".join(pages())), market.made()
    ways = [way for _, found in made.methods(report) for way in found]
    assert sorted(n for way in ways for n in way.figures) == list(range(1, len(report.figures()) + 1))
    assert len(ways) < len({f.method for f in report.figures().values()}) / 2
    assert all(said.count(flat(f"{way.number} {way.sentence}")) >= 1 for way in ways)
    assert all(said.count(flat(origin)) == 1 for origin in made.origins(report))


def test_a_sign_is_joined_to_its_currency():
    assert pdf._plain("net −$950.0M, +¥2.1B, −3.5%") == "net −\u2060$950.0M, +\u2060¥2.1B, −3.5%"


def test_chinese_names_are_set_in_the_bundled_fonts():
    said = flat("".join(pages()))
    assert {"上证指数", "深证成指", "创业板指", "恒生科技指数", "比特币"} <= set(re.findall(r"[\u4e00-\u9fff]+", said))
    fonts = {str(f.get_object()["/BaseFont"]) for p in read(demo()).pages for f in p["/Resources"]["/Font"].values()}
    assert {re.sub(r"^/[A-Z]{6}\+", "", f).partition("-")[0] for f in fonts} == {"ReportSans", "ReportSansSC"}


def test_charts_are_vectors_and_described():
    found = objects(read(demo()))
    assert not [o for o in found if o.get("/Subtype") == "/Image"]
    described = {str(o["/Alt"]) for o in found if "/Alt" in o}
    drawn = [d for found in drawings(market.made(), market.table()).values() for d in found]
    assert len(drawn) > 12
    assert {d.alt for d in drawn} <= described
    assert "Time (UTC); a label stands where its day begins" in "".join(pages())


def test_it_is_tagged_for_screen_readers():
    root = read(demo()).root_object
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root


@pytest.mark.parametrize(("paper", "size"), [("a4", A4), ("letter", LETTER)])
def test_paper(paper, size, bare):
    box = read(pdf.make(bare, market.table(), Look(paper=paper))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_hostile_text_is_text_and_unknown_characters_break_nothing(hostile):
    reader = read(pdf.make(hostile, market.table()))
    said = flat("".join(p.extract_text() for p in reader.pages))
    assert len(objects(reader)) > 100
    for text in ("<script>alert(1)</script>", "*bold*_under_[link](javascript:alert(1))", "{{7*7}}", "$x$```", "=cmd|'/Ccalc'!A0", "##other"):
        assert text in said
    assert not {"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles"} & {k for o in objects(reader) for k in o}
    assert not [o for o in objects(reader) if "/URI" in o]


MARKUP = ("#panic()", "$ x $", "*b*", "_i_", "@ref", "<label>", "[x]", "\\u{1F600}", "= Heading", "- item", "`raw`", "// x", "/* x", "~", "---")


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_is_read_as_typst(text, honest):
    claim = dataclasses.replace(honest.sections[0].claims[0], text=text)
    section = dataclasses.replace(honest.sections[0], title=text, gaps=(), tables=(), claims=(claim,))
    report = dataclasses.replace(honest, sections=(section,), findings=(), attribution=(text,), dataset_label=text, edition_label=text)
    said = flat("".join(p.extract_text() for p in read(pdf.make(report, market.table())).pages))
    assert said.count(flat(text)) >= 4


def test_equal_reports_give_equal_bytes():
    assert demo() == pdf.make(market.made(), market.table())
    assert read(demo()).metadata.creation_date.isoformat() == "2026-03-28T00:00:00+00:00"
