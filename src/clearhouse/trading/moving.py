"""A source moves the market: what it reaches, and what it leaves alone.

A movement passes through the book as a price that is set does (`trading/house.py`): the house
takes what its new quotes reach and what a trade passed, each order at its own price. What reaches
nobody is taken into the state without a fact; `standing` is the fact that it all came to, written
before the next command (`runtime/sequencer.py`).
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.market.rules import Rules
from clearhouse.matching.book import HOUSE, OrderBook
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import MoveMarket
from clearhouse.messages.trading_events import MarketMoved
from clearhouse.model.ids import Millis
from clearhouse.model.money import trimmed
from clearhouse.model.orders import Side, WorkingType
from clearhouse.trading.house import pass_through
from clearhouse.trading.state import Trading

FARTHEST = 2**63 - 1


class Reach(NamedTuple):
    """A trade at `low` or below, or at `high` or above, reaches somebody; one between nobody."""

    low: int
    high: int


def reach(state: Trading, symbol: str) -> Reach:
    """Which last prices reach an order of the book or a conditional order."""
    book, triggers = state.order_books[symbol], state.triggers[symbol]
    if any(algo.working_type is WorkingType.CONTRACT_PRICE for algo in triggers.trailing.values()):
        return Reach(FARTHEST, 0)
    waiting = triggers.waiting[WorkingType.CONTRACT_PRICE]
    low = waiting.falling[-1][0] if waiting.falling else 0
    high = waiting.rising[0][0] if waiting.rising else FARTHEST
    bid, ask, tick = _resting(book, Side.BUY), _resting(book, Side.SELL), book.tick or 1
    if bid is not None:
        low = max(low, bid - tick)
    if ask is not None:
        high = min(high, ask + tick)
    return Reach(low, high)


def matters(state: Trading, command: MoveMarket) -> bool:
    """Whether a movement reaches anybody: holders by the mark, orders by what it passes.

    Refuses an unknown symbol.
    """
    symbol = state.catalogue.contract(command.symbol).symbol
    book = state.order_books[symbol]
    marked = command.mark is not None or command.index is not None
    if marked and (state.markets[symbol].holders or state.triggers[symbol].count):
        return True
    if command.last is not None:
        low, high = reach(state, symbol)
        if not low < command.last < high:
            return True
    if command.bid is None or command.ask is None:
        return False
    bid, ask = _resting(book, Side.BUY), _resting(book, Side.SELL)
    return (bid is not None and bid >= command.ask) or (ask is not None and ask <= command.bid)


def move_market(state: Trading, command: MoveMarket, at: Millis) -> Iterator[Event]:
    """Move the market. Refuses what `moved` does."""
    event, book = moved(state, command, at), state.order_books[command.symbol]
    if book.mode == HOUSE:
        bid, ask = event.bid, event.ask
        if command.last is not None:  # a trade passes what is better than its price
            tick = book.tick or 1
            bid, ask = max(bid, command.last - tick), min(ask, command.last + tick)
        yield from pass_through(state, command.symbol, bid, ask, at)
    yield moved(state, command, at)  # the orders that it filled were trades too


def moved(state: Trading, command: MoveMarket, at: Millis) -> MarketMoved:
    """Where a movement leaves the market.

    Refuses an unknown symbol, and prices that are not above zero or beyond what the symbol has.
    """
    state.catalogue.contract(command.symbol)
    rules, market = state.catalogue.rules[command.symbol], state.markets[command.symbol]
    _check(rules, command)
    samples, weighted = market.premium.until(market.premium_index, at)
    last = command.last or market.last
    bid, ask = _quotes(state.order_books[command.symbol], command)
    return MarketMoved(
        at=at,
        symbol=command.symbol,
        last=last,
        mark=command.mark or market.mark,
        index=command.index or market.index,
        bid=bid,
        ask=ask,
        next_trade_id=market.next_trade_id + command.trades,
        samples=samples,
        weighted=weighted,
        moved_at=at,
    )


def standing(state: Trading, symbol: str, at: Millis) -> MarketMoved:
    """Where a market stands, as a fact."""
    market, book = state.markets[symbol], state.order_books[symbol]
    return MarketMoved(
        at=at,
        symbol=symbol,
        last=market.last,
        mark=market.mark,
        index=market.index,
        bid=book.bid,
        ask=book.ask,
        next_trade_id=market.next_trade_id,
        samples=market.premium.samples,
        weighted=market.premium.weighted,
        moved_at=market.priced_at,
    )


def _quotes(book: OrderBook, command: MoveMarket) -> tuple[int, int]:
    """Where the house quotes from: the source's book, or around a trade that left the quotes."""
    if command.bid is not None and command.ask is not None:
        return command.bid, command.ask
    if command.last is None or book.bid <= command.last <= book.ask:
        return book.bid, book.ask
    half = book.distance(book.spread, command.last)
    return command.last - half, command.last + half


def _check(rules: Rules, command: MoveMarket) -> None:
    prices = (command.last, command.mark, command.index, command.bid, command.ask)
    given = [price for price in prices if price is not None]
    if min(given, default=1) <= 0 or max(given, default=0) > (rules.price.high or FARTHEST):
        detail = f"prices are above zero and at most {trimmed(rules.price.high)}"
        raise Rejected(Reason.PRICE_ILLEGAL, detail)
    if (command.bid is None) != (command.ask is None):
        raise Rejected(Reason.PRICE_ILLEGAL, "bid and ask come together")
    if command.bid is not None and command.ask is not None and command.bid >= command.ask:
        raise Rejected(Reason.PRICE_ILLEGAL, "the best bid is not below the best ask")


def _resting(book: OrderBook, side: Side) -> int | None:
    """The best price at which an order waits for the house, retail orders among them."""
    if book.mode != HOUSE:
        return None
    prices = [p for p in (book.side(side).best(), book.retail(side).best()) if p is not None]
    if not prices:
        return None
    return max(prices) if side is Side.BUY else min(prices)
