"""The ASGI application of the streams.

A handshake that is refused gets the exchange's error object; a connection that is open is
closed by a flood of frames (1008), an over-long frame (1009), the closing of its only listen
key (1001) and the end of its 24 hours (1001).
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from clearhouse.api.errors import ApiError, Failure, Family
from clearhouse.api.gateway import Gateway
from clearhouse.api.handshake import refuse_handshake
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.streams.addresses import Address, read_address
from clearhouse.api.streams.audience import Audience
from clearhouse.api.streams.connection import StreamConnection, Streams
from clearhouse.api.streams.control import ControlError
from clearhouse.api.streams.market.broadcasts import Broadcasts
from clearhouse.api.transport import Receive, Scope, Send, address_of
from clearhouse.api.ws_api import GOING_AWAY, LIFETIME_SECONDS, POLICY_VIOLATION
from clearhouse.api.ws_protocol import PUSH
from clearhouse.runtime.clock import monotonic, wall_clock_ms

FRAMES_PER_SECOND = 10
MAX_URL = 16 * 1024
HANDSHAKE = "stream handshake"


class StreamServer:
    """Serves stream connections."""

    def __init__(self, gateway: Gateway, metrics: RequestMetrics) -> None:
        self._gateway = gateway
        self._metrics = metrics
        audience = Audience(gateway.venue, gateway.listen_keys)
        self._streams = Streams(audience, Broadcasts(gateway.venue))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection until it ends."""
        closing, address = Closing(send), address_of(scope)
        asked = read_address(scope["path"], scope["query_string"][:MAX_URL].decode("latin-1"))
        push = scope["extensions"][PUSH]
        connection = StreamConnection(
            self._streams,
            push,
            closing.hang_up,
            self._metrics.streams,
            combined=asked.combined,
        )
        try:
            failure = await self._refusal(connection, asked, address)
            self._metrics.add(HANDSHAKE, failure.status if failure else 101, 0, 0)
            if failure:
                await refuse_handshake(send, failure)
                return
            await receive()  # websocket.connect
            await send({"type": "websocket.accept", "headers": []})
            connection.opened()
            self._metrics.streams.open += 1
            await self._serve(connection, receive, closing, address)
        finally:
            self._metrics.streams.open -= connection.is_open
            connection.leave()

    async def _refusal(
        self, connection: StreamConnection, asked: Address, address: str
    ) -> Failure | None:
        """Why a handshake is refused, if it is."""
        try:
            self._gateway.admit_unknown(Family.FAPI, 0, address)
            await connection.begin(asked)
        except ControlError as error:
            return Failure(-1130, 400, error.message)
        except ApiError as error:
            return error.failure(Family.FAPI)
        return None

    async def _serve(
        self, connection: StreamConnection, receive: Receive, closing: "Closing", address: str
    ) -> None:
        try:
            async with asyncio.timeout(LIFETIME_SECONDS):
                if await self._floods(connection, receive):
                    self._gateway.limiter.offend(address, wall_clock_ms())
                    await closing.close(POLICY_VIOLATION, f"more than {FRAMES_PER_SECOND} frames/s")
        except TimeoutError:
            await closing.close(GOING_AWAY, "24 hours")

    async def _floods(self, connection: StreamConnection, receive: Receive) -> bool:
        """Act on frames until the client leaves; or true, as soon as it sends too many."""
        second, frames = 0, 0
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return False
            now = int(monotonic())
            second, frames = now, frames + 1 if now == second else 1
            if frames > FRAMES_PER_SECOND and self._gateway.limiter.enforced:
                return True
            text = message.get("text")
            await connection.take(_text(message["bytes"]) if text is None else text)


class Closing:
    """Ends a connection from the server's side, once; also from where nothing can wait."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False
        self._under_way: asyncio.Task[None] | None = None

    async def close(self, code: int, reason: str) -> None:
        """Close now."""
        if not self._begun:
            self._begun = True
            with contextlib.suppress(OSError):  # the client was faster
                await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def hang_up(self) -> None:
        """Close soon: the last listen key of the connection was closed."""
        closing: Coroutine[Any, Any, None] = self.close(GOING_AWAY, "the listenKey was closed")
        self._under_way = asyncio.ensure_future(closing)


def _text(data: bytes) -> str:
    """A binary frame holds the same JSON; bytes that are no text are no JSON either."""
    return data.decode("utf-8", "replace")
