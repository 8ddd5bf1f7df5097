"""One declaration per operation.

REST, WebSocket API, authentication, limits, OpenAPI, the coverage page and the contract
tests all read the same `Operation`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar, get_type_hints

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import NoParams, Param, compile_params, repeatable
from clearhouse.model.access import Permission

Handler = Callable[[Context, Any], Awaitable[Any]]
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])
"""What a module declares: a `Handler`, or one of the context alone."""

WS_PATH = "/ws-fapi/v1"
MAX_DIGITS = 18


class Security(Enum):
    """What a request must prove."""

    NONE = "NONE"
    MARKET_DATA = "MARKET_DATA"
    USER_STREAM = "USER_STREAM"
    USER_DATA = "USER_DATA"
    TRADE = "TRADE"

    @property
    def needs_key(self) -> bool:
        """Whether the key header must name a key."""
        return self is not Security.NONE

    @property
    def signed(self) -> bool:
        """Whether timestamp and signature must be there."""
        return self in (Security.USER_DATA, Security.TRADE)


class WeightKind(Enum):
    """Whom the weight counts against."""

    IP = "IP"
    UID = "UID"


Limits = tuple[int, ...] | range
"""Numbers of rows that cost the same; a range where every number may be asked for."""


class LimitWeights(NamedTuple):
    """What a request costs by its `limit`: limits with their weight, and the one by default."""

    rows: tuple[tuple[Limits, int], ...]
    default: int
    by_limit: Mapping[int, int]

    @property
    def least(self) -> int:
        """What a limit costs that is none of the table's."""
        return self.rows[0][1]

    def of(self, limit: str | None) -> int:
        """The weight of a limit as it was sent."""
        if not limit:
            return self.by_limit[self.default]
        if not (limit.isascii() and limit.isdigit() and len(limit) <= MAX_DIGITS):
            return self.least
        return self.by_limit.get(int(limit), self.least)


class Weight(Struct, frozen=True):
    """The cost of a request; `without_symbol` where it costs more to ask for every symbol.

    `by_second`: it counts in a window of a second, and not of a minute. `by_limit`: where the
    cost is that of the rows asked for; `amount` is the least of it. `own_pool`: a pool of
    requests by address that it counts in, by one each, beside what it weighs in its family's.
    """

    amount: int
    kind: WeightKind
    without_symbol: int | None = None
    by_second: bool = False
    by_limit: LimitWeights | None = None
    own_pool: str = ""

    @property
    def varies(self) -> bool:
        """Whether it depends on the parameters."""
        return self.without_symbol is not None or self.by_limit is not None

    def beyond(self, sent: Mapping[str, str]) -> int:
        """What a request costs beyond `amount`, by what was sent with it."""
        if self.by_limit:
            return self.by_limit.of(sent.get("limit")) - self.amount
        if self.without_symbol is None or sent.get("symbol"):
            return 0
        return self.without_symbol - self.amount


def ip(amount: int, *, without_symbol: int | None = None) -> Weight:
    """Weight that counts against the caller's address."""
    return Weight(amount, WeightKind.IP, without_symbol)


def ip_by_limit(*rows: tuple[Limits, int], default: int) -> Weight:
    """Weight that counts against the caller's address, by how much is asked for."""
    by_limit = {limit: weight for limits, weight in rows for limit in limits}
    return Weight(rows[0][1], WeightKind.IP, by_limit=LimitWeights(rows, default, by_limit))


def uid(amount: int, *, by_second: bool = False) -> Weight:
    """Weight that counts against the account."""
    return Weight(amount, WeightKind.UID, by_second=by_second)


def in_pool(name: str) -> Weight:
    """No weight of its family, but a place in a pool that several operations share."""
    return Weight(0, WeightKind.IP, own_pool=name)


OrderCounts = tuple[int, int]
"""Orders in the windows of ten seconds and of a minute: what a request counts, or has counted."""


