"""What a link carries is shown; what it carries in vain is said."""

import datetime as dt
from urllib.parse import parse_qsl

import pytest

from core.charts import palette
from core.divergences import RULES
from core.language import LANGUAGES
from core.records import Settings
from pages.parts import link

NEWEST = dt.date(2026, 3, 28)
TAKEN = ["take away"]
# A page's own list: its name in the link, a choice, and what that is called in either language.
CHOICES = {
    "divergences": ("rule", "btc_eth", "BTC vs ETH", "比特币对以太币"),
    "transmission": ("link", "us_hk_tech", "Nasdaq 100 → HSTECH", "纳斯达克100 → 恒生科技指数"),
    "history": ("filter", "btc_eth", "BTC vs ETH", "比特币对以太币"),
}

BAD = {
    "no date": ({"date": "yesterday"}, "“yesterday” is no date"),
    "impossible date": ({"date": "2026-02-30"}, "“2026-02-30” is no date"),
    "future": ({"date": "2031-01-01"}, "There is no report for 1 Jan 2031 yet"),
    "before the data": ({"date": "1999-12-31"}, "There is no report for 31 Dec 1999"),
    "unknown edition": ({"edition": "noon"}, "There is no edition “noon”"),
    "unknown unit": ({"unit": "bps"}, "There is no unit of thresholds “bps”"),
    "threshold not a number": ({"t_us_crypto": "nan"}, "“nan” is not between 0 and 10"),
    "threshold infinite": ({"t_us_crypto": "inf"}, "“inf” is not between"),
    "threshold negative": ({"t_us_crypto": "-1"}, "“-1” is not between"),
    "threshold too high": ({"t_us_crypto": "99"}, "“99” is not between"),
    "threshold a word": ({"t_us_crypto": "lots"}, "“lots” is no number"),
    "sigma too high": ({"unit": "sigma", "z_us_crypto": "7"}, "“7” is not between 0 and 5"),
    "no such rule": ({"t_moon_phase": "1"}, "No divergence rule is called “moon\\_phase”"),
    "flat": ({"flat": "5"}, "“5” is not between 0 and 1"),
    "colours": ({"colours": "blue up"}, "There is no colour convention “blue up”"),
    "vintage": ({"asof": "last week"}, "“last week” is no instant"),
    "vintage to come": ({"asof": "2999-01-01"}, "has not come yet"),
    "markup": ({"edition": "<b>*x*</b> $1$ :smile:"}, "There is no edition “\\<b\\>\\*x\\*\\</b\\> \\$1\\$"),
}


