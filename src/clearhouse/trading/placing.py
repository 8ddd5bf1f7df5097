"""Placing an order: everything that refuses it, then the book.

`admit` checks and changes nothing; `enter` lets an admitted order in and never refuses. The
order of the refusals is part of the contract (docs/reference/orders.md, "Refusals").
"""

from collections.abc import Iterator

from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import best_price, depth_levels, nth_price
from clearhouse.matching.triggers import trigger_of
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.messages.trading_events import OrderPlaced
from clearhouse.model.ids import Millis
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.orders import (
    BOTH,
    BUY,
    FOK,
    GTD,
    LIMIT,
    MARKET,
    UNMATCHED,
    AlgoOrder,
    Expiry,
    Order,
    OrderStatus,
    PriceMatch,
    Side,
    TimeInForce,
)
from clearhouse.trading.affordable import check_order
from clearhouse.trading.ending import end_order
from clearhouse.trading.filters import (
    bound_of,
    check_notional,
    check_percent_price,
    check_price,
    check_quantity,
)
from clearhouse.trading.standing import Standing, standing
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import OPEN, sweep

POST_ONLY = (TimeInForce.GTX, TimeInForce.RPI)
IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)
GOOD_TILL_AHEAD_MS = 600_000
LAST_GOOD_TILL = 253_402_300_799_000
_CLIENT_ID_PRIME = 2**61 - 1


def admit(
    state: Trading, command: PlaceOrder, at: Millis, *, algo: AlgoOrder | None = None
) -> Order:
    """The order that a command makes; refuses, and changes nothing.

    `algo`: the conditional order that it comes from; its end was checked when it was placed.
    """
    state.catalogue.contract(command.symbol)
    order = _order(state, command, at, algo)
    stand = standing(state, order.uid, order.symbol)
    _check_mode(stand, order)
    if command.client_id and (order.uid, order.client_id) in state.orders.names:
        raise Rejected(Reason.CLIENT_ID_TAKEN, f"{order.client_id} is the id of an open order")
    if order.price_match is not UNMATCHED:
        order.price = matched_price(stand.book, order.side, order.price_match)
    closing = order.closing
    _check_filters(stand, order, closing=closing)
    if not algo:
        _check_good_till(order, at)
    _check_room(stand, order)
    if closing:
        _check_reducing(stand, order)
    else:
        check_order(state, stand, order)
    _check_book(stand.book, order)
    return order


