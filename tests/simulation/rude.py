"""Clients of streams that do not behave. Each returns when its connection has ended."""

import asyncio
import random  # noqa: TID251  seeded by the test that uses it
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from clearhouse.runtime.clock import monotonic

CUT_WITHIN_S = 15.0
HEAD = (
    b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
ASK = b'{"method":"LIST_SUBSCRIPTIONS","id":"%b"}'
ECHOED = 60_000


class Target(NamedTuple):
    """A server, and a stream of it where there are events."""

    url: str
    key: str
    chance: random.Random


@asynccontextmanager
async def tcp(target: Target) -> AsyncIterator[socket.socket]:
    """A connection; it is reset at the end, so that nothing of it is left anywhere."""
    place = urlsplit(target.url)
    connection = socket.socket()
    connection.setblocking(False)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (place.hostname, place.port))
        with suppress(ConnectionError):
            yield connection
    finally:
        connection.close()


@asynccontextmanager
async def stream(target: Target) -> AsyncIterator[socket.socket]:
    """A connection that listens."""
    async with tcp(target) as connection:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, HEAD % f"/ws/{target.key}".encode())
        assert (await loop.sock_recv(connection, 12)) == b"HTTP/1.1 101"
        yield connection


def frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A client's frame; a mask of zeros hides nothing and costs nothing."""
    head = bytes([opcode | 0x80 * final])
    if len(payload) < 126:
        return head + bytes([0x80 | len(payload)]) + bytes(4) + payload
    return head + b"\xfe" + len(payload).to_bytes(2) + bytes(4) + payload


async def breaks(target: Target) -> None:
    """Goes in the middle of a frame."""
    async with stream(target) as connection:
        await send(connection, frame(1, b"x" * 500)[: target.chance.randrange(1, 500)])
        await asyncio.sleep(target.chance.random())


async def babbles(target: Target) -> None:
    """Sends what is no frame, or no handshake."""
    noise = target.chance.randbytes(target.chance.randrange(1, 5_000))
    async with (stream if target.chance.random() < 0.8 else tcp)(target) as connection:
        await send(connection, noise)
        await asyncio.sleep(target.chance.random())


async def hesitates(target: Target) -> None:
    """Sends a part of a handshake, or all of it and does not wait for the answer."""
    head = HEAD % f"/ws/{target.key}".encode()
    async with tcp(target) as connection:
        await send(connection, head[: target.chance.randrange(len(head) + 1)])
        await asyncio.sleep(target.chance.choice((0, 0.01, 2)))


async def floods(target: Target) -> None:
    """Sends frames that no application sees, until it is cut."""
    unseen = target.chance.choice((frame(9, b""), frame(9, b"x" * 125), frame(10, b"")))
    async with stream(target) as connection:
        await _until_cut(connection, unseen * 2_000)


async def chatters(target: Target) -> None:
    """Sends more requests than it reads answers, for a moment."""
    until = monotonic() + 0.2
    async with stream(target) as connection:
        while monotonic() < until:
            await send(connection, frame(1, ASK % b"x") * 20)
            await asyncio.sleep(0.01)


async def stalls(target: Target) -> None:
    """Asks and never reads, until it is cut."""
    async with stream(target) as connection:
        await _until_cut(connection, frame(1, ASK % (b"x" * ECHOED)))


async def send(connection: socket.socket, data: bytes) -> None:
    """Send all of it."""
    await asyncio.get_running_loop().sock_sendall(connection, data)


async def _until_cut(connection: socket.socket, data: bytes) -> None:
    try:
        async with asyncio.timeout(CUT_WITHIN_S):
            while True:
                await send(connection, data)
                await asyncio.sleep(0.01)
    except ConnectionError:
        return


RUDE: tuple[Callable[[Target], Awaitable[None]], ...] = (
    breaks,
    babbles,
    hesitates,
    floods,
    chatters,
    stalls,
)
