"""The reason for this product: on 27 March 2026 crypto fell with equities, and a report that set fresh crypto against stale closes said it had not.

Three sets of the same market: all closes known, the US ones two sessions stale, and Asia's missing.
"""

import re
from functools import cache

import pytest

from core.export import BY_KEY as EXPORTS
from core.insight.check import unresolved
from tests.core import march
from tests.core.market import sentences

# What no report of that day may say of crypto, in any words; "explain" is left alone where TVL's beta on ETH is described.
FORBIDDEN = re.compile(
    r"decoupl|outlier|own way|idiosyncra|inside crypto|crypto.specific|uncoupl|detach|independent of|unlike equities"
    r"|does not explain crypto|equities up while crypto|crypto up while|against falling|while us equities rise|not broad risk-off|risk-on",
    re.IGNORECASE,
)
WHOLE, STALE, NO_ASIA = "all closes", "US closes two sessions stale", "Asia's closes missing"


@cache
def _made(case):
    frame = march.observations()
    if case == STALE:
        frame = march.without(frame, (*march.US, *march.SECTORS), "2026-03-26")
    if case == NO_ASIA:
        frame = march.without(frame, march.ASIA, "2026-03-26")
    return march.made(frame)


def made(case):
    return _made(case)[0]


def written(case, fmt):
    return EXPORTS[fmt].make(*_made(case)).decode()


def section(case, key):
    return "\n".join(c.text for c in made(case).section(key).claims)


every_case = pytest.mark.parametrize("case", [WHOLE, STALE, NO_ASIA])


def test_the_market_is_the_one_of_that_day():
    figures = made(WHOLE).figures()
    changes = {"spx": -1.67, "ndx": -1.93, "vix": 13.16, "btc": -3.51, "eth": -3.26, "tvl": -3.3, "stablecoins": -0.16}
    assert {k: round(figures[f"{k}.change"].value, 2) for k in changes} == pytest.approx(changes, abs=0.011)
    assert figures["link.us_hk_broad.lead"].value == pytest.approx(-1.74, abs=0.005)
    assert figures["crypto.spx_corr_low"].value > 0.3
    assert figures["stable.net"].value == pytest.approx(-0.49e9)


@every_case
@pytest.mark.parametrize("fmt", ["json", "md", "html"])
def test_no_word_of_a_decoupling_anywhere(case, fmt):
    assert [m.group() for m in FORBIDDEN.finditer(written(case, fmt))] == []


def test_the_words_looked_for_are_those_of_a_report_that_says_so():
    calm = march.observations()
    last = calm.index[calm["series"].isin(["spx", "ndx", "dow"]) & (calm["session"] == march.LAST)]
    calm.loc[last, "value"] = calm.loc[last - 1, "value"].to_numpy() * 1.006
    text = EXPORTS["md"].make(*march.made(calm)).decode()
    assert {"outlier", "decoupl"} <= {m.group().lower() for m in FORBIDDEN.finditer(text)}


@every_case
def test_every_number_is_a_cited_figure(case):
    figures = made(case).figures()
    assert [(c.text, left) for c in sentences(made(case)) if (left := unresolved(c, figures))] == []


@pytest.mark.parametrize("case", [WHOLE, NO_ASIA])
def test_the_whole_report_reads_as_broad_risk_off_with_crypto_coupled(case):
    assert made(case).section("key_insight").answer.startswith("Broad risk-off, with crypto coupled: S&P 500 −1.67%")
    assert "It is not a story of crypto alone: equities fell too" in section(case, "key_insight")
    assert "Broad risk-off, crypto included. Crypto fell with equities: BTC −3.51%, S&P 500 −1.67%" in section(case, "transmission")
    assert "within its usual range" in section(case, "transmission")
    assert "Macro shows stress: VIX +13.16%" in section(case, "us") or "VIX +13.16%" in written(case, "md")
    assert "The session of 27 Mar was risk-off, broad-based" in section(case, "us")
    assert "BTC −3.51%, ETH −3.26% over the UTC day 27 Mar" in section(case, "crypto_defi")
    finding = next(f for f in made(case).findings if f.rule == "us_crypto")
    assert (finding.state, finding.direction) == ("quiet", "")


def test_with_all_closes_the_chain_ran_clean_and_down():
    assert made(WHOLE).section("transmission").answer.startswith(
        "Clean risk-off transmission, US → Hong Kong → A-shares: the S&P 500's −1.74% of 26 Mar was the lead"
    )
    assert "Tape, side by side: all three fell" in section(WHOLE, "transmission")


def test_stale_closes_are_refused_and_named_wherever_crypto_would_meet_them():
    named = "S&P 500 is stale: its last session is 25 Mar 2026 and 2 later sessions have closed since."
    assert f"Crypto is not compared with US equities. {named}" in section(STALE, "transmission")
    assert made(STALE).section("transmission").answer == "No verdict on the chain: S&P 500 is stored up to 25 Mar only (2 missing)."
    assert f"Crypto is not compared with US equities. {named}" in section(STALE, "key_insight")
    finding = next(f for f in made(STALE).findings if f.rule == "us_crypto")
    assert (finding.state, finding.why, finding.direction) == ("refused", named, "")
    assert made(STALE).section("us").claims[0].kind == "abstention"
    assert "fell with equities" not in written(STALE, "md")
    assert "By its usual beta" not in section(STALE, "transmission")
    edges = {frozenset((e.source, e.target)) for e in made(STALE).flows.edges}
    assert frozenset(("us", "majors")) not in edges


def test_without_asia_the_chain_abstains_and_names_what_is_missing():
    answer = made(NO_ASIA).section("transmission").answer
    assert answer == (
        "No verdict on the chain: Hang Seng is stored up to 25 Mar only (2 missing) and SSE Composite is stored up to 25 Mar only (2 missing)."
    )
    assert "Yet to be priced" not in section(NO_ASIA, "transmission")
    assert "did not follow" not in written(NO_ASIA, "md")
    assert "Tape, side by side" not in section(NO_ASIA, "transmission")
