"""A local server that speaks the upstreams' formats, in mirror shape: /HOST/PATH?QUERY. `python -m tests.replay.server --port 8900`.

Faults can be put on any path; every request is remembered.
"""

import argparse
import datetime as dt
import json
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.replay import tdx, wire

HTML = b"<!DOCTYPE html><html><body>Will be right back...</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to requests of a path.

    `kind`: status, html (HTTP 200), truncated, drip (a byte every `seconds`), endless, symbol (Yahoo answers for another one), short (Yahoo
    answers its last bar only), coarse (Yahoo answers in months), drop (the connection is reset), sleep (`seconds` before the answer), shift
    (the answer of a moment `seconds` from now), bend (the answer as `bend` makes it).
    """

    kind: str
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    bend: Callable[[object], object] | None = None


@dataclass
class Replay:
    """The running server: its address, its clock (None: the real one), its faults, restatements and the requests it saw."""

    url: str = ""
    clock: dt.datetime | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
    restated: dict[tuple[str, dt.date | None], float] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def now(self) -> dt.datetime:
        return self.clock or dt.datetime.now(dt.UTC)

    def fault(self, target: str) -> Fault | None:
        """The fault of the longest prefix of /HOST/PATH that has one."""
        hits = [prefix for prefix in self.faults if target.lstrip("/").startswith(prefix)]
        return self.faults[max(hits, key=len)] if hits else None

    def scale(self, name: str, day: dt.date) -> float:
        """How much a value was restated: by its own date, or the whole line (None)."""
        return self.restated.get((name, day), self.restated.get((name, None), 1.0))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are written apart; together with a client's late acknowledgement that would hold every answer up for 40 ms.
    disable_nagle_algorithm = True
    replay: Replay

    def do_GET(self) -> None:  # the name http.server calls
        self._answer(b"")

    def do_POST(self) -> None:  # the name http.server calls
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, posted: bytes) -> None:
        self.replay.requests.append(self.path)
        self.replay.headers.append({key.lower(): value for key, value in self.headers.items()})
        fault = self.replay.fault(self.path)
        if fault and fault.kind == "sleep":
            time.sleep(fault.seconds)
        if fault and fault.kind == "drop":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        if fault and fault.kind in {"drip", "endless"}:
            self._pour(fault)
            return
        moment = self.replay.now() + dt.timedelta(seconds=fault.seconds if fault and fault.kind == "shift" else 0)
        status, payload = wire.answer(self.path, posted, moment, self.replay.scale)
        if fault and fault.bend:
            payload = fault.bend(payload)
        body = (payload if isinstance(payload, str) else json.dumps(_bent(payload, fault))).encode()
        headers: tuple[tuple[str, str], ...] = ()
        if fault and fault.kind == "status":
            status, body, headers = fault.status, fault.body, fault.headers
        elif fault and fault.kind == "html":
            status, body = 200, HTML
        elif fault and fault.kind == "truncated":
            body = body[: len(body) // 2]
        self._send(status, body, headers)

    def _send(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if body.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers:
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def _pour(self, fault: Fault) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                self.wfile.write(b" " if fault.kind == "drip" else b" " * (1 << 20))
            except OSError:  # the client had enough
                return
            if fault.kind == "drip":
                time.sleep(fault.seconds)

    def log_message(self, *args: object) -> None:
        """Silence: tests read `requests`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away in the middle are what the faults provoke; anything else is a mistake of the replay's own."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _bent(payload: object, fault: Fault | None) -> object:
    """Yahoo's answer with a quirk that comes with HTTP 200."""
    if fault is None or fault.kind not in {"symbol", "short", "coarse"} or not isinstance(payload, dict):
        return payload
    result = payload["chart"]["result"][0]
    if fault.kind == "symbol":
        result["meta"]["symbol"] = "APPL"
    if fault.kind == "coarse":
        result["meta"]["dataGranularity"] = "3mo"
    if fault.kind == "short":
        result["timestamp"] = result["timestamp"][-1:]
        for lines in (result["indicators"]["quote"][0], result["indicators"]["adjclose"][0]):
            lines |= {key: values[-1:] for key, values in lines.items()}
    return payload


@contextmanager
def serving(clock: dt.datetime | None = None, port: int = 0) -> Iterator[Replay]:
    """A running replay on 127.0.0.1; port 0 takes a free one."""
    replay = Replay(clock=clock)
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"replay": replay}))
    replay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Replay the upstreams on this machine.")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--now", type=dt.datetime.fromisoformat, help="frozen instant, such as 2026-03-28T00:30+00:00; default: the real clock")
    options = parser.parse_args()
    with serving(options.now, options.port) as replay, tdx.serving(replay.now) as (tdx_host, _):
        sys.stdout.write(f"Replaying the upstreams at {replay.url}; set UPSTREAM_MIRROR={replay.url} and, if wanted, TDX_HOST={tdx_host}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
