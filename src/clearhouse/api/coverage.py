"""What is built, told from the declarations: for the command, the page and `COVERAGE.md`.

The rows list parameters as the exchange's own pages do: key, time window and signature of a
signed operation stand among them, although the gateway and not the handler reads them.
"""

from collections.abc import Iterable, Iterator

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.endpoint import WS_PATH, Limits, Operation
from clearhouse.api.errors import Family
from clearhouse.api.limits import OWN_POOLS
from clearhouse.api.operations import OPERATIONS
from clearhouse.api.streams.catalogue import USER_EVENTS
from clearhouse.api.streams.market.forms import FORMS
from clearhouse.api.ws_session import SESSION_METHODS
from clearhouse.model.ids import MINUTE_MS

BUILT, REFUSED = "built", "refused"
ORDER = "ORDER"
"""The kind of a weight that counts orders of the account."""
FAMILY_TITLES = {
    Family.FAPI: "USDⓈ-M futures",
    Family.SAPI: "Wallet and margin",
    Family.SPOT: "Spot",
    Family.DAPI: "COIN-M futures",
    Family.EAPI: "Options",
    Family.PAPI: "Portfolio margin",
}


class ParamRow(Struct, frozen=True):
    """A parameter with the type that the exchange's documents give it."""

    name: str
    type: str
    required: bool


class WeightBySymbol(Struct, frozen=True, rename={"named": "with"}):
    """A weight that depends on whether a symbol is named."""

    named: int
    without: int
    by: str = "symbol"


class OrderWeight(Struct, frozen=True):
    """A weight by address, and what counts on the order limits of the account."""

    ip: int
    order_10s: int
    order_1m: int


class LimitRow(Struct, frozen=True):
    """Limits of the same weight."""

    values: tuple[int, ...]
    w: int


class LimitRange(Struct, frozen=True, rename={"least": "min", "most": "max"}):
    """The same of all limits in a range."""

    least: int
    most: int
    w: int


class WeightByLimit(Struct, frozen=True):
    """A weight that depends on how many rows are asked for."""

    table: tuple[LimitRow | LimitRange, ...]
    by: str = "limit"


class WeightOfPool(Struct, frozen=True):
    """A weight by address, and a pool of requests that the operation shares with others."""

    ip: int
    own_pool: str


class OperationRow(Struct, frozen=True):
    """An operation. `method` is WS where only the WebSocket API has it."""

    method: str
    path: str
    ws_method: str | None
    security: str
    weight: int | WeightBySymbol | WeightByLimit | OrderWeight | WeightOfPool
    weight_kind: str
    status: str
    params: tuple[ParamRow, ...]
    reason: str | UnsetType = UNSET


class StreamRow(Struct, frozen=True):
    """A WebSocket stream, or an event of the user data stream."""

    stream: str
    status: str
    reason: str | UnsetType = UNSET


def stream_row(name: str, refused: str) -> StreamRow:
    """The row of a stream or event."""
    return StreamRow(name, REFUSED if refused else BUILT, refused or UNSET)


USER_STREAM = tuple(stream_row(event.name, event.refused) for event in USER_EVENTS)
MARKET_STREAMS = tuple(stream_row(form.text, form.refused) for form in FORMS)
STREAMS = (*MARKET_STREAMS, *USER_STREAM)
"""Market streams of this venue, then the events of its user data stream."""


RECV_WINDOW = ParamRow("recvWindow", "LONG", required=False)
TIMESTAMP = ParamRow("timestamp", "LONG", required=True)
SIGNATURE = ParamRow("signature", "STRING", required=True)
API_KEY = ParamRow("apiKey", "STRING", required=True)


def declared() -> tuple[Operation, ...]:
    """Every operation of the venue, those of the WebSocket session included."""
    return (*OPERATIONS, *SESSION_METHODS)


def coverage_rows() -> list[OperationRow | StreamRow]:
    """Everything that is built or refused by design."""
    return [*(operation_row(operation) for operation in declared()), *STREAMS]


