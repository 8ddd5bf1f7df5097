"""The exchange's REST paths: a dict lookup, the gateway, and bytes."""

import traceback
from collections.abc import Callable, Iterable

from clearhouse import __version__
from clearhouse.api.endpoint import WS_PATH, Operation, OrderCounts
from clearhouse.api.errors import FUTURES, ApiError, Failure, Family, Fault
from clearhouse.api.gateway import Call, Gateway
from clearhouse.api.limits import ORDER_POOLS, UNSEEN_ADDRESS_WEIGHT, used_names
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.request import MAX_BODY, MAX_QUERY, Answer, Request
from clearhouse.api.request_log import Line, RequestLog
from clearhouse.api.signing import payload_of
from clearhouse.api.wire import encode_json, parse_pairs
from clearhouse.model.ids import Uid
from clearhouse.runtime.clock import monotonic, wall_clock_ms
from clearhouse.runtime.entropy import request_prefix

COVERAGE_PAGE = "/docs/coverage"
BUILT_HINT = f"what is built: {COVERAGE_PAGE}"
UNKNOWN_NAME = "unknown"
_ORDER_LINES = b"".join(b"%b: %%d\r\n" % pool.header for pool in ORDER_POOLS)
_AGE_LINE = b"x-clearhouse-market-age-ms: %d\r\n"
_FAMILIES = {family.value: family for family in Family}


def head_template(names: tuple[bytes, ...]) -> bytes:
    """Header lines of an answer; the holes: request id, body length, then weights used."""
    used = b"".join(b"%b: %%d\r\n" % name for name in names)
    version = __version__.encode()
    return (
        b"content-type: application/json\r\nx-clearhouse: %b\r\n"
        b"x-mbx-uuid: %%b\r\ncontent-length: %%d\r\n%b"
    ) % (version, used)


class Route:
    """An operation with what its answers have in common."""

    __slots__ = ("head", "holes", "name", "operation", "weight")

    def __init__(self, operation: Operation | None, family: Family) -> None:
        names = used_names(family, operation.weight if operation else None)
        self.operation = operation
        self.name = operation.name if operation else UNKNOWN_NAME
        self.weight = operation.weight.amount if operation else UNSEEN_ADDRESS_WEIGHT
        self.head = head_template(names)
        self.holes = len(names)

    def head_of(
        self, request_id: bytes, body: bytes, used: int, orders: OrderCounts | None
    ) -> bytes:
        """The finished header lines; with the counts of orders where the request was counted."""
        head = self.head % (request_id, len(body), *(used,) * self.holes)
        return head if orders is None else head + _ORDER_LINES % orders


