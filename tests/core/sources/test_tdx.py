import datetime as dt
import socket
import struct
import time
from threading import Thread

import pytest

from core.catalogue import BY_KEY
from core.errors import BadPayload, NoData, SourceError, Unreachable
from core.settings import operator
from core.sources import tdx
from core.sources.source import Ask
from core.sources.upstreams import chain
from tests.replay import market
from tests.replay import tdx as server

NOW = dt.datetime(2026, 3, 28, 0, 30, tzinfo=dt.UTC)
FRIDAY, MONDAY = dt.date(2026, 3, 27), dt.date(2026, 3, 23)
WANTED = {"up": BY_KEY["cn_advancers"], "down": BY_KEY["cn_decliners"]}
# Two bars packed by hand: opens at 4000, closes 1.5 above, 2 above and 0.25 below it at most; then opens 1.5 below that close and stays there.
PACKED = bytes.fromhex(
    "0200"
    "00273501 80a4e803 9c17 901f fa03 00005d4f 00000053 3f04 c604"
    "01273501 dc17 00 3f c001 00005d4f 00000053 1103 fe05"
)  # fmt: skip


def ask(host, start=MONDAY, now=NOW):
    settings = operator({"TDX_HOST": host})
    return Ask(series=tuple(WANTED.values()), start=start, first=start, held="", now=now, operator=settings)


def line(*counts, first=MONDAY):
    return {first + dt.timedelta(n): tdx.Bar(first + dt.timedelta(n), 3900.0, *c) for n, c in enumerate(counts)}


@pytest.fixture
def host():
    with server.serving(lambda: NOW) as (address, seen):
        seen.clear()
        yield address, seen


def test_prices_are_steps_and_the_counts_end_a_bar():
    assert tdx.parse(PACKED) == [
        tdx.Bar(dt.date(2026, 6, 8), 4001.5, 1087, 1222),
        tdx.Bar(dt.date(2026, 6, 9), 4000.0, 785, 1534),
    ]


@pytest.mark.parametrize("value", [0, 1, -1, 63, 64, -64, 8191, 8192, -123456, 3_900_000])
def test_numbers_of_every_length_are_read_back(value):
    packed = server.step(value)
    assert tdx._step(packed, 0) == (value, len(packed))


@pytest.mark.parametrize("cut", [0, 1, 5, 20, len(PACKED) - 1])
def test_a_body_that_breaks_off_is_refused(cut):
    with pytest.raises(BadPayload):
        tdx.parse(PACKED[:cut])


def test_bars_that_cannot_be_are_refused():
    other_day = PACKED[:2] + struct.pack("<I", 20261345) + PACKED[6:]
    with pytest.raises(BadPayload):
        tdx.parse(other_day)
    outside = struct.pack("<HI", 1, 20260608) + server.step(4_000_000) + server.step(900) + server.step(500) + server.step(-300) + bytes(12)
    with pytest.raises(BadPayload, match="outside its range"):
        tdx.parse(outside)


def test_both_exchanges_are_added_and_unchanged_stays_unknown(host):
    table = tdx.fetch(ask(host[0]))
    last = table[table["session"] == table["session"].max()].set_index("series")["value"].to_dict()
    assert last == {"cn_advancers": 2240, "cn_decliners": 2900}
    assert (len(table), set(table["source"]), table["session"].max().date()) == (10, {"tdx"}, FRIDAY)
    assert [ref.provider for ref in chain(BY_KEY["cn_unchanged"], operator({"TDX_HOST": "x"}))] == ["eastmoney"]


def test_only_the_first_greeting_is_sent_and_pages_go_back_to_the_beginning(host):
    table = tdx.fetch(ask(host[0], dt.date(2021, 3, 28)))
    assert host[1][0] == server.GREETING
    assert [struct.unpack("<HIHHHH6sHHHHIIH", r)[5:11] for r in host[1][1:]] == [
        (m, code, 4, 1, start, 800) for m, code in ((1, b"000001"), (0, b"399106")) for start in (0, 800)
    ]
    expected = [d for d, _, closed in market.sessions("XSHG", dt.date(2021, 3, 28), NOW) if closed < NOW]
    assert table[table["series"] == "cn_advancers"]["session"].dt.date.tolist() == expected


def test_the_session_under_way_is_left_out():
    trading = dt.datetime(2026, 3, 27, 5, tzinfo=dt.UTC)
    with server.serving(lambda: trading) as (address, _):
        assert tdx.fetch(ask(address, now=trading))["session"].max().date() == dt.date(2026, 3, 26)


def test_a_day_counts_once_both_exchanges_have_it():
    lines = [line((1000, 1300), (1100, 1200)), line((1500, 1400))]
    table = tdx.observed(WANTED, lines, start=MONDAY, now=NOW)
    assert table["value"].tolist() == [2500, 2700]


def test_the_population_of_a_board_is_refused_and_one_empty_day_left_out():
    with pytest.raises(BadPayload, match="399106"):
        tdx.observed(WANTED, [line(*[(1000, 1300)] * 3), line(*[(700, 500)] * 3)], start=MONDAY, now=NOW)
    good = line(*[(1500, 1400)] * 3)
    assert len(tdx.observed(WANTED, [line((1000, 1300), (0, 0), (1000, 1300)), good], start=MONDAY, now=NOW)) == 4


def test_it_is_asked_only_where_the_operator_names_a_server():
    assert [ref.provider for ref in chain(BY_KEY["cn_advancers"], operator({}))] == ["eastmoney"]
    assert [ref.provider for ref in chain(BY_KEY["cn_advancers"], operator({"TDX_HOST": "localhost:7709"}))] == ["tdx", "eastmoney"]


def answering(*replies):
    """A server that gives one reply to each request and then hangs up; its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with listener, listener.accept()[0] as link:
            for reply in replies:
                link.recv(64)
                link.sendall(reply)

    Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


GREETED = server.answer(bytes(8))


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ((GREETED, server.answer(server.body([]))), NoData),
        ((GREETED, struct.pack("<IIIHH", 0, 0, 0, 4, 9) + b"junk"), BadPayload),
        ((GREETED, struct.pack("<IIIHH", 0, 0, 0, 400, 400) + b"cut"), Unreachable),
        ((), Unreachable),
    ],
    ids=["no bars", "not packed", "cut", "hangs up"],
)
def test_every_failure_has_its_name(replies, error):
    with pytest.raises(SourceError) as caught:
        tdx.fetch(ask(answering(*replies)))
    assert type(caught.value) is error


def test_a_dead_and_a_silent_server_are_unreachable(monkeypatch):
    with pytest.raises(Unreachable, match="ConnectionRefused"):
        tdx.fetch(ask("127.0.0.1:9"))
    monkeypatch.setattr(tdx, "_READ_SECONDS", 0.2)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable, match="too slow"):
        tdx.fetch(ask(f"127.0.0.1:{silent.getsockname()[1]}"))
    assert time.monotonic() - began < 2
