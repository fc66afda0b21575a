"""What the charts say: that arrows run forward in time, what is counted is not confused with what is inferred, and counts add up."""

import dataclasses
import datetime as dt
import json
from itertools import pairwise

import numpy as np
import pytest

from core import report
from core.charts import chain, chain_data, divergence, flow_map, history, lines, link, link_history, ranked, theme
from core.charts.breaking import lines as broken
from core.charts.sparkline import sparkline
from core.divergences import BY_KEY, RULES
from core.records import Edge, FlowGraph, Settings
from core.units import Basis, Unit
from core.wording import sized, weekday
from tests.core.charts.gallery import CHARTS, data, rows
from tests.core.market import DAY, table

SUNDAY, GOLDEN_WEEK = dt.date(2025, 12, 28), dt.date(2025, 10, 6)
DAILY = dt.timedelta(days=1)


def built(date=DAY, edition="morning", **settings):
    return report.build(table(edition), date, Settings(**settings))


def layer(picture, key):
    """Rows of the first layer whose data have a field."""
    return next(found for found in (data(picture, each) for each in picture.spec["layer"]) if any(key in r for r in found))


@pytest.mark.parametrize("edition", ["morning", "asia_close"])
def test_no_arrow_of_the_chain_runs_backwards(edition):
    panel = table(edition).panel
    seen = 0
    for row in range(0, len(panel.dates), 7):
        for a in chain_data.arrows(table(edition), row, Settings().flat):
            seen += 1
            assert a.start < a.end <= panel.cutoffs[row]
    assert seen > 300


def test_the_chain_shows_closed_days_and_half_days():
    closed = layer(chain.chain(table(), built(GOLDEN_WEEK)), "lane")
    assert {"A-shares", "Hong Kong"} <= {r["market"] for r in closed if r["label"] == "closed"}
    half = chain.chain(table(), built(dt.date(2026, 2, 18)))
    assert any("½" in r.get("label", "") for _, r in rows(half))
    assert any("half day" in r.get("hours", "") for _, r in rows(half))


def test_the_chain_is_titled_by_the_verdict():
    r = built()
    assert r.section("transmission").claims[0].text.startswith(chain.chain(table(), r).title)


def test_follow_through_has_a_colour_for_every_word():
    words = {a.word for row in range(0, 1700, 11) for a in chain_data.arrows(table(), row, Settings().flat)}
    assert words <= set(theme.FOLLOW)
    assert {"reversed", "none", "moderate", "full", "amplified"} <= words


def test_the_scatter_marks_today_and_lies_on_beta():
    p = link.link_scatter(table(), built(), "us_hk_broad")
    fit = next(v for _, v in rows(p) if set(v) == {"lead", "change"})
    beta = table().value("link.us_hk_broad.beta", table().panel.row(DAY))
    assert fit["change"] == pytest.approx(beta * fit["lead"])
    assert [v["label"] for _, v in rows(p) if str(v.get("label", "")).startswith("27 Mar")] == ["27 Mar +0.38%"] * 2


def test_the_scatter_shows_what_is_pending_with_its_range_and_only_for_proven_links():
    ahead = next(v for _, v in rows(link.link_scatter(table(), built(), "us_hk_broad")) if "low" in v)
    row = table().panel.row(DAY)
    assert (ahead["lead"], ahead["low"]) == tuple(table().value(f"link.us_hk_broad.{m}", row) for m in ("pending", "pending_low"))
    unproven = link.link_scatter(table(), built(), "hk_cn_broad")
    assert unproven.title.endswith("no lead found")
    assert not any("low" in v for _, v in rows(unproven))


def test_the_history_of_a_link_ends_in_todays_figures_and_keeps_both_clocks_apart():
    p = link_history.link_history(table(), built(), "us_hk_broad")
    row = table().panel.row(DAY)
    last = p.table.iloc[0]
    assert last["Session"] == "Fri 27 Mar 2026"
    assert last["On the lead (95% interval)"].startswith(f"{table().value('link.us_hk_broad.corr', row):.2f} (")
    assert last["By date"] == f"{table().value('link.us_hk_broad.date_corr', row):.2f}"
    band = [v for _, v in rows(p) if "from" in v]
    assert all(b["from"] < b["to"] for b in band)
    assert len(band) == len(p.table) > 100


