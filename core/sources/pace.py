"""Politeness: calls to one host begin some time apart, whichever thread makes them and through whichever client."""

import time
from threading import Lock

# Seconds between the beginnings of two calls. East Money bans an address for bursts; Hyperliquid weighs every page of history.
_SPACING = {"push2.eastmoney.com": 1.0, "api.hyperliquid.xyz": 0.25, "query.sse.com.cn": 0.25, "www.szse.cn": 0.25}
_USUAL = 0.05

_NEXT: dict[str, float] = {}
_LOCK = Lock()


def take_turn(host: str) -> None:
    """Wait until the next call to a host may begin."""
    with _LOCK:
        now = time.monotonic()
        turn = max(now, _NEXT.get(host, 0.0))
        _NEXT[host] = turn + _SPACING.get(host, _USUAL)
    time.sleep(turn - now)
