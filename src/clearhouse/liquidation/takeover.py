"""Taking a bankrupt position over: the insurance fund, then deleveraging, the house last.

The fund takes a position at its bankruptcy price where it can bear what that costs at the mark.
Else accounts on the other side are closed against it, at that price and without a fee: those with
the highest score first (docs/internals/numbers.md, "Deleveraging"). What is left then, the house
takes: it is the other side of whatever accounts do not hold.
"""

from collections.abc import Iterator

from clearhouse.ledger.chart import INSURANCE_FUND
from clearhouse.liquidation.forced import Closing, closing_order
from clearhouse.liquidation.queue import next_in_queue
from clearhouse.margin.positions import Held
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import OrderPlaced
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.orders import Expiry, Order, OrderStatus
from clearhouse.trading.ending import end_order
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import house_order, trade, trade_with_fund


def take_over(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    """Fill what is left of a forced order at its own price."""
    if _fund_bears(state, order):
        yield from trade_with_fund(state, order, at)
        return
    while order.remaining and (first := next_in_queue(state, order)):
        yield from _deleverage(state, order, *first, at)
    if order.remaining:
        house = house_order(order.symbol, order.side.opposite)
        yield from trade(state, house, order, order.price, order.remaining, at)


def _fund_bears(state: Trading, order: Order) -> bool:
    """Whether the fund has what the position would cost it at the mark."""
    mark = state.markets[order.symbol].mark
    loss = order.remaining * (mark - order.price) * order.side.sign
    asset = state.catalogue.contracts[order.symbol].margin_asset
    held = state.books.balance(VENUE, INSURANCE_FUND, asset)
    return loss <= 0 or loss <= held * 10**8


def _deleverage(state: Trading, order: Order, uid: Uid, held: Held, at: Millis) -> Iterator[Event]:
    """Close as much of a position as is needed; its open orders of the symbol go first."""
    exposure = state.futures.of(uid).exposure(order.symbol)
    for other in tuple(exposure.orders.values()):
        yield from end_order(state, other, OrderStatus.EXPIRED, Expiry.LIQUIDATION, at)
    size = min(order.remaining, abs(held.position.quantity))
    closing = Closing(uid, held, size, order.price)
    placed = closing_order(state, closing, at, deleveraging=True)
    yield OrderPlaced(at=at, uid=uid, order=placed)
    yield from trade(state, state.orders.open[placed.order_id], order, order.price, size, at)
