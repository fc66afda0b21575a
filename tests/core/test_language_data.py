"""What the rooms below the report tell, in Chinese: catalogue, refusals at the door, failures of sources and store, notes of figures, health."""

import ast
import datetime as dt
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import datasets, errors, report
from core.__main__ import main
from core.catalogue import BY_KEY, PROVIDERS, SERIES
from core.catalogue.breaks import BREAKS
from core.door import check
from core.errors import BadInput, BadPayload, Blocked, ExplorerError, SourceError, StoreError, brief
from core.figures import Figures
from core.health import attempts, examine
from core.language import N_, Phrase, _, capital, join, speaking
from core.language.catalogue import messages
from core.language.kept import kept, recalled
from core.metrics import BY_KEY as METRICS
from core.metrics import compute
from core.observations import frame
from core.panel import build
from core.records import Settings
from core.refresh import refresh
from core.sessions import EDITIONS, PLACES, edition, schedule
from core.settings import ROOT, operator
from core.sources.aside import Aside
from core.sources.http import refuse_status
from core.store import Outcome, Rest, Store
from core.store.engine import open_engine
from core.units import Basis, Unit
from tests.core import market
from tests.core.chinese import english, texts
from tests.core.market import DAY, observations, without_last
from tests.replay.server import Fault

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
SPX = BY_KEY["spx"]
ROOMS = ("sources", "store", "refresh", "errors.py", "settings.py", "sessions.py", "datasets.py", "door.py", "tracks.py", "panel.py", "due.py",
         "figures.py", "health.py")  # fmt: skip
FAULTS = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ExplorerError)}


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", re.sub(r"\d+月", "", text)))


def said(text: str) -> str:
    """A text in Chinese, which has the numbers of its English and no word of it."""
    with speaking("zh"):
        made = _(text)
    assert not english(made), made
    assert numbers(made) == numbers(text), made
    return made


def declared() -> Iterator[str]:
    """Every message of these rooms: of phrases, of errors and their remedies."""
    files = [file for room in ROOMS for file in ([ROOT / "core" / room] if room.endswith(".py") else (ROOT / "core" / room).rglob("*.py"))]
    for file in files:
        yield from _messages(ast.parse(file.read_text(encoding="utf-8")), file)


