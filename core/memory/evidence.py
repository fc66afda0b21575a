"""Figures that memory makes: counted over earlier sessions of a series, with that series' provenance."""

import math

from core.figures import Figures
from core.records import Figure
from core.units import Basis, Unit


def made(figures: Figures, series: str, key: str, label: str, value: float, unit: Unit, method: str) -> Figure:
    """A derived figure resting on a series as known at the figures' row; NaN is unknown."""
    stamp = figures.stamp(series)
    synthetic = stamp is not None and stamp.basis == Basis.SYNTHETIC
    known = math.isfinite(value)
    return Figure(
        key=key, label=label, value=value if known else None, unit=unit, session=stamp.session if stamp else None,
        available_at=stamp.available if stamp else None, fetched_at=stamp.fetched if stamp else None,
        basis=Basis.MISSING if not known else Basis.SYNTHETIC if synthetic else Basis.DERIVED, source=stamp.source if stamp else "",
        method=method, note="" if known else "Too few earlier sessions to count.",
    )  # fmt: skip
