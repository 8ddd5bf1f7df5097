"""Whether an account may take an order on: the position limit, and the margin it needs.

docs/internals/numbers.md, "Placing an order". Untriggered conditional orders are not looked at;
they are when they become orders.
"""

from typing import NamedTuple

from clearhouse.margin.exposure import Exposure, OpenValue
from clearhouse.margin.requirements import NO_ORDERS, initial_margin
from clearhouse.margin.summary import available_balance
from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import best
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.money import SCALE, fixed8, multiply_toward_zero, trimmed
from clearhouse.model.orders import Order, OrderKind, PositionSide, Side
from clearhouse.trading.state import Trading

SHORT_OVER_LAST = 100_150_000
"""A short is assumed to open at least at the last price and 0.15%."""

MARKET_OVER_ASK = 100_050_000
"""A market buy is assumed to open at the best ask and 0.05%."""


class Addition(NamedTuple):
    """An order, or what a change makes of one: its price and what is to be filled.

    `price` is the one that margin is counted at. `replaced`: the value that an open order counts
    for until it is changed, in units of 1e-16.
    """

    order: Order
    quantity: int
    price: int
    replaced: int = 0


def check_order(state: Trading, order: Order) -> None:
    """A new order: refuses what the leverage does not allow, then what margin does not cover."""
    market = state.markets[order.symbol]
    limit_price = order.price or market.mark
    _check_position(state, Addition(order, order.quantity, limit_price))
    price = assumed_price(order, order.price, market, state.order_books[order.symbol])
    _check_margin(state, Addition(order, order.quantity, price))


def check_change(state: Trading, order: Order, price: int, quantity: int) -> None:
    """The same for an order that is open and is to have another price and quantity."""
    left, counted = max(0, quantity - order.executed), order.remaining * order.price
    _check_position(state, Addition(order, left, price, counted))
    market, book = state.markets[order.symbol], state.order_books[order.symbol]
    assumed = assumed_price(order, price, market, book)
    _check_margin(state, Addition(order, left, assumed, counted))


def _check_position(state: Trading, added: Addition) -> None:
    """Position and open orders of the side stay below the cap of the leverage.

    In hedge mode LONG and SHORT count together.
    """
    order, account = added.order, state.futures.of(added.order.uid)
    contract, rules = state.catalogue.contracts[order.symbol], state.catalogue.rules[order.symbol]
    cap = rules.max_notional[account.setting(contract).leverage]
    mark, exposure = state.markets[order.symbol].mark, account.exposure(order.symbol)
    value = added.quantity * added.price - added.replaced
    if order.position_side is PositionSide.BOTH:
        value += _one_way(exposure, order.side, mark)
    else:
        value += _both_sides(exposure, mark)
    if value > cap * SCALE:
        detail = f"{order.symbol} allows {trimmed(cap)} at this leverage"
        raise Rejected(Reason.POSITION_LIMIT, detail)


def _check_margin(state: Trading, added: Addition) -> None:
    """What the order needs more, and what it would lose at once, is available."""
    needed = _cost(state, added)
    if needed <= 0:
        return
    order = added.order
    account = state.futures.of(order.uid)
    asset = state.catalogue.contracts[order.symbol].margin_asset
    available = available_balance(
        state.catalogue, state.markets, state.books, account, order.uid, asset
    )
    if needed > available:
        detail = f"the order needs {fixed8(needed)} {asset}, available are {fixed8(available)}"
        raise Rejected(Reason.MARGIN_INSUFFICIENT, detail)


def _cost(state: Trading, added: Addition) -> int:
    """The initial margin that an order adds, and the loss with which its position would open."""
    order, sign = added.order, added.order.side.sign
    account, mark = state.futures.of(order.uid), state.markets[order.symbol].mark
    leverage = account.setting(state.catalogue.contracts[order.symbol]).leverage
    exposure = account.exposure(order.symbol)
    held = exposure.position(order.position_side).quantity
    value = multiply_toward_zero(held, mark)
    now = exposure.open.get(order.position_side, NO_ORDERS)
    more = added.price * added.quantity - added.replaced
    if order.side is Side.BUY:
        then = OpenValue(now.bids + more, now.asks)
    else:
        then = OpenValue(now.bids, now.asks + more)
    grown = initial_margin(value, then, leverage) - initial_margin(value, now, leverage)
    opening = max(0, added.quantity - max(0, -held * sign))
    return grown + opening * max(0, (added.price - mark) * sign) // SCALE


def assumed_price(order: Order, price: int, market: Market, book: OrderBook) -> int:
    """The price at which an order is taken to open its position."""
    if order.kind is OrderKind.MARKET:
        offer = best(book, order.side.opposite)
        if order.side is Side.BUY:
            if offer is None:
                return max(market.mark, market.last)
            return multiply_toward_zero(offer[0], MARKET_OVER_ASK)
        return max(offer[0] if offer else market.last, market.mark)
    if order.side is Side.BUY:
        return price
    return max(multiply_toward_zero(market.last, SHORT_OVER_LAST), market.mark, price)


def _one_way(exposure: Exposure, side: Side, mark: int) -> int:
    """What a position and the open orders of a side add up to, in the direction of the side."""
    open_value = exposure.open.get(PositionSide.BOTH, NO_ORDERS)
    orders = open_value.bids if side is Side.BUY else open_value.asks
    return exposure.position(PositionSide.BOTH).quantity * mark * side.sign + orders


def _both_sides(exposure: Exposure, mark: int) -> int:
    held = sum(abs(position.quantity) for position in exposure.positions.values())
    orders = sum(value.bids + value.asks for value in exposure.open.values())
    return held * mark + orders
