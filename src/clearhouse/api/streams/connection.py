"""One stream connection: what it listens to, and what it is sent.

Frames are written by `push`, which never waits: a reader that is too slow is cut there and
nobody else notices (`api/ws_protocol.py`).
"""

from collections.abc import Callable

from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.metrics import StreamCounts
from clearhouse.api.streams.addresses import Address, Events, Wanted, is_market_stream
from clearhouse.api.streams.audience import Audience
from clearhouse.api.streams.control import (
    BAD_REQUEST,
    ControlError,
    Id,
    Method,
    Request,
    answer,
    read_frame,
    read_id,
    read_request,
    refusal,
)
from clearhouse.api.streams.payloads import wrapped
from clearhouse.messages.rejections import Reason

MAX_STREAMS = 1024

Push = Callable[[bytes], bool]
"""Writes a text frame; false where that cut the connection off."""
Hang = Callable[[], None]


class StreamConnection:
    """A member of the audience. `hang_up` is called when its last key was closed."""

    def __init__(
        self,
        audience: Audience,
        push: Push,
        hang_up: Hang,
        counts: StreamCounts,
        *,
        combined: bool,
    ) -> None:
        self._audience = audience
        self._counts = counts
        self._push = push
        self._hang_up = hang_up
        self._combined = combined
        self._streams: dict[str, Events] = {}
        self.open = False

    async def begin(self, address: Address) -> None:
        """Listen to what the URL names; refuses like SUBSCRIBE, and then listens to nothing."""
        await self._subscribe(address.wanted)

    def leave(self) -> None:
        """Listen to nothing any more."""
        for name in tuple(self._streams):
            self._unsubscribe(name)

    def tell(self, listen_key: str, payload: bytes) -> None:
        """Write an event. What comes before the handshake is done has not happened for us."""
        if self.open:
            read = self._push(wrapped(listen_key, payload) if self._combined else payload)
            self._counts.events += read
            self._counts.cut += not read

    def lose(self, listen_key: str, *, closed: bool) -> None:
        """The key ended. After a closed one the connection ends too, unless it has others."""
        self._streams.pop(listen_key, None)
        if closed and self.open and not self._streams:
            self._hang_up()

    async def take(self, text: str) -> None:
        """Act on a control frame and answer it."""
        request_id: Id = None
        try:
            frame = read_frame(text)
            request_id = read_id(frame)
            request = read_request(frame, request_id, len(text))
            self._push(answer(request_id, await self._act(request)))
        except ControlError as error:
            self._push(refusal(request_id, error))
        except ApiError as error:
            failure = error.failure(Family.FAPI)
            self._push(refusal(request_id, ControlError(failure.code, failure.message)))

    async def _act(self, request: Request) -> object:
        match request.method:
            case Method.SUBSCRIBE:
                await self._subscribe(tuple(Wanted(name) for name in request.names))
            case Method.UNSUBSCRIBE:
                for name in request.names:
                    self._unsubscribe(name)
            case Method.LIST_SUBSCRIPTIONS:
                return list(self._streams)
            case Method.SET_PROPERTY:
                self._combined = bool(request.combined)
            case Method.GET_PROPERTY:
                return self._combined
        return None

    async def _subscribe(self, wanted: tuple[Wanted, ...]) -> None:
        """Listen to all of them or to none."""
        new = [one for one in wanted if one.name not in self._streams]
        if len(self._streams) + len(new) > MAX_STREAMS:
            raise ControlError(BAD_REQUEST, f"Invalid request: more than {MAX_STREAMS} streams")
        for one in new:
            if is_market_stream(one.name):
                raise ApiError(Fault.NO_SUCH_STREAM, one.name[:80])
        for one in new:
            if not await self._audience.join(one.name, self, one.events):
                for joined in new:
                    self._unsubscribe(joined.name)
                raise ApiError(Reason.NO_LISTEN_KEY)
            self._streams[one.name] = one.events

    def _unsubscribe(self, name: str) -> None:
        if name in self._streams:
            del self._streams[name]
            self._audience.leave(name, self)
