"""The market set by hand: prices, what the house quotes, and fills that are forced.

When a price is set, the house takes what its new quotes reach, each order at its own price, and
then the price is there. So a price that passes an open order fills it, as a market that moved
through it would have.
"""

from collections.abc import Iterator

from clearhouse.market.market import Market
from clearhouse.market.rules import Rules
from clearhouse.matching.book import HOUSE, LEVELS, NONE
from clearhouse.matching.house import DEPTH
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import ForceFill, SetLiquidity, SetPrice, SetQuoting
from clearhouse.messages.trading_events import LiquiditySet, PriceSet, QuotingSet
from clearhouse.model.ids import Millis
from clearhouse.model.money import SCALE, divide_toward_zero, trimmed
from clearhouse.model.orders import Order, Side
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import house_order, sweep, trade

DEEPEST = 1_000
"""Levels that the house may quote on a side."""
WIDEST = SCALE // 10
"""How far apart quotes may be, as a part of the price."""


def set_price(state: Trading, command: SetPrice, at: Millis) -> Iterator[Event]:
    """Set prices. Refuses an unknown symbol, no price, and a last price that no order may have."""
    state.catalogue.contract(command.symbol)
    rules, market = state.catalogue.rules[command.symbol], state.markets[command.symbol]
    book = state.order_books[command.symbol]
    event = _prices(rules, market, book.anchor, command, at)
    if book.mode == HOUSE and event.anchor != book.anchor:
        half = book.distance(book.spread, event.anchor)
        bid, ask = event.anchor - half, event.anchor + half
        yield from pass_through(state, command.symbol, bid, ask, at)
    yield event


def _prices(rules: Rules, market: Market, anchor: int, command: SetPrice, at: Millis) -> PriceSet:
    given = [price for price in (command.last, command.mark, command.index) if price is not None]
    if not given or min(given) <= 0:
        raise Rejected(Reason.PRICE_ILLEGAL, "name last, mark or index: prices above zero")
    if command.last is not None and (command.last - rules.price.low) % (rules.tick or 1):
        detail = f"the last price moves in ticks of {trimmed(rules.tick)}"
        raise Rejected(Reason.PRICE_ILLEGAL, detail)
    if max(given) > rules.price.high > 0:
        raise Rejected(Reason.PRICE_ILLEGAL, f"at most {trimmed(rules.price.high)}")
    if command.last is not None and command.last < rules.price.low:
        raise Rejected(Reason.PRICE_ILLEGAL, f"at least {trimmed(rules.price.low)}")
    alone = given[0] if len(given) == 1 else None
    last = on_tick(rules, alone) if alone else command.last
    return PriceSet(
        at=at,
        symbol=command.symbol,
        last=last or market.last,
        mark=alone or command.mark or market.mark,
        index=alone or command.index or market.index,
        anchor=last or anchor,
    )


def on_tick(rules: Rules, price: int) -> int:
    """The nearest price that a trade may have."""
    tick = rules.tick or 1
    ticks = (2 * (price - rules.price.low) + tick) // (2 * tick)
    return max(rules.price.low + ticks * tick, rules.price.low, tick)


def pass_through(state: Trading, symbol: str, bid: int, ask: int, at: Millis) -> Iterator[Event]:
    """What new quotes of the house take of the book."""
    for side, limit in ((Side.BUY, bid), (Side.SELL, ask)):
        yield from sweep(state, house_order(symbol, side), limit, at)


def set_liquidity(state: Trading, command: SetLiquidity, at: Millis) -> Iterator[Event]:
    """Choose what the house quotes; levels that reach open orders take them.

    Refuses an unknown symbol, levels out of the grid, and levels that cross each other.
    """
    state.catalogue.contract(command.symbol)
    rules = state.catalogue.rules[command.symbol]
    _check_liquidity(rules, command)
    yield LiquiditySet(
        at=at,
        symbol=command.symbol,
        mode=command.mode,
        bids=command.bids,
        asks=command.asks,
        depth=command.depth or DEPTH,
        quantity=command.quantity or default_quantity(rules),
    )
    book = state.order_books[command.symbol]
    for quote in tuple(book.quotes.values()):
        yield from sweep(state, quote, quote.price, at)
    if book.mode == HOUSE:
        yield from pass_through(state, command.symbol, book.bid, book.ask, at)