def _messages(tree: ast.AST, file: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAULTS | {"N_"} and node.args:
            assert not isinstance(node.args[0], ast.JoinedStr), f"{file.name}: a message with a figure glued in"
            told = [node.args[0], *(k.value for k in node.keywords if k.arg == "remedy")]
            yield from (t.value for t in told if isinstance(t, ast.Constant) and isinstance(t.value, str))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "remedy":
            yield from (node.value.value,) if isinstance(node.value, ast.Constant) else ()


def test_every_message_of_these_rooms_has_its_translation() -> None:
    found = set(declared())
    assert len(found) > 150
    assert found - set(messages("zh")) == set()


@pytest.mark.parametrize("series", SERIES, ids=lambda s: s.key)
def test_a_series_says_its_label_name_and_method(series) -> None:
    assert said(series.label) == series.label_zh
    assert said(series.method)
    assert said(series.short) in series.label_zh or series.key == "stablecoins"


def test_whoever_supplies_data_and_what_it_counts_is_said() -> None:
    for record in (*PROVIDERS.values(), *BREAKS):
        assert [said(t) for t in texts(record) if " " in t or t[:1].isupper()]
    for text in (*PLACES.values(), *(e.label for e in EDITIONS), *Unit, *Basis):
        assert said(text)
    for source in datasets.DATASETS.values():
        assert said(source.label)
        assert source.notice == "" or said(source.notice)


@pytest.mark.parametrize(("asked", "told"), [
    (lambda: edition("noon"), "没有名为'noon'的版次。可选：morning, asia_close。"),
    (lambda: datasets.dataset("x"), "没有名为'x'的数据集。可选：live, demo。"),
    (lambda: operator({"REFRESH_DEADLINE": "never"}), "REFRESH_DEADLINE的值为'never'。请设为0至86400之间的秒数。"),
    (lambda: refuse_status("api.kraken.com", 403), "api.kraken.com拒绝本机访问（HTTP 403）。改用顺序中的下一个来源；该来源数小时内不再请求。"),
])  # fmt: skip
def test_an_error_says_what_happened_and_what_to_do(asked, told) -> None:
    with pytest.raises(ExplorerError) as caught:
        asked()
    assert str(caught.value) == caught.value.text == f"{caught.value.message} {caught.value.remedy}"
    with speaking("zh"):
        assert _(caught.value.text) == _(str(caught.value)) == told


def test_a_date_without_a_report_says_which_ones_there_are() -> None:
    panel = build(recent(), "demo", "morning", np.arange(np.datetime64(DAY) - 3, np.datetime64(DAY) + 1))
    with pytest.raises(BadInput) as caught:
        panel.row(dt.date(2031, 1, 1))
    assert said(caught.value.text) == "2031年1月1日晚于可生成的最后一份报告。请选择2026年3月25日至2026年3月28日之间的日期。"


def test_a_message_that_is_cut_in_english_is_whole_in_chinese() -> None:
    error = SourceError(join(" ", [N_("No exchange gave {what}.", what="BTC funding")] * 20))
    assert error.message.endswith("…")
    with speaking("zh"):
        assert _(error.message) == "没有交易所给出比特币资金费率。" * 20
    assert brief("short") == "short"


def test_what_is_kept_as_a_string_is_recalled_with_all_it_was_made_from() -> None:
    made = join("; ", [capital(N_("{n} days", n=2)), N_("{host} did not answer: {reason}.", host="x\n", reason="too slow"), "a"])
    again = recalled(kept(made))
    assert again == made
    with speaking("zh"):
        assert _(again) == _(made) == "2天；x\n没有应答：超时。；a"


@pytest.mark.parametrize("text", ["", "plain", "two\nlines", 'x\n["Phrase", "y", "y", {}]', "x\n[1]", 'x\n["Nobody", "x", "x", {}]', "x\n{}", "\n3"])
def test_any_other_string_stays_as_it_is(text) -> None:
    assert recalled(text) == text
    assert kept(text) == text
    assert kept(join(" ", [])) == ""


def test_what_is_too_long_is_kept_in_english_alone() -> None:
    assert kept(N_("{n} days", n="9" * 5000)) == "9" * 5000 + " days"


def test_the_store_keeps_what_outcomes_and_rests_were_made_from(tmp_path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with pytest.raises(Blocked) as caught:
        refuse_status("x.example", 451)
    store.record([Outcome(source="yahoo", series="vix", started=NOW, ended=NOW, status="blocked", message=caught.value.message)])
    store.put_aside([Rest("yahoo", NOW, "blocked", caught.value.message)])
    (outcome,), (rest,) = store.outcomes(), store.rests()
    store.close()
    assert outcome.message == rest.message == "x.example refuses this machine (HTTP 451)."
    assert said(outcome.message) == said(rest.message) == "x.example拒绝本机访问（HTTP 451）。"


def test_who_is_left_alone_is_said_with_the_reason() -> None:
    aside = Aside(NOW)
    aside.put("exchanges:kraken", Blocked(N_("{host} refuses this machine (HTTP {status}).", host="kraken", status=403)))
    why = aside.why("exchanges:kraken")
    assert why is not None
    with speaking("zh"):
        assert _(why.message) == "2026年3月28日 06:30 UTC之前不再请求kraken：kraken拒绝本机访问（HTTP 403）。"


def test_a_store_that_was_rebuilt_says_what_could_be_read(tmp_path) -> None:
    file = tmp_path / "store.sqlite"
    store = Store(f"sqlite:///{file}")
    store.append(door([6400.0] * 10))
    store.close()
    content = bytearray(file.read_bytes())
    content[-4096:] = b"\x07" * 4096
    file.write_bytes(content)
    store = Store(f"sqlite:///{file}")
    told = store.notice()
    store.close()
    assert re.fullmatch(r"数据库文件曾损坏，已于[\d-]+另存为store\.damaged-\w+\.sqlite。从1次读取中恢复了0个观测值.*", said(told))


def test_a_store_that_cannot_be_opened_says_why(tmp_path) -> None:
    (tmp_path / "other.sqlite").write_text("nothing of ours")
    for url in ("no address", f"sqlite:///{tmp_path / 'other.sqlite'}"):
        with pytest.raises(StoreError) as caught:
            open_engine(url)
        with speaking("zh"):
            assert re.search("无法打开数据库|不是本产品的数据库", _(caught.value.text))
            assert "The store" not in _(caught.value.text)


def door(values: list[float], count: int = 10) -> np.ndarray:
    dates = schedule("XNYS").dates
    end = int(np.searchsorted(dates, np.datetime64("2026-03-27"))) + 1
    return frame(SPX, dates[end - count : end][: len(values)], np.array(values), fetched_at=np.datetime64("2026-03-28T00:30"), source="yahoo",
                 basis="measured")  # fmt: skip


def test_what_the_door_leaves_out_is_said() -> None:
    values = [6400.0] * 10
    values[3], values[6], values[7] = 1e9, 60.0, 9000.0
    checked = check(SPX, door(values).drop(index=5).reset_index(drop=True), now=NOW, start=dt.date(2026, 3, 2))
    assert [said(r) for r in checked.remarks] == [
        "标普500：剔除2行（2026-03-19至2026-03-24）：超出300至100000的范围。",
        "标普500：剔除1行（2026-03-25）：单个交易日变动超过25%。",
        "标普500：应答缺少纽约的1个交易日（2026-03-23）；已存储的部分保留，并将再次请求。",
    ]


@pytest.mark.parametrize("values", [[6400.0, 6410.0], [6400.0] * 7 + [900.0] * 3, [1e9] * 10])
def test_a_payload_that_is_refused_is_refused_in_chinese(values) -> None:
    with pytest.raises(BadPayload) as caught:
        check(SPX, door(values), now=NOW, start=dt.date(2026, 3, 2), anchor=6400.0)
    assert said(caught.value.text)


def recent():
    table = observations()
    return table[table["session"] >= "2025-01-01"]


def test_why_a_figure_is_unknown_or_to_be_read_with_care_is_said() -> None:
    whole = without_last(recent(), ("vix", "hsi"), 2)
    whole = whole[(whole["series"] != "cn_turnover") & ((whole["series"] != "gold") | (whole["session"] != "2026-03-26"))]
    table = compute(build(whole, "demo", "morning", np.array(["2025-12-27", "2026-02-18", DAY], dtype="datetime64[D]")))
    told = set()
    for row in range(len(table.panel.dates)):
        figures = Figures(table, row)
        told |= {(f.note, f.value is None) for f in map(figures.__getitem__, METRICS) if f.note and f.note != METRICS[f.key].unknown}
    assert {unknown for _note, unknown in told} == {True, False}
    for note, _unknown in told:
        assert isinstance(note, Phrase)
        assert said(note)


def test_the_health_of_a_report_is_said() -> None:
    dates = np.array([DAY], dtype="datetime64[D]")
    for behind, levels in ((), "complete"), (("vix",), "gaps"), (("spx", "xlk", "xlf", "xlv", "xly", "xlc", "xli"), "unsafe"):
        table = compute(build(without_last(recent(), behind, 2) if behind else recent(), "demo", "morning", dates))
        made = report.build(table, DAY, Settings())
        health = examine(table, made, {})
        assert health.level == levels
        assert said(health.sentence)
        assert [said(s.why) for s in health.troubled] == ["尚未请求。"] * len(behind)
        told = [said(why) for _label, why in attempts(made.sections, {key: outcome(key) for key in behind})]
        assert told == ["最近一次请求的结果：Yahoo没有应答：超时。"] * len(behind)


def outcome(series: str) -> Outcome:
    message = N_("{host} did not answer: {reason}.", host="Yahoo", reason="too slow")
    return Outcome(source="yahoo", series=series, started=NOW, ended=NOW, status="unreachable", message=message)


def test_what_became_of_a_refresh_is_said(replay, tmp_path) -> None:
    replay.faults["fred.stlouisfed.org"] = replay.faults["query2.finance.yahoo.com"] = Fault("status", 403)
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    summary = refresh(store, operator({"UPSTREAM_MIRROR": replay.url, "STORE_URL": "-"}), now=NOW, keys=["rut", "fear_greed"])
    outcomes = store.outcomes()
    store.close()
    assert {o.status for o in outcomes} == {"ok", "blocked"}
    for text in [s.message for s in summary.sources] + [s.status for s in summary.sources] + [o.message for o in outcomes]:
        with speaking("zh"):
            assert text == "" or re.search("[一-鿿]", _(text)), text


def test_a_report_is_printed_and_fails_in_the_language_asked_for(monkeypatch, capsys) -> None:
    monkeypatch.setattr(datasets, "metric_table", lambda *_, **__: market.table())
    asked = ["report", "--dataset", "demo", "--format", "md"]
    assert main([*asked, "--language", "zh", "--date", "2031-01-01"]) == 1
    assert capsys.readouterr().err == "2031年1月1日晚于可生成的最后一份报告。请选择2021年6月27日至2026年3月28日之间的日期。\n"
    assert main([*asked, "--date", "2031-01-01"]) == 1
    assert capsys.readouterr().err.startswith("1 Jan 2031 lies after")
    assert main([*asked, "--language", "zh", "--date", "2026-03-28"]) == 0
    assert "演示市场" in capsys.readouterr().out
