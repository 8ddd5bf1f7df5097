"""How an order is answered: how each field of the shapes is read from it.

Prices and quantities have the decimals of their symbol, values and average prices those of
both together, as the exchange prints them: `43187.00`, `0.100`, `0.00000`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from clearhouse.api.fapi.orders.shapes import (
    AmendedOrder,
    CheckedOrder,
    ForcedOrder,
    ListedOrder,
    PlacedOrder,
    QueriedOrder,
)
from clearhouse.model.instruments import Contract
from clearhouse.model.money import divide_toward_zero, with_decimals
from clearhouse.model.orders import Order, WorkingType

MOST_DECIMALS = 8
_WORKING_TYPE = WorkingType.CONTRACT_PRICE.value


class Digits(Struct, frozen=True, gc=False):
    """How many decimals numbers of a symbol have."""

    price: int
    quantity: int
    value: int


Shape = TypeVar("Shape", bound=Struct)
Value = str | int | bool

_VALUES: dict[str, Callable[[Order, Digits], Value]] = {
    "order_id": lambda order, _: order.order_id,
    "client_order_id": lambda order, _: order.client_id,
    "symbol": lambda order, _: order.symbol,
    "pair": lambda order, _: order.symbol,
    "side": lambda order, _: order.side,
    "position_side": lambda order, _: order.position_side,
    "kind": lambda order, _: order.kind,
    "orig_type": lambda order, _: order.kind,
    "status": lambda order, _: order.status,
    "time_in_force": lambda order, _: order.time_in_force,
    "price": lambda order, digits: with_decimals(order.price, digits.price),
    "stop_price": lambda order, digits: with_decimals(order.stop_price, digits.price),
    "avg_price": lambda order, digits: with_decimals(average_price(order), digits.value),
    "orig_qty": lambda order, digits: with_decimals(order.quantity, digits.quantity),
    "executed_qty": lambda order, digits: with_decimals(order.executed, digits.quantity),
    "cum_qty": lambda order, digits: with_decimals(order.executed, digits.quantity),
    "cum_base": lambda order, digits: with_decimals(order.executed, digits.quantity),
    "cum_quote": lambda order, digits: with_decimals(order.quote, digits.value),
    "reduce_only": lambda order, _: order.closing,
    "close_position": lambda order, _: order.close_position,
    "price_protect": lambda _, __: False,
    "working_type": lambda _, __: _WORKING_TYPE,
    "price_match": lambda order, _: order.price_match,
    "self_trade_prevention_mode": lambda order, _: order.self_trade,
    "good_till_date": lambda order, _: order.good_till,
    "modify_id": lambda order, _: order.modify_id,
    "time": lambda order, _: order.created_at,
    "update_time": lambda order, _: order.updated_at,
}
"""How each field of an answer is read. What conditional orders have stands at its default."""

_READERS: dict[type[Struct], list[tuple[str, Callable[[Order, Digits], Value]]]] = {
    shape: [(name, _VALUES[name]) for name in shape.__struct_fields__]
    for shape in (PlacedOrder, CheckedOrder, AmendedOrder, QueriedOrder, ListedOrder, ForcedOrder)
}


def digits_of(contract: Contract) -> Digits:
    """The decimals of a symbol."""
    price, quantity = contract.price_precision, contract.quantity_precision
    return Digits(price, quantity, min(price + quantity, MOST_DECIMALS))


def answer(shape: type[Shape], order: Order, digits: Digits) -> Shape:
    """An order in one of the shapes."""
    build: Callable[..., Shape] | None = _WRITTEN_OUT.get(shape)
    return build(order, digits) if build else by_table(shape, order, digits)


def by_table(shape: type[Shape], order: Order, digits: Digits) -> Shape:
    """An order in a shape, each field as the table says."""
    build: Callable[..., Shape] = shape
    return build(**{name: read(order, digits) for name, read in _READERS[shape]})


def placed_order(order: Order, digits: Digits) -> PlacedOrder:
    """What the table makes of it, written out: bots wait for this answer, and so it costs half."""
    executed = with_decimals(order.executed, digits.quantity)
    kind = order.kind
    return PlacedOrder(
        client_order_id=order.client_id,
        cum_qty=executed,
        executed_qty=executed,
        order_id=order.order_id,
        orig_qty=with_decimals(order.quantity, digits.quantity),
        price=with_decimals(order.price, digits.price),
        reduce_only=order.closing,
        side=order.side,
        position_side=order.position_side,
        status=order.status,
        stop_price=with_decimals(order.stop_price, digits.price),
        close_position=order.close_position,
        symbol=order.symbol,
        time_in_force=order.time_in_force,
        kind=kind,
        orig_type=kind,
        update_time=order.updated_at,
        working_type=_WORKING_TYPE,
        price_protect=False,
        price_match=order.price_match,
        self_trade_prevention_mode=order.self_trade,
        good_till_date=order.good_till,
    )


_WRITTEN_OUT: dict[type[Struct], Callable[[Order, Digits], Any]] = {PlacedOrder: placed_order}


def average_price(order: Order) -> int:
    """The price that its fills had on average, cut; 0 without any."""
    return divide_toward_zero(order.quote, order.executed) if order.executed else 0
