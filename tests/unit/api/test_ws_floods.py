"""Connections that send more than anybody needs are closed, and nobody else waits for them."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from clearhouse.testing import Client, ServerProcess
from unit.api.test_sockets import HOST
from unit.api.test_ws_sockets import HANDSHAKE, KEY, UPGRADE, masked, open_socket
from unit.api.wires import Wire, serves_others

LONGEST_WAIT_S = 0.25


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral", "--no-request-log", "--no-rate-limits") as process:
        yield process


def longest_wait(server: ServerProcess, seconds: float) -> float:
    """The longest time that another client waits for an answer meanwhile."""
    client, longest, until = Client(server.url), 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.monotonic()
        assert client.send("GET", "/fapi/v1/ping").status == 200
        longest = max(longest, time.monotonic() - begun)
    client.close()
    return longest


def pour(wire: Wire, frame: bytes) -> None:
    """Send a frame without end, until the connection is closed."""
    with suppress(OSError):
        while True:
            wire.send(frame * 20_000)


@pytest.mark.parametrize(
    ("begin", "frame"),
    [
        (b"", masked(9, b"")),
        (b"", masked(9, b"x" * 125)),
        (b"", masked(10, b"")),
        (masked(1, b"", final=False), masked(0, b"", final=False)),
    ],
    ids=["empty pings", "long pings", "pongs", "parts of a message"],
)
@pytest.mark.parametrize("path", [b"/ws-fapi/v1", b"/ws"])
def test_frames_that_no_application_sees(
    server: ServerProcess, path: bytes, begin: bytes, frame: bytes
) -> None:
    with Wire(server) as wire:
        wire.send(HANDSHAKE.replace(b"/ws-fapi/v1", path))
        assert wire.head()[0] == 101
        wire.send(begin)
        flood = threading.Thread(target=pour, args=(wire, frame))
        flood.start()
        assert longest_wait(server, 0.5) < LONGEST_WAIT_S
        flood.join(10)
        assert not flood.is_alive()


def test_messages_wait_until_the_application_takes_them(server: ServerProcess) -> None:
    """Without limits everything is answered, but in turns with everybody else."""
    with Wire(server) as wire:
        wire.send(HANDSHAKE)
        assert wire.head()[0] == 101
        count = 20_000
        feed = threading.Thread(target=wire.send, args=(masked(1, b"") * count,))
        feed.start()
        assert longest_wait(server, 0.3) < LONGEST_WAIT_S
        left = 100 * count  # each answer is longer
        while left > 0:
            left -= len(wire.socket.recv(1 << 20))
        feed.join()


def test_a_hundred_pings_in_a_second_are_answered(server: ServerProcess) -> None:
    with open_socket(server) as socket:
        assert all(socket.ping(str(number)).wait(10) for number in range(100))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /ws/%b HTTP/1.1\r\n" % (b"a" * 9_000) + UPGRADE + HOST, 414),
        (b"GET /ws HTTP/1.1\r\nx-long: %b\r\n" % (b"a" * 9_000) + UPGRADE + HOST, 431),
        (b"GET /ws HTTP/1.1\r\n" + b"x-many: 1\r\n" * 200 + UPGRADE + HOST, 431),
        (b"GET /ws HTTP/1.1\r\ncontent-length: 1\r\n" + UPGRADE + HOST + b"x", 400),
    ],
    ids=["long URL", "long header", "many headers", "a body"],
)
def test_a_head_that_is_refused_is_answered_and_ends(
    server: ServerProcess, head: bytes, status: int
) -> None:
    with Wire(server) as wire:
        wire.send(head)
        assert wire.answer()[0] == status
        assert wire.closed()
    assert KEY in head
    serves_others(server)
