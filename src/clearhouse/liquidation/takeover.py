"""Taking a bankrupt position over: the insurance fund, then deleveraging, the house last.

The fund takes a position at its bankruptcy price where it can bear what that costs at the mark.
Else accounts on the other side are closed against it, at that price and without a fee: those with
the highest score first (docs/internals/numbers.md, "Deleveraging"). What is left then, the house
takes: it is the other side of whatever accounts do not hold.
"""

from collections.abc import Iterator

from clearhouse.ledger.chart import INSURANCE_FUND
from clearhouse.liquidation.forced import Closing, closing_order
from clearhouse.margin.exposure import Exposure
from clearhouse.margin.positions import Held, held_in
from clearhouse.margin.quantile import score
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
    for uid, held in _queue(state, order):
        if not order.remaining:
            return
        yield from _deleverage(state, order, uid, held, at)
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


def _queue(state: Trading, order: Order) -> list[tuple[Uid, Held]]:
    """Positions on the other side: by descending score, and of one score by ascending uid."""
    catalogue, markets = state.catalogue, state.markets
    found: list[tuple[int, Uid, Held]] = []
    for uid in markets[order.symbol].holders:
        account = state.futures.of(uid)
        if uid == order.uid or not _opposes(order, account.exposure(order.symbol)):
            continue
        found.extend(
            (-score(catalogue, state.books, account, uid, held), uid, held)
            for held in held_in(catalogue, markets, account, order.symbol)
            if held.position.quantity * order.side.sign > 0
        )
    found.sort(key=lambda row: row[:2])
    return [(uid, held) for _, uid, held in found]


def _opposes(order: Order, exposure: Exposure) -> bool:
    """Whether something is held that the order would close; most that are asked hold none."""
    return any(one.quantity * order.side.sign > 0 for one in exposure.positions.values())


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