class Exchange:
    """Answers requests for the exchange's paths."""

    def __init__(
        self,
        operations: Iterable[Operation],
        gateway: Gateway,
        *,
        log: RequestLog | None,
        metrics: RequestMetrics,
        market_age: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`market_age`: milliseconds since a live market was heard of, where it is one."""
        self._routes: dict[str, dict[str, Route]] = {}
        for operation in operations:
            if operation.path == WS_PATH:
                continue
            methods = self._routes.setdefault(operation.path, {})
            assert operation.method not in methods
            methods[operation.method] = Route(operation, operation.family)
        self._unknown = {family: Route(None, family) for family in Family}
        self._gateway = gateway
        self._log = log
        self._metrics = metrics
        self._market_age = market_age
        self._request_prefix = request_prefix().encode()
        self._requests = 0

    async def respond(self, request: Request) -> Answer:
        """The answer to a request of a family; whatever goes wrong is an answer too."""
        started, now = monotonic(), wall_clock_ms()
        self._requests += 1
        request_id = b"%b-%x" % (self._request_prefix, self._requests)
        methods = self._routes.get(request.path)
        route = methods.get(request.method) if methods else None
        call: Call | None = None
        try:
            call = Call(self._operation(route, request, methods), request.address)
            self._gateway.admit(call, now)
            _read(call, request)
            body = encode_json(await self._gateway.perform(call))
            assert route is not None
            head = route.head_of(request_id, body, call.weight_used, call.orders_used)
            answer = Answer(200, head, body)
        except ApiError as error:
            route = route or self._unknown[_family_of(request.path)]
            answer = self._refusal(error, request, route, call, request_id)
        except Exception:  # noqa: BLE001  the bug is logged; the connection and the others go on
            route = route or self._unknown[_family_of(request.path)]
            if self._log:
                self._log.error(request_id.decode(), traceback.format_exc())
            answer = self._refusal(ApiError(Fault.INTERNAL), request, route, call, request_id)
        if (age := self._market_age()) is not None:
            answer.head += _AGE_LINE % age
        latency_us = int((monotonic() - started) * 1e6)
        self._metrics.add(route.name, answer.status, answer.code, latency_us)
        if self._log:
            uid = _uid(call) or 0
            self._log.add(
                Line(
                    now,
                    request_id.decode(),
                    route.name,
                    answer.status,
                    latency_us,
                    request.address,
                    answer.code,
                    uid,
                    route.weight,
                )
            )
        return answer

    def _operation(
        self, route: Route | None, request: Request, methods: dict[str, Route] | None
    ) -> Operation:
        """The operation of a route; where there is none 404 or 405, counted like any request.

        The futures families of the exchange look up path and method in one, so 404 is all
        they say.
        """
        if route and route.operation:
            return route.operation
        family = _family_of(request.path)
        self._gateway.admit_unknown(family, UNSEEN_ADDRESS_WEIGHT, request.address)
        if family in FUTURES:
            hint = _what_there_is(methods)
            raise ApiError(Fault.INVALID_PATH, request.path[:200], request.method, hint=hint)
        if methods:
            raise ApiError(Fault.WRONG_METHOD, ", ".join(methods))
        raise ApiError(Fault.UNKNOWN_OPERATION, request.path[:200], COVERAGE_PAGE)

    def _refusal(
        self,
        error: ApiError,
        request: Request,
        route: Route,
        call: Call | None,
        request_id: bytes,
    ) -> Answer:
        family = route.operation.family if route.operation else _family_of(request.path)
        failure = error.failure(family)
        limiter = self._gateway.limiter
        used = limiter.used(family, request.address, route.operation, _uid(call))
        body = failure_body(failure)
        orders = call.orders_used if call else None
        head = route.head_of(request_id, body, used, orders) + _refusal_lines(error)
        return Answer(failure.status, head, body, failure.code)


def is_exchange_path(path: str) -> bool:
    """Whether a path belongs to a family."""
    return "/" + path[1:].partition("/")[0] in _FAMILIES


def failure_body(failure: Failure) -> bytes:
    """The exchange's error object."""
    return encode_json({"code": failure.code, "msg": failure.message})


def _family_of(path: str) -> Family:
    return _FAMILIES["/" + path[1:].partition("/")[0]]


def _what_there_is(methods: dict[str, Route] | None) -> str:
    """The hint beside a path and method that are none."""
    routes = (methods or {}).items()
    built = [name for name, route in routes if route.operation and not route.operation.refused]
    return f"allowed here: {', '.join(built)}" if built else BUILT_HINT


def _uid(call: Call | None) -> Uid | None:
    return call.key.uid if call and call.key else None


def _read(call: Call, request: Request) -> None:
    """Read query, body and key header into an admitted call. A GET has no body."""
    if request.body is None:
        raise ApiError(Fault.BODY_TOO_LARGE, MAX_BODY)
    if len(request.query) > MAX_QUERY:
        raise ApiError(Fault.BODY_TOO_LARGE, MAX_QUERY, hint="the query string is too long")
    body = b"" if request.method == "GET" else request.body
    call.headers = request.headers
    for name, value in request.headers:
        if name == b"x-mbx-apikey":
            call.api_key = value.decode("latin-1")
            break
    lists = call.operation.lists
    parse_pairs(request.query, call.sent, lists)
    if body:
        parse_pairs(body, call.sent, lists)
    call.payload = payload_of(request.query, body)


def _refusal_lines(error: ApiError) -> bytes:
    lines = b""
    if error.hint:
        lines += b"x-clearhouse-hint: %b\r\n" % _header_text(error.hint)
    if error.retry_after is not None:
        lines += b"retry-after: %d\r\n" % error.retry_after
    if error.cause is Fault.WRONG_METHOD:
        lines += b"allow: %b\r\n" % str(error.values[0]).encode()
    return lines


def _header_text(text: str) -> bytes:
    return "".join(c if c.isprintable() else "?" for c in text).encode("latin-1", "replace")[:500]
