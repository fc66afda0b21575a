"""Every series the product knows, where it comes from, and what it may plausibly be."""

from core.catalogue.crypto import CRYPTO
from core.catalogue.equities import EQUITIES
from core.catalogue.providers import PROVIDERS
from core.catalogue.records import Provider, Series, SourceRef

SERIES: tuple[Series, ...] = EQUITIES + CRYPTO
BY_KEY: dict[str, Series] = {s.key: s for s in SERIES}

__all__ = ["BY_KEY", "PROVIDERS", "SERIES", "Provider", "Series", "SourceRef", "group", "supplier"]


def supplier(source: str) -> Provider | None:
    """Who stands behind the source of an observation (`yahoo`, `exchanges:kraken`); a venue before the client it is read through."""
    return PROVIDERS.get(source) or PROVIDERS.get(source.partition(":")[0])


def group(name: str) -> tuple[Series, ...]:
    """The series of one group, in catalogue order."""
    return tuple(s for s in SERIES if s.group == name)
