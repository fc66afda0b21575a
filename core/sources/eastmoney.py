"""A-share advancers, decliners, unchanged and turnover from East Money's quote of two indices: the present state only, no history.

The counts of an index quote cover the population of its exchange: 000001 all of Shanghai, 399106 all of Shenzhen. Boards and selections
(ChiNext, CSI 300) are parts of these and never added. What is read once a session is over and before the next one opens is that session's
final count; at any other time nothing is stored. Reachable from few networks outside China.
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData
from core.language import N_
from core.observations import frame
from core.sessions import schedule
from core.sources.http import get_json
from core.sources.source import Ask, Source, by_symbol, instant, joined

_URL = "https://push2.eastmoney.com/api/qt/ulist.np/get"
# (market, code) and how many shares the exchange can plausibly count.
EXCHANGES = {(1, "000001"): (1_900, 4_000), (0, "399106"): (2_400, 5_000)}
_COUNTS = ("f104", "f105", "f106")
# Counts are set back before the opening auction.
_AUCTION = np.timedelta64(30, "m")
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def fetch(ask: Ask) -> pd.DataFrame:
    """The asked counts and turnover (CNY) of the last session. Raises SourceError, NoData while a session is under way."""
    wanted = by_symbol("eastmoney", ask.series)
    session = final_session(next(iter(wanted.values())), ask.now)
    params = {
        "fltt": "2",
        "secids": ",".join(f"{market}.{code}" for market, code in EXCHANGES),
        "fields": "f6,f12,f13,f14,f104,f105,f106,f124",
    }
    headers = {"Referer": "https://quote.eastmoney.com/"}
    return parse(wanted, get_json(_URL, mirror=ask.operator.mirror, params=params, headers=headers), session=session, now=ask.now)


def final_session(series: Series, now: dt.datetime) -> dt.date:
    """The session whose final counts are shown at `now`. Raises NoData from before the opening auction until the counts are final."""
    plan = schedule(series.calendar)
    moment = instant(now).to_datetime64()
    last = int(plan.last_closed(np.array([moment - np.timedelta64(series.available_after)]))[0])
    if last < 0 or moment >= plan.opens[last + 1] - _AUCTION:
        raise NoData("The mainland session is under way; its counts are final only after its close.")
    found: dt.date = plan.dates[last].item()
    return found


def parse(wanted: Mapping[str, Series], payload: Any, *, session: dt.date, now: dt.datetime) -> pd.DataFrame:  # noqa: ANN401 - JSON
    """Observations of `session`; `wanted` maps East Money's field (f104, f105, f106, f6) to its series.

    A field that one exchange leaves open ("-") is unknown. Raises NoData where nothing is given, BadPayload for another date or population.
    """
    rows = _exchanges(payload)
    for (_, code), row in rows.items():
        _of_that_session(code, row, session)
    for exchange, bounds in EXCHANGES.items():
        counts = [_number(rows[exchange].get(field)) for field in _COUNTS]
        if not any(map(math.isnan, counts)) and not bounds[0] <= sum(counts) <= bounds[1]:
            raise BadPayload(
                N_("East Money counts {n} shares under {code}; that is not the whole exchange.", n=f"{sum(counts):.0f}", code=exchange[1])
            )
    sums = {field: sum(_number(row.get(field)) for row in rows.values()) for field in wanted}
    known = {field: value for field, value in sums.items() if math.isfinite(value)}
    if not known:
        raise NoData("East Money shows no counts at the moment.")
    day, read = np.array([session], dtype="datetime64[D]"), instant(now).to_datetime64()
    return joined(
        frame(wanted[field], day, np.array([value]), fetched_at=read, source="eastmoney", basis="measured") for field, value in known.items()
    )


def _exchanges(payload: Any) -> dict[tuple[int, str], dict[str, Any]]:  # noqa: ANN401 - JSON
    """One row for each exchange. Raises BadPayload, and NoData for an answer without a body."""
    try:
        data = payload["data"]
        rows = {(row["f13"], row["f12"]): row for row in data["diff"]} if data else {}
    except (TypeError, KeyError, AttributeError) as exc:
        raise BadPayload(N_("East Money's answer cannot be read ({kind}).", kind=type(exc).__name__)) from exc
    if not rows:
        raise NoData("East Money sent an empty answer.")
    if set(rows) != set(EXCHANGES):
        raise BadPayload("East Money answered for other indices than were asked.")
    return rows


def _of_that_session(code: str, row: Mapping[str, Any], session: dt.date) -> None:
    """Refuse a quote that was last updated on another date (a holiday the calendar does not know) or before the close."""
    stamp = _number(row.get("f124"))
    if math.isnan(stamp):
        return
    updated = dt.datetime.fromtimestamp(stamp, _SHANGHAI)
    if updated.date() != session or updated.time() < dt.time(15):
        raise BadPayload(
            N_("East Money's {code} was last updated at {moment} in Shanghai, not after the close of {session}.",
               code=code, moment=f"{updated:%Y-%m-%d %H:%M}", session=f"{session}")
        )  # fmt: skip


def _number(value: Any) -> float:  # noqa: ANN401 - JSON
    """A number, or NaN for what is left open. Raises BadPayload for text."""
    if value is None or value == "-":
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadPayload("East Money sent text in place of a number.")
    return float(value)


SOURCE = Source(key="eastmoney", hosts=("push2.eastmoney.com",), workers=1, fetch=fetch, together=lambda _: "exchanges", by_day=True)
