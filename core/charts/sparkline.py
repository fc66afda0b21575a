"""The small line in a tile."""

import numpy as np

from core.charts.known import known, row_of
from core.metrics import MetricTable
from core.records import Report


def sparkline(table: MetricTable, report: Report, key: str, sessions: int = 30) -> list[float]:
    """The last `sessions` values of a series known at the report's row, oldest first; empty where there is none."""
    k = known(table, key, row_of(table, report), sessions)
    return [float(v) for v in k.values if np.isfinite(v)] if k else []