class Operation(Struct, frozen=True):
    """Everything there is to know about an operation before it is called.

    `needs_key`, `signed`, `varies`, `by_account` and `lists` say again what security, weight and
    parameters say, because every request asks. `orders`: what a request counts on the order
    limits of its account; None where it has nothing to do with them. `refused`: the sentence
    why a venue like this cannot have it; empty for what is built.
    """

    method: str
    path: str
    family: Family
    security: Security
    weight: Weight
    permissions: frozenset[Permission]
    params_type: type[Struct]
    params: tuple[Param, ...]
    result_type: Any
    handler: Handler
    summary: str
    description: str
    needs_key: bool
    signed: bool
    varies: bool
    by_account: bool
    lists: frozenset[str]
    ws_method: str | None = None
    orders: OrderCounts | None = None
    refused: str = ""

    @property
    def name(self) -> str:
        """How logs and metrics call it."""
        return f"{self.method} {self.path}"


class Router:
    """Collects the operations of a module."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.operations: list[Operation] = []

    def get(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare a GET operation."""
        return self._declare("GET", path, **facts)

    def post(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare a POST operation."""
        return self._declare("POST", path, **facts)

    def put(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare a PUT operation."""
        return self._declare("PUT", path, **facts)

    def delete(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare a DELETE operation."""
        return self._declare("DELETE", path, **facts)

    def ws(self, method: str, **facts: Any) -> Callable[[H], H]:
        """Declare a method that only the WebSocket API has."""
        return self._declare("WS", WS_PATH, ws=method, **facts)

    def refuse(
        self,
        method: str,
        path: str,
        summary: str,
        why: str,
        fault: Fault = Fault.NOT_SUPPORTED,
        values: tuple[object, ...] = (),
        **facts: Any,
    ) -> None:
        """Declare an operation that this venue knows and will not have.

        Whoever passes its security gets the refusal, and `why` in the hint header.
        """

        async def refuse(_: Context) -> None:
            raise ApiError(fault, *values, hint=why)

        refuse.__doc__ = summary
        self._declare(method, path, refused=why, **facts)(refuse)

    def _implied(self, security: Security) -> Iterator[Permission]:
        """The rights that the security of an operation and its family imply."""
        if security is Security.USER_DATA:
            yield Permission.READING
        if security.signed and self.family is Family.FAPI:
            yield Permission.FUTURES

    def _declare(  # noqa: PLR0913  one keyword for each fact of a declaration
        self,
        method: str,
        path: str,
        *,
        security: Security = Security.NONE,
        weight: Weight | None = None,
        permissions: tuple[Permission, ...] = (),
        ws: str | None = None,
        orders: OrderCounts | None = None,
        refused: str = "",
    ) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            hints = get_type_hints(handler, include_extras=True)
            params_type = hints.get("params", NoParams)
            params = compile_params(params_type)
            summary, _, description = (handler.__doc__ or "").partition("\n")
            self.operations.append(
                Operation(
                    method=method,
                    path=path if method == "WS" else self.family.value + path,
                    family=self.family,
                    security=security,
                    weight=weight or ip(1),
                    permissions=frozenset((*permissions, *self._implied(security))),
                    params_type=params_type,
                    params=params,
                    result_type=hints["return"],
                    handler=handler if "params" in hints else _ignoring_params(handler),
                    summary=summary.strip(),
                    description=" ".join(description.split()),
                    needs_key=security.needs_key,
                    signed=security.signed,
                    varies=(weight or ip(1)).varies,
                    by_account=(weight or ip(1)).kind is WeightKind.UID,
                    lists=repeatable(params),
                    ws_method=ws,
                    orders=orders,
                    refused=refused,
                )
            )
            return handler

        return declare


def _ignoring_params(handler: Callable[[Context], Awaitable[Any]]) -> Handler:
    """The handler of an operation without parameters, called as every other is."""
    return lambda ctx, _: handler(ctx)
