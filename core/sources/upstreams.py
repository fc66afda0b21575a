"""Every source that is asked over the network, by its key in the catalogue's PROVIDERS. A provider without one here is not asked yet."""

from core.catalogue import Series, SourceRef
from core.settings import Operator
from core.sources import (
    cboe,
    coingecko,
    coinmarketcap,
    defillama,
    derivatives,
    eastmoney,
    exchanges,
    feargreed,
    fred,
    stock_connect,
    tdx,
    tencent,
    yahoo,
)  # fmt: skip
from core.sources.source import Source

_ALL = (
    yahoo.SOURCE, tencent.SOURCE, fred.SOURCE, cboe.SOURCE, eastmoney.SOURCE, tdx.SOURCE, stock_connect.SOURCE, exchanges.SOURCE,
    derivatives.SOURCE, defillama.SOURCE, coingecko.SOURCE, coinmarketcap.SOURCE, feargreed.SOURCE,
)  # fmt: skip
SOURCES: dict[str, Source] = {s.key: s for s in _ALL}


def chain(series: Series, operator: Operator) -> tuple[SourceRef, ...]:
    """Where a series is asked for under the operator's settings, first choice first."""
    return tuple(ref for ref in series.sources if ref.provider in SOURCES and SOURCES[ref.provider].allowed(operator))
