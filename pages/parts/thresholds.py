"""The sliders of the divergence rules.

Every page draws those that stand elsewhere than at their defaults, so that a threshold in the link holds on every page. The others are drawn
once the reader opens them: two dozen widgets that nobody looks at would cost the browser as much as the rest of a page. The slider of the rule
under the lamp stands beside its history, and so not in the sidebar of that page.
"""

import streamlit as st

from core.divergences import RULES, Rule
from core.language import N_, _
from core.records import Settings
from core.units import Unit
from pages.parts import menu
from pages.parts.link import HIGHEST_FLAT, PREFIX, UNITS, highest, named

GROUPS = (
    ("Between markets", ("us_crypto", "cn_hk_broad", "cn_hk_tech", "hk_us_broad", "hk_us_tech")),
    ("US equities and what they usually move with", ("gold_equities", "dollar_equities", "bonds_equities", "vix_spx")),
    ("Within a market", ("soe_tech", "us_breadth", "cn_breadth", "cn_growth", "small_large", "btc_eth")),
    ("On chain", ("dex_price", "stable_price", "tvl_price")),
)
_RULES = {r.key: r for r in RULES}
_DEFAULT_FLAT = Settings().flat
_LAMPS_PAGE = "divergences"
_LAMP, _DRAWN = "rule under the lamp", "rules whose sliders this run drew in the sidebar"


def key_of(rule: str, unit: str) -> str:
    """The key of a rule's slider, which is its name in the link."""
    return PREFIX[unit] + rule


def default(rule: Rule, unit: str) -> float:
    """Where a rule's slider stands when nobody moved it."""
    return float(rule.default_sigma if unit == "sigma" else rule.default)


def written(rule: Rule, unit: str) -> str:
    """How a rule's threshold is written: in σ or pp. A gap of two z-scores is in σ either way."""
    return _("{n}σ" if unit == "sigma" or rule.unit is Unit.SIGMA else "{n}pp", n="%.2f")


def slider(rule: Rule, unit: str, name: str = "") -> float:
    """The slider that decides a rule's threshold, called by the rule's label or by a `name` of its own."""
    top = float(highest(rule.key, unit))
    return st.slider(
        _(name or rule.label), 0.0, top, default(rule, unit), step=0.05 if top <= 10 else 0.5, format=written(rule, unit),
        key=key_of(rule.key, unit), bind="query-params",
    )  # fmt: skip


def _restore() -> None:
    """Put every slider back to its default."""
    unit = st.session_state.get("unit") or UNITS[0]
    for rule in RULES:
        st.session_state[key_of(rule.key, unit)] = default(rule, unit)
    st.session_state["flat"] = _DEFAULT_FLAT


def _unit() -> str:
    return st.segmented_control(
        _("Thresholds in"), UNITS, default=UNITS[0], required=True, format_func=named, key="unit", bind="query-params",
        help=_("Percentage points of the gap, or standard deviations of its own trailing year."),
    ) or UNITS[0]  # fmt: skip


def _flat() -> float:
    return st.slider(
        _("A change is flat below"), 0.0, HIGHEST_FLAT, _DEFAULT_FLAT, step=0.01, format="%.2f%%", key="flat", bind="query-params",
        help=_("A market that moved by less than this counts as neither up nor down."),
    )  # fmt: skip


def chosen(key: str, usual: object) -> bool:
    """Whether a widget stands elsewhere than usual, or the link says something about it; if not, it need not be drawn to be heard."""
    return key in st.query_params or st.session_state.get(key, usual) not in {usual, None}


def draw() -> Settings:
    """All that decides what counts as a divergence, in one closed expander."""
    fold = st.expander(_("Thresholds"), icon=":material/tune:", key="thresholds", on_change="rerun")
    lamp = st.session_state.get(_LAMP, "") if menu.shown() == _LAMPS_PAGE else ""
    drawn: set[str] = set()
    st.session_state[_DRAWN] = drawn
    with fold:
        unit = _unit() if fold.open or chosen("unit", UNITS[0]) else UNITS[0]
        moved: dict[str, float] = {}
        for title, keys in GROUPS:
            if fold.open:
                st.caption(_(title))
            for rule in (_RULES[k] for k in keys):
                usual = default(rule, unit)
                if rule.key == lamp:
                    value = st.session_state.get(key_of(rule.key, unit), usual)
                elif fold.open or chosen(key_of(rule.key, unit), usual):
                    value = slider(rule, unit)
                    drawn.add(rule.key)
                else:
                    continue
                if value != usual:
                    moved[rule.key] = value
        flat = _flat() if fold.open or chosen("flat", _DEFAULT_FLAT) else _DEFAULT_FLAT
        if fold.open:
            st.button(_("Back to the defaults"), on_click=_restore, icon=":material/restart_alt:", type="tertiary")
    return Settings(threshold_unit=unit, thresholds=tuple((r.key, moved[r.key]) for r in RULES if r.key in moved), flat=flat)


def now() -> Settings:
    """All that decides what counts as a divergence, as the session has it: for a part of a page that runs without the sidebar."""
    unit = st.session_state.get("unit") or UNITS[0]
    stands = {r.key: st.session_state.get(key_of(r.key, unit), default(r, unit)) for r in RULES}
    moved = tuple((r.key, stands[r.key]) for r in RULES if stands[r.key] != default(r, unit))
    return Settings(threshold_unit=unit, thresholds=moved, flat=st.session_state.get("flat", _DEFAULT_FLAT))


def under_the_lamp(rule: str, unit: str) -> None:
    """The slider of one rule beside its history. Where the sidebar has it, or has another left out, the page runs again."""
    if st.session_state.get(_LAMP) != rule or rule in st.session_state[_DRAWN]:
        again = rule in st.session_state[_DRAWN] or st.session_state.get(_LAMP) is not None
        st.session_state[_LAMP] = rule
        if again:
            st.rerun()
    slider(_RULES[rule], unit, N_("Threshold of {rule}", rule=_RULES[rule].label))
