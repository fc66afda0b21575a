import gzip
import subprocess
import sys
import time

import pytest

from core.errors import BadPayload, Blocked, RateLimited, SourceError, Unreachable
from core.settings import ROOT
from core.sources import http
from tests.replay.server import Fault

URL = "https://api.alternative.me/fng/?limit=1"
HOST = "api.alternative.me"


def test_every_request_goes_to_the_mirror(replay):
    payload = http.get_json(URL, mirror=replay.url, params={"a": "ü"})
    assert payload["name"] == "Fear and Greed Index"
    assert replay.requests == ["/api.alternative.me/fng/?limit=1&a=%C3%BC"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 429, b"Too Many Requests", (("Retry-After", "0"),)), RateLimited),
        (Fault("status", 403, b"<html>"), Blocked),
        (Fault("status", 451, b"{}"), Blocked),
        (Fault("status", 404, b"404 page not found"), BadPayload),
        (Fault("status", 500, b"Internal Error", (("Retry-After", "0"),)), SourceError),
        (Fault("status", 200, b""), BadPayload),
        (Fault("html"), BadPayload),
        (Fault("truncated"), BadPayload),
        (Fault("drop"), Unreachable),
    ],
    ids=lambda x: f"{x.kind}{x.status}" if isinstance(x, Fault) else x.__name__,
)
def test_every_failure_has_its_name(replay, fault, error):
    replay.faults[HOST] = fault
    with pytest.raises(SourceError) as caught:
        http.get_json(URL, mirror=replay.url)
    assert type(caught.value) is error
    assert HOST in str(caught.value)


def test_a_long_retry_after_is_not_slept_through(replay):
    replay.faults[HOST] = Fault("status", 429, b"", (("Retry-After", "20000"),))
    start = time.monotonic()
    with pytest.raises(RateLimited):
        http.get_json(URL, mirror=replay.url)
    assert time.monotonic() - start < 8


def test_a_drip_and_an_endless_body_are_cut(replay):
    replay.faults[HOST] = Fault("drip", seconds=0.05)
    start = time.monotonic()
    with pytest.raises(Unreachable, match="too slow"):
        http.get_json(URL, mirror=replay.url, seconds=0.4)
    replay.faults[HOST] = Fault("endless")
    with pytest.raises(BadPayload, match="more than 2 MB"):
        http.get_json(URL, mirror=replay.url, size=2 << 20)
    assert time.monotonic() - start < 5


def test_a_bomb_is_cut_by_its_decoded_size(replay):
    bomb = gzip.compress(b" " * (8 << 20))
    replay.faults[HOST] = Fault("status", 200, bomb, (("Content-Encoding", "gzip"),))
    with pytest.raises(BadPayload, match="more than 2 MB"):
        http.get_json(URL, mirror=replay.url, size=2 << 20)


def test_a_dead_port_is_unreachable():
    with pytest.raises(Unreachable, match="connection refused"):
        http.get_json(URL, mirror="http://127.0.0.1:9")


def test_reading_the_sources_imports_no_vendor_client():
    code = "import sys, core.refresh, core.store; sys.exit(bool({'yfinance', 'ccxt', 'curl_cffi'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
