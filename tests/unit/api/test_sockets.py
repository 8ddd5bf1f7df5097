"""Raw bytes against a real server process: whatever comes, others are served.

Each row says how the answer begins. Where the bytes are no HTTP at all the connection is
closed after it, because nobody can tell where a next request would begin.
"""

import time
from collections.abc import Iterator

import pytest

from clearhouse.testing import ServerProcess
from unit.api.wires import Wire, serves_others

HOST = b"Host: 127.0.0.1\r\n\r\n"
PING = b"GET /fapi/v1/ping HTTP/1.1\r\n"
POST = b"POST /fapi/v1/multiAssetsMargin HTTP/1.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n" + HOST
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
NO_HTTP = (400, -1100)
NO_KEY = (401, -2014)


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral", "--no-request-log", "--no-rate-limits") as process:
        yield process


@pytest.fixture
def wire(server: ServerProcess) -> Iterator[Wire]:
    """A connection; afterwards the server must still answer others."""
    with Wire(server) as connection:
        yield connection
    serves_others(server)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody speaks TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /fapi/v1/ping HTTP/3.7\r\n" + HOST,
        b"GET /fapi/v1/\xe5\xb8\x81 HTTP/1.1\r\n" + HOST,
        b"GET /fapi/v1/ping?x=\xe5\xb8\x81 HTTP/1.1\r\n" + HOST,
        b"GET /nothing?x=\xff HTTP/1.1\r\n" + HOST,
        b"GET /fapi/v1/\x01ping HTTP/1.1\r\n" + HOST,
        b"GET /fapi/v1/p ing HTTP/1.1\r\n" + HOST,
        b"GET ?x HTTP/1.1\r\n" + HOST,
        b"GET http://x HTTP/1.1\r\n" + HOST,
        b"CONNECT example.com:443 HTTP/1.1\r\n" + HOST,
        PING + b"X\xff: a\r\n" + HOST,
        PING + b"X: a\x00b\r\n" + HOST,
        PING + b"X: a\r\n folded\r\n" + HOST,
        PING + b" X: a\r\n" + HOST,
        PING + b"X-MBX-APIKEY : a\r\n" + HOST,
        PING + b"X: " + b"x" * 200_000,
        b"GET /fapi/v1/ping?" + b"x" * 70_000 + b" HTTP/1.1\r\n" + HOST,
        POST + b"Content-Length: -1\r\n" + HOST,
        POST + b"Content-Length: x\r\n" + HOST,
        POST + b"Content-Length: 99999999999999999999999\r\n" + HOST,
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n" + HOST + b"ab",
        POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\n" + HOST + b"abc",
        CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"ffffffffffffffffff\r\n",
        CHUNKED + b"-1\r\n",
    ],
)
def test_no_http(wire: Wire, sent: bytes) -> None:
    wire.send(sent)
    assert wire.refusal() == NO_HTTP
    assert wire.closed()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"OPTIONS * HTTP/1.1\r\n" + HOST, (404, -1099)),
        (b"GET //fapi/v1/ping HTTP/1.1\r\n" + HOST, (404, -1099)),
        (b"GET /fapi/v1/%00 HTTP/1.1\r\n" + HOST, (404, -5000)),
        (b"GET /fapi/v1/%ff HTTP/1.1\r\n" + HOST, (404, -5000)),
        (b"GET /fapi/v1/ping?% HTTP/1.1\r\n" + HOST, (400, -1100)),
        (b"GET /ws-fapi/v1 HTTP/1.1\r\n" + HOST, (404, -1099)),
        (b"DELETE /fapi/v1/ping HTTP/1.1\r\n" + HOST, (404, -5000)),
        (POST + HOST, NO_KEY),
        (POST + b"Content-Length: 0\r\n" + HOST, NO_KEY),
        (POST + b"Content-Length: 3\r\n" + HOST + b"a=1", NO_KEY),
        (CHUNKED + b"3\r\na=1\r\n0\r\n\r\n", NO_KEY),
        (CHUNKED + b"3;ext=1\r\na=1\r\n0\r\nTrailer: x\r\n\r\n", NO_KEY),
        (CHUNKED + b"".join(b"1\r\nx\r\n" for _ in range(500)) + b"0\r\n\r\n", NO_KEY),
    ],
)
def test_answered_and_the_connection_goes_on(
    wire: Wire, sent: bytes, expected: tuple[int, int]
) -> None:
    wire.send(sent)
    assert wire.refusal() == expected
    wire.send(PING + HOST)
    assert wire.answer() == (200, b"{}")


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: 1000000000\r\n" + HOST + b"x" * 100_000,
        CHUNKED + b"".join(b"1000\r\n" + b"x" * 4096 + b"\r\n" for _ in range(20)),
    ],
)
def test_a_body_that_is_too_long(wire: Wire, sent: bytes) -> None:
    wire.send(sent)
    assert wire.refusal() == (413, -1100)
    assert wire.closed()


