import csv as reader
import io
import re
import zipfile
from functools import cache

import pytest

from core.export import csv
from core.export.grid import tables
from tests.core import market


def rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert not re.search(r"(?<!\r)\n", text)
    return list(reader.reader(io.StringIO(text, newline=""), strict=True))


@cache
def members():
    packed = zipfile.ZipFile(io.BytesIO(csv.make_all(market.made(), market.table())))
    return {name: rows(packed.read(name)) for name in packed.namelist()}


def test_every_figure_is_a_line_with_a_number():
    head, *lines = rows(csv.make(market.made()))
    figures = market.made().figures()
    made = {line[head.index("Key")]: dict(zip(head, line, strict=True)) for line in lines}
    assert set(made) == set(figures)
    for key, f in figures.items():
        shown = made[key]["Value"]
        assert float(shown) == pytest.approx(f.value, rel=1e-9) if f.value is not None else shown == ""
        assert made[key]["Session"] == (f.session.isoformat() if f.session else "")
        assert made[key]["Unit"] == str(f.unit)
    assert made["spx.change"]["Known since (UTC)"] == "2026-03-27 20:00:00"


def test_every_line_says_which_dataset_and_snapshot():
    for name, (head, *lines) in members().items():
        if name not in {"about.csv", "series.csv"}:
            assert head[-2:] == ["Dataset", "Snapshot"]
            assert {tuple(line[-2:]) for line in lines} == {("Demo market (synthetic data)", market.made().snapshot)}, name
    about = dict(members()["about.csv"])
    assert about["Snapshot"] == market.made().snapshot
    assert about["Notice"].startswith("Synthetic data.")


def test_every_table_is_in_the_zip_and_rectangular():
    names = [f"{name}.csv" for _, name, _ in tables(market.made())]
    assert len(names) == len(set(names)) > 12
    assert set(names) <= set(members())
    assert {"chart_chain.csv", "chart_flow_map.csv", "divergences_us_crypto.csv", "figures.csv"} <= set(members())
    for name, lines in members().items():
        assert len({len(line) for line in lines}) == 1, name


def test_numbers_of_tables_are_numbers_in_a_named_unit():
    head, first, *_ = members()["us_indices.csv"]
    assert head[1:3] == ["Close (points)", "Change (percent)"]
    assert (first[0], float(first[1]), float(first[2])) == ("S&P 500", pytest.approx(6628.37, abs=0.01), pytest.approx(0.59, abs=0.005))
    assert first[head.index("Session")] == "2026-03-27"
    head, *lines = next(v for k, v in members().items() if k.startswith("crypto_defi") and v[0][0] == "Metric")
    reading = {line[0]: (line[1], line[head.index("Reading (unit)")]) for line in lines}
    assert reading["BTC"][1] == "USD"
    assert reading["Fear & Greed"] == ("37", "index 0 to 100")


def test_chinese_names_are_there():
    assert "上证指数" in {line[2] for line in members()["series.csv"]}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1+1", "'+1+1"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("−3.52%", "-3.52%"),
        ("+0.6σ", "'+0.6σ"), ("−$950.0M", "−$950.0M"), ("-", "'-"), ("1,234.5", "1,234.5"), ("S&P 500", "S&P 500"), ("", ""),
    ],
)  # fmt: skip
def test_no_text_can_be_taken_for_a_formula(text, written):
    assert csv._text(text) == written


def test_hostile_text_stays_in_its_field(hostile):
    packed = zipfile.ZipFile(io.BytesIO(csv.make_all(hostile, market.table())))
    for name in packed.namelist():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", name)
        for line in rows(packed.read(name)):
            assert not [field for field in line if field[:1] in "=+@\t\r" and field and not re.fullmatch(r"\+[\d.,]+%?", field)]


def test_equal_reports_give_equal_bytes(hostile):
    assert csv.make(hostile) == csv.make(hostile)
    assert csv.make_all(market.made(), market.table()) == csv.make_all(market.made(), market.table())
