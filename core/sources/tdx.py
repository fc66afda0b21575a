"""Daily advancers and decliners of Shanghai and Shenzhen from a TDX quote server, with years of history.

An unofficial binary protocol over TCP, asked only where the operator names a server (TDX_HOST). A daily bar of an exchange's index ends with
how many shares rose and fell; unchanged ones are not told and stay unknown. Answers are little-endian: a header of 16 bytes
with the packed and the plain length, then the number of bars. Prices are steps of variable length, six bits and a sign first,
then seven bits a byte. Only the first greeting is sent: after the older ones servers answer with no bars.
"""

import datetime as dt
import socket
import struct
import time
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.catalogue import Series
from core.errors import BadPayload, NoData, Unreachable
from core.language import N_
from core.observations import frame
from core.sources.source import Ask, Source, by_symbol, instant, joined

PORT = 7709
_GREETING = bytes.fromhex("0c0218930001030003000d0001")
_REQUEST = struct.Struct("<HIHHHH6sHHHHIIH")
_HEADER = struct.Struct("<IIIHH")
_BARS, _DAILY = 0x052D, 4
_PAGE, _PAGES = 800, 10
_CONNECT_SECONDS, _READ_SECONDS, _SECONDS = 3.0, 8.0, 20.0
# (market, code) and how many shares of the exchange can plausibly have moved in the years asked for.
EXCHANGES = {(1, "000001"): (1_000, 4_000), (0, "399106"): (1_300, 5_000)}


class Bar(NamedTuple):
    """A session of an exchange's index: its close in points, shares that rose and fell."""

    day: dt.date
    close: float
    up: int
    down: int


def fetch(ask: Ask) -> pd.DataFrame:
    """The asked counts ("up", "down") of both exchanges, from `ask.start` on. Raises SourceError."""
    host, _, port = ask.operator.tdx_host.partition(":")
    end = time.monotonic() + _SECONDS
    try:
        with socket.create_connection((host, int(port or PORT)), timeout=_CONNECT_SECONDS) as link:
            link.settimeout(_READ_SECONDS)
            _answer(link, _GREETING, end)
            lines = [_history(link, market, code, ask.start, end) for market, code in EXCHANGES]
    except OSError as exc:
        reason = "too slow" if isinstance(exc, TimeoutError) else type(exc).__name__
        raise Unreachable(N_("The TDX server did not answer: {reason}.", reason=reason)) from exc
    return observed(by_symbol("tdx", ask.series), lines, start=ask.start, now=ask.now)


def observed(wanted: Mapping[str, Series], lines: list[dict[dt.date, Bar]], *, start: dt.date, now: dt.datetime) -> pd.DataFrame:
    """Observations of the sessions that are over and that every exchange has. Raises BadPayload for counts of other populations."""
    for (_, code), bounds, line in zip(EXCHANGES, EXCHANGES.values(), lines, strict=True):
        strange = [bar.day for bar in line.values() if not bounds[0] <= bar.up + bar.down <= bounds[1]]
        if len(strange) > len(line) / 2:
            raise BadPayload(N_("The TDX server's counts under {code} are not those of a whole exchange.", code=code))
        for day in strange:  # suspended trading, or a bar whose counts were never filled in
            del line[day]
    days = sorted(day for day in set.intersection(*(set(line) for line in lines)) if day >= start)
    read = instant(now).to_datetime64()
    stamps = np.array(days, dtype="datetime64[D]")
    counts = {name: np.array([sum(getattr(line[day], name) for line in lines) for day in days], dtype="float64") for name in wanted}
    table = joined(frame(series, stamps, counts[name], fetched_at=read, source="tdx", basis="measured") for name, series in wanted.items())
    table = table[table["available_at"] <= read].reset_index(drop=True)
    if table.empty:
        raise NoData("The TDX server has no session that both exchanges share.")
    return table


def parse(body: bytes) -> list[Bar]:
    """The daily bars of an index in an unpacked answer, oldest first. Raises BadPayload."""
    bars = []
    base, at = 0, 2
    try:
        (count,) = struct.unpack_from("<H", body)
        for _ in range(count):
            (stamp,) = struct.unpack_from("<I", body, at)
            steps, at = [], at + 4
            for _ in range(4):  # open against the bar before; close, high and low against the open
                step, at = _step(body, at)
                steps.append(step)
            opened = base + steps[0]
            base = opened + steps[1]
            up, down = struct.unpack_from("<HH", body, at + 8)  # after volume and turnover
            at += 12
            if not steps[3] <= min(0, steps[1]) <= max(0, steps[1]) <= steps[2]:
                raise BadPayload("The TDX server sent a bar whose close lies outside its range.")
            bars.append(Bar(dt.date(stamp // 10_000, stamp // 100 % 100, stamp % 100), base / 1000, up, down))
    except (struct.error, IndexError, ValueError) as exc:
        raise BadPayload(N_("The TDX server's bars cannot be read ({kind}).", kind=type(exc).__name__)) from exc
    return bars


def _step(body: bytes, at: int) -> tuple[int, int]:
    """A signed number of variable length, and where the next one begins."""
    byte = body[at]
    size, sign, shift = byte & 0x3F, -1 if byte & 0x40 else 1, 6
    while byte & 0x80:
        at += 1
        byte = body[at]
        size |= (byte & 0x7F) << shift
        shift += 7
    return sign * size, at + 1


def _history(link: socket.socket, market: int, code: str, start: dt.date, end: float) -> dict[dt.date, Bar]:
    """Daily bars back to `start`, newest page first."""
    line: dict[dt.date, Bar] = {}
    for page in range(_PAGES):
        request = _REQUEST.pack(
            0x10C, 0x01016408, 0x1C, 0x1C, _BARS, market, code.encode(), _DAILY, 1, page * _PAGE, _PAGE, 0, 0, 0
        )  # fmt: skip
        bars = parse(_answer(link, request, end))
        line |= {bar.day: bar for bar in bars}
        if len(bars) < _PAGE or bars[0].day <= start:
            break
    if not line:
        raise NoData(N_("The TDX server sent no bar of {code}.", code=code))
    return line


def _answer(link: socket.socket, request: bytes, end: float) -> bytes:
    """The unpacked body of the answer to a request. Raises OSError, BadPayload."""
    link.sendall(request)
    *_, packed, plain = _HEADER.unpack(_exactly(link, _HEADER.size, end))
    body = _exactly(link, packed, end)
    if packed == plain:
        return body
    try:
        return zlib.decompressobj().decompress(body, plain)
    except zlib.error as exc:
        raise BadPayload("The TDX server sent a broken answer.") from exc


def _exactly(link: socket.socket, count: int, end: float) -> bytes:
    received = bytearray()
    while len(received) < count:
        if time.monotonic() > end:
            raise TimeoutError
        chunk = link.recv(count - len(received))
        if not chunk:
            raise ConnectionResetError
        received += chunk
    return bytes(received)


SOURCE = Source(
    key="tdx", hosts=(), workers=1, fetch=fetch, together=lambda _: "bars", allowed=lambda operator: bool(operator.tdx_host)
)  # fmt: skip
