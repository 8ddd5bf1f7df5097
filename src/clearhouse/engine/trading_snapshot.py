"""Trading as bytes: markets, books, open orders and positions (see `engine/snapshot.py`).

What can be worked out from the rest is not kept: names, values of open orders, deadlines. The
queue of a book is, because an order that was changed stands behind younger ones.
"""

from collections import deque
from copy import copy

from msgspec import Struct

from clearhouse.engine.state import State
from clearhouse.margin.exposure import Exposure
from clearhouse.market.funding import Premium, Settlement
from clearhouse.market.market import TRADES_KEPT, Market
from clearhouse.matching.book import OrderBook
from clearhouse.matching.triggers import Triggers
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.orders import AlgoOrder, Order, Position, PositionSide
from clearhouse.trading.algos import add_algo
from clearhouse.trading.apply import add_order
from clearhouse.trading.deadlines import Due


class SettlementImage(Struct, frozen=True, array_like=True):
    """A settlement under way; what is left of it is text, because it may exceed 64 bits."""

    time: Millis
    rate: int
    mark: int
    scheduled: bool
    unpaid: tuple[Uid, ...]
    held: tuple[tuple[Uid, tuple[tuple[PositionSide, int], ...]], ...]
    left: str


class MarketImage(Struct, frozen=True, array_like=True):
    """A market and its book; `queue` names open orders and the house's levels as they stand."""

    symbol: str
    last: int
    mark: int
    index: int
    priced_at: Millis
    funding_rate: int
    next_trade_id: int
    trades: tuple[TradeView, ...]
    holders: tuple[Uid, ...]
    house: Position
    fund: Position
    premium: tuple[Millis, int, int]
    funding_due: Millis
    settlement: SettlementImage | None
    tick: int
    anchor: int
    quantity: int
    depth: int
    mode: str
    update_id: Seq
    updated_at: Millis
    next_quote_id: int
    spread: int
    gap: int
    refills: bool
    bid: int
    ask: int
    taken: tuple[int, int]
    quotes: tuple[Order, ...]
    queue: tuple[int, ...]


class TradingImage(Struct, frozen=True, array_like=True):
    """Everything of trading that belongs to the venue; orders in the order of their ids."""

    markets: tuple[MarketImage, ...]
    orders: tuple[Order, ...]
    algos: tuple[AlgoOrder, ...]
    next_order_id: int
    next_algo_id: int
    next_amendment_id: int
    countdowns: tuple[tuple[Uid, str, Millis], ...]
    settling: tuple[str, ...]


Positions = tuple[tuple[str, tuple[tuple[PositionSide, Position], ...]], ...]
"""The positions of an account by symbol, in the order in which it first traded them."""


def trading_image(state: State) -> TradingImage:
    """The venue's part."""
    orders, waiting = state.orders, state.deadlines.countdowns
    return TradingImage(
        tuple(_market_image(state, symbol) for symbol in state.markets),
        tuple(orders.open[number] for number in sorted(orders.open)),
        tuple(orders.algos[number] for number in sorted(orders.algos)),
        orders.next_order_id,
        orders.next_algo_id,
        orders.next_amendment_id,
        tuple((uid, symbol, due) for (uid, symbol), due in sorted(waiting.items())),
        tuple(state.deadlines.settling),
    )


def positions_of(state: State, uid: Uid) -> Positions:
    """An account's part."""
    exposures = state.futures.of(uid).exposures.items()
    return tuple((symbol, tuple(exposure.positions.items())) for symbol, exposure in exposures)


def exposures_of(positions: Positions) -> dict[str, Exposure]:
    """The positions of an account; its orders come with the venue's part."""
    return {symbol: Exposure(positions=dict(sides)) for symbol, sides in positions}


def restore_trading(state: State, image: TradingImage) -> None:
    """Put the venue's part into a state that has its accounts already."""
    for market in image.markets:
        _restore_market(state, market)
    orders = state.orders
    orders.next_order_id = image.next_order_id
    orders.next_algo_id = image.next_algo_id
    orders.next_amendment_id = image.next_amendment_id
    for order in image.orders:
        add_order(state, order)
    for algo in image.algos:
        add_algo(state, algo)
    for market in image.markets:
        _restore_queue(state, market)
    state.deadlines.settling = dict.fromkeys(image.settling)
    for uid, symbol, due in image.countdowns:
        state.deadlines.countdowns[uid, symbol] = due
        state.deadlines.add(due, Due.COUNTDOWN, uid, symbol)


def _market_image(state: State, symbol: str) -> MarketImage:
    market, book = state.markets[symbol], state.order_books[symbol]
    sides = (book.bids, book.asks, book.retail_bids, book.retail_asks)
    return MarketImage(
        symbol,
        market.last,
        market.mark,
        market.index,
        market.priced_at,
        market.funding_rate,
        market.next_trade_id,
        tuple(market.trades),
        tuple(market.holders),
        market.house,
        market.fund,
        (market.premium.since, market.premium.samples, market.premium.weighted),
        market.funding_due,
        _settlement_image(market.settlement) if market.settlement else None,
        book.tick,
        book.anchor,
        book.quantity,
        book.depth,
        book.mode,
        book.update_id,
        book.updated_at,
        book.next_quote_id,
        book.spread,
        book.gap,
        book.refills,
        book.bid,
        book.ask,
        book.taken,
        tuple(book.quotes.values()),
        tuple(order.order_id for side in sides for order in side.orders()),
    )


def _restore_market(state: State, image: MarketImage) -> None:
    state.markets[image.symbol] = Market(
        image.last,
        image.mark,
        image.index,
        image.priced_at,
        image.funding_rate,
        image.next_trade_id,
        deque(image.trades, TRADES_KEPT),
        dict.fromkeys(image.holders),
        image.house,
        image.fund,
        Premium(*image.premium),
        image.funding_due,
        _settlement(image.settlement) if image.settlement else None,
    )
    state.deadlines.add(image.funding_due, Due.FUNDING, 0, image.symbol)
    state.order_books[image.symbol] = OrderBook(
        image.tick,
        image.anchor,
        image.quantity,
        image.depth,
        image.mode,
        image.update_id,
        image.updated_at,
        image.next_quote_id,
        image.spread,
        image.gap,
        image.refills,
        image.bid,
        image.ask,
        image.taken,
        quotes={quote.order_id: copy(quote) for quote in image.quotes},
    )
    state.triggers[image.symbol] = Triggers()


def _settlement_image(settlement: Settlement) -> SettlementImage:
    return SettlementImage(
        settlement.time,
        settlement.rate,
        settlement.mark,
        settlement.scheduled,
        tuple(settlement.unpaid),
        tuple((uid, tuple(sides.items())) for uid, sides in settlement.held.items()),
        str(settlement.left),
    )


def _settlement(image: SettlementImage) -> Settlement:
    return Settlement(
        image.time,
        image.rate,
        image.mark,
        image.scheduled,
        dict.fromkeys(image.unpaid),
        {uid: dict(sides) for uid, sides in image.held},
        int(image.left),
    )


def _restore_queue(state: State, image: MarketImage) -> None:
    """Let everything in the book stand in the order in which it stood."""
    book = state.order_books[image.symbol]
    for number in image.queue:
        order = book.quotes[number] if number < 0 else state.orders.open[number]
        place = book.place_of(order)
        if number > 0:
            place.remove(order)
        place.add(order)
