"""Lines of several sources: which one speaks for a session, and that nothing is computed from two of them."""

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import BY_KEY
from core.metrics import compute
from core.observations import frame
from core.panel import build
from core.sessions import schedule

READ = np.datetime64("2026-06-01", "us")


def days(calendar="XHKG", last="2026-03-27", count=400):
    plan = schedule(calendar).dates
    end = int(np.searchsorted(plan, np.datetime64(last), side="right"))
    return plan[end - count : end]


def line(key, source, sessions, values):
    return frame(BY_KEY[key], sessions, np.asarray(values, dtype=float), fetched_at=READ, source=source, basis="measured")


def panel(*lines, rows=None):
    table = pd.concat(lines, ignore_index=True)
    dates = rows if rows is not None else np.arange(np.datetime64("2026-01-05"), np.datetime64("2026-04-01"))
    return build(table, "live", "morning", dates)


def wave(count, base, seed):
    return base * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def test_a_fallback_speaks_only_for_the_sessions_that_the_longer_line_lacks():
    d = days(count=100)
    yahoo = line("hsi", "yahoo", d[:98], wave(98, 25_000, 1))
    tencent = line("hsi", "tencent", d[40:], wave(60, 26_000, 2))
    p = panel(yahoo, tencent)
    track = p.tracks["hsi"]
    assert track.source[track.chosen].tolist() == ["yahoo"] * 98 + ["tencent"] * 2
    (turn,) = p.breaks("hsi")
    assert turn.session == d[98].item()
    assert turn.why.lower() == "the source changes from yahoo finance to tencent."


def test_a_change_and_its_statistics_come_from_one_source_on_both_sides_of_the_turn():
    d, own = days(count=400), wave(400, 26_000, 2)
    yahoo = line("hsi", "yahoo", d[:398], wave(398, 20_000, 1))
    both = compute(panel(yahoo, line("hsi", "tencent", d[100:], own[100:])))
    alone = compute(panel(line("hsi", "tencent", d[100:], own[100:])))
    at = both.panel.row(dt.date(2026, 3, 28))
    for metric in ("hsi.close", "hsi.change", "hsi.z", "hsi.rank", "hsi.week", "hsi.from_high"):
        assert both.value(metric, at) is not None
        assert both.value(metric, at) == alone.value(metric, at), metric
    before, first = compute(panel(yahoo)), both.panel.row(dt.date(2026, 3, 20))
    for metric in ("hsi.close", "hsi.change", "hsi.z", "hsi.rank"):
        assert both.value(metric, first) == before.value(metric, first), metric


def test_after_a_hole_the_line_without_one_speaks_until_the_longer_line_is_whole_again():
    d = days(count=60)
    kept = np.r_[0:40, 41:60]
    track = panel(line("hsi", "yahoo", d[kept], wave(59, 25_000, 1)), line("hsi", "tencent", d[20:], wave(40, 25_000, 2))).tracks["hsi"]
    said = dict(zip(track.sessions[track.chosen].tolist(), track.source[track.chosen].tolist(), strict=True))
    assert [said[d[i].item()] for i in (39, 40, 41, 42)] == ["yahoo", "tencent", "tencent", "yahoo"]


def test_a_known_break_leaves_the_change_over_it_unknown_and_starts_statistics_anew():
    d = days("CONNECT", "2024-12-31", 250)
    rows = np.arange(np.datetime64("2024-08-01"), np.datetime64("2024-12-01"))
    p = panel(line("northbound_turnover", "stock_connect", d, wave(250, 1e11, 3)), rows=rows)
    table = compute(p)
    assert table.value("northbound_turnover.change", p.row(dt.date(2024, 8, 20))) is None
    assert table.value("northbound_turnover.rank", p.row(dt.date(2024, 8, 17))) is not None
    assert table.value("northbound_turnover.rank", p.row(dt.date(2024, 9, 20))) is None
    assert [b.session for b in p.breaks("northbound_turnover")] == [dt.date(2024, 8, 19)]


def test_an_overnight_lead_is_never_measured_between_two_sources():
    us, hk = days("XNYS", count=300), days(count=300)
    two = line("spx", "yahoo", us[:290], wave(290, 6_000, 1)), line("spx", "other", us[288:], wave(12, 3_000, 2))
    table = compute(panel(*two, line("hsi", "yahoo", hk, wave(300, 2e4, 3))))
    leads = table.columns["link.us_hk_broad.lead"]
    assert np.nanmax(np.abs(leads)) < 6
    assert np.isfinite(leads[-1])


@settings(deadline=None)
@given(st.integers(60, 99), st.integers(0, 98), st.integers(1, 30), st.integers(0, 9))
def test_what_any_source_says_later_never_changes_an_earlier_row(cut, start, length, seed):
    d, rng = days(count=130), np.random.default_rng(seed)
    first = line("hsi", "yahoo", d[: cut + 1], wave(cut + 1, 25_000, 1))
    second = line("hsi", "tencent", d[start:100][: max(1, cut - start)], wave(len(d[start:100][: max(1, cut - start)]), 25_000, 2))
    second = second[second["session"] <= d[cut]]
    known = panel(first, second)
    later = [line("hsi", source, d[cut + 1 : cut + 1 + length], rng.uniform(2e4, 3e4, length)) for source in ("yahoo", "tencent", "aaa")]
    grown = panel(first, second, *later)
    rows = np.flatnonzero(known.cutoffs <= schedule("XHKG").closes[schedule("XHKG").ordinals(d[cut : cut + 1])][0])
    for row in rows[-3:]:
        a, b = (p.tracks["hsi"].values[p.position("hsi")[row]] for p in (known, grown))
        assert (known.position("hsi")[row] < 0 and grown.position("hsi")[row] < 0) or a == b
        assert known.snapshot(int(row)) == grown.snapshot(int(row))