def set_quoting(state: Trading, command: SetQuoting, at: Millis) -> Iterator[Event]:
    """Choose how far apart, how deep and how much the house quotes.

    Refuses an unknown symbol and numbers that make no quotes. Quotes that reach open orders take
    them.
    """
    state.catalogue.contract(command.symbol)
    parts = command.spread, command.gap
    if min(parts) < 0 or max(parts) > WIDEST or not 0 < command.depth <= DEEPEST:
        detail = f"distances are 0 to {trimmed(WIDEST)} of the price, levels 1 to {DEEPEST}"
        raise Rejected(Reason.LIQUIDITY_ILLEGAL, detail)
    rules, book = state.catalogue.rules[command.symbol], state.order_books[command.symbol]
    yield QuotingSet(
        at=at,
        symbol=command.symbol,
        spread=command.spread,
        gap=command.gap,
        depth=command.depth,
        quantity=_quantity(rules, book.anchor, command.notional),
        refills=command.refills,
    )
    if book.mode == HOUSE:
        yield from pass_through(state, command.symbol, book.bid, book.ask, at)


def _quantity(rules: Rules, price: int, notional: int) -> int:
    """The quantity of a level of some value, in whole steps and at least the smallest order."""
    if not notional:
        return default_quantity(rules)
    step = rules.step or 1
    return max(divide_toward_zero(notional, price) // step * step, rules.quantity.low, step)


def default_quantity(rules: Rules) -> int:
    """What the house quotes at each price: the largest market order is filled by one."""
    return rules.market_quantity.high or rules.quantity.high or rules.quantity.low or 1


def _check_liquidity(rules: Rules, command: SetLiquidity) -> None:
    levels = (*command.bids, *command.asks)
    if command.mode not in (HOUSE, NONE, LEVELS) or (levels and command.mode != LEVELS):
        detail = f"mode is {HOUSE} or {NONE}; or name bids and asks"
        raise Rejected(Reason.LIQUIDITY_ILLEGAL, detail)
    if len(command.bids) > DEEPEST or len(command.asks) > DEEPEST or command.depth > DEEPEST:
        raise Rejected(Reason.LIQUIDITY_ILLEGAL, f"at most {DEEPEST} levels a side")
    for price, quantity in levels:
        if price <= 0 or (price - rules.price.low) % (rules.tick or 1):
            detail = f"prices are above zero, in ticks of {trimmed(rules.tick)}"
            raise Rejected(Reason.LIQUIDITY_ILLEGAL, detail)
        if not 0 < quantity <= 10**15:
            raise Rejected(Reason.LIQUIDITY_ILLEGAL, "quantities are above zero, at most 10000000")
    bid = max((price for price, _ in command.bids), default=0)
    ask = min((price for price, _ in command.asks), default=bid + 1)
    if bid >= ask:
        raise Rejected(Reason.LIQUIDITY_ILLEGAL, "the best bid is not below the best ask")


def force_fill(
    state: Trading, order: Order | None, command: ForceFill, at: Millis
) -> Iterator[Event]:
    """Fill an open order against the house, whatever the market is.

    Refuses an order that is not open, a price that is not above zero or beyond the symbol's
    highest, and a quantity beyond what is left or, for an order that only closes, beyond the
    position.
    """
    if order is None:
        raise Rejected(Reason.NO_SUCH_ORDER, f"no order {command.order_id} is open")
    price = order.price if command.price is None else command.price
    quantity = order.remaining if command.quantity is None else command.quantity
    highest = state.catalogue.rules[order.symbol].price.high
    if not 0 < price <= (highest or price):
        detail = f"a fill has a price above zero, and at most {trimmed(highest)}"
        raise Rejected(Reason.PRICE_ILLEGAL, detail)
    held = state.futures.of(order.uid).exposure(order.symbol).position(order.position_side)
    most = order.remaining
    if order.closing:
        most = min(most, max(0, -held.quantity * order.side.sign))
    if not 0 < quantity <= most:
        detail = f"the quantity is above zero and at most {trimmed(most)}"
        raise Rejected(Reason.LIQUIDITY_ILLEGAL, detail)
    yield from trade(
        state, order, house_order(order.symbol, order.side.opposite), price, quantity, at
    )
