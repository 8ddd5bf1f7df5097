"""One stream connection: what it listens to, and what it is sent.

Frames are written by `push`, which never waits: a reader that is too slow is cut there and
nobody else notices (`api/ws_protocol.py`).
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from clearhouse.api.errors import ApiError, Family
from clearhouse.api.metrics import StreamCounts
from clearhouse.api.streams.addresses import Address, Events, Wanted
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
from clearhouse.api.streams.market.broadcasts import Broadcasts
from clearhouse.api.streams.market.forms import form_of, is_market_stream
from clearhouse.api.streams.market.telling import Telling
from clearhouse.api.streams.payloads import wrapped
from clearhouse.messages.rejections import Reason

MAX_STREAMS = 1024

INVALID_STREAM = "Invalid request: invalid stream"

Hang = Callable[[], None]


class Push(Protocol):
    """Writes a text frame, or the finished frame of it; false where that cut the connection off."""

    def __call__(self, text: bytes, frame: bytes = b"") -> bool:
        """Write."""
        ...


class Streams(NamedTuple):
    """What there is to listen to."""

    audience: Audience
    market: Broadcasts


class StreamConnection:
    """A listener of streams. `hang_up` is called when its last key was closed."""

    def __init__(
        self,
        streams: Streams,
        push: Push,
        hang_up: Hang,
        counts: StreamCounts,
        *,
        combined: bool,
    ) -> None:
        self._audience, self._market = streams
        self._counts = counts
        self._push = push
        self._hang_up = hang_up
        self._combined = combined
        self._streams: dict[str, Events] = {}
        self.is_open = False

    async def begin(self, address: Address) -> None:
        """Listen to what the URL names; refuses like SUBSCRIBE, and then listens to nothing."""
        await self._subscribe(address.wanted)

    def opened(self) -> None:
        """The handshake is done; what came before it was told to nobody."""
        self.is_open = True
        for name in self._streams:
            self._market.greet(name)

    def leave(self) -> None:
        """Listen to nothing any more."""
        for name in tuple(self._streams):
            self._unsubscribe(name)

    def tell(self, listen_key: str, payload: bytes) -> None:
        """Write an event. What comes before the handshake is done has not happened for us."""
        if self.is_open:
            self._count(self._push(wrapped(listen_key, payload) if self._combined else payload))

    def hear(self, telling: Telling) -> None:
        """Write an event of a market stream."""
        if self.is_open:
            self._count(self._push(*telling.form(combined=self._combined)))

    def _count(self, read: bool) -> None:  # noqa: FBT001  what `push` said
        self._counts.events += read
        self._counts.cut += not read

    def lose(self, listen_key: str, *, closed: bool) -> None:
        """The key ended. After a closed one the connection ends too, unless it has others."""
        self._streams.pop(listen_key, None)
        if closed and self.is_open and not self._streams:
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
        if any(is_market_stream(one.name) and not form_of(one.name) for one in new):
            raise ControlError(BAD_REQUEST, INVALID_STREAM)
        for one in new:  # before anything is waited for, so that it is left again come what may
            self._streams[one.name] = one.events
        try:
            await self._join(new)
        except Exception:
            for one in new:
                self._unsubscribe(one.name)
            raise

    async def _join(self, new: list[Wanted]) -> None:
        """Listen to market streams and listen keys; refuses a key that is none."""
        market = [one.name for one in new if form_of(one.name)]
        if market:
            await self._market.join(market, self)
        for one in new:
            keyed = one.name not in market
            if keyed and not await self._audience.join(one.name, self, one.events):
                raise ApiError(Reason.NO_LISTEN_KEY)

    def _unsubscribe(self, name: str) -> None:
        if self._streams.pop(name, None) is not None:
            self._market.leave(name, self)
            self._audience.leave(name, self)
