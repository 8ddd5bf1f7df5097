"""Whether an account may take an order on: the position limit, and the margin it needs.

docs/internals/numbers.md, "Placing an order". Untriggered conditional orders are not looked at;
they are when they become orders.
"""

from msgspec import Struct

from clearhouse.margin.exposure import Exposure, OpenValue
from clearhouse.margin.requirements import NO_ORDERS, initial_margin
from clearhouse.margin.summary import available_balance
from clearhouse.matching.house import best_price
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.money import SCALE, fixed8, multiply_toward_zero, trimmed
from clearhouse.model.orders import (
    BOTH,
    BUY,
    MARKET,
    SELL,
    Order,
    Side,
)
from clearhouse.trading.standing import Standing
from clearhouse.trading.state import Trading

SHORT_OVER_LAST = 100_150_000
"""A short is assumed to open at least at the last price and 0.15%."""

MARKET_OVER_ASK = 100_050_000
"""A market buy is assumed to open at the best ask and 0.05%."""


class Addition(Struct, frozen=True, gc=False):
    """An order, or what a change makes of one: its price and what is to be filled.

    `price` is the one that margin is counted at. `replaced`: the value that an open order counts
    for until it is changed, in units of 1e-16.
    """

    order: Order
    quantity: int
    price: int
    replaced: int = 0


def check_order(state: Trading, stand: Standing, order: Order) -> None:
    """A new order: refuses what the leverage does not allow, then what margin does not cover."""
    limit_price = order.price or stand.market.mark
    _check_position(stand, Addition(order, order.quantity, limit_price))
    price = assumed_price(stand, order, order.price)
    _check_margin(state, stand, Addition(order, order.quantity, price))


def check_change(state: Trading, stand: Standing, order: Order, price: int, quantity: int) -> None:
    """The same for an order that is open and is to have another price and quantity."""
    left, counted = max(0, quantity - order.executed), order.remaining * order.price
    _check_position(stand, Addition(order, left, price, counted))
    assumed = assumed_price(stand, order, price)
    _check_margin(state, stand, Addition(order, left, assumed, counted))


def _check_position(stand: Standing, added: Addition) -> None:
    """Position and open orders of the side stay below the cap of the leverage.

    In hedge mode LONG and SHORT count together.
    """
    order, mark = added.order, stand.market.mark
    cap = stand.rules.max_notional[stand.leverage]
    value = added.quantity * added.price - added.replaced
    if order.position_side is BOTH:
        value += _one_way(stand.exposure, order.side, mark)
    else:
        value += _both_sides(stand.exposure, mark)
    if value > cap * SCALE:
        detail = f"{order.symbol} allows {trimmed(cap)} at this leverage"
        raise Rejected(Reason.POSITION_LIMIT, detail)


def _check_margin(state: Trading, stand: Standing, added: Addition) -> None:
    """What the order needs more, and what it would lose at once, is available."""
    needed = _cost(stand, added)
    if needed <= 0:
        return
    order = added.order
    asset = state.catalogue.contracts[order.symbol].margin_asset
    available = available_balance(
        state.catalogue, state.markets, state.books, stand.account, order.uid, asset
    )
    if needed > available:
        detail = f"the order needs {fixed8(needed)} {asset}, available are {fixed8(available)}"
        raise Rejected(Reason.MARGIN_INSUFFICIENT, detail)


def _cost(stand: Standing, added: Addition) -> int:
    """The initial margin that an order adds, and the loss with which its position would open."""
    order, sign, mark = added.order, added.order.side.sign, stand.market.mark
    held = stand.exposure.position(order.position_side).quantity
    value = multiply_toward_zero(held, mark)
    now = stand.exposure.open.get(order.position_side, NO_ORDERS)
    more = added.price * added.quantity - added.replaced
    if sign > 0:
        then = OpenValue(now.bids + more, now.asks)
    else:
        then = OpenValue(now.bids, now.asks + more)
    leverage = stand.leverage
    grown = initial_margin(value, then, leverage) - initial_margin(value, now, leverage)
    opening = max(0, added.quantity - max(0, -held * sign))
    return grown + opening * max(0, (added.price - mark) * sign) // SCALE


def assumed_price(stand: Standing, order: Order, price: int) -> int:
    """The price at which an order is taken to open its position."""
    market = stand.market
    if order.kind is MARKET:
        offered = best_price(stand.book, order.side.opposite)
        if order.side is SELL:
            return max(offered or market.last, market.mark)
        if offered is None:
            return max(market.mark, market.last)
        return multiply_toward_zero(offered, MARKET_OVER_ASK)
    if order.side is BUY:
        return price
    return max(multiply_toward_zero(market.last, SHORT_OVER_LAST), market.mark, price)


def _one_way(exposure: Exposure, side: Side, mark: int) -> int:
    """What a position and the open orders of a side add up to, in the direction of the side."""
    open_value = exposure.open.get(BOTH, NO_ORDERS)
    orders = open_value.bids if side is BUY else open_value.asks
    return exposure.position(BOTH).quantity * mark * side.sign + orders


def _both_sides(exposure: Exposure, mark: int) -> int:
    held = sum(abs(position.quantity) for position in exposure.positions.values())
    orders = sum(value.bids + value.asks for value in exposure.open.values())
    return held * mark + orders