def test_an_early_history_is_not_drawn_at_all():
    assert link_history.link_history(table(), built(dt.date(2021, 7, 5)), "us_hk_broad") is None


def test_arrows_of_earlier_nights_are_weaker_and_what_is_pending_ends_at_the_cutoff():
    p = chain.chain(table(), built())
    heads = [r for _, r in rows(p) if "head" in r]
    assert {r["strength"] for r in heads} == {1, 0.55}
    cutoff = built().cutoff.timestamp() * 1000
    dotted = [r for i, r in rows(p) if p.spec["layer"][i]["mark"].get("strokeDash") == [2, 3]]
    assert {r["end"] for r in dotted} == {cutoff}
    assert all(r["start"] < r["end"] for r in dotted)
    assert "≈+0.42%" in {r.get("label") for _, r in rows(p)}


def test_every_arrow_joins_two_sessions_of_the_picture():
    for date in (DAY, GOLDEN_WEEK, dt.date(2025, 10, 9), dt.date(2026, 2, 19), dt.date(2025, 1, 31)):
        p = chain.chain(table(), built(date))
        bars = [r for _, r in rows(p) if "market" in r and "high" in r and "word" not in r]
        for a in (r for _, r in rows(p) if "head" in r):
            assert any(b["end"] == a["start"] for b in bars)
            assert any(b["start"] == a["end"] for b in bars)


def test_rebased_lines_begin_at_100_and_their_names_stay_apart():
    p = lines.rebased(table(), built(), ("spx", "ndx", "dow", "nasdaq", "rut"))
    first = {}
    for _, r in rows(p):
        if "level" in r and "name" in r:
            first.setdefault(r["name"], r["level"])
    assert set(first.values()) == {100}
    places = sorted(r["place"] for r in layer(p, "place"))
    span = {q["name"]: q["value"] for q in p.spec["params"]}
    assert min(b - a for a, b in pairwise(places)) >= (span["high"] - span["low"]) * 13 / 280


def test_ranked_bars_are_sorted_and_signs_are_written():
    r = layer(ranked.ranked_changes(table(), built(), ("spx", "hsi", "btc", "eth")), "value")
    assert [x["value"] for x in r] == sorted((x["value"] for x in r), reverse=True)
    assert all(x["label"][0] in "↑↓→" for x in r)
    assert {x["color"] for x in r if x["value"] < -0.1} == {theme.DOWN}


def test_the_title_names_what_is_ranked():
    assert "9 of 11 sectors rose" in CHARTS["sectors"](table(), built()).title
    assert "markets rose" in CHARTS["all markets"](table(), built()).title
    assert "3 of 3 indices rose" in ranked.ranked_changes(table(), built(), ("spx", "hsi", "sse")).title


def test_a_closed_market_says_so_beside_its_bar():
    bars = layer(ranked.ranked_changes(table(), built(GOLDEN_WEEK), ("spx", "sse")), "value")
    assert "closed" in next(b["name"] for b in bars if b["name"].startswith("SSE"))


@pytest.mark.parametrize("unit", ["pp", "sigma"])
@pytest.mark.parametrize("rule", [r.key for r in RULES])
def test_the_histogram_counts_every_session_once(rule, unit):
    r = built(SUNDAY, threshold_unit=unit)
    p = divergence.distribution(table(), r, rule)
    bars = layer(p, "state")
    fired = sum(b["high"] - b["low"] for b in bars if b["state"] == "fired")
    every = sum(b["high"] - b["low"] for b in bars)
    assert f"fired on {fired:,} of {every:,} sessions" in p.subtitle
    limits = {round(abs(b["at"]), 9) for b in layer(p, "zero")}
    assert limits == {BY_KEY[rule].default_sigma if unit == "sigma" else BY_KEY[rule].default}
    threshold = limits.pop()
    for b in bars:
        if b["state"] == "fired":
            assert max(abs(b["from"]), abs(b["to"])) >= threshold


