"""Every source that is asked over the network, by its key in the catalogue's PROVIDERS. A provider without one here is not asked yet."""

from core.sources import coingecko, defillama, exchanges, feargreed, yahoo
from core.sources.source import Source

SOURCES: dict[str, Source] = {s.key: s for s in (yahoo.SOURCE, exchanges.SOURCE, defillama.SOURCE, coingecko.SOURCE, feargreed.SOURCE)}