@pytest.mark.parametrize(("query", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_value_is_named_and_costs_nothing_else(visit, query, sentence):
    at = visit("divergences", dataset="demo", t_cn_hk_broad="1.5", **query)
    assert not at.exception
    assert not at.error
    assert any(sentence in w.value for w in at.warning), [w.value for w in at.warning]
    assert at.session_state["date"] == NEWEST
    assert at.session_state["dataset"] == "demo"
    if "unit" not in query:
        assert at.session_state["t_cn_hk_broad"] == 1.5


def test_an_unknown_dataset_falls_back_to_what_there_is(visit):
    at = visit(dataset="mars")
    assert any("There is no dataset “mars”" in w.value for w in at.warning)
    assert at.session_state["dataset"] == "demo"


def test_many_bad_values_are_all_named(visit):
    at = visit(dataset="demo", date="x", edition="y", t_us_crypto="z", asof="w")
    assert len(at.warning) == 4


def test_a_threshold_in_the_link_changes_what_fires_on_every_page(visit, written):
    before, after = written(visit("overview", dataset="demo")), written(visit("overview", dataset="demo", t_us_crypto="9"))
    assert "Crypto decouples" in before
    assert "Crypto decouples" not in after
    assert "9.0pp" in after


def test_thresholds_in_standard_deviations_by_either_name(visit, written):
    for name in ("t_us_crypto", "z_us_crypto"):
        at = visit("divergences", opened=("every rule",), dataset="demo", unit="sigma", **{name: "4.5"})
        assert not at.warning
        assert at.session_state["z_us_crypto"] == 4.5
        assert "4.5σ" in written(at)


def test_the_flat_band_in_the_link_holds(visit):
    assert visit(dataset="demo", flat="0.5").session_state["flat"] == 0.5


def test_a_slider_moves_the_findings(visit, written):
    at = visit("divergences", opened=["thresholds"], dataset="demo")
    at.slider(key="t_us_crypto").set_value(9.0)
    assert "9.0pp" in written(at.run())


def test_the_slider_under_the_lamp_moves_the_one_in_the_sidebar(visit):
    at = visit("divergences", dataset="demo", rule="US equities vs crypto")
    at.slider(key="t_us_crypto").set_value(6.0).run()
    assert at.session_state["t_us_crypto"] == 6.0
    assert not at.exception


def test_defaults_come_back(visit):
    at = visit(opened=["thresholds"], dataset="demo", t_us_crypto="9", flat="0.5")
    next(b for b in at.button if b.label == "Back to the defaults").click().run()
    assert (at.session_state["t_us_crypto"], at.session_state["flat"]) == (2.0, 0.1)


def test_only_thresholds_that_were_moved_are_drawn_until_the_reader_opens_them(visit):
    moved = visit("us", dataset="demo", t_us_crypto="3", flat="0.5")
    assert [s.key for s in moved.sidebar.slider] == ["t_us_crypto", "flat"]
    assert len(visit("us", opened=["thresholds"], dataset="demo").sidebar.slider) == len(RULES) + 1


def test_a_threshold_holds_when_its_fold_is_closed_and_the_page_is_left(visit, written):
    at = visit("us", opened=["thresholds"], dataset="demo")
    at.slider(key="t_us_crypto").set_value(9.0).run()
    at.session_state["thresholds"] = False
    assert [s.key for s in at.run().sidebar.slider] == ["t_us_crypto"]
    at.session_state["rule"] = "us_crypto"
    under = at.switch_page("pages/divergences.py").run()
    assert "9.0pp" in written(under)
    assert [s.key for s in under.main.slider] == ["t_us_crypto"]
    assert "9.0pp" in written(under.switch_page("pages/us.py").run().switch_page("pages/divergences.py").run())


def test_a_day_back_and_forth(visit):
    at = visit(dataset="demo")
    assert next(b for b in at.button if b.label == "Next day").disabled
    next(b for b in at.button if b.label == "Previous day").click().run()
    assert at.session_state["date"] == dt.date(2026, 3, 27)
    next(b for b in at.button if b.label == "Next day").click().run()
    assert at.session_state["date"] == NEWEST


def test_the_link_to_copy_opens_the_same_view(visit, written):
    at = visit("us", opened=TAKEN, dataset="demo", date="2026-03-20", t_us_crypto="3.5", edition="asia_close", flat="0.2")
    offered = at.code[0].value
    assert offered.startswith("/")
    again = visit("us", opened=TAKEN, **dict(parse_qsl(offered.split("?")[1])))
    assert not again.warning
    assert written(again) == written(at)


def test_the_query_names_everything_that_decides_the_view():
    settings = Settings(threshold_unit="sigma", thresholds=(("us_crypto", 1.25),), flat=0.2)
    known = dt.datetime(2026, 3, 28, 6, tzinfo=dt.UTC)
    made = link.query(dataset="demo", date=NEWEST, edition="asia_close", settings=settings, asof=known, colours="red_up", language="zh")
    assert made == (
        "dataset=demo&date=2026-03-28&edition=asia+close&unit=sigma&flat=0.2&colours=red+up&language=zh&z_us_crypto=1.25"
        "&asof=2026-03-28T06%3A00%3A00Z"
    )


@pytest.mark.parametrize("spelling", ["red up", "red_up"])
def test_the_colours_in_the_link_hold_on_the_page_and_in_its_link(visit, spelling):
    usual, turned = visit("us", opened=TAKEN, dataset="demo"), visit("us", opened=TAKEN, dataset="demo", colours=spelling)
    assert not turned.warning
    assert "colours=green+up" in usual.code[0].value
    assert "colours=red+up" in turned.code[0].value
    styles = [next(e.proto.body for e in at.get("html") if "--up:" in e.proto.body) for at in (usual, turned)]
    assert [palette.style(c) in said for c, said in zip(palette.CONVENTIONS, styles, strict=True)] == [True, True]


@pytest.mark.parametrize("spelling", ["zh", "简体中文"])
def test_the_language_in_the_link_is_spoken_on_the_page_and_in_its_link(visit, spelling):
    at = visit("us", opened=TAKEN, dataset="demo", date="2026-03-28", language=spelling)
    assert not at.warning
    assert "language=zh" in at.code[0].value
    assert any("美股" in e.proto.body for e in at.get("html"))
    assert "language=en" in visit("us", opened=TAKEN, dataset="demo").code[0].value


def test_a_language_that_nobody_speaks_is_said_and_english_is_shown(visit):
    at = visit("us", opened=TAKEN, dataset="demo", date="2026-03-28", language="fr")
    assert "There is no language" in at.warning[0].value
    assert "language=en" in at.code[0].value


@pytest.mark.parametrize("page", CHOICES)
def test_the_link_to_copy_carries_what_the_page_was_asked(visit, page):
    key, value, name, _ = CHOICES[page]
    chosen = visit(page, opened=TAKEN, dataset="demo").selectbox(key=key).set_value(value).run()
    for at in (visit(page, opened=TAKEN, dataset="demo", **{key: name}), chosen):
        query = dict(parse_qsl(at.code[0].value.split("?")[1]))
        assert query[key] == name
        assert visit(page, **query).selectbox(key=key).value == value


@pytest.mark.parametrize("page", CHOICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_is_read_from_a_link_in_any_language(visit, page, language):
    key, value, *names = CHOICES[page]
    for name in (value, *names):
        at = visit(page, dataset="demo", language=language, **{key: name})
        assert at.selectbox(key=key).value == value
        assert not at.warning


@pytest.mark.parametrize("page", CHOICES)
def test_choices_stay_when_the_language_changes(visit, page):
    key, value, name, chinese = CHOICES[page]
    at = visit(page, dataset="demo", edition="asia_close", t_us_crypto="3.5", **{key: name})
    at.segmented_control(key="language").set_value("zh").run()
    assert at.selectbox(key=key).value == value
    assert chinese in at.selectbox(key=key).options
    assert (at.session_state["edition"], at.session_state["dataset"], at.session_state["t_us_crypto"]) == ("asia_close", "demo", 3.5)


def test_a_choice_that_does_not_exist_is_not_passed_on(visit):
    query = dict(parse_qsl(visit("divergences", opened=TAKEN, dataset="demo", rule="Moon phase").code[0].value.split("?")[1]))
    assert query["rule"] in {r.label for r in RULES}


def test_every_rule_has_a_slider_in_some_group():
    from pages.parts.thresholds import GROUPS

    assert sorted(k for _, keys in GROUPS for k in keys) == sorted(r.key for r in RULES)