def operation_row(operation: Operation) -> OperationRow:
    """The row of a declaration."""
    return OperationRow(
        method=operation.method,
        path=operation.path,
        ws_method=operation.ws_method,
        security=operation.security.value,
        weight=_weight(operation),
        weight_kind=operation.weight.kind.value if operation.orders is None else ORDER,
        status=REFUSED if operation.refused else BUILT,
        params=all_params(operation),
        reason=operation.refused or UNSET,
    )


def _weight(
    operation: Operation,
) -> int | WeightBySymbol | WeightByLimit | OrderWeight | WeightOfPool:
    weight = operation.weight
    if operation.orders is not None and any(operation.orders):
        return OrderWeight(weight.amount, *operation.orders)
    if weight.own_pool:
        return WeightOfPool(weight.amount, _pool_text(weight.own_pool))
    if weight.by_limit:
        return WeightByLimit(tuple(_limit_row(*row) for row in weight.by_limit.rows))
    if weight.without_symbol is None:
        return weight.amount
    return WeightBySymbol(weight.amount, weight.without_symbol)


def _limit_row(limits: Limits, weight: int) -> LimitRow | LimitRange:
    if isinstance(limits, range):
        return LimitRange(limits[0], limits[-1], weight)
    return LimitRow(limits, weight)


def _pool_text(name: str) -> str:
    """A pool as the exchange's documents say it."""
    pool = OWN_POOLS[name]
    return f"{pool.limit} requests / {pool.window_ms // MINUTE_MS} min / IP, shared ({name})"


def all_params(operation: Operation) -> tuple[ParamRow, ...]:
    """The parameters of an operation, then those that its security adds."""
    own = tuple(ParamRow(p.name, p.form.kind, p.required) for p in operation.params)
    if not operation.security.signed:
        return own
    key = (API_KEY,) if operation.path == WS_PATH else ()
    return (*key, *own, RECV_WINDOW, TIMESTAMP, SIGNATURE)


def by_family(operations: Iterable[Operation]) -> Iterator[tuple[str, list[Operation]]]:
    """Operations under the title of their family, in the order of the titles."""
    every = list(operations)
    for family, title in FAMILY_TITLES.items():
        found = [operation for operation in every if operation.family is family]
        if found:
            yield title, found


def coverage_markdown() -> str:
    """`COVERAGE.md`."""
    lines = [
        "# Coverage",
        "",
        "Every operation that this venue answers, generated from the declarations with",
        "`clearhouse coverage --markdown > COVERAGE.md`. What is not listed is answered with 404.",
    ]
    for title, operations in by_family(declared()):
        lines += ["", f"## {title}", ""]
        lines += ["| operation | WebSocket API | security | weight | parameters | status |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        lines += [_markdown_row(operation_row(operation)) for operation in operations]
    lines += ["", "## Streams", ""]
    lines += [f"- `{row.stream}`: {status_text(row)}" for row in STREAMS]
    return "\n".join(lines) + "\n"


def _markdown_row(row: OperationRow) -> str:
    params = " ".join(f"`{p.name}`" if p.required else f"[`{p.name}`]" for p in row.params)
    cells = (
        f"`{row.method} {row.path}`",
        f"`{row.ws_method}`" if row.ws_method else "",
        row.security,
        weight_text(row),
        params,
        status_text(row),
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def weight_text(row: OperationRow) -> str:
    """What a call costs, for people."""
    weight = row.weight
    if isinstance(weight, OrderWeight):
        return f"{weight.ip} IP, orders {weight.order_10s} in 10 s, {weight.order_1m} a minute"
    if isinstance(weight, WeightOfPool):
        return f"{weight.ip} {row.weight_kind}, {weight.own_pool}"
    if isinstance(weight, WeightBySymbol):
        return f"{weight.named} {row.weight_kind}, without {weight.by} {weight.without}"
    if isinstance(weight, WeightByLimit):
        by_limit = (f"{rows.w} to limit {_largest(rows)}" for rows in weight.table)
        return f"{', '.join(by_limit)} {row.weight_kind}"
    return f"{weight} {row.weight_kind}"


def _largest(rows: LimitRow | LimitRange) -> int:
    return rows.most if isinstance(rows, LimitRange) else rows.values[-1]


def status_text(row: OperationRow | StreamRow) -> str:
    """Built or refused, and why."""
    return f"{row.status}: {row.reason}" if row.reason else row.status
