"""WebSocket frames against a real server process: sizes, broken frames, and clients that leave."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_websocket

from clearhouse.testing import ServerProcess
from unit.api.test_sockets import HOST
from unit.api.wires import Wire, serves_others

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + KEY
HANDSHAKE = b"GET /ws-fapi/v1 HTTP/1.1\r\n" + UPGRADE + HOST
PING_FRAME = '{"id":1,"method":"ping"}'


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral", "--no-request-log", "--no-rate-limits") as process:
        yield process


@pytest.fixture(autouse=True)
def _serves_others_afterwards(server: ServerProcess) -> Iterator[None]:
    yield
    serves_others(server)


def open_socket(server: ServerProcess, path: str = "/ws-fapi/v1") -> ClientConnection:
    return connect_websocket(server.url.replace("http", "ws") + path, compression=None)


def frame_of(size: int) -> str:
    head, tail = '{"id":1,"method":"ping","params":{"x":"', '"}}'
    return head + "x" * (size - len(head) - len(tail)) + tail


def masked(opcode: int, payload: bytes, *, final: bool = True, mask: bool = True) -> bytes:
    """A client's frame, byte for byte."""
    first = opcode | (0x80 if final else 0)
    size = len(payload)
    assert size < 126
    if not mask:
        return bytes([first, size]) + payload
    key = b"\x01\x02\x03\x04"
    hidden = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
    return bytes([first, 0x80 | size]) + key + hidden


def test_a_frame_of_64_kib_and_not_a_byte_more(server: ServerProcess) -> None:
    with open_socket(server) as socket:
        socket.send(frame_of(65_536))
        assert json.loads(socket.recv())["status"] == 200
        socket.send(frame_of(65_537))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_frame_in_pieces(server: ServerProcess) -> None:
    with open_socket(server) as socket:
        socket.send(iter(PING_FRAME))
        assert json.loads(socket.recv())["status"] == 200
        with pytest.raises(ConnectionClosed) as closed:
            socket.send(iter(["x" * 40_000, "x" * 40_000]))  # the close may come before its end
            socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_binary_frame(server: ServerProcess) -> None:
    with open_socket(server) as socket:
        socket.send(b"\x00\xff")
        reply = json.loads(socket.recv())
        assert (reply["status"], reply["error"]["code"]) == (400, -1135)
        socket.send(PING_FRAME)
        assert json.loads(socket.recv())["status"] == 200


def test_the_handshake_names_the_connection(server: ServerProcess) -> None:
    with open_socket(server) as first, open_socket(server) as second:
        assert first.response
        assert second.response
        names = {s.response.headers["x-mbx-uuid"] for s in (first, second) if s.response}
        assert len(names) == 2


@pytest.mark.parametrize("path", ["/", "/ws-fapi/v2", "/fapi/v1/ping", "/ws-fapi/v1x", "/streams"])
def test_other_paths_refuse_the_handshake(server: ServerProcess, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_socket(server, path)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "frames",
    [
        masked(1, b"\xff\xfe"),  # text that is not UTF-8
        masked(1, PING_FRAME.encode(), mask=False),
        masked(3, b""),  # an opcode that does not exist
        masked(0, b"x"),  # a continuation of nothing
        masked(9, b"x", final=False),  # a control frame in pieces
        masked(1, b"a", final=False) + masked(1, b"b"),  # a frame within a frame
        masked(8, b"\x00"),  # half a close code
        masked(8, b"\x03\xe7"),  # a close code that must not be sent
        b"\xc1\x80\x01\x02\x03\x04",  # reserved bits
        b"\x81\xff" + b"\xff" * 8 + b"\x01\x02\x03\x04",  # 2^64 bytes to come
        b"\x81\xff" + b"\x00\x00\x00\x7f" + b"\xff" * 4 + b"\x01\x02\x03\x04",
        b"\x00" * 500,
    ],
)
def test_what_is_no_frame_closes_the_connection(server: ServerProcess, frames: bytes) -> None:
    with Wire(server) as wire:
        wire.send(HANDSHAKE)
        assert wire.head()[0] == 101
        wire.send(frames)
        data = wire.socket.recv(100)
        assert data[:1] in (b"\x88", b"")  # a close frame


@pytest.mark.parametrize(
    "head",
    [
        HANDSHAKE.replace(KEY, b"Sec-WebSocket-Key: x\r\n"),
        HANDSHAKE.replace(KEY, b""),
        HANDSHAKE.replace(b"Version: 13", b"Version: 7"),
        HANDSHAKE.replace(b"GET", b"POST"),
    ],
)
def test_what_is_no_handshake(server: ServerProcess, head: bytes) -> None:
    with Wire(server) as wire:
        wire.send(head)
        assert wire.head()[0] in (400, 404, 405, 426)


def test_clients_that_leave_without_a_word(server: ServerProcess) -> None:
    for _ in range(50):
        with Wire(server) as wire:
            wire.send(HANDSHAKE, masked(1, PING_FRAME.encode()), b"\x81")


def resident_mb(server: ServerProcess) -> int:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096 // 2**20


def test_a_client_that_never_reads(server: ServerProcess) -> None:
    before = resident_mb(server)
    ask = masked(1, b'{"id":"%b","method":"x"}' % (b"i" * 90))
    with Wire(server) as wire:
        wire.send(HANDSHAKE)
        assert wire.head()[0] == 101
        wire.socket.setblocking(False)
        sent, until = 0, time.monotonic() + 1
        while time.monotonic() < until:
            try:
                sent += wire.socket.send((ask * 1_000)[sent % len(ask) :])
            except BlockingIOError:
                time.sleep(0.01)
        assert sent > 10_000 * len(ask)
        assert resident_mb(server) - before < 30


def test_connections_that_have_gone_leave_nothing_behind(server: ServerProcess) -> None:
    """Without waiting for the garbage collector, which comes seldom."""

    def come_and_go() -> None:
        with ExitStack() as stack:
            wires = [stack.enter_context(Wire(server)) for _ in range(300)]
            for wire in wires:
                wire.send(HANDSHAKE)
                assert wire.head()[0] == 101

    come_and_go()
    before = resident_mb(server)
    for _ in range(5):
        come_and_go()
    assert resident_mb(server) - before < 8
