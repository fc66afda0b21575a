"""A TDX quote server over TCP for the replay's market: daily bars of the two exchanges' indices, in the protocol's own packing."""

import datetime as dt
import socketserver
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from tests.replay import market

GREETING = bytes.fromhex("0c0218930001030003000d0001")
_REQUEST = struct.Struct("<HIHHHH6sHHHHIIH")


def step(value: int) -> bytes:
    """A signed number in the protocol's variable length."""
    size = abs(value)
    packed = bytearray([size & 0x3F | (0x40 if value < 0 else 0)])
    size >>= 6
    while size:
        packed[-1] |= 0x80
        packed.append(size & 0x7F)
        size >>= 7
    return bytes(packed)


def body(bars: list[tuple[dt.date, int, int, int]]) -> bytes:
    """An unpacked answer from (date, close in thousandths, risen, fallen)."""
    packed = struct.pack("<H", len(bars))
    before = 0
    for day, close, up, down in bars:
        packed += struct.pack("<I", int(f"{day:%Y%m%d}")) + step(close - before - 500) + step(500) + step(900) + step(-300)
        packed += struct.pack("<II", 0x4F5D0000, 0x53000000) + struct.pack("<HH", up, down)
        before = close
    return packed


def answer(plain: bytes) -> bytes:
    """An answer with its header, packed where that makes it shorter."""
    short = zlib.compress(plain)
    sent = short if len(short) < len(plain) else plain
    return struct.pack("<IIIHH", 0x74CBB1, 0, 0, len(sent), len(plain)) + sent


class _Handler(socketserver.StreamRequestHandler):
    now: Callable[[], dt.datetime]
    seen: list[bytes]

    def handle(self) -> None:
        while request := self.rfile.read(12):
            length = len(GREETING) if request == GREETING[:12] else _REQUEST.size
            request += self.rfile.read(length - 12)
            self.seen.append(request)
            self.wfile.write(answer(b"\x00" * 8 if request == GREETING else self._bars(request)))

    def _bars(self, request: bytes) -> bytes:
        *_, code, _, _, start, count, _, _, _ = _REQUEST.unpack(request)
        days = [day for day, _, _ in market.sessions("XSHG", market.FIRST, type(self).now())]
        page = days[max(0, len(days) - start - count) : len(days) - start]
        return body([(d, round(market.level(3900, d) * 1000), *market.breadth(code.decode(), d)[:2]) for d in page])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving(now: Callable[[], dt.datetime], port: int = 0) -> Iterator[tuple[str, list[bytes]]]:
    """A running server at HOST:PORT and the requests it saw."""
    seen: list[bytes] = []
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"now": staticmethod(now), "seen": seen}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
