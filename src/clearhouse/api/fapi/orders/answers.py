"""The shapes in which orders leave, and how each of their fields is read from an order.

Prices and quantities have the decimals of their symbol, values and average prices those of
both together, as the exchange prints them: `43187.00`, `0.100`, `0.00000`.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from clearhouse.model.instruments import Contract
from clearhouse.model.money import divide_toward_zero, with_decimals
from clearhouse.model.orders import Order

MOST_DECIMALS = 8


class Digits(NamedTuple):
    """How many decimals numbers of a symbol have."""

    price: int
    quantity: int
    value: int


class PlacedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was just placed or cancelled."""

    client_order_id: str
    cum_qty: str
    executed_qty: str
    order_id: int
    orig_qty: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time_in_force: str
    kind: str = field(name="type")
    orig_type: str
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class CheckedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """The order that would have been placed."""

    client_order_id: str
    cum_qty: str
    cum_quote: str
    executed_qty: str
    order_id: int
    avg_price: str
    orig_qty: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time_in_force: str
    kind: str = field(name="type")
    orig_type: str
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class AmendedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was just changed; `modifyId` is 0 where the client sent none."""

    order_id: int
    symbol: str
    pair: str
    status: str
    client_order_id: str
    modify_id: int
    price: str
    orig_qty: str
    executed_qty: str
    cum_qty: str
    time_in_force: str
    kind: str = field(name="type")
    reduce_only: bool
    close_position: bool
    side: str
    position_side: str
    stop_price: str
    working_type: str
    price_protect: bool
    orig_type: str
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int
    update_time: int


class QueriedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was asked for."""

    avg_price: str
    client_order_id: str
    cum_quote: str
    executed_qty: str
    order_id: int
    orig_qty: str
    orig_type: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time: int
    time_in_force: str
    kind: str = field(name="type")
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class ListedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order in the list of all; `cumBase` is what was filled."""

    avg_price: str
    client_order_id: str
    cum_quote: str
    cum_base: str
    executed_qty: str
    order_id: int
    orig_qty: str
    orig_type: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    pair: str
    time: int
    time_in_force: str
    kind: str = field(name="type")
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class ForcedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order by which the venue closed a position."""

    order_id: int
    symbol: str
    pair: str
    status: str
    client_order_id: str
    price: str
    avg_price: str
    orig_qty: str
    executed_qty: str
    cum_quote: str
    cum_base: str
    time_in_force: str
    kind: str = field(name="type")
    reduce_only: bool
    close_position: bool
    side: str
    position_side: str
    stop_price: str
    working_type: str
    orig_type: str
    time: int
    update_time: int


Shape = TypeVar("Shape", bound=Struct)
Value = str | int | bool

_VALUES: dict[str, Callable[[Order, Digits], Value]] = {
    "order_id": lambda order, _: order.order_id,
    "client_order_id": lambda order, _: order.client_id,
    "symbol": lambda order, _: order.symbol,
    "pair": lambda order, _: order.symbol,
    "side": lambda order, _: order.side.value,
    "position_side": lambda order, _: order.position_side.value,
    "kind": lambda order, _: order.kind.value,
    "orig_type": lambda order, _: order.kind.value,
    "status": lambda order, _: order.status.value,
    "time_in_force": lambda order, _: order.time_in_force.value,
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
    "working_type": lambda _, __: "CONTRACT_PRICE",
    "price_match": lambda order, _: order.price_match.value,
    "self_trade_prevention_mode": lambda order, _: order.self_trade.value,
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
    build: Callable[..., Shape] = shape
    return build(**{name: read(order, digits) for name, read in _READERS[shape]})


def average_price(order: Order) -> int:
    """The price that its fills had on average, cut; 0 without any."""
    return divide_toward_zero(order.quote, order.executed) if order.executed else 0
