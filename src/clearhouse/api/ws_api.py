"""The WebSocket API at `/ws-fapi/v1`: the same operations, asked in JSON frames.

Source: «WebSocket API General Info» and the pages of the methods. A frame that cannot be
understood is answered with the exchange's error object; only a flood, an over-long frame or
the end of the 24 hours closes the connection.
"""

import asyncio
import traceback
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.endpoint import Operation, OrderCounts
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.gateway import Call, Gateway
from clearhouse.api.handshake import refuse_handshake
from clearhouse.api.limits import (
    IP_POOLS,
    ORDER_POOLS,
    UNSEEN_ADDRESS_WEIGHT,
    WS_HANDSHAKE_WEIGHT,
)
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.request_log import Line, RequestLog
from clearhouse.api.signing import ws_payload_of
from clearhouse.api.transport import Receive, Scope, Send, address_of
from clearhouse.api.wire import encode_json, text_of
from clearhouse.api.ws_session import SESSION_METHODS, Session
from clearhouse.model.ids import DAY_MS
from clearhouse.runtime.clock import monotonic, wall_clock_ms
from clearhouse.runtime.entropy import request_prefix

LIFETIME_SECONDS = DAY_MS // 1000
FRAMES_PER_SECOND = 500
"""A connection that sends more is closed (1008); weight refuses a caller long before."""

POLICY_VIOLATION, GOING_AWAY = 1008, 1001

Id = int | str | None


class Frame(Struct, frozen=True, rename="camel"):
    """A request. Decoded as `Any`, a parameter with a decimal point keeps its text."""

    method: str
    id: Id = None
    params: dict[str, Any] | None = None


class RateLimitRow(Struct, frozen=True, rename="camel"):
    """How much of a limit is used."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int
    count: int


class Error(Struct, frozen=True):
    """The exchange's error object."""

    code: int
    msg: str


class Reply(Struct, frozen=True, rename="camel"):
    """An answer; `result` or `error`, and the limits unless they are hidden."""

    id: Id
    status: int
    result: object | UnsetType = UNSET
    error: Error | UnsetType = UNSET
    rate_limits: tuple[RateLimitRow, ...] | UnsetType = UNSET


_decode_frame = msgspec.json.Decoder(Frame, float_hook=str).decode  # a number keeps its text
_decode_id = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_id_value = msgspec.json.Decoder(int | str | None).decode


