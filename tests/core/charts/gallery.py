"""Every chart of the product by name, as the pages ask for it."""

import datetime as dt

from core.charts import (
    after_alike,
    breadth,
    calibration,
    chain,
    changed,
    coverage,
    defi,
    divergence,
    fired_years,
    flow_map,
    history,
    hk,
    lines,
    link,
    link_history,
    ranked,
    stablecoins,
)  # fmt: skip
from core.metrics.breadth import SECTORS
from core.metrics.transmission import LINKS

CHARTS = {
    "chain": chain.chain,
    **{f"link {k.key}": lambda t, r, key=k.key: link.link_scatter(t, r, key) for k in LINKS},
    **{f"history {k.key}": lambda t, r, key=k.key: link_history.link_history(t, r, key) for k in LINKS},
    "rebased markets": lambda t, r: lines.rebased(t, r, ("spx", "hsi", "sse", "btc")),
    "rebased one market": lambda t, r: lines.rebased(t, r, ("hsi", "hscei", "hstech"), 30),
    "sectors": lambda t, r: ranked.ranked_changes(t, r, SECTORS),
    "all markets": lambda t, r: ranked.ranked_changes(t, r, ("spx", "ndx", "hsi", "hstech", "sse", "chinext", "btc", "eth", "gold")),
    "gauges": lambda t, r: ranked.unusual(t, r, ("vix", "us10y", "dxy", "gold")),
    "stablecoins": stablecoins.flows,
    "tvl": defi.tvl_changes,
    "dex": defi.dex_changes,
    "volume": defi.volume_range,
    "breadth": breadth.a_share_breadth,
    "hong kong": hk.against_us,
    "distribution": lambda t, r: divergence.distribution(t, r, "us_crypto"),
    "distribution in sigma": lambda t, r: divergence.distribution(t, r, "vix_spx"),
    "timeline": lambda t, r: divergence.timeline(t, r, "us_crypto"),
    "strength": divergence.strength,
    "closed": lambda t, r: divergence.closed(t, r, "us_crypto"),
    "flows": lambda _, r: flow_map.flow_map(r),
    "coverage": coverage.coverage,
    "calendar": history.calendar,
    "calendar of a rule": lambda t, r: history.calendar(t, r, "us_crypto"),
    "fired per year": fired_years.per_rule,
    "after alike days": after_alike.above_usual,
    "calibration": calibration.reliability,
    "changed": lambda t, r: changed.biggest(t, r, max(r.date - dt.timedelta(days=1), t.panel.dates[0].item())),
}


def data(picture, layer):
    """The rows of a layer: its own, or those that move, which stand at the top of the spec by name."""
    found = layer["data"]
    return found["values"] if "values" in found else picture.spec["datasets"][found["name"]]


def rows(picture):
    """Every datum of a picture, with the number of its layer."""
    return [(i, row) for i, layer in enumerate(picture.spec["layer"]) for row in data(picture, layer)]
