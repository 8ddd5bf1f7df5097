"""uvicorn's HTTP protocol, with two things of our own.

Bounds: uvicorn bounds bodies by flow control, but would collect a request head without end
and wait for it without end.

A short way for the exchange's paths: no scope, no task, no messages between them. A request
is a coroutine that is run at once, as far as it goes; most go to their end, and one that waits
(for its commit) goes on when that is there. Measured against the same coroutine behind ASGI in
ARCHITECTURE.md, "HTTP".
"""

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, ClassVar

import httptools
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.exchange import failure_body, is_exchange_path
from clearhouse.api.request import MAX_BODY, Answer, Request
from clearhouse.api.transport import LOOPBACK, plain_address

MAX_HEAD = 128 * 1024
MAX_UNREAD = 1024 * 1024
"""Bytes of answers that a client may leave unread before it gets no more."""
QUIET_SECONDS = 30.0
"""A connection that completes no request head for this long, twice at most, is closed."""
_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}


class ExchangeProtocol(HttpToolsProtocol):
    """A connection. Requests of the exchange are answered here, all others by uvicorn."""

    _date_line: ClassVar[tuple[list[tuple[bytes, bytes]], bytes]] = ([], b"")
    _address = LOOPBACK
    _unread_bytes = 0
    _in_head = True
    _heard = False
    _answered: "ExchangeCycle | None" = None
    _watch: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._address = plain_address(self.client[0]) if self.client else LOOPBACK
        self._watch = self.loop.call_later(QUIET_SECONDS, self._close_if_quiet)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        """Parse; give up on a head, a trailer or a chunk line that does not end."""
        self._unread_bytes += len(data)
        super().data_received(data)
        if self._unread_bytes > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("the head of the request is too long")

    @override
    def send_400_response(self, msg: str) -> None:
        """Uvicorn's answer to what is no HTTP, in the exchange's form; the connection ends."""
        failure = ApiError(Fault.ILLEGAL_ANYWHERE).failure(Family.SPOT)
        body = failure_body(failure)
        head = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
        hint = b"x-clearhouse-hint: %b\r\nconnection: close\r\n\r\n" % msg.encode()
        status = _STATUS_LINES[failure.status]
        self.transport.write(b"".join((status, self.date_line(), head, hint, body)))
        self.transport.close()

    @override
    def on_message_begin(self) -> None:
        """Begin collecting a head; uvicorn's scope is made when uvicorn turns out to need it."""
        self._in_head = True
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    @override
    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unread_bytes = 0
        self._heard = True
        target = httptools.parse_url(self.url)
        path = target.path.decode("ascii")
        if not is_exchange_path(path) or self.parser.should_upgrade():
            self._leave_to_uvicorn()
            return
        request = Request(
            self.parser.get_method().decode("ascii"),
            path,
            target.query or b"",
            self.headers,
            self._address,
        )
        earlier: Any = self.cycle  # None before the first request
        self.cycle = cycle = ExchangeCycle(self, request)  # type: ignore[assignment]  # see there
        if self.expect_100_continue:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if earlier is None or earlier.response_complete:
            cycle.has_turn = True
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))  # type: ignore[arg-type]  # see there

    @override
    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Uvicorn's call for the next pipelined request."""
        if isinstance(cycle, ExchangeCycle):
            cycle.take_turn()
        else:
            super()._start_asgi_task(cycle, app)

    @override
    def on_body(self, body: bytes) -> None:
        self._unread_bytes = 0
        cycle: object = self.cycle
        if isinstance(cycle, ExchangeCycle):
            cycle.add(body)
        else:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        cycle: object = self.cycle
        if isinstance(cycle, ExchangeCycle):
            cycle.complete()
        else:
            super().on_message_complete()

    def date_line(self) -> bytes:
        """The headers that uvicorn gives to every answer; it makes them anew once a second."""
        headers = self.server_state.default_headers
        made_of, line = self._date_line
        if made_of is not headers:
            line = b"".join([b"%b: %b\r\n" % pair for pair in headers])
            ExchangeProtocol._date_line = headers, line
        return line

    def _leave_to_uvicorn(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    @override
    def handle_websocket_upgrade(self) -> None:
        """The connection is another protocol's from here on."""
        self._stop_watching()
        super().handle_websocket_upgrade()

    def answered(self, cycle: "ExchangeCycle") -> None:
        """An exchange request is answered: on to the next of the pipeline.

        Not within this call where there is one, because a long pipeline would fill the stack,
        and not before the client has read, because its answers would fill the memory.
        uvicorn would arm a timer for each idle moment; the watch over the connection does.
        """
        unread = self.flow.write_paused or self.transport.get_write_buffer_size() > MAX_UNREAD
        if unread or self.pipeline:
            self._answered = cycle
            self.flow.pause_reading()
            self.loop.call_soon(self._next)
            return
        cycle.response_complete = True
        if self.flow.read_paused:
            self.on_response_complete()

    @override
    def on_response_complete(self) -> None:
        """On to the next of the pipeline; more is read when there is none.

        uvicorn reads on after each answer, so that a pipeline could grow without end.
        """
        if not self.pipeline:
            super().on_response_complete()
        elif not self.transport.is_closing():
            self._start_asgi_task(*self.pipeline.pop())

    @override
    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._next()

    def _next(self) -> None:
        cycle = self._answered
        if cycle and not self.flow.write_paused:
            self._answered = None
            cycle.response_complete = True
            self.on_response_complete()

    def _stop_watching(self) -> None:
        if self._watch:
            self._watch.cancel()
            self._watch = None

    def _close_if_quiet(self) -> None:
        """Close a connection that is idle, slow to say what it wants, or does not read."""
        if not self._heard and self._waits_for_client():
            self._watch = None
            if self.flow.write_paused:
                self.transport.abort()  # closing would wait until all is read
            else:
                self.transport.close()
            return
        self._heard = False
        self._watch = self.loop.call_later(QUIET_SECONDS, self._close_if_quiet)

    def _waits_for_client(self) -> bool:
        cycle: Any = self.cycle
        if self._in_head or self.flow.write_paused or cycle is None:
            return True
        return bool(cycle.response_complete or cycle.more_body)


class ExchangeCycle:
    """A request of the exchange on a connection, in the place of uvicorn's own cycle.

    `response_complete`, `disconnected`, `message_event`, `keep_alive` and `more_body` are what
    uvicorn's protocol reads and sets on a cycle. `response_complete` says that the next
    request may be answered.
    """

    __slots__ = (
        "_arrived",
        "_protocol",
        "_request",
        "_rest",
        "disconnected",
        "has_turn",
        "keep_alive",
        "response_complete",
    )

    def __init__(self, protocol: ExchangeProtocol, request: Request) -> None:
        parser = protocol.parser
        self._protocol = protocol
        self._request = request
        self._arrived = False
        self._rest: Coroutine[Any, Any, Answer]
        self.has_turn = False
        self.keep_alive = parser.should_keep_alive() and parser.get_http_version() != "1.0"
        self.disconnected = False
        self.response_complete = False

    @property
    def more_body(self) -> bool:
        """Whether some of the request has not arrived."""
        return not self._arrived

    @property
    def message_event(self) -> "ExchangeCycle":
        """Nobody waits for messages here; `set` does nothing."""
        return self

    def set(self) -> None:
        """Nobody waits."""

    def add(self, body: bytes) -> None:
        """Collect the body; one that is too long is refused without its rest."""
        request = self._request
        if request.body is None:
            return
        request.body += body
        if len(request.body) > MAX_BODY:
            request.body = None
            self.keep_alive = False
            self.complete()

    def complete(self) -> None:
        """The request is here."""
        if not self._arrived:
            self._arrived = True
            if self.has_turn:
                self._start()

    def take_turn(self) -> None:
        """Every earlier request of the connection is answered."""
        self.has_turn = True
        if self._arrived:
            self._start()

    def send(self, answer: Answer) -> None:
        """Write the answer and let the connection go on."""
        protocol = self._protocol
        if self.disconnected:
            return
        close = b"" if self.keep_alive else b"connection: close\r\n"
        protocol.transport.write(
            b"".join(
                (
                    _STATUS_LINES[answer.status],
                    protocol.date_line(),
                    answer.head,
                    close,
                    b"\r\n",
                    b"" if self._request.method == "HEAD" else answer.body,
                )
            )
        )
        if not self.keep_alive:
            self.response_complete = True
            protocol.transport.close()
        else:
            protocol.answered(self)

    def _start(self) -> None:
        self._rest = self._protocol.app.exchange.respond(self._request)
        self._go_on()

    def _go_on(self, _arrived: object = None) -> None:
        """Run until the next wait, or to the answer.

        This is what a task does, less what nobody here needs: a request is not cancelled, and
        nothing in it asks which task it runs in.
        """
        try:
            waits_for = self._rest.send(None)
        except StopIteration as finished:
            self.send(finished.value)
            return
        waits_for._asyncio_future_blocking = False  # noqa: SLF001  how a future knows it is awaited
        waits_for.add_done_callback(self._go_on)