def test_a_moved_threshold_moves_the_marks_and_the_count():
    counts = [
        int(divergence.distribution(table(), built(thresholds=(("us_crypto", t),)), "us_crypto").subtitle.split("fired on ")[1].split()[0])
        for t in (0.0, 1.0, 3.0, 500.0)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 300
    assert counts[-1] == 0


def test_a_refused_pair_is_listed_as_not_compared():
    p = divergence.strength(table(), built(dt.date(2026, 3, 23)))
    states = {r["state"] for r in layer(p, "state")}
    assert "not compared" in states
    assert all(r["color"] == theme.NEUTRAL for r in layer(p, "state") if r["state"] != "fires")


def arrows(picture):
    """The rows of all arrows, by where they lead from and to; heads and shafts share them."""
    return {(r["from"], r["into"]): r for each in picture.spec["layer"] for r in each["data"]["values"] if "route" in r}


def test_counted_and_inferred_flows_cannot_be_confused():
    p = flow_map.flow_map(built())
    edges = arrows(p).values()
    assert len(edges) == len(built().flows.edges)
    for e in edges:
        assert ("inferred" in e["basis"]) == (not e["measured"])
        assert ("no size" in e["shown"]) == (not e["measured"])
    dashed = [x for x in p.spec["layer"] if x["mark"].get("strokeDash")]
    assert all("strokeWidth" not in x["encoding"] for x in dashed)
    widths = {round(e["width"] / float(e["shown"].strip("$MB")), 6) for e in edges if e["measured"] and e["width"] > 1.2}
    assert len(widths) == 1
    legend = [w for each in p.spec["layer"] for w in each["data"]["values"] if "style" in w and "route" not in w]
    assert {w["label"].split(":")[0] for w in legend} >= {"solid", "dashed", "faint"}


def test_the_map_draws_no_place_it_does_not_know():
    r = built()
    odd = Edge(source="moon", target="us", size=1e9, basis=Basis.MEASURED, label="x", window="w", evidence=("spx.change",))
    assert flow_map.flow_map(dataclasses.replace(r, flows=FlowGraph(nodes=r.flows.nodes, edges=(odd,)))) is None


def test_the_calendar_agrees_with_the_reports():
    p = history.calendar(table(), built())
    cells = {c["date"]: c for c in layer(p, "kind")}
    assert len(cells) == len(table().panel.dates)
    for date in (DAY, SUNDAY, GOLDEN_WEEK):
        fired = [f for f in built(date).findings if f.state == "fires"]
        cell = cells[date.isoformat()]
        first, *said, last = cell["said"].split("\n")
        assert (first, last) == (f"Report of {weekday(date)} {date.year}", f"Sessions to {weekday(date - DAILY)} {(date - DAILY).year}")
        if fired:
            figures = built(date).figures()
            widest = max(fired, key=lambda f: abs(figures[f"{f.gap}.z"].value or 0))
            sigma = sized(abs(figures[f"{widest.gap}.z"].value), Unit.SIGMA)
            assert said == [f"{widest.label}: {sigma} in its year", f"Rules firing: {len(fired)}"]
        else:
            assert said == ["No divergence fired"]
    picked = next(q for q in p.spec["params"] if q["name"] == "date")
    assert picked["select"]["fields"] == ["date"]


def test_the_calendar_puts_weekdays_below_each_other_and_the_newest_year_on_top():
    cells = {c["date"]: c for c in layer(history.calendar(table(), built()), "kind")}
    assert [round(cells[d]["top"] - 0.02, 2) for d in ("2026-01-05", "2026-01-11", "2025-12-29")] == [0, 6, 8.4]
    assert [int(cells[d]["left"]) for d in ("2026-01-01", "2026-01-04", "2026-01-05", "2025-12-31")] == [0, 0, 1, 52]
    assert len({(c["left"], c["top"]) for c in cells.values()}) == len(cells)
    assert all(c["left"] < c["right"] < c["left"] + 1 and c["top"] < c["bottom"] < c["top"] + 1 for c in cells.values())


def test_the_calendar_of_a_rule_is_its_gap_with_a_dot_where_it_fired():
    p = history.calendar(table(), built(), "us_crypto", DAY)
    cells = layer(p, "kind")
    gap = table().columns["gap.us_crypto"]
    assert [c["kind"] == "not compared" for c in cells] == np.isnan(gap).tolist()
    dots = next(x["data"]["values"] for x in p.spec["layer"] if x["mark"]["type"] == "point")
    fired = [c for c in cells if c["said"].split("\n")[2] == "Fired"]
    assert [(d["middle"], d["centre"]) for d in dots] == [(int(c["left"]) + 0.5, round(c["top"] + 0.44, 2)) for c in fired]
    assert len(dots) == int(p.title.split("fired on ")[1].split()[0])


def test_a_calendar_to_the_newest_date_rings_the_date_of_its_report():
    p = history.calendar(table(), built(SUNDAY), "", DAY)
    assert layer(p, "kind")[-1]["date"] == DAY.isoformat()
    ring = p.spec["layer"][-1]["data"]["values"]
    cell = next(c for c in layer(p, "kind") if c["date"] == SUNDAY.isoformat())
    assert ring == [{edge: cell[edge] for edge in ("left", "right", "top", "bottom")}]


def test_tiles_show_only_what_was_known():
    r = built(GOLDEN_WEEK)
    points = sparkline(table(), r, "sse")
    assert len(points) == 30
    track, at = table().panel.tracks["sse"], table().panel.position("sse")[table().panel.row(GOLDEN_WEEK)]
    assert points[-1] == track.values[at]
    assert sparkline(table(), r, "no such series") == []


def test_hostile_text_stays_data():
    r = built()
    evil = "</script><b>'); datum.x = 1 //\n\u202e{{7*7}}"
    edges = tuple(dataclasses.replace(e, label=evil) for e in r.flows.edges)
    nodes = tuple(dataclasses.replace(n, label=evil) for n in r.flows.nodes)
    hurt = dataclasses.replace(
        r, flows=FlowGraph(nodes=nodes, edges=edges), findings=tuple(dataclasses.replace(f, label=evil, why=evil) for f in r.findings)
    )
    for name in ("flows", "strength"):
        p = CHARTS[name](table(), hurt)
        bare = {**p.spec, "layer": [{k: v for k, v in x.items() if k != "data"} for x in p.spec["layer"]]}
        assert "script" not in json.dumps(bare)
        assert json.loads(json.dumps(p.spec)) == p.spec


def test_axis_labels_break_between_words():
    assert all(len(part) <= 20 for rule in RULES for part in broken(rule.label, 20).split("\n"))


def test_a_fragile_arrow_is_drawn_fainter_and_the_legend_says_so():
    made = built(dt.date(2025, 9, 20))
    p = flow_map.flow_map(made)
    kinds = {ends: row["style"] for ends, row in arrows(p).items()}
    assert (kinds["us", "dollar"], kinds["majors", "dex"]) == ("inferred", "fragile")
    assert {(e.source, e.target): e.fragile for e in made.flows.edges} == {ends: style == "fragile" for ends, style in kinds.items()}
    dashed = [x for x in p.spec["layer"] if x["mark"].get("strokeDash")]
    opacity = {x["data"]["values"][0]["style"]: x["mark"]["opacity"] for x in dashed}
    assert opacity["fragile"] < opacity["inferred"] == 1
    assert "fragile" in p.subtitle


def test_an_answer_is_coloured_by_the_readers_own_flat_band():
    wide, narrow = ({a.word for row in range(5) for a in chain_data.arrows(table(), row, flat)} for flat in (5.0, 0.1))
    assert wide == {"lead too small"}
    assert len(narrow) > 1
