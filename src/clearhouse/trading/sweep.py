"""Matching: an order takes what the other side of the book offers, best price first.

At one price orders are filled in the order of their arrival, and what the house always quotes
comes last. Every trade has the price of the maker. A generator: each event is applied before the
next is decided, so it reads the book and the positions as they are by then.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import house_levels
from clearhouse.messages.events import Event
from clearhouse.model.ids import VENUE, Millis
from clearhouse.model.orders import (
    Expiry,
    Order,
    OrderKind,
    OrderStatus,
    PositionSide,
    SelfTrade,
    Side,
    TimeInForce,
)
from clearhouse.trading.algos import finish_algo
from clearhouse.trading.ending import end_order, retire_closing
from clearhouse.trading.fills import Trade, account_side, fund_side, house_side
from clearhouse.trading.state import Trading

OPEN = (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)
_UNPROTECTED = (TimeInForce.FOK, TimeInForce.GTX, TimeInForce.RPI)
"""Orders that self-trade prevention does not look at."""


class Offer(NamedTuple):
    """What a taker gets next: from an order, or (None) from what the house always quotes."""

    price: int
    quantity: int
    maker: Order | None


class House:
    """What the house quotes against one taker: its levels, each taken once."""

    def __init__(self, book: OrderBook, side: Side) -> None:
        self._levels = house_levels(book, side)
        self._level = next(self._levels, None)

    def offer(self) -> Offer | None:
        """The best level that is left."""
        return Offer(*self._level, None) if self._level else None

    def take(self, quantity: int) -> None:
        """Take a quantity of it."""
        assert self._level is not None
        price, left = self._level
        self._level = (price, left - quantity) if quantity < left else next(self._levels, None)


def sweep(state: Trading, taker: Order, limit: int, at: Millis) -> Iterator[Event]:
    """Fill an order as far as the book goes, at prices no worse than the limit.

    `taker` is the order in the state, which its fills change, or one of the house.
    """
    book = state.order_books[taker.symbol]
    house = House(book, taker.side.opposite) if taker.uid != VENUE else None
    while taker.status in OPEN:
        reducible = _reducible(state, taker)
        if reducible == 0:
            yield from end_order(state, taker, OrderStatus.EXPIRED, Expiry.REDUCE_ONLY, at)
            return
        offer = _next_offer(book, taker, house)
        if offer is None or (offer.price - limit) * taker.side.sign > 0:
            return
        maker = offer.maker
        if maker is not None and maker.uid == taker.uid and _prevented(taker):
            yield from _prevent(state, taker, maker, at)
            continue
        quantity = min(taker.remaining, offer.quantity, reducible)
        if maker is not None:
            quantity = min(quantity, _reducible(state, maker))
        elif house is not None:
            house.take(quantity)
        yield from trade(state, maker, taker, offer.price, quantity, at)


def trade(
    state: Trading, maker: Order | None, taker: Order, price: int, quantity: int, at: Millis
) -> Iterator[Event]:
    """A trade: the maker's side, the taker's side, and the orders that it leaves without use."""
    done = Trade(state.markets[taker.symbol].next_trade_id, price, quantity, at)
    if maker is None:
        maker = house_order(taker.symbol, taker.side.opposite)
    for order, is_maker in ((maker, True), (taker, False)):
        if order.uid == VENUE:
            yield house_side(state, order, done, maker=is_maker)
        else:
            yield from _account_trades(state, order, done, taker, at)


def trade_with_fund(state: Trading, taker: Order, at: Millis) -> Iterator[Event]:
    """Let the insurance fund take the rest of an order, at the order's price."""
    number = state.markets[taker.symbol].next_trade_id
    done = Trade(number, taker.price, taker.remaining, at)
    yield fund_side(state, house_order(taker.symbol, taker.side.opposite), done)
    yield from _account_trades(state, taker, done, taker, at)


def _account_trades(
    state: Trading, order: Order, done: Trade, taker: Order, at: Millis
) -> Iterator[Event]:
    """An account's side of a trade, and the orders that it leaves without use."""
    filled = account_side(state, order, done, maker=order is not taker)
    yield filled
    if order.algo_id and filled.status is OrderStatus.FILLED:
        yield from finish_algo(state, order, at)
    if abs(filled.position.quantity) < done.quantity:  # it may be flat, or have turned
        yield from retire_closing(state, order, at, but=taker)


def house_order(symbol: str, side: Side) -> Order:
    """An order of the house that stands in no book: it takes, or is taken, without end."""
    return Order(
        order_id=0,
        uid=VENUE,
        client_id="",
        symbol=symbol,
        side=side,
        position_side=PositionSide.BOTH,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=2**63 - 1,
        price=0,
    )


def _next_offer(book: OrderBook, taker: Order, house: House | None) -> Offer | None:
    """The best of the book, of the house, and (for the house alone) of retail orders."""
    side = taker.side.opposite
    first = book.side(side).first()
    quoted = house.offer() if house is not None else None
    if house is None:
        retail = book.retail(side).first()
        if retail and (first is None or (retail.price - first.price) * side.sign > 0):
            first = retail
    if first is None:
        return quoted
    if quoted and (quoted.price - first.price) * side.sign > 0:
        return quoted
    return Offer(first.price, first.remaining, first)


def _reducible(state: Trading, order: Order) -> int:
    """How much of an order may be filled: of one that only closes, what the position leaves."""
    if not order.closing or order.uid == VENUE:
        return order.remaining
    exposure = state.futures.of(order.uid).exposure(order.symbol)
    return max(0, -exposure.position(order.position_side).quantity * order.side.sign)


def _prevented(taker: Order) -> bool:
    """Whether the order may not trade with its own account."""
    if taker.uid == VENUE or taker.self_trade is SelfTrade.NONE:
        return False
    return taker.time_in_force not in _UNPROTECTED


def _prevent(state: Trading, taker: Order, maker: Order, at: Millis) -> Iterator[Event]:
    """End the taker, the maker or both, as the taker's mode says."""
    mode = taker.self_trade
    if mode in (SelfTrade.EXPIRE_MAKER, SelfTrade.EXPIRE_BOTH):
        yield from end_order(state, maker, OrderStatus.EXPIRED_IN_MATCH, Expiry.SELF_TRADE, at)
    if mode in (SelfTrade.EXPIRE_TAKER, SelfTrade.EXPIRE_BOTH):
        immediate = taker.time_in_force is TimeInForce.IOC
        reason = Expiry.IOC_SELF_TRADE if immediate else Expiry.SELF_TRADE
        yield from end_order(state, taker, OrderStatus.EXPIRED_IN_MATCH, reason, at)