def test_64_kib_of_body_are_read(wire: Wire) -> None:
    wire.send(POST + b"Content-Length: 65536\r\n" + HOST + b"x" * 65_536)
    assert wire.refusal() == NO_KEY
    wire.send(PING + HOST)
    assert wire.answer() == (200, b"{}")


def test_a_client_that_asks_before_it_sends_its_body(wire: Wire) -> None:
    wire.send(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n" + HOST)
    assert wire.answer() == (100, b"")
    wire.send(b"a=1")
    assert wire.refusal() == NO_KEY


@pytest.mark.parametrize(
    "sent", [b"GET /fapi/v1/ping HTTP/1.0\r\n\r\n", PING + b"Connection: close\r\n" + HOST]
)
def test_a_connection_for_one_request(wire: Wire, sent: bytes) -> None:
    wire.send(sent)
    assert wire.answer() == (200, b"{}")
    assert wire.closed()


def test_head_has_no_body(wire: Wire) -> None:
    wire.send(b"HEAD /fapi/v1/ping HTTP/1.1\r\n" + HOST + PING + HOST)
    assert wire.head()[0] == 404
    assert wire.answer() == (200, b"{}")


@pytest.mark.parametrize("pieces", [1, 7, 100])
def test_a_request_in_pieces(wire: Wire, pieces: int) -> None:
    whole = POST + b"Content-Length: 30\r\nX-MBX-APIKEY: short\r\n" + HOST + b"x" * 30
    size = -(-len(whole) // pieces)
    for at in range(0, len(whole), size):
        wire.send(whole[at : at + size])
        time.sleep(0.001)
    assert wire.refusal() == NO_KEY


def test_half_requests_that_are_left(server: ServerProcess, wire: Wire) -> None:
    """Connections that say nothing, half a head or half a body do not keep others waiting."""
    halves = [b"", b"G", PING[:-4], POST + b"Content-Length: 30\r\n" + HOST + b"a=1"]
    left = [Wire(server) for _ in range(200)]
    for number, connection in enumerate(left):
        connection.send(halves[number % len(halves)])
    wire.send(PING + HOST)
    assert wire.answer() == (200, b"{}")
    for connection in left:
        connection.socket.close()


def test_the_second_request_is_broken(wire: Wire) -> None:
    wire.send(PING + HOST + b"\x00\xff")
    assert wire.answer() == (200, b"{}")
    assert wire.refusal() == NO_HTTP
    assert wire.closed()


def test_a_body_is_no_request(wire: Wire) -> None:
    """What a length says is a body is never read as a request, and the other way round."""
    inner = PING + HOST
    wire.send(POST + b"Content-Length: %d\r\n" % len(inner) + HOST + inner + PING + HOST)
    assert wire.refusal() == NO_KEY
    assert wire.answer() == (200, b"{}")
    wire.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        wire.socket.recv(1)
