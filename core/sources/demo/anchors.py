"""What the last sessions of the demo market must show: the published figures, and beside them a day that fits.

Only the last return of a line is replaced (of US indices the last two); the path before it is scaled by one constant, so its returns
stay as drawn.
"""

import numpy as np

from core.sources.demo.draws import Floats
from core.sources.published import published

# One-session changes in percent (yield: percentage points) of the last session, for the lines whose change was not published.
_STAGED = {
    "nasdaq": 0.47, "rut": 0.84, "vix": -2.86, "us10y": 0.021, "dxy": -0.06, "gold": 0.31, "usdcny": -0.03, "usdhkd": 0.01,
    "xlk": 0.41, "xlf": 0.92, "xlv": 0.48, "xly": 0.63, "xlc": 0.36, "xli": 0.87, "xlp": 0.19, "xle": -0.52, "xlu": -0.17, "xlre": 0.55,
    "xlb": 0.78, "csi300": 0.74, "cn_turnover": 6.4, "northbound_turnover": 4.1,
    "btc_volume": 41.0, "eth_volume": 36.0, "btc_oi": -5.35, "eth_oi": -5.05,
    "tvl_ethereum": -2.48, "tvl_solana": -3.62, "tvl_bsc": -1.71, "tvl_tron": 0.38, "tvl_base": -1.94, "tvl_other": -2.2,
    "dex": 10.2, "dex_uniswap_v3": 7.9, "dex_pancakeswap": 8.6, "dex_aerodrome": 9.3, "dex_raydium": 5.7, "dex_curve": 11.4,
    "dex_uniswap_v2": 6.8, "dex_pancakeswap_v2": 9.7, "dex_pancakeswap_infinity": 12.1, "dex_pancakeswap_stable": 3.9, "dex_aerodrome_v1": 8.2,
    "dex_meteora": 6.1, "dex_pumpswap": 4.6, "dex_hyperliquid_spot": 13.3, "dex_balancer_v3": 10.9, "dex_sushiswap_v3": 7.4,
    "dex_oneinch_aqua": 15.2, "dex_tessera": 8.8,
    "usdt": 0.0012, "dai": -0.0068, "usds": -0.0071, "stablecoins_other": 0.0024,
}  # fmt: skip

# The US session before the last one, which is the lead that the last Asian session could know: an ordinary rise, so that the reading
# "moderate follow-through" of the published report has a lead to follow.
_EVE = {"spx": 0.80, "ndx": 0.90, "dow": 0.62, "nasdaq": 0.88, "rut": 0.55}

_PUBLISHED = {figure.key: figure.value for figure in published()}


def last_change(key: str) -> float:
    """Change of the last session in percent (yield: percentage points). Published where that says more than "flat"."""
    return _PUBLISHED.get(f"{key}.change") or _STAGED[key]


def published_value(key: str) -> float:
    """A published figure in its unit. Raises KeyError."""
    return _PUBLISHED[key]


def last_close(key: str) -> float | None:
    """The published level of the last session, in the series' unit."""
    return _PUBLISHED.get(f"{key}.close")


def pinned(key: str, levels: Floats) -> Floats:
    """The path scaled so that it ends at the published level (its own where none was published) after the last change."""
    close = last_close(key) or float(levels[-1])
    before = close / (1 + last_change(key) / 100)
    drawn_eve = levels[-2] / levels[-3] - 1
    eve = _EVE[key] / 100 if key in _EVE else drawn_eve
    path = np.asarray(levels * (before / (1 + eve) / levels[-3]), dtype=np.float64)
    path[-2:] = before, close
    return path
