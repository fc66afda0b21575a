"""What the operator sets, from the environment or a mapping handed in. Nothing is read at import.

| name | meaning | default |
|---|---|---|
| STORE_URL | SQLAlchemy URL of the store | SQLite file data_cache/store.sqlite |
| UPSTREAM_MIRROR | base URL to which every upstream request is redirected: https://HOST/PATH goes to MIRROR/HOST/PATH | none |
| REFRESH_DEADLINE | seconds after which a refresh gives up what has not answered | 90 |
| COINGECKO_API_KEY | optional demo key of CoinGecko | none |
| MARKET_CAP_HISTORY | `coinmarketcap` takes the crypto totals from its website's unofficial history, instead of collecting CoinGecko's | none |
| TDX_HOST | HOST or HOST:PORT of a TDX quote server, asked for the history of A-share advancers and decliners | none |
| AUTO_REFRESH | `0` keeps the app from fetching by itself | 1 |
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from core.errors import BadInput
from core.language import N_

_SERVER = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")
_PASSWORD = re.compile(r"[?&](?:ssl)?password=([^&#]*)", re.IGNORECASE)
_SHORTEST_SECRET = 4
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_STORE = ROOT / "data_cache" / "store.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """The operator's settings. What is or may hold a secret never appears in `repr`."""

    store_url: str = field(repr=False)
    mirror: str = field(repr=False)
    refresh_deadline: float
    auto_refresh: bool
    coingecko_key: str = field(repr=False, default="")
    market_cap_history: str = ""
    tdx_host: str = ""


def operator(environment: Mapping[str, str] | None = None) -> Operator:
    """Settings from a mapping (default: the process environment). Raises BadInput for values that cannot be used."""
    env = os.environ if environment is None else environment
    mirror = env.get("UPSTREAM_MIRROR", "").rstrip("/")
    if mirror and not _is_http(mirror):
        raise BadInput("UPSTREAM_MIRROR is no http address.", remedy="Set it to http://HOST:PORT or leave it out.")
    deadline = env.get("REFRESH_DEADLINE", "90")
    try:
        seconds = float(deadline)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise BadInput(N_("REFRESH_DEADLINE is {value}.", value=repr(deadline)), remedy="Set it to a number of seconds between 0 and 86400.")
    history = env.get("MARKET_CAP_HISTORY", "")
    if history not in {"", "coinmarketcap"}:
        raise BadInput(N_("MARKET_CAP_HISTORY is {value}.", value=repr(history)), remedy="Set it to coinmarketcap or leave it out.")
    tdx_host = env.get("TDX_HOST", "")
    if tdx_host and not _SERVER.fullmatch(tdx_host):
        raise BadInput(
            N_("TDX_HOST is {value}, which names no server.", value=repr(tdx_host)), remedy="Set it to HOST or HOST:PORT, or leave it out."
        )
    return Operator(
        store_url=env.get("STORE_URL") or f"sqlite:///{DEFAULT_STORE}",
        mirror=mirror,
        refresh_deadline=seconds,
        auto_refresh=env.get("AUTO_REFRESH", "1") != "0",
        coingecko_key=env.get("COINGECKO_API_KEY", ""),
        market_cap_history=history,
        tdx_host=tdx_host,
    )


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def hidden(text: str, *addresses: str) -> str:
    """A text in which the passwords of some addresses read ***, however they are written.

    One of fewer than four characters is hidden only where an address is quoted: words would be garbled by it.

    >>> hidden("FATAL: no entry for u with p@ss, postgresql://u:p%40ss@host/x", "postgresql://u:p%40ss@host/x")
    'FATAL: no entry for u with ***, postgresql://u:***@host/x'
    """
    for address in addresses:
        # A password may hold a ? that should have been escaped.
        before = address.partition("?")[0].rpartition("@")[0] or address.rpartition("@")[0]
        written = {before.partition("://")[2].partition(":")[2], *_PASSWORD.findall(address)}
        secrets = {form for one in written for form in (one, unquote(one), unquote_plus(one), quote(unquote(one), safe="")) if form}
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
            else:
                text = text.replace(f":{secret}@", ":***@").replace(f"password={secret}", "password=***")
    return text
