"""Several orders in one request: each is taken or refused by itself, in the order sent.

Sources: «Place Multiple Orders», «Modify Multiple Orders», «Cancel Multiple Orders». An
element of the answer is an order, or the exchange's error object.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from msgspec import Meta, Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.changing import (
    AmendParams,
    amend_command,
    change_answer,
    open_order,
)
from clearhouse.api.fapi.orders.forms import ClientIds, Elements, OrderIds
from clearhouse.api.fapi.orders.placing import PlaceParams, place_answer, place_command
from clearhouse.api.fapi.orders.shapes import AmendedOrder, PlacedOrder
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import INTEGER, Symbol, compile_params, read_params
from clearhouse.api.wire import encode_json, text_of
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import AmendOrder, CancelOrder, OrderName, PlaceOrder
from clearhouse.messages.trading_queries import FindOpenOrder
from clearhouse.model.instruments import Contract

router = Router(Family.FAPI)

RefusedElement = Annotated[Raw, Meta(extra_json_schema={"$ref": "#/components/schemas/Error"})]
"""The error object of an element, as JSON."""

Element = dict[str, Any]
W = TypeVar("W")
R = TypeVar("R")
S = TypeVar("S")

_PLACE_PARAMS = compile_params(PlaceParams)
_AMEND_PARAMS = compile_params(AmendParams)


class BatchParams(Struct, frozen=True, rename="camel"):
    """One to five orders as a JSON list of objects."""

    batch_orders: Elements


class CancelBatchParams(Struct, frozen=True, rename="camel"):
    """Up to ten orders of a symbol: the venue's ids, which win, or the client's."""

    symbol: Symbol
    order_id_list: OrderIds = ()
    orig_client_order_id_list: ClientIds = ()


class _Placing(NamedTuple):
    params: PlaceParams
    contract: Contract
    command: PlaceOrder


class _Change(NamedTuple):
    contract: Contract
    command: AmendOrder | CancelOrder


@router.post("/v1/batchOrders", security=Security.TRADE, weight=ip(5), orders=(5, 1))
async def place_orders(ctx: Context, params: BatchParams) -> list[PlacedOrder | RefusedElement]:
    """Place multiple orders: up to five, each taken or refused as one new order would be."""
    listed = await ctx.read(ReadCatalogue())

    def read(element: Element) -> _Placing:
        order = read_params(PlaceParams, _PLACE_PARAMS, _texts(element))
        command = place_command(ctx.uid, order)
        return _Placing(order, contract_of(listed, order.symbol), command)

    wanted = _each(params.batch_orders, read)
    outcomes = await ctx.venue.submit_each([one.command for one in _readable(wanted)])
    return _answers(
        wanted, outcomes, lambda one, events: place_answer(one.params, one.contract, events)
    )


@router.put("/v1/batchOrders", security=Security.TRADE, weight=ip(5), orders=(5, 1))
async def amend_orders(ctx: Context, params: BatchParams) -> list[AmendedOrder | RefusedElement]:
    """Modify multiple orders: up to five, each changed or refused as one order would be."""
    listed = await ctx.read(ReadCatalogue())

    def read(element: Element) -> _Change:
        order = read_params(AmendParams, _AMEND_PARAMS, _texts(element))
        command = amend_command(ctx.uid, order)
        return _Change(contract_of(listed, order.symbol), command)

    wanted = _each(params.batch_orders, read)
    outcomes = await ctx.venue.change_each(_changes(_readable(wanted)))
    return _answers(
        wanted, outcomes, lambda one, change: change_answer(AmendedOrder, one.contract, *change)
    )


@router.delete("/v1/batchOrders", security=Security.TRADE)
async def cancel_orders(
    ctx: Context, params: CancelBatchParams
) -> list[PlacedOrder | RefusedElement]:
    """Cancel multiple orders of a symbol: up to ten, each cancelled or refused by itself."""
    if not params.order_id_list and not params.orig_client_order_id_list:
        raise ApiError(OrderFault.NEITHER_SENT, "orderIdList", "origClientOrderIdList")
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    by_client = (OrderName(None, client_id) for client_id in params.orig_client_order_id_list)
    names = [_numbered(number) for number in params.order_id_list] or list(by_client)
    commands = [CancelOrder(uid=ctx.uid, symbol=params.symbol, name=name) for name in names]
    wanted = [_Change(contract, command) for command in commands]
    outcomes = await ctx.venue.change_each(_changes(wanted))
    return _answers(
        wanted, outcomes, lambda one, change: change_answer(PlacedOrder, one.contract, *change)
    )


def _texts(element: Element) -> dict[str, str]:
    """The parameters of an element; null is as good as not sent."""
    return {name: text_of(value) for name, value in element.items() if value is not None}


def _numbered(number: int | str) -> OrderName:
    parsed = INTEGER.parse("orderIdList", str(number))
    assert isinstance(parsed, int)
    return OrderName(parsed)


def _each(elements: Iterable[Element], read: Callable[[Element], W]) -> list[W | ApiError]:
    """What each element asks for, or why it cannot be read."""
    wanted: list[W | ApiError] = []
    for element in elements:
        try:
            wanted.append(read(element))
        except ApiError as error:
            wanted.append(error)
    return wanted


def _readable(wanted: Iterable[W | ApiError]) -> list[W]:
    return [one for one in wanted if not isinstance(one, ApiError)]


def _changes(
    wanted: Iterable[_Change],
) -> list[tuple[FindOpenOrder, AmendOrder | CancelOrder]]:
    """Each change beside the question for the order as it is."""
    return [(open_order(one.command), one.command) for one in wanted]


def _answers(
    wanted: Sequence[W | ApiError],
    outcomes: Iterable[R | Rejected],
    show: Callable[[W, R], S],
) -> list[S | Raw]:
    """Orders and refusals in the order of the elements; what was readable has an outcome."""
    answers: list[S | Raw] = []
    left = iter(outcomes)
    for one in wanted:
        if isinstance(one, ApiError):
            answers.append(_refusal(one))
            continue
        outcome = next(left)
        if isinstance(outcome, Rejected):
            answers.append(_refusal(ApiError(outcome.reason, *outcome.values)))
        else:
            answers.append(show(one, outcome))
    return answers


def _refusal(error: ApiError) -> Raw:
    failure = error.failure(Family.FAPI)
    return Raw(encode_json({"code": failure.code, "msg": failure.message}))
