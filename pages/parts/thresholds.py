"""The sliders of the divergence rules.

Every page draws those that stand elsewhere than at their defaults, so that a threshold in the link holds on every page. The others are drawn
once the reader opens them: two dozen widgets that nobody looks at would cost the browser as much as the rest of a page.
"""

import streamlit as st

from core.divergences import RULES, Rule
from core.language import _
from core.records import Settings
from core.units import Unit
from pages.parts.link import HIGHEST_FLAT, PREFIX, UNITS, highest, named

GROUPS = (
    ("Between markets", ("us_crypto", "cn_hk_broad", "cn_hk_tech", "hk_us_broad", "hk_us_tech")),
    ("US equities and what they usually move with", ("gold_equities", "dollar_equities", "bonds_equities", "vix_spx")),
    ("Within a market", ("soe_tech", "us_breadth", "cn_breadth", "cn_growth", "small_large", "btc_eth")),
    ("On chain", ("dex_price", "stable_price", "tvl_price")),
)
_RULES = {r.key: r for r in RULES}
_DEFAULT_FLAT = Settings().flat
_FOLD = "where this run drew thresholds, and of which rules"


def key_of(rule: str, unit: str) -> str:
    """The key of a rule's slider, which is its name in the link."""
    return PREFIX[unit] + rule


def default(rule: Rule, unit: str) -> float:
    """Where a rule's slider stands when nobody moved it."""
    return float(rule.default_sigma if unit == "sigma" else rule.default)


def suffix(rule: Rule, unit: str) -> str:
    """What a rule's threshold counts: σ or pp. A gap of two z-scores is in σ either way."""
    return "σ" if unit == "sigma" or rule.unit is Unit.SIGMA else "pp"


def slider(rule: Rule, unit: str) -> float:
    """The slider that decides a rule's threshold."""
    top = float(highest(rule.key, unit))
    return st.slider(
        _(rule.label), 0.0, top, default(rule, unit), step=0.05 if top <= 10 else 0.5, format=f"%.2f{_(suffix(rule, unit))}",
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
    drawn: set[str] = set()
    st.session_state[_FOLD] = (fold, drawn)
    with fold:
        unit = _unit() if fold.open or chosen("unit", UNITS[0]) else UNITS[0]
        moved: dict[str, float] = {}
        for title, keys in GROUPS:
            if fold.open:
                st.caption(_(title))
            for rule in (_RULES[k] for k in keys):
                usual = default(rule, unit)
                if not (fold.open or chosen(key_of(rule.key, unit), usual)):
                    continue
                drawn.add(rule.key)
                if (value := slider(rule, unit)) != usual:
                    moved[rule.key] = value
        flat = _flat() if fold.open or chosen("flat", _DEFAULT_FLAT) else _DEFAULT_FLAT
        if fold.open:
            st.button(_("Back to the defaults"), on_click=_restore, icon=":material/restart_alt:", type="tertiary")
    return Settings(threshold_unit=unit, thresholds=tuple((r.key, moved[r.key]) for r in RULES if r.key in moved), flat=flat)


def _pass_on(rule: str, unit: str) -> None:
    st.session_state[key_of(rule, unit)] = st.session_state["threshold under the lamp"]


def mirror(rule: str, unit: str) -> None:
    """A second handle for one rule's threshold, to stand beside its history; it moves the slider in the sidebar and so the link."""
    of, top = _RULES[rule], float(highest(rule, unit))
    fold, drawn = st.session_state[_FOLD]
    if rule not in drawn:  # only a slider that the browser has already writes its next value into the link
        with fold:
            slider(of, unit)
    stands = st.session_state.get(key_of(rule, unit), default(of, unit))
    usual: float | None = stands  # where the browser puts the handle in a run that does not write it
    if st.session_state.get("threshold under the lamp", stands) != stands:  # to write it anyway would throw a handle back that has moved on since
        st.session_state["threshold under the lamp"], usual = stands, None
    st.slider(
        _("Threshold of {rule}", rule=of.label), 0.0, top, usual, step=0.05 if top <= 10 else 0.5, format=f"%.2f{_(suffix(of, unit))}",
        key="threshold under the lamp", on_change=_pass_on, args=(rule, unit),
    )  # fmt: skip
