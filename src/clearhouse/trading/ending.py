"""How orders end before they are filled: cancelled by their account, or expired by the venue."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import CancelAllOrders, CancelOrder, SetCountdown
from clearhouse.messages.trading_events import CountdownSet, OrderEnded
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import Expiry, Order, OrderStatus
from clearhouse.trading.algos import finish_algo
from clearhouse.trading.state import Trading


def decide_cancel_order(state: Trading, command: CancelOrder, at: Millis) -> Iterator[Event]:
    """Cancel an open order. Refuses an unknown symbol, and what is no open order of it."""
    state.catalogue.contract(command.symbol)
    order = state.orders.find(command.uid, command.symbol, command.name)
    if order is None:
        raise Rejected(
            Reason.NO_ORDER_TO_CANCEL, f"the account has no such open order in {command.symbol}"
        )
    yield from end_order(state, order, OrderStatus.CANCELED, Expiry.NONE, at)


def decide_cancel_all(state: Trading, command: CancelAllOrders, at: Millis) -> Iterator[Event]:
    """Cancel every open order of a symbol, oldest first; none is no refusal."""
    state.catalogue.contract(command.symbol)
    yield from cancel_all(state, command.uid, command.symbol, at)


def cancel_all(state: Trading, uid: Uid, symbol: str, at: Millis) -> Iterator[Event]:
    """Cancel what an account has open in a symbol."""
    for order in tuple(state.futures.of(uid).exposure(symbol).orders.values()):
        yield from end_order(state, order, OrderStatus.CANCELED, Expiry.NONE, at)


def decide_set_countdown(state: Trading, command: SetCountdown, at: Millis) -> Iterator[Event]:
    """Start, restart or (0) stop the countdown of a symbol. Refuses an unknown symbol."""
    state.catalogue.contract(command.symbol)
    due = Millis(at + command.ms if command.ms else 0)
    yield CountdownSet(at=at, uid=command.uid, symbol=command.symbol, due=due)


def run_countdown(state: Trading, uid: Uid, symbol: str, at: Millis) -> Iterator[Event]:
    """A countdown has run out: it is over, and the orders are cancelled."""
    yield CountdownSet(at=at, uid=uid, symbol=symbol, due=Millis(0))
    yield from cancel_all(state, uid, symbol, at)


def end_order(
    state: Trading, order: Order, status: OrderStatus, expiry: Expiry, at: Millis
) -> Iterator[Event]:
    """Take an order out; a conditional order that it came from is over with it."""
    yield OrderEnded(
        at=at,
        uid=order.uid,
        order_id=order.order_id,
        symbol=order.symbol,
        status=status,
        expiry=expiry,
    )
    yield from finish_algo(state, order, at)


def retire_closing(state: Trading, filled: Order, at: Millis, *, but: Order) -> Iterator[Event]:
    """After a fill: end the orders that only close, once the position is flat or on their side.

    The taker (`but`) sees to itself.
    """
    exposure = state.futures.of(filled.uid).exposure(filled.symbol)
    quantity = exposure.position(filled.position_side).quantity
    for order in tuple(exposure.orders.values()):
        if order.position_side is not filled.position_side or not order.closing or order is but:
            continue
        if quantity * order.side.sign >= 0:
            yield from end_order(state, order, OrderStatus.EXPIRED, Expiry.REDUCE_ONLY, at)
