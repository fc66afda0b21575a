import datetime as dt
import math

import pytest

from core.records import Cell, Claim, Edge, Figure, Finding, FlowGraph, Gap, Node, Report, Section, Settings, Table
from core.units import Basis, Unit

CUTOFF = dt.datetime(2026, 3, 28, tzinfo=dt.UTC)

# What an upstream could put into a label, a note or a source.
HOSTILE = (
    "<script>alert(1)</script>",
    "a|b `code` *bold* _under_ [link](javascript:alert(1)) ![i](https://evil.example/x.png)",
    "line one\nline two\r\n# heading\u2028## other",
    "=cmd|' /C calc'!A0",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd",
    "nul\x00 zero\u200bwidth lone\ud800surrogate",
    '"><img src=x onerror=alert(1)> &lt;b&gt; &#60; S&P',
    "{{ 7 * 7 }} {% raw %} </style> --> ]]> $x$ ```",
)


def figure(key="spx.change", value=0.59, unit=Unit.PERCENT, **changed):
    known = {
        "label": "S&P 500 change", "session": dt.date(2026, 3, 27), "available_at": dt.datetime(2026, 3, 27, 20, tzinfo=dt.UTC),
        "fetched_at": CUTOFF, "basis": Basis.DERIVED, "source": "Yahoo Finance", "method": "Change from the session before.",
    }  # fmt: skip
    return Figure(key=key, value=value, unit=unit, **(known | changed))


def claim(text, kind="reading", **changed):
    known = {"rule": "r", "evidence": ("spx.change",), "contradicted_by": "A fall of the S&P 500."}
    return Claim(kind=kind, text=text, **(known | changed))


def table(*texts):
    rows = tuple((Cell(t), Cell("+0.59%", "spx.change", "up"), Cell("−3.52%", "btc.change", "down")) for t in texts)
    return Table(key="t", title="Markets", columns=("Market", "Change", "BTC"), rows=rows, note=texts[0])


def report_of(texts, **changed):
    figures = (
        figure(),
        figure("btc.change", -3.52, label="BTC change"),
        figure("gap.us_crypto", 4.11, Unit.PP, label="Gap"),
        *(figure(f"x{i}", math.nan, note=t, label=t, source=t, method=t) for i, t in enumerate(texts)),
        figure("none", None, basis=Basis.MISSING, session=None, available_at=None, fetched_at=None),
    )
    sections = (
        Section(
            key="divergences", title=texts[0], figures=figures, tables=(table(*texts),),
            claims=(
                *(claim(t, kind) for t in texts for kind in ("verdict", "reading", "question", "unheard of")),
                claim(f"Stated: {texts[0]}", "divergence", rule="us_crypto: opposed, threshold 2.0pp", evidence=("gap.us_crypto", "nowhere")),
            ),
            gaps=tuple(Gap(what=t, why=t) for t in texts),
        ),
        Section(key="capital_flows", title="Capital flows"),
    )  # fmt: skip
    shared = {"label": texts[0], "why": texts[-1], "gap": "gap.us_crypto", "threshold": 2.0, "direction": texts[1 % len(texts)]}
    findings = (
        Finding(
            rule="us_crypto", state="fires", **shared, explanations=(claim(texts[0]),), implication=claim(texts[0]),
            checks=(claim(texts[0]),), base_rates=table(*texts),
        ),
        Finding(rule="soe_tech", state="quiet", **shared | {"gap": "nowhere"}),
    )  # fmt: skip
    flows = FlowGraph(
        nodes=(Node(key="stable", label=texts[0], group="crypto"), Node(key="btc", label="Crypto majors", group="crypto")),
        edges=(
            Edge(source="stable", target="btc", size=-9.5e8, basis=Basis.MEASURED, label=texts[0], window="1 day", evidence=()),
            Edge(source="btc", target="stable", size=None, basis=Basis.INFERRED, label=texts[-1], window="1 day", evidence=()),
            Edge(source="btc", target="unheard", size=None, basis=Basis.INFERRED, label="a", window="", evidence=()),
        ),
    )
    known = {
        "dataset": "demo", "dataset_label": "Demo market", "synthetic": True, "date": CUTOFF.date(), "edition": "morning",
        "edition_label": "Asia morning (00:00 UTC)", "cutoff": CUTOFF, "asof": None, "snapshot": "0123456789abcdef",
        "settings": Settings(thresholds=(("us_crypto", 2.5),)), "sections": sections, "findings": findings, "flows": flows,
        "attribution": ("Index closes: Yahoo Finance https://finance.yahoo.com", *texts),
    }  # fmt: skip
    return Report(**(known | changed))


@pytest.fixture
def hostile():
    return report_of(HOSTILE)


@pytest.fixture
def honest():
    return report_of(("US equities rose while crypto fell", "quite plain"))


@pytest.fixture
def bare():
    return report_of(("x",), sections=(), findings=(), flows=FlowGraph(), attribution=(), synthetic=False, asof=CUTOFF)
