"""WebSocket API: signed `account.balance` round trips on one connection, against an echo.

The reference is a bare uvicorn WebSocket application that sends every message back, fed by the
same client with the same messages. Both are kept busy: up to 64 requests are in flight, so that
the round trip over the loopback does not count, only the work for each message.

The client must not be what is measured. All frames are signed, masked and joined into blocks
before the clock starts; during a run it only writes blocks and counts the frames that come back,
by their length fields, without looking into them.
"""

import base64
import itertools
import json
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks import venue
from benchmarks.balance import compare_rates
from benchmarks.harness import (
    Options,
    Served,
    alternate,
    on_cores,
    scratch_directory,
    two_cores,
    uvicorn,
)
from benchmarks.report import Result, UnavailableError

PATH = "/ws-fapi/v1"
BLOCK = 16
IN_FLIGHT = 64
MESSAGES = 4_096
TEXT_FRAME = 0x81
CLOSE_FRAME = 0x88
MASK = b"\x37\xfa\x21\x3d"


def run(options: Options) -> list[Result]:
    """Measure both servers in turn, on the same core."""
    (core, generator), (account,) = two_cores(), venue.accounts(1)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, [account], cores=[core], durable=False) as server,
        uvicorn("echo", directory / "uvicorn.log", core=core) as bare,
    ):

        def rate(side: Served) -> float:
            with on_cores(generator):
                return round_trips(side, messages(account), options.seconds)

        size = check(server, account)
        turns = alternate(options.rounds, lambda: rate(server), lambda: rate(bare))
    result = compare_rates("websocket: account.balance, one connection, pipelined", *turns, 0.5)
    result.detail["answer_bytes"] = size
    return [result]


def messages(account: venue.Account) -> list[bytes]:
    """Sign requests now, each with an id of its own."""
    return [balance_request(account, number) for number in range(MESSAGES)]


def balance_request(account: venue.Account, number: int) -> bytes:
    """Return one `account.balance` request: the signature covers the sorted parameters."""
    parameters: dict[str, object] = {"apiKey": account.api_key}
    parameters |= {"recvWindow": venue.RECV_WINDOW_MS, "timestamp": venue.now_ms()}
    parameters["signature"] = venue.sign(account, urlencode(parameters))
    request = {"id": f"{number:08}", "method": "account.balance", "params": parameters}
    return json.dumps(request, separators=(",", ":")).encode()


def round_trips(side: Served, texts: Sequence[bytes], seconds: float) -> float:
    """Keep a window of requests in flight for some seconds; return answers per second."""
    joined = [b"".join(map(frame, texts[i : i + BLOCK])) for i in range(0, len(texts), BLOCK)]
    blocks = itertools.cycle(joined)
    with connect(side) as connection:
        frames = Frames()
        sent = received = 0
        start = time.perf_counter()
        while (now := time.perf_counter()) - start < seconds:
            while sent - received <= IN_FLIGHT - BLOCK:
                connection.sendall(next(blocks))
                sent += BLOCK
            received += frames.count(receive(connection))
    return received / (now - start)


def check(side: Served, account: venue.Account) -> int:
    """Ask once and return the size of the answer, or say what the server answered instead."""
    with connect(side) as connection:
        connection.sendall(frame(balance_request(account, 0)))
        frames, data = Frames(), b""
        while not frames.count(chunk := receive(connection)):
            data += chunk
        data += chunk
    answer = json.loads(data[data.index(b"{") :])
    if answer.get("status") != 200:
        raise UnavailableError(f"account.balance answered {answer}")
    return len(data)


def connect(side: Served, path: str = PATH) -> socket.socket:
    """Open a WebSocket without extensions and return its socket."""
    connection = socket.create_connection(side.address, timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", f"Host: {side.address[0]}", "Upgrade: websocket"]
    lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    greeting = connection.recv(65_536)
    if not (greeting.startswith(b"HTTP/1.1 101") and greeting.endswith(b"\r\n\r\n")):
        raise UnavailableError(f"no WebSocket at {path}: {greeting[:200]!r}")
    return connection


def receive(connection: socket.socket) -> bytes:
    """Return what has come; a connection that the server closes ends the benchmark."""
    data = connection.recv(1 << 18)
    if not data:
        raise UnavailableError("the server closed the WebSocket")
    return data


def frame(text: bytes) -> bytes:
    """Return a masked text frame, as a client must send it."""
    mask = MASK * (len(text) // 4 + 1)
    number = int.from_bytes(text) ^ int.from_bytes(mask[: len(text)])
    size = len(text)
    assert 126 <= size < 65_536
    header = bytes([TEXT_FRAME, 0x80 | 126]) + size.to_bytes(2)
    return header + MASK + number.to_bytes(size)


@dataclass(slots=True)
class Frames:
    """Counts whole text frames in a stream of bytes; pings and the like do not count."""

    rest: bytes = field(default=b"")

    def count(self, data: bytes) -> int:
        """Take in some bytes and return how many text frames they complete."""
        data, at, texts = self.rest + data, 0, 0
        while (end := frame_end(data, at)) <= len(data):
            if data[at] == CLOSE_FRAME:
                reason = data[at + 4 : end].decode(errors="replace")
                raise UnavailableError(f"the server closed the WebSocket: {reason}")
            texts += data[at] == TEXT_FRAME
            at = end
        self.rest = data[at:]
        return texts


def frame_end(data: bytes, at: int) -> int:
    """Return where the frame that starts at `at` ends; past the data when that is not known."""
    if at + 2 > len(data):
        return len(data) + 1
    size = data[at + 1]
    if size < 126:
        return at + 2 + size
    width = 2 if size == 126 else 8
    body = at + 2 + width
    if body > len(data):
        return len(data) + 1
    return body + int.from_bytes(data[at + 2 : body])
