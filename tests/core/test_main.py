import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.export import BY_KEY as EXPORTS
from core.settings import ROOT
from tests.core import market

NOTHING_HEAVY = """
import sys
from core.__main__ import main
assert main(sys.argv[1:]) == 0
assert not {"yfinance", "ccxt", "curl_cffi", "streamlit", "altair", "typst", "xlsxwriter", "vl_convert"} & set(sys.modules)
"""


@pytest.fixture
def empty_store(monkeypatch, tmp_path):
    monkeypatch.setenv("STORE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")


@pytest.fixture
def _made_once(monkeypatch):
    """The demo market's table, which another test has proved equal in every process, is not computed again for every command."""
    monkeypatch.setattr("core.datasets.metric_table", lambda key, edition, asof: {"demo": market.table}[key](edition))


def test_a_report_goes_to_standard_output_the_same_everywhere_and_without_any_vendor_client():
    command = [sys.executable, "-W", "ignore", "-c", NOTHING_HEAVY, "report", "--dataset", "demo", "--date", "2026-03-28", "--format", "json"]
    elsewhere = os.environ | {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "PATH": ""}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False, env=elsewhere)
    assert done.stderr == b""
    assert done.returncode == 0
    assert done.stdout == EXPORTS["json"].make(market.made(), market.table())
    document = json.loads(done.stdout)
    assert (document["dataset"], document["date"], document["edition"]) == ("demo", "2026-03-28", "morning")


def test_a_report_goes_into_a_folder_under_its_own_name(tmp_path, capsysbinary):
    arguments = ["report", "--dataset", "demo", "--edition", "asia_close", "--unit", "sigma", "--threshold", "us_crypto=1.5"]
    assert main([*arguments, "--format", "json", "--out", str(tmp_path)]) == 0
    written = tmp_path / "market-intelligence_demo_2026-03-28_asia_close.json"
    settings = json.loads(written.read_bytes())["settings"]
    assert settings == {"threshold_unit": "sigma", "thresholds": {"us_crypto": 1.5}, "flat": 0.1}
    assert capsysbinary.readouterr() == (b"", b"")


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path, monkeypatch, capsys):
    place, link = tmp_path / "report.md", tmp_path / "latest.md"
    place.write_text("yesterday")
    place.chmod(0o640)
    link.symlink_to(place)
    arguments = ["report", "--dataset", "demo", "--date", "2026-03-28", "--out", str(link)]

    def full(self, data):
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device", str(self))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert main(arguments) == 1
    assert capsys.readouterr().err == f"{link} cannot be written: No space left on device.\n"
    assert place.read_text() == "yesterday"
    assert main(arguments) == 0
    assert place.read_text().startswith("#")
    assert (place.stat().st_mode & 0o777, link.is_symlink(), sorted(tmp_path.iterdir())) == (0o640, True, [link, place])


@pytest.mark.parametrize(
    ("arguments", "name", "start"),
    [
        (["pdf"], "morning.pdf", b"%PDF"), (["pdf", "--paper", "letter"], "morning_letter.pdf", b"%PDF"), (["xlsx"], "morning.xlsx", b"PK"),
        (["csv", "--paper", "letter"], "morning.csv", b"\xef\xbb\xbfFigure"), (["zip"], "morning.zip", b"PK"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_made_once")
def test_every_format_can_be_asked_for(arguments, name, start, tmp_path):
    asked = ["report", "--dataset", "demo", "--date", "2026-03-28", "--out", str(tmp_path), "--format", *arguments]
    assert main(asked) == 0
    assert (tmp_path / f"market-intelligence_demo_2026-03-28_{name}").read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--date", "1999-01-01"], "1 Jan 1999 lies before the data begins. Pick a date from "),
        (["--date", "2026-04-30"], "30 Apr 2026 lies after the last report that can be made. "),
        (["--threshold", "no_such_rule=2"], "There is no divergence rule 'no_such_rule'. Use one of: "),
        (["--out", "/nowhere/report.md"], "/nowhere/report.md cannot be written: No such file or directory."),
    ],
)
@pytest.mark.usefixtures("_made_once")
def test_what_fails_says_so_in_a_sentence(arguments, sentence, capsys):
    assert main(["report", "--dataset", "demo", *arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_an_empty_store_says_what_to_do(empty_store, capsys):
    assert main(["report"]) == 1
    assert capsys.readouterr().err == "No data is stored yet. Refresh, or look at the demo market.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["publish"],
        ["report", "--date", "2026-13-01"],
        ["report", "--date", "tomorrow"],
        ["report", "--dataset", "other"],
        ["report", "--edition", "evening"],
        ["report", "--format", "docx"],
        ["report", "--format", "pdf", "--paper", "a5"],
        ["report", "--asof", "then"],
        ["report", "--threshold", "us_crypto"],
        ["report", "--threshold", "us_crypto=nan"],
        ["report", "--threshold", "=2"],
        ["report", "--threshold", "us_crypto=-1"],
        ["refresh", "--since", "ever"],
    ],
)
def test_bad_arguments_end_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_refresh_tells_every_source(empty_store, monkeypatch, capsys):
    from core import refresh as module

    def stub(store, operator, *, now, since, on_event, stop):
        assert since is None
        on_event(module.Event("yahoo", 1, 2, "ok", ""))
        on_event(module.Event("defillama", 2, 2, "unreachable", "No such host."))
        ok = module.SourceSummary(source="yahoo", status="ok", message="", ok=("spx",), new_rows=3)
        bad = module.SourceSummary(source="defillama", status="unreachable", message="No such host.", failed=("tvl",))
        return module.Summary((ok, bad), 0.5)

    monkeypatch.setattr(module, "refresh", stub)
    assert main(["refresh"]) == 0
    out, err = capsys.readouterr()
    assert err == "[1/2] yahoo: ok.\n[2/2] defillama: unreachable. No such host.\n"
    assert out.splitlines() == [
        "yahoo: ok (3 new, 0 restated, 0 series failed, 0.0 s).",
        "defillama: unreachable (0 new, 0 restated, 1 series failed, 0.0 s). No such host.",
    ]


def test_refresh_fails_when_nothing_could_be_reached(empty_store, monkeypatch, capsys):
    from core import refresh as module

    bad = module.SourceSummary(source="yahoo", status="unreachable", message="", failed=("spx",))
    monkeypatch.setattr(module, "refresh", lambda *_, **__: module.Summary((bad,), 0.5))
    assert main(["refresh"]) == 1
    assert "No source could be reached." in capsys.readouterr().err
