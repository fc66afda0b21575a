import pytest

from core.catalogue import BY_KEY, PROVIDERS, SERIES, group
from core.divergences import RULES
from core.insight.witnesses import WITNESSES
from core.metrics import BY_KEY as METRICS_BY_KEY
from core.metrics import METRICS
from core.metrics.gaps import PAIRS
from core.metrics.transmission import LINKS
from core.sessions import PLACES
from core.units import Basis, Unit

CHINESE = range(0x4E00, 0x9FFF)


@pytest.mark.parametrize("s", SERIES, ids=lambda s: s.key)
def test_a_series_says_what_it_is(s):
    assert s.label.strip() == s.label != ""
    assert s.label_zh.strip() == s.label_zh != ""
    assert isinstance(s.unit, Unit)
    assert s.calendar in PLACES
    assert s.sources
    assert all(ref.provider in PROVIDERS and ref.symbol for ref in s.sources)
    assert_a_sentence(s.method)


@pytest.mark.parametrize("s", SERIES, ids=lambda s: s.key)
def test_bounds_can_hold_a_value(s):
    assert s.low < s.high
    assert s.max_move > 0
    if not s.moves_in_points:
        assert s.low >= 0


@pytest.mark.parametrize("m", METRICS, ids=lambda m: m.key)
def test_a_metric_says_what_it_is(m):
    assert m.label.strip() == m.label != ""
    assert not m.label[0].islower() or m.key.startswith("gap.")
    assert isinstance(m.unit, Unit)
    assert m.basis in {Basis.MEASURED, Basis.DERIVED}
    assert m.inputs
    assert set(m.inputs) <= set(BY_KEY)
    assert len(set(m.inputs)) == len(m.inputs)
    assert_a_sentence(m.method)


def assert_a_sentence(text):
    assert text.strip() == text != ""
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert "  " not in text
    assert "{" not in text
    assert "\n" not in text


def test_only_levels_are_measured():
    assert {m.key.split(".")[-1] for m in METRICS if m.basis is Basis.MEASURED} == {"close"}


def test_keys_are_unique():
    assert len(BY_KEY) == len(SERIES)
    assert len(METRICS_BY_KEY) == len(METRICS)
    assert len({(ref.provider, ref.symbol) for s in SERIES for ref in s.sources}) == sum(len(s.sources) for s in SERIES)


def test_mainland_and_crypto_labels_are_chinese_where_they_have_a_name():
    for s in (*group("cn_index"), *group("cn_breadth"), *group("us_sector"), *group("fx")):
        assert any(ord(c) in CHINESE for c in s.label_zh), s.key


def test_what_the_report_needs_is_there():
    for name, count in (("us_index", 5), ("hk_index", 3), ("cn_index", 4), ("us_sector", 11), ("stablecoin", 5), ("tvl_chain", 5)):
        assert len(group(name)) == count


@pytest.mark.parametrize("p", PROVIDERS.values(), ids=lambda p: p.key)
def test_providers_state_their_terms(p):
    assert p.name
    assert p.licence.endswith(".")
    assert p.attribution
    assert p.home == "" or p.home.startswith("https://")


def test_pairs_and_links_name_metrics_and_series_that_exist():
    for pair in PAIRS:
        for leg in (pair.a, pair.b):
            assert leg.metric in METRICS_BY_KEY
            assert leg.series == METRICS_BY_KEY[leg.metric].inputs[0] or leg.series in METRICS_BY_KEY[leg.metric].inputs
            assert set(METRICS_BY_KEY[leg.metric].inputs) <= set(METRICS_BY_KEY[f"gap.{pair.key}"].inputs)
        assert pair.aligned in {"", "dates", *(link.key for link in LINKS)}
    for link in LINKS:
        assert {link.leader, link.follower} <= set(BY_KEY)


def test_every_rule_that_can_lead_has_witnesses():
    assert {r.key for r in RULES} <= set(WITNESSES)
