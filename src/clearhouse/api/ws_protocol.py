"""WebSocket connections that can be written to without waiting, and are cut when nobody reads.

uvicorn's protocol writes for whoever awaits its `send`, and whoever does waits for the
slowest reader. Streams write to many: `push` puts a frame into the connection's own buffer and
returns. Two limits keep that buffer small: a reader that lets it grow beyond `MAX_BACKLOG`,
or leaves it above the transport's high-water mark for `STALL_SECONDS`, is cut off.
"""

from asyncio import TimerHandle
from typing import Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

PUSH = "clearhouse.push"
"""The ASGI extension under which an application finds `push`."""

MAX_BACKLOG = 1024 * 1024
STALL_SECONDS = 10.0


class PushProtocol(WebSocketsSansIOProtocol):
    """A WebSocket connection of this server."""

    _stalled: TimerHandle | None = None

    @override
    def handle_connect(self, event: Request) -> None:
        """Offer `push` to the application, whose task has not begun yet."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:  # else the handshake was malformed and is refused already
            scope["extensions"][PUSH] = self.push

    def push(self, text: bytes) -> None:
        """Write a text frame, or cut the connection where too much waits to be read."""
        if self.close_sent or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > MAX_BACKLOG:
            self.transport.abort()
            return
        try:
            self.conn.send_text(text)
        except InvalidState:  # the client is closing
            return
        self.transport.write(b"".join(self.conn.data_to_send()))

    @override
    def pause_writing(self) -> None:
        """More waits than the transport likes: it must be read soon."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    @override
    def resume_writing(self) -> None:
        """The reader is back."""
        super().resume_writing()
        self._forget_stall()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let the timer go with the connection."""
        self._forget_stall()
        super().connection_lost(exc)

    def _forget_stall(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
