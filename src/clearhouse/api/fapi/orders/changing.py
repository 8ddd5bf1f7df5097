"""Changing and cancelling orders, one or all of a symbol.

Sources: «Modify Order», «Cancel Order», «Cancel All Open Orders», «Auto-Cancel All Open
Orders» and their twins of the WebSocket API.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import Shape, answer, digits_of
from clearhouse.api.fapi.orders.forms import (
    ClientId,
    OrderId,
    PriceMatchOf,
    ReduceOnly,
    SideOf,
    order_name,
)
from clearhouse.api.fapi.orders.outcomes import followed
from clearhouse.api.fapi.orders.placing import require_one_price
from clearhouse.api.fapi.orders.shapes import AmendedOrder, PlacedOrder
from clearhouse.api.params import Amount, Symbol, Time
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    OrderName,
    SetCountdown,
)
from clearhouse.messages.trading_queries import FindOpenOrder
from clearhouse.model.ids import Uid
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import Order, PriceMatch

router = Router(Family.FAPI)


class OrderParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """An order, by the venue's id or by the client's."""

    symbol: Symbol
    order_id: OrderId | None = None
    orig_client_order_id: ClientId | None = None

    @property
    def name(self) -> OrderName:
        """Which order; refuses when neither id was sent."""
        return order_name(self.order_id, self.orig_client_order_id)


class AmendParams(OrderParams, frozen=True, kw_only=True, rename="camel"):
    """An order, and what it is changed to."""

    side: SideOf
    quantity: Amount
    price: Amount | None = None
    price_match: PriceMatchOf = PriceMatch.NONE
    modify_id: OrderId = 0
    reduce_only: ReduceOnly = False


class SymbolParams(Struct, frozen=True):
    """Of which symbol."""

    symbol: Symbol


class CountdownParams(Struct, frozen=True, rename="camel"):
    """After how many milliseconds the orders of a symbol are cancelled; 0 stops that."""

    symbol: Symbol
    countdown_time: Time


class AllCancelled(Struct, frozen=True):
    """Every open order of a symbol is cancelled, if there was any."""

    code: int = 200
    msg: str = "The operation of cancel all open order is done."


class Countdown(Struct, frozen=True, rename="camel"):
    """The countdown that was set."""

    symbol: str
    countdown_time: str


@router.put("/v1/order", security=Security.TRADE, weight=ip(0), orders=(1, 1), ws="order.modify")
async def amend_order(ctx: Context, params: AmendParams) -> AmendedOrder:
    """Modify order: price and quantity of an open LIMIT order, which then stands last at its price.

    An order that has been filled as far as the new quantity is cancelled.
    """
    command = amend_command(ctx.uid, params)
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    before, events = await ctx.venue.change(open_order(command), command)
    return change_answer(AmendedOrder, contract, before, events)


@router.delete("/v1/order", security=Security.TRADE, ws="order.cancel")
async def cancel_order(ctx: Context, params: OrderParams) -> PlacedOrder:
    """Cancel order."""
    command = CancelOrder(uid=ctx.uid, symbol=params.symbol, name=params.name)
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    before, events = await ctx.venue.change(open_order(command), command)
    return change_answer(PlacedOrder, contract, before, events)


@router.delete("/v1/allOpenOrders", security=Security.TRADE)
async def cancel_all(ctx: Context, params: SymbolParams) -> AllCancelled:
    """Cancel all open orders of a symbol.

    That there was none is no refusal. Conditional orders stay.
    """
    contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    await ctx.venue.submit(CancelAllOrders(uid=ctx.uid, symbol=params.symbol))
    return AllCancelled()


@router.post("/v1/countdownCancelAll", security=Security.TRADE, weight=ip(10))
async def set_countdown(ctx: Context, params: CountdownParams) -> Countdown:
    """Auto-cancel all open orders of a symbol after a time, unless it is set again before.

    0 stops the countdown.
    """
    contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    ms = params.countdown_time
    await ctx.venue.submit(SetCountdown(uid=ctx.uid, symbol=params.symbol, ms=ms))
    return Countdown(params.symbol, str(ms))


def amend_command(uid: Uid, params: AmendParams) -> AmendOrder:
    """The command that a change means; refuses parameters that do not go together."""
    name = params.name
    require_one_price(params.price, params.price_match)
    return AmendOrder(
        uid=uid,
        symbol=params.symbol,
        name=name,
        side=params.side,
        quantity=params.quantity,
        price=params.price or 0,
        price_match=params.price_match,
        modify_id=params.modify_id,
        reduce_only=params.reduce_only,
    )


def open_order(command: AmendOrder | CancelOrder) -> FindOpenOrder:
    """The order that a command is about."""
    return FindOpenOrder(command.uid, command.symbol, command.name)


def change_answer(
    shape: type[Shape], contract: Contract, before: Order | None, events: tuple[Event, ...]
) -> Shape:
    """The order after its change; what is not open cannot have been changed."""
    assert before is not None
    return answer(shape, followed(before, events), digits_of(contract))
