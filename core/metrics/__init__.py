"""Every metric of the product, computed for all report dates at once."""

from core.metrics import breadth, coupling, crosses, defi, gap_evidence, gap_parts, gaps, links, single, transmission
from core.metrics.metric import Features, Metric, MetricTable
from core.panel import Panel

METRICS: tuple[Metric, ...] = (
    *single.METRICS,
    *breadth.METRICS,
    *crosses.METRICS,
    *transmission.METRICS,
    *links.METRICS,
    *coupling.METRICS,
    *defi.METRICS,
    *gaps.METRICS,
    *gap_evidence.METRICS,
    *gap_parts.METRICS,
)
BY_KEY: dict[str, Metric] = {m.key: m for m in METRICS}

__all__ = ["BY_KEY", "METRICS", "Features", "Metric", "MetricTable", "compute"]


def compute(panel: Panel) -> MetricTable:
    """All metrics over a panel; a metric may use those declared before it."""
    features = Features(panel)
    for metric in METRICS:
        features.columns[metric.key] = metric.compute(features)
    return MetricTable(panel, BY_KEY, features.columns, features)
