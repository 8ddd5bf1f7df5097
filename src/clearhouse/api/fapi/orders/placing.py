"""New orders, and orders that are only checked.

Sources: «New Order», «Test Order» and their twin of the WebSocket API.
"""

from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import answer, digits_of
from clearhouse.api.fapi.orders.forms import (
    KindOf,
    NewClientId,
    PositionSideOf,
    PriceMatchOf,
    ReduceOnly,
    ResponseType,
    ResponseTypeOf,
    SelfTradeOf,
    SideOf,
    TimeInForceOf,
)
from clearhouse.api.fapi.orders.outcomes import followed, placed
from clearhouse.api.fapi.orders.shapes import CheckedOrder, PlacedOrder
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import BOOLEAN, Amount, Form, Switch, Symbol, Time, choice
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.messages.trading_queries import CheckOrder
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import (
    BOTH,
    GTC,
    GTD,
    MARKET,
    UNMATCHED,
    Order,
    PriceMatch,
    SelfTrade,
    TimeInForce,
    WorkingType,
)

router = Router(Family.FAPI)

_AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


class PlaceParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """A new order."""

    symbol: Symbol
    side: SideOf
    type: KindOf
    position_side: PositionSideOf = BOTH
    time_in_force: TimeInForceOf | None = None
    reduce_only: ReduceOnly = False
    quantity: Amount | None = None
    price: Amount | None = None
    new_client_order_id: NewClientId = ""
    new_order_resp_type: ResponseTypeOf = ResponseType.ACK
    price_match: PriceMatchOf = UNMATCHED
    self_trade_prevention_mode: SelfTradeOf = SelfTrade.EXPIRE_MAKER
    good_till_date: Time = 0
    close_position: Switch = False


class CheckParams(PlaceParams, frozen=True, kw_only=True, rename="camel"):
    """An order to check. What only conditional orders have is read and has no effect."""

    stop_price: Amount = 0
    activation_price: Amount = 0
    callback_rate: Amount = 0
    working_type: Annotated[WorkingType, choice(WorkingType)] = WorkingType.CONTRACT_PRICE
    price_protect: Annotated[bool, Form("ENUM", BOOLEAN.parse, BOOLEAN.values)] = False


@router.post("/v1/order", security=Security.TRADE, weight=ip(0), orders=(1, 1), ws="order.place")
async def place_order(ctx: Context, params: PlaceParams) -> PlacedOrder:
    """New order.

    LIMIT or MARKET. ACK answers the order as it was accepted; RESULT answers what came of a
    MARKET order, and of a LIMIT order that is IOC or FOK.
    """
    command = place_command(ctx.uid, params)
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return place_answer(params, contract, await ctx.venue.submit(command))


@router.post("/v1/order/test", security=Security.TRADE, weight=ip(0), orders=(0, 0))
async def check_order(ctx: Context, params: CheckParams) -> CheckedOrder:
    """Test order: refused as a new order would be, and otherwise nothing happens."""
    command = place_command(ctx.uid, params)
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    order = await ctx.read(CheckOrder(command, ctx.now))
    return answer(CheckedOrder, order, digits_of(contract))


def place_command(uid: Uid, params: PlaceParams) -> PlaceOrder:
    """The command that a new order means; refuses parameters that do not go together."""
    if params.close_position:
        hint = "only conditional orders close a position"
        raise ApiError(OrderFault.NOT_REQUIRED, "closePosition", hint=hint)
    if params.type is MARKET:
        _refuse_of_market(params)
    else:
        _require_of_limit(params)
    if params.quantity is None:
        raise ApiError(Fault.MISSING, "quantity")
    time_in_force = params.time_in_force or GTC
    return PlaceOrder(
        uid=uid,
        symbol=params.symbol,
        side=params.side,
        kind=params.type,
        quantity=params.quantity,
        price=params.price or 0,
        position_side=params.position_side,
        time_in_force=time_in_force,
        reduce_only=params.reduce_only,
        client_id=params.new_client_order_id,
        self_trade=params.self_trade_prevention_mode,
        price_match=params.price_match,
        good_till=Millis(params.good_till_date),
    )


def place_answer(params: PlaceParams, contract: Contract, events: tuple[Event, ...]) -> PlacedOrder:
    """The answer that the client chose to what its order caused."""
    order = placed(events)
    if params.new_order_resp_type is ResponseType.RESULT and _ends_at_once(order):
        order = followed(order, events)
    return answer(PlacedOrder, order, digits_of(contract))


def _refuse_of_market(params: PlaceParams) -> None:
    if params.time_in_force is not None:
        raise ApiError(OrderFault.NOT_REQUIRED, "timeInForce")
    if params.price is not None:
        raise ApiError(OrderFault.NOT_REQUIRED, "price")
    if params.price_match is not UNMATCHED:
        raise ApiError(OrderFault.MARKET_PRICE_MATCH)


def _require_of_limit(params: PlaceParams) -> None:
    if params.time_in_force is None:
        raise ApiError(Fault.MISSING, "timeInForce")
    if params.quantity is None:
        raise ApiError(Fault.MISSING, "quantity")
    require_one_price(params.price, params.price_match)
    if params.time_in_force is GTD and not params.good_till_date:
        raise ApiError(Fault.MISSING, "goodTillDate")


def require_one_price(price: int | None, match: PriceMatch) -> None:
    """Refuse a limit order without a price, and one that leaves it to the book and has one."""
    if price is None and match is UNMATCHED:
        raise ApiError(Fault.MISSING, "price")
    if price is not None and match is not UNMATCHED:
        hint = "priceMatch gives the price"
        raise ApiError(OrderFault.NOT_REQUIRED, "price", hint=hint)


def _ends_at_once(order: Order) -> bool:
    """Whether nothing of an order can be left in the book."""
    return order.kind is MARKET or order.time_in_force in _AT_ONCE
