"""Public venues asked through ccxt: which of them, in which order, and what their failures mean.

One venue answers one line: values of two venues are never joined, and the venue that holds a stored line is asked first.
https://docs.ccxt.com
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import BadPayload, RateLimited, SourceError, Unreachable
from core.language import N_, join
from core.sources.http import new_session, reason
from core.sources.source import Ask

DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Venue:
    """An exchange: its name in a line's source, market ids by coin, rows a page, days it reaches back (0: all), its class in ccxt."""

    key: str
    markets: tuple[tuple[str, str], ...]
    page: int
    depth: int = 0
    client: str = ""


def chain(provider: str, venues: Iterable[Venue], ask: Ask) -> tuple[Venue, ...]:
    """The venues in order: the one that holds the line, those that reach back to its beginning, the others."""
    known = tuple(venues)
    back = (ask.now.date() - min(ask.start, ask.first)).days
    held = [v for v in known if ask.held == f"{provider}:{v.key}"]
    deep = [v for v in known if not v.depth or back <= v.depth]
    return tuple(dict.fromkeys([*held, *deep, *known]))


def first_answer(
    provider: str, venues: Iterable[Venue], ask: Ask, what: str, read: Callable[[Venue, dt.date], pd.DataFrame]
) -> pd.DataFrame:  # fmt: skip
    """What the first venue of the chain gives that gives anything; `read` asks one venue from a date on.

    Raises SourceError with every venue's reason when none answers, of their kind where they agree.
    """
    failures: list[SourceError] = []
    for venue in chain(provider, venues, ask):
        ask.proceed()
        name = f"{provider}:{venue.key}"
        if resting := ask.aside.why(name):
            failures.append(resting)
            continue
        # A line may only continue on the venue it came from; another one has to bring all of it.
        start = ask.start if ask.held == name else min(ask.start, ask.first)
        try:
            return read(venue, start)
        except SourceError as exc:
            ask.aside.put(name, exc)
            failures.append(exc)
    told = join(" ", [N_("No exchange gave {what}.", what=what), *(exc.message for exc in failures)])
    kinds = {type(exc) for exc in failures}
    pauses = [exc.retry_after for exc in failures]
    pause = min((p for p in pauses if p is not None), default=None) if None not in pauses else None
    raise (kinds.pop() if len(kinds) == 1 else SourceError)(told, retry_after=pause) from failures[-1]


def client(venue: Venue, market: dict[str, Any], mirror: str) -> Any:  # noqa: ANN401 - ccxt has no types to speak of
    """Ccxt's client of a venue that knows one market, so that it never asks for the list of all of them."""
    import ccxt

    exchange = getattr(ccxt, venue.client or venue.key)({"session": new_session(mirror), "timeout": 8000, "enableRateLimit": True})
    exchange.set_markets([exchange.safe_market_structure(market)])
    return exchange


@contextmanager
def translated(venue: str) -> Iterator[None]:
    """Turns what ccxt raises into a SourceError. What was refused by its status is one already (core.sources.http)."""
    import ccxt

    try:
        yield
    except (ccxt.RateLimitExceeded, ccxt.DDoSProtection) as exc:
        raise RateLimited(N_("{venue} asked us to slow down.", venue=venue)) from exc
    except ccxt.BaseError as exc:
        if isinstance(exc, ccxt.RequestTimeout):
            raise Unreachable(N_("{host} did not answer: {reason}.", host=venue, reason="too slow")) from exc
        if isinstance(exc, ccxt.NetworkError):
            raise Unreachable(N_("{host} did not answer: {reason}.", host=venue, reason=reason(exc))) from exc
        raise BadPayload(N_("{venue} did not accept the request ({kind}).", venue=venue, kind=type(exc).__name__)) from exc
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as exc:  # what a malformed answer makes of ccxt's own code
        raise BadPayload(N_("{venue}'s answer cannot be read ({kind}).", venue=venue, kind=type(exc).__name__)) from exc


def milliseconds(day: dt.date) -> int:
    """00:00 UTC of a date in milliseconds since 1970."""
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000)
