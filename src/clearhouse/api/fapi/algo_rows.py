"""Conditional orders as the exchange shows them.

Numbers have the decimals that orders have (`api/fapi/orders/answers.py`). What the exchange's
algo service has for other kinds of orders (icebergs, orders with a target and a stop of their
own) is there and empty. `triggerPrice` of a trailing order is where it would fire now.
"""

from typing import NamedTuple

from msgspec import Struct

from clearhouse.api.fapi.orders.answers import Digits
from clearhouse.matching.triggers import trigger_of
from clearhouse.messages.trading_histories import FoundAlgo
from clearhouse.model.money import divide_toward_zero, trimmed, with_decimals
from clearhouse.model.orders import LIMITED, AlgoKind, AlgoOrder, OrderKind

CONDITIONAL = "CONDITIONAL"


class PlacedAlgo(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conditional order as it was placed. The last prices are of trailing orders, else empty."""

    algo_id: int
    client_algo_id: str
    algo_type: str = CONDITIONAL
    order_type: str
    symbol: str
    side: str
    position_side: str
    time_in_force: str
    quantity: str
    algo_status: str
    trigger_price: str
    price: str
    iceberg_quantity: str | None = None
    self_trade_prevention_mode: str
    working_type: str
    price_match: str
    close_position: bool
    price_protect: bool
    reduce_only: bool
    activate_price: str
    callback_rate: str
    create_time: int
    update_time: int
    trigger_time: int
    good_till_date: int


class AlgoDetail(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conditional order and what came of it."""

    algo_id: int
    client_algo_id: str
    algo_type: str = CONDITIONAL
    order_type: str
    symbol: str
    side: str
    position_side: str
    time_in_force: str
    quantity: str
    algo_status: str
    actual_order_id: str
    actual_price: str
    actual_type: str
    actual_qty: str
    trigger_price: str
    price: str
    iceberg_quantity: str | None = None
    tp_order_type: str = ""
    self_trade_prevention_mode: str
    working_type: str
    price_match: str
    close_position: bool
    price_protect: bool
    reduce_only: bool
    create_time: int
    update_time: int
    trigger_time: int
    good_till_date: int


class AlgoRow(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conditional order in a list."""

    algo_id: int
    client_algo_id: str
    algo_type: str = CONDITIONAL
    order_type: str
    symbol: str
    side: str
    position_side: str
    time_in_force: str
    quantity: str
    algo_status: str
    actual_order_id: str
    actual_price: str
    trigger_price: str
    price: str
    iceberg_quantity: str | None = None
    tp_trigger_price: str
    tp_price: str
    sl_trigger_price: str
    sl_price: str
    tp_order_type: str = ""
    self_trade_prevention_mode: str
    working_type: str
    price_match: str
    close_position: bool
    price_protect: bool
    reduce_only: bool
    create_time: int
    update_time: int
    trigger_time: int
    good_till_date: int


class _Common(NamedTuple):
    """What every shape says in the same way, by the names of the shapes."""

    algo_id: int
    client_algo_id: str
    order_type: str
    symbol: str
    side: str
    position_side: str
    time_in_force: str
    quantity: str
    algo_status: str
    trigger_price: str
    price: str
    self_trade_prevention_mode: str
    working_type: str
    price_match: str
    close_position: bool
    price_protect: bool
    reduce_only: bool
    create_time: int
    update_time: int
    trigger_time: int
    good_till_date: int


def placed_algo(algo: AlgoOrder, digits: Digits) -> PlacedAlgo:
    """The answer to placing one."""
    trailing = algo.kind is AlgoKind.TRAILING_STOP_MARKET
    return PlacedAlgo(
        **_common(algo, digits)._asdict(),
        activate_price=with_decimals(algo.activate_price, digits.price) if trailing else "",
        callback_rate=trimmed(algo.callback_rate * 100) if trailing else "",
    )


def algo_detail(found: FoundAlgo, digits: Digits) -> AlgoDetail:
    """The answer to asking for one; `actualQty` is what was filled once there is an order."""
    algo = found.algo
    filled = found.executed if algo.order_id else algo.quantity
    return AlgoDetail(
        **_common(algo, digits)._asdict(),
        actual_order_id=_order_id(algo),
        actual_price=_average(found, digits),
        actual_type=OrderKind.LIMIT if algo.kind in LIMITED else OrderKind.MARKET,
        actual_qty=with_decimals(filled, digits.quantity),
    )


def algo_row(found: FoundAlgo, digits: Digits) -> AlgoRow:
    """A row of a list."""
    none = with_decimals(0, digits.price)
    return AlgoRow(
        **_common(found.algo, digits)._asdict(),
        actual_order_id=_order_id(found.algo),
        actual_price=_average(found, digits),
        tp_trigger_price=none,
        tp_price=none,
        sl_trigger_price=none,
        sl_price=none,
    )


def _common(algo: AlgoOrder, digits: Digits) -> _Common:
    return _Common(
        algo.algo_id,
        algo.client_id,
        algo.kind,
        algo.symbol,
        algo.side,
        algo.position_side,
        algo.time_in_force,
        with_decimals(algo.quantity, digits.quantity),
        algo.status,
        with_decimals(trigger_of(algo), digits.price),
        with_decimals(algo.price, digits.price),
        algo.self_trade,
        algo.working_type,
        algo.price_match,
        algo.close_position,
        algo.price_protect,
        algo.reduce_only,
        algo.created_at,
        algo.updated_at,
        algo.triggered_at,
        algo.good_till,
    )


def _order_id(algo: AlgoOrder) -> str:
    return str(algo.order_id) if algo.order_id else ""


def _average(found: FoundAlgo, digits: Digits) -> str:
    average = divide_toward_zero(found.quote, found.executed) if found.executed else 0
    return with_decimals(average, digits.value)
