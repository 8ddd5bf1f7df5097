"""Changing an open limit order: another price, another quantity, a place at the end of the queue.

A change that the filters refuse leaves the order as it is. One that leaves nothing to fill, or
that would make a post-only order take, cancels it (docs/reference/orders.md, "Changing").
"""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import AmendOrder
from clearhouse.messages.trading_events import OrderAmended
from clearhouse.model.ids import Millis
from clearhouse.model.orders import Expiry, Order, OrderKind, OrderStatus, PriceMatch
from clearhouse.trading.affordable import check_change
from clearhouse.trading.ending import end_order
from clearhouse.trading.filters import (
    check_notional,
    check_percent_price,
    check_price,
    check_quantity,
)
from clearhouse.trading.placing import POST_ONLY, matched_price, takes
from clearhouse.trading.standing import standing
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import sweep

MAX_AMENDMENTS = 10_000


def amend(state: Trading, command: AmendOrder, at: Millis) -> Iterator[Event]:
    """Change an order and let it take what its new price reaches."""
    state.catalogue.contract(command.symbol)
    order = state.orders.find(command.uid, command.symbol, command.name)
    if order is None:
        raise Rejected(Reason.NO_SUCH_ORDER, f"no such open order in {command.symbol}")
    _check_command(order, command)
    price = command.price
    if command.price_match is not PriceMatch.NONE:
        price = matched_price(state.order_books[order.symbol], order.side, command.price_match)
    _check_change(state, order, price, command.quantity)
    yield OrderAmended(
        at=at,
        uid=order.uid,
        order_id=order.order_id,
        symbol=order.symbol,
        client_id=order.client_id,
        amendment_id=state.orders.next_amendment_id,
        price_before=order.price,
        price=price,
        quantity_before=order.quantity,
        quantity=command.quantity,
        price_match=command.price_match,
        count=order.amendments + 1,
        modify_id=command.modify_id,
    )
    yield from _follow(state, order, at)


def _check_command(order: Order, command: AmendOrder) -> None:
    if order.kind is not OrderKind.LIMIT:
        raise Rejected(Reason.NOT_A_LIMIT_ORDER)
    if command.side is not order.side:
        raise Rejected(Reason.SIDE_CANNOT_CHANGE, f"the order is a {order.side} order")
    if command.reduce_only and not order.reduce_only:
        raise Rejected(Reason.NOT_REDUCE_ONLY)
    if order.amendments >= MAX_AMENDMENTS:
        raise Rejected(Reason.TOO_MANY_AMENDMENTS)


def _check_change(state: Trading, order: Order, price: int, quantity: int) -> None:
    """The filters, as for a new order, and what the change costs."""
    stand = standing(state, order.uid, order.symbol)
    rules, mark = stand.rules, stand.market.mark
    check_price(rules, price)
    check_quantity(rules, order.kind, quantity)
    if (price, quantity) == (order.price, order.quantity):
        raise Rejected(Reason.NOTHING_TO_AMEND)
    check_percent_price(rules, order.side, price, mark)
    if not order.closing:
        check_notional(rules, price, quantity, reason=Reason.AMENDED_NOTIONAL_TOO_SMALL)
        check_change(state, stand, order, price, quantity)


def _follow(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    """After a change: cancel what is left with nothing, or match it."""
    would_take = order.time_in_force in POST_ONLY and takes(state.order_books[order.symbol], order)
    if order.remaining <= 0 or would_take:
        yield from end_order(state, order, OrderStatus.CANCELED, Expiry.NONE, at)
    else:
        yield from sweep(state, order, order.price, at)
