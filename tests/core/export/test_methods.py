import re

from core.__main__ import main
from core.catalogue import PROVIDERS, SERIES
from core.divergences import RULES
from core.export import methods
from core.insight import chain
from core.metrics import METRICS
from core.settings import ROOT

PAGE = methods.make().decode("utf-8")


def test_the_committed_page_is_current():
    assert (ROOT / "docs" / "methods.md").read_text(encoding="utf-8") == PAGE, "run python -m core methods --out docs/methods.md"


def test_every_series_metric_rule_and_verdict_is_in_it():
    keys = set(re.findall(r"`([^`]+)`", PAGE))
    assert {s.key for s in SERIES} | {m.key for m in METRICS} | {r.key for r in RULES} <= keys
    assert {ref.symbol for s in SERIES for ref in s.sources} <= keys
    assert all(methods.text(p.licence) in PAGE for p in PROVIDERS.values())
    assert all(methods.text(e.refuted_by) in PAGE for r in RULES for e in r.explanations)
    assert all(methods.text(r.word) in PAGE for r in chain.RULES)


def test_every_row_is_as_wide_as_its_head():
    width = 0
    for line in PAGE.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in {0, width or cells}, line
        width = cells


def test_the_command_writes_the_same(tmp_path, capsysbinary):
    assert main(["methods", "--out", str(tmp_path / "methods.md")]) == 0
    assert (tmp_path / "methods.md").read_text(encoding="utf-8") == PAGE
    assert main(["methods"]) == 0
    assert capsysbinary.readouterr().out.decode("utf-8") == PAGE
