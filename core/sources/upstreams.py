"""Every source that is asked over the network, by its key in the catalogue's PROVIDERS. A provider without one here is not asked yet."""

from core.sources import coingecko, defillama, derivatives, exchanges, feargreed, yahoo
from core.sources.source import Source

_ALL = (yahoo.SOURCE, exchanges.SOURCE, derivatives.SOURCE, defillama.SOURCE, coingecko.SOURCE, feargreed.SOURCE)
SOURCES: dict[str, Source] = {s.key: s for s in _ALL}
