"""WebSocket connections that nobody else has to wait for.

uvicorn's protocol writes for whoever awaits its `send`, and whoever does waits for the
slowest reader. Streams write to many: `push` puts a frame into the connection's own buffer and
returns. Two limits keep that buffer small: a reader that lets it grow beyond `MAX_BACKLOG`,
or leaves it above the transport's high-water mark for `STALL_SECONDS`, is cut off.

uvicorn also parses whatever has come at once, and a quarter of a megabyte comes at once: 40,000
of the shortest frames, half a second in which nobody else is served. Here it is parsed in
pieces, a piece when the application has taken the messages of the last one, and a connection
that sends too many frames of those that no application sees is closed.
"""

import asyncio
from contextlib import suppress
from typing import Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request
from websockets.protocol import State

PUSH = "clearhouse.push"
"""The ASGI extension under which an application finds `push`."""

MAX_BACKLOG = 1024 * 1024
STALL_SECONDS = 10.0

PIECE = 4 * 1024
TEXT_FRAME = 0x81
"""The first byte of a text that is one frame."""

UNSEEN_FRAMES_PER_SECOND = 100
"""Pings, pongs and parts of messages."""

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def frame_of(text: bytes) -> bytes:
    """A text as a frame: the same for all, as a server masks nothing and ours compress nothing."""
    size = len(text)
    if size < 126:  # noqa: PLR2004  what seven bits hold beside two codes for longer lengths
        return bytes((TEXT_FRAME, size)) + text
    if size < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + size.to_bytes(2) + text
    return bytes((TEXT_FRAME, 127)) + size.to_bytes(8) + text


class PushProtocol(WebSocketsSansIOProtocol):
    """A WebSocket connection of this server."""

    _stalled: asyncio.TimerHandle | None = None
    _held = b""
    _second = 0
    _unseen = 0

    @override
    def handle_connect(self, event: Request) -> None:
        """Offer `push` to the application, whose task has not begun yet."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:  # else the handshake was malformed and is refused already
            scope["extensions"][PUSH] = self.push

    def push(self, text: bytes, frame: bytes = b"") -> bool:
        """Write a text frame; false where too much waits to be read, which cuts the connection.

        `frame`: the text as `frame_of` makes it, where many are sent the same.
        """
        if self.close_sent or self.transport.is_closing():
            return True
        if self.transport.get_write_buffer_size() > MAX_BACKLOG:
            self.transport.abort()
            return False
        if frame:
            if self.conn.state is State.OPEN:  # else the client is closing
                self.transport.write(frame)
            return True
        with suppress(InvalidState):  # the client is closing
            self.conn.send_text(text)
            self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    @override
    def pause_writing(self) -> None:
        """More waits than the transport likes: it must be read soon."""
        super().pause_writing()
        self._await_reader()

    @override
    def resume_writing(self) -> None:
        """The reader is back."""
        super().resume_writing()
        self._forget_stall()

    @override
    def data_received(self, data: bytes) -> None:
        """Hold what has come until its turn. The first of it is the whole head of a request."""
        if not self.handshake_initiated:
            super().data_received(data)
            self._end_without_request()
            return
        self._held += data
        if self.close_sent and len(self._held) > PIECE:
            self.transport.abort()  # it sends on and does not listen
        self._take_in()

    @override
    async def receive(self) -> Any:
        """The next message; others have their turn between two pieces."""
        if self.queue.empty():
            if self._held:
                await asyncio.sleep(0)
            self._take_in()
        return await self.queue.get()

    @override
    def handle_ping(self) -> None:
        """Answer."""
        if self._goes_on():
            super().handle_ping()

    @override
    def handle_pong(self, event: Frame) -> None:
        """Note that the client is there."""
        if self._goes_on():
            super().handle_pong(event)

    @override
    def handle_cont(self, event: Frame) -> None:
        """Collect a part of a message."""
        if self._goes_on():
            super().handle_cont(event)

    @override
    def send_receive_event_to_app(self) -> None:
        """Hand a message over, unless it is a text that is none."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self._refuse(CloseCode.INVALID_DATA, "invalid UTF-8")
                return
        super().send_receive_event_to_app()

    @override
    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application is done: closing waits until all is read, but not for ever."""
        super().on_task_complete(task)
        self.scope["extensions"].clear()  # `push` holds the connection, which holds the scope
        if not self.disconnected:
            self._await_reader()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let go what belongs to the connection; its parser would hold it, and be held by it."""
        self._held = b""
        self._forget_stall()
        super().connection_lost(exc)
        self.conn.parser.close()

    def _end_without_request(self) -> None:
        """End a connection whose head the parser refused: it says nothing of that to uvicorn."""
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()

    def _take_in(self) -> None:
        """Parse until a message waits for the application; read on when nothing waits."""
        while self._held and self._takes():
            piece, self._held = self._held[:PIECE], self._held[PIECE:]
            super().data_received(piece)
        if self.transport.is_closing():
            self._held = b""
        elif self._held and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()
        elif self.read_paused and not self._held and self.queue.empty():
            self.read_paused = False
            self.transport.resume_reading()

    def _takes(self) -> bool:
        if self.transport.is_closing():
            return False
        return self.close_sent or (self.handshake_complete and self.queue.empty())

    def _goes_on(self) -> bool:
        """Count a frame that the application does not see; one too many ends the connection."""
        second = int(self.loop.time())
        if second != self._second:
            self._second, self._unseen = second, 0
        self._unseen += 1
        if self._unseen > UNSEEN_FRAMES_PER_SECOND:
            self._refuse(CloseCode.POLICY_VIOLATION, "too many frames")
        return not self.transport.is_closing()

    def _refuse(self, code: CloseCode, reason: str) -> None:
        """Close for what the client did; it need not agree."""
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def _await_reader(self) -> None:
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def _forget_stall(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
