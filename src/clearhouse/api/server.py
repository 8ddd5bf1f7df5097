"""ASGI for the exchange's paths: a dict lookup, the gateway, and bytes.

Everything that does not start with a family's prefix goes to the pages behind it (control
plane, documentation), which are another application.
"""

from collections.abc import Iterable

from clearhouse import __version__
from clearhouse.api.endpoint import WS_PATH, Operation
from clearhouse.api.errors import ApiError, Failure, Family, Fault
from clearhouse.api.gateway import Call, Gateway
from clearhouse.api.limits import UNSEEN_ADDRESS_WEIGHT, Header, used_headers
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.request_log import Line, RequestLog
from clearhouse.api.signing import payload_of
from clearhouse.api.transport import App, Receive, Scope, Send, address_of
from clearhouse.api.wire import encode_json, parse_pairs
from clearhouse.model.ids import Uid
from clearhouse.runtime.clock import monotonic, wall_clock_ms
from clearhouse.runtime.entropy import request_prefix

MAX_BODY = 64 * 1024
MAX_QUERY = 64 * 1024
COVERAGE_PAGE = "/docs/coverage"
_JSON = (b"content-type", b"application/json")
_VERSION = (b"x-clearhouse", __version__.encode())
_FAMILIES = {family.value: family for family in Family}


class Answer:
    """What leaves: status, body, and the headers beyond those of every answer."""

    __slots__ = ("body", "code", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: list[Header], code: int = 0) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self.code = code


class ExchangeServer:
    """The exchange's REST paths as an ASGI application."""

    def __init__(
        self,
        operations: Iterable[Operation],
        gateway: Gateway,
        *,
        log: RequestLog | None,
        metrics: RequestMetrics,
        websocket: App,
        pages: App,
    ) -> None:
        self._routes: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            methods = self._routes.setdefault(operation.path, {})
            assert operation.method not in methods
            methods[operation.method] = operation
        self._gateway = gateway
        self._log = log
        self._metrics = metrics
        self._websocket = websocket
        self._pages = pages
        self._request_prefix = request_prefix()
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        kind = scope["type"]
        if kind == "http":
            path = scope["path"]
            methods = self._routes.get(path)
            if methods is None and family_of(path) is None:
                await self._pages(scope, receive, send)
            else:
                await self._http(scope, receive, send, methods)
        elif kind == "websocket" and scope["path"].rstrip("/") == WS_PATH:
            await self._websocket(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _http(
        self, scope: Scope, receive: Receive, send: Send, methods: dict[str, Operation] | None
    ) -> None:
        started = monotonic()
        self._requests += 1
        request = f"{self._request_prefix}-{self._requests:x}"
        operation = methods.get(scope["method"]) if methods else None
        call: Call | None = None
        try:
            if operation is None:
                self._refuse_route(scope, methods)
            assert operation is not None
            call = Call(operation, address_of(scope))
            self._gateway.admit(call)
            await _read(call, scope, receive)
            result = await self._gateway.perform(call)
            used = used_headers(operation.family, operation.weight, call.weight_used)
            answer = Answer(200, encode_json(result), used)
        except ApiError as error:
            answer = self._refusal(error, scope, operation, call)
        await _send(send, answer, request)
        self._note(scope, operation, call, answer, request, started)

    def _refuse_route(self, scope: Scope, methods: dict[str, Operation] | None) -> None:
        """404 or 405, counted like any request."""
        family = family_of(scope["path"])
        assert family is not None
        self._gateway.admit_unknown(family, UNSEEN_ADDRESS_WEIGHT, address_of(scope))
        if methods:
            raise ApiError(Fault.WRONG_METHOD, ", ".join(methods))
        raise ApiError(Fault.UNKNOWN_OPERATION, scope["path"][:200], COVERAGE_PAGE)

    def _refusal(
        self, error: ApiError, scope: Scope, operation: Operation | None, call: Call | None
    ) -> Answer:
        family = operation.family if operation else family_of(scope["path"])
        assert family is not None
        failure = error.failure(family)
        used = self._gateway.limiter.used(family, address_of(scope), operation, _uid(call))
        headers = used_headers(family, operation.weight if operation else None, used)
        if error.hint:
            headers.append((b"x-clearhouse-hint", _header_text(error.hint)))
        if error.retry_after is not None:
            headers.append((b"retry-after", b"%d" % error.retry_after))
        if error.cause is Fault.WRONG_METHOD:
            headers.append((b"allow", str(error.values[0]).encode()))
        return Answer(failure.status, failure_body(failure), headers, failure.code)

    def _note(
        self,
        scope: Scope,
        operation: Operation | None,
        call: Call | None,
        answer: Answer,
        request: str,
        started: float,
    ) -> None:
        name = operation.name if operation else "unknown"
        latency_us = int((monotonic() - started) * 1e6)
        self._metrics.add(name, answer.status, answer.code, latency_us)
        if self._log:
            uid = _uid(call) or 0
            weight = operation.weight.amount if operation else UNSEEN_ADDRESS_WEIGHT
            self._log.add(
                Line(
                    wall_clock_ms(),
                    request,
                    name,
                    answer.status,
                    latency_us,
                    address_of(scope),
                    answer.code,
                    uid,
                    weight,
                )
            )


def family_of(path: str) -> Family | None:
    """The family that a path belongs to by its first part."""
    return _FAMILIES.get("/" + path[1:].partition("/")[0])


def _uid(call: Call | None) -> Uid | None:
    return call.key.uid if call and call.key else None


def failure_body(failure: Failure) -> bytes:
    """The exchange's error object."""
    return encode_json({"code": failure.code, "msg": failure.message})


def _header_text(text: str) -> bytes:
    return "".join(c if c.isprintable() else "?" for c in text).encode("latin-1", "replace")[:500]


async def _read(call: Call, scope: Scope, receive: Receive) -> None:
    """Read query, body and key header into an admitted call. A GET has no body."""
    query: bytes = scope["query_string"]
    if len(query) > MAX_QUERY:
        raise ApiError(Fault.BODY_TOO_LARGE, MAX_QUERY, hint="the query string is too long")
    body = b"" if call.operation.method == "GET" else await _read_body(scope, receive)
    for name, value in scope["headers"]:
        if name == b"x-mbx-apikey":
            call.api_key = value.decode("latin-1")
            break
    parse_pairs(query, call.sent)
    if body:
        parse_pairs(body, call.sent)
    call.payload = payload_of(query, body)


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body; refuses one above 64 KiB, before it has arrived where it says its length."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY:
            raise ApiError(Fault.BODY_TOO_LARGE, MAX_BODY)
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise ApiError(Fault.BODY_TOO_LARGE, MAX_BODY)
    return body


async def _send(send: Send, answer: Answer, request: str) -> None:
    body = answer.body
    headers = [
        _JSON,
        _VERSION,
        (b"x-mbx-uuid", request.encode()),
        (b"content-length", b"%d" % len(body)),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