class WebSocketApi:
    """The ASGI application of the path."""

    def __init__(
        self,
        operations: Iterable[Operation],
        gateway: Gateway,
        *,
        log: RequestLog | None,
        metrics: RequestMetrics,
    ) -> None:
        declared = (*operations, *SESSION_METHODS)
        self._methods = dict(_named(declared))
        self._gateway = gateway
        self._log = log
        self._metrics = metrics
        self._prefix = request_prefix()
        self._connections = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection until it ends."""
        address = address_of(scope)
        try:
            self._gateway.admit_unknown(Family.FAPI, WS_HANDSHAKE_WEIGHT, address)
        except ApiError as error:
            failure = error.failure(Family.FAPI)
            await refuse_handshake(send, failure)
            self._metrics.add("WS handshake", failure.status, failure.code, 0)
            return
        self._connections += 1
        name = f"{self._prefix}-ws{self._connections:x}"
        headers = [(b"x-mbx-uuid", name.encode())]
        await send({"type": "websocket.accept", "headers": headers})
        session = Session(
            name, address, _show_limits(scope), connected_since=self._gateway.venue.now()
        )
        try:
            async with asyncio.timeout(LIFETIME_SECONDS):
                await self._serve(session, receive, send)
        except TimeoutError:
            await send({"type": "websocket.close", "code": GOING_AWAY, "reason": "24 hours"})

    async def _serve(self, session: Session, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            enforced = self._gateway.limiter.enforced
            if session.floods(monotonic(), FRAMES_PER_SECOND) and enforced:
                reason = f"more than {FRAMES_PER_SECOND} frames a second"
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason})
                return
            reply = await self._answer(session, message.get("text"))
            await send({"type": "websocket.send", "text": encode_json(reply).decode()})

    async def _answer(self, session: Session, text: str | None) -> Reply:
        started = monotonic()
        frame: Frame | None = None
        call: Call | None = None
        try:
            frame, call = self._read(session, text)
            self._gateway.admit(call, wall_clock_ms())
            result = await self._perform(session, call)
            reply = Reply(frame.id, 200, result=result)
        except ApiError as error:
            reply = _refusal(error, frame, text)
        except Exception:  # noqa: BLE001  the bug is logged; the connection goes on
            if self._log:
                self._log.error(session.name, traceback.format_exc())
            reply = _refusal(ApiError(Fault.INTERNAL), frame, text)
        self._note(session, call, reply, started)
        if not session.shows_limits(frame.params if frame else None):
            return reply
        limits = self._rate_limits(session, call.orders_used if call else None)
        return Reply(reply.id, reply.status, reply.result, reply.error, limits)

    async def _perform(self, session: Session, call: Call) -> object:
        if call.operation in SESSION_METHODS:
            return await session.perform(self._gateway, call)
        if call.operation.needs_key and session.key and "apiKey" not in call.sent:
            return await self._gateway.perform_as(call, session.key)
        return await self._gateway.perform(call)

    def _read(self, session: Session, text: str | None) -> tuple[Frame, Call]:
        """The frame and the call in it; one that cannot be understood is counted too."""
        try:
            frame = read_frame(text)
            return frame, self._call(session, self._operation(frame.method), frame)
        except ApiError:
            self._gateway.admit_unknown(Family.FAPI, UNSEEN_ADDRESS_WEIGHT, session.address)
            raise

    def _operation(self, method: str) -> Operation:
        operation = self._methods.get(method)
        if operation is None:
            raise ApiError(Fault.INVALID, "method")
        return operation

    @staticmethod
    def _call(session: Session, operation: Operation, frame: Frame) -> Call:
        sent = {name: text_of(value) for name, value in (frame.params or {}).items()}
        payload = ws_payload_of(sent) if operation.signed else b""
        return Call(operation, session.address, sent.get("apiKey"), sent, payload)

    def _rate_limits(
        self, session: Session, orders: OrderCounts | None
    ) -> tuple[RateLimitRow, ...]:
        used = self._gateway.limiter.used(Family.FAPI, session.address)
        pool = IP_POOLS[Family.FAPI]
        weight = RateLimitRow("REQUEST_WEIGHT", "MINUTE", 1, pool.limit, used)
        return (weight, *_order_rows(orders)) if orders is not None else (weight,)

    def _note(self, session: Session, call: Call | None, reply: Reply, started: float) -> None:
        name = f"WS {call.operation.ws_method}" if call else "WS unknown"
        code = reply.error.code if isinstance(reply.error, Error) else 0
        latency_us = int((monotonic() - started) * 1e6)
        self._metrics.add(name, reply.status, code, latency_us)
        if self._log:
            uid = call.key.uid if call and call.key else 0
            weight = call.operation.weight.amount if call else 1
            now = wall_clock_ms()
            address, request = session.address, session.name
            self._log.add(
                Line(now, request, name, reply.status, latency_us, address, code, uid, weight)
            )


def _order_rows(orders: OrderCounts) -> Iterator[RateLimitRow]:
    for pool, count in zip(ORDER_POOLS, orders, strict=True):
        yield RateLimitRow("ORDERS", pool.interval, pool.interval_num, pool.limit, count)


def _refusal(error: ApiError, frame: Frame | None, text: str | None) -> Reply:
    failure = error.failure(Family.FAPI)
    found = frame.id if frame else readable_id(text)
    return Reply(found, failure.status, error=Error(failure.code, failure.message))


def _named(operations: Iterable[Operation]) -> Iterator[tuple[str, Operation]]:
    """Methods by name; the first version of one may be named with or without its prefix."""
    for operation in operations:
        if operation.ws_method is not None:
            yield operation.ws_method, operation
            if not operation.ws_method.startswith("v2/"):
                yield f"v1/{operation.ws_method}", operation


def read_frame(text: str | None) -> Frame:
    """The request in a text frame; refuses binary frames and what is not such an object."""
    if text is None:
        raise ApiError(Fault.BAD_JSON, hint="send text frames")
    try:
        return _decode_frame(text)
    except msgspec.ValidationError:
        raise ApiError(Fault.ILLEGAL_ANYWHERE) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise ApiError(Fault.BAD_JSON) from None


def readable_id(text: str | None) -> Id:
    """The id of a frame that is otherwise wrong, so that the caller can tell whose error it is."""
    try:
        found: Id = _decode_id_value(_decode_id(text or "")["id"])
    except (msgspec.MsgspecError, KeyError, RecursionError, UnicodeError):
        return None
    return found


def _show_limits(scope: Scope) -> bool:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    asked: str = query.get("returnRateLimits", ["true"])[-1]
    return asked.lower() != "false"