def enter(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    """Let an order in: it takes what it can, and rests or ends."""
    yield OrderPlaced(at=at, uid=order.uid, order=order)
    placed = state.orders.open[order.order_id]
    if placed.kind is MARKET:
        rules, market = state.catalogue.rules[order.symbol], state.markets[order.symbol]
        yield from sweep(state, placed, bound_of(rules, placed.side, market.mark), at)
    elif takes(state.order_books[order.symbol], placed):
        yield from sweep(state, placed, placed.price, at)
    if placed.status not in OPEN:
        return
    if placed.kind is MARKET:
        yield from end_order(state, placed, OrderStatus.EXPIRED, Expiry.MARKET_REMAINDER, at)
    elif placed.time_in_force in IMMEDIATE:
        yield from end_order(state, placed, OrderStatus.EXPIRED, Expiry.IOC_REMAINDER, at)


def matched_price(book: OrderBook, side: Side, match: PriceMatch) -> int:
    """The price that a price match gives; refuses where the book is not that deep."""
    kind, _, number = match.value.partition("_")
    of = side.opposite if kind == PriceMatch.OPPONENT else side
    price = nth_price(book, of, int(number or 1))
    if price is None:
        raise Rejected(Reason.NO_DEPTH_TO_MATCH, f"the book has fewer than {number or 1} prices")
    return price


def takes(book: OrderBook, order: Order) -> bool:
    """Whether a limit order would take at once."""
    offered = best_price(book, order.side.opposite)
    return offered is not None and (offered - order.price) * order.side.sign <= 0


def _order(state: Trading, command: PlaceOrder, at: Millis, algo: AlgoOrder | None) -> Order:
    number = state.orders.next_order_id
    return Order(
        order_id=number,
        uid=command.uid,
        client_id=command.client_id or made_up_id(number),
        symbol=command.symbol,
        side=command.side,
        position_side=command.position_side,
        kind=command.kind,
        time_in_force=command.time_in_force,
        quantity=command.quantity,
        price=command.price if command.kind is LIMIT else 0,
        reduce_only=command.reduce_only,
        close_position=algo.close_position if algo else False,
        self_trade=command.self_trade,
        price_match=command.price_match,
        good_till=command.good_till,
        algo_id=algo.algo_id if algo else 0,
        stop_price=trigger_of(algo) if algo else 0,
        created_at=at,
        updated_at=at,
    )


def made_up_id(number: int) -> str:
    """A client's id for an order that came without one: 22 letters and digits, of its number."""
    return f"{number * _CLIENT_ID_PRIME % 2**88:022x}"


def _check_mode(stand: Standing, order: Order) -> None:
    """The position side against the position mode, and reduce-only, which hedge mode has not."""
    hedge = stand.account.hedge
    if hedge == (order.position_side is BOTH):
        wanted = "LONG or SHORT in hedge mode" if hedge else "BOTH in one-way mode"
        raise Rejected(Reason.POSITION_SIDE_AGAINST_MODE, f"positionSide is {wanted}")
    if hedge and order.reduce_only:
        raise Rejected(Reason.REDUCE_ONLY_IN_HEDGE_MODE, "the position side says what closes")


def _check_filters(stand: Standing, order: Order, *, closing: bool) -> None:
    rules, mark = stand.rules, stand.market.mark
    if order.kind is LIMIT:
        check_price(rules, order.price)
    if not order.close_position:  # a position is closed whole, however large
        check_quantity(rules, order.kind, order.quantity)
    if order.kind is LIMIT:
        check_percent_price(rules, order.side, order.price, mark)
    if not closing:
        check_notional(rules, order.price or mark, order.quantity)


def _check_good_till(order: Order, at: Millis) -> None:
    if order.time_in_force is not GTD:
        order.good_till = Millis(0)
        return
    order.good_till = Millis(order.good_till // 1000 * 1000)
    if not at + GOOD_TILL_AHEAD_MS < order.good_till < LAST_GOOD_TILL:
        raise Rejected(Reason.GOOD_TILL_OUT_OF_RANGE)


def _check_room(stand: Standing, order: Order) -> None:
    """Room for another open order; for a market order, a best price within percent price."""
    rules = stand.rules
    if order.kind is LIMIT:
        if len(stand.exposure.orders) >= rules.max_orders:
            detail = f"{order.symbol} takes {rules.max_orders} open orders of an account"
            raise Rejected(Reason.TOO_MANY_OPEN_ORDERS, detail)
        return
    offered = best_price(stand.book, order.side.opposite)
    if offered is None:
        return
    high = multiply_toward_zero(stand.market.mark, rules.multiplier_up)
    low = multiply_toward_zero(stand.market.mark, rules.multiplier_down)
    if offered > high if order.side is BUY else offered < low:
        raise Rejected(Reason.BOOK_OUT_OF_BOUNDS)


def _check_reducing(stand: Standing, order: Order) -> None:
    """A closing order has something to close; in hedge mode as much as it wants to close."""
    left = -stand.exposure.position(order.position_side).quantity * order.side.sign
    if left <= 0:
        raise Rejected(Reason.NOTHING_TO_REDUCE, "there is no position that the order would reduce")
    if order.position_side is not BOTH and order.quantity > left:
        raise Rejected(Reason.NOTHING_TO_REDUCE, "the order is larger than the position")


def _check_book(book: OrderBook, order: Order) -> None:
    """Post-only orders may not take; fill-or-kill orders must be filled whole."""
    if order.time_in_force in POST_ONLY and takes(book, order):
        raise Rejected(Reason.WOULD_TAKE)
    if order.time_in_force is FOK and not _fills_whole(book, order):
        raise Rejected(Reason.WOULD_NOT_FILL)


def _fills_whole(book: OrderBook, order: Order) -> bool:
    left = order.quantity
    for price, quantity in depth_levels(book, order.side.opposite):
        if order.price and (price - order.price) * order.side.sign > 0:
            return False
        left -= quantity
        if left <= 0:
            return True
    return False
