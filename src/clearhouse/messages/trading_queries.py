"""Queries of trading that are answered from the state, and their answers.

What was is asked in `messages/trading_histories.py`. Orders in answers are copies.
"""

from msgspec import Struct

from clearhouse.messages.queries import PositionView, Query
from clearhouse.messages.trading_commands import OrderName, PlaceOrder
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.orders import AlgoOrder, Order, Position


class CheckOrder(Query[Order], frozen=True):
    """The order that a command would place; refuses what placing it would refuse."""

    command: PlaceOrder
    now: Millis


class FindOpenOrder(Query[Order | None], frozen=True):
    """An open order of an account."""

    uid: Uid
    symbol: str
    name: OrderName


class ReadOpenOrders(Query[tuple[Order, ...]], frozen=True):
    """Open orders of an account, in the order of their ids; `symbol` None: of every symbol."""

    uid: Uid
    symbol: str | None = None


class FindOpenAlgo(Query[AlgoOrder | None], frozen=True):
    """A conditional order of an account that is not over."""

    uid: Uid
    name: OrderName


class ReadOpenAlgos(Query[tuple[AlgoOrder, ...]], frozen=True):
    """Waiting conditional orders of an account, in the order of their ids."""

    uid: Uid
    symbol: str | None = None


class ReadPositions(Query[tuple[PositionView, ...]], frozen=True):
    """Positions of an account that are open or have open orders; in the order of symbols listed.

    `every`: also those that are flat. `symbol`: of this one alone; refuses an unknown one.
    """

    uid: Uid
    symbol: str | None = None
    every: bool = False


class ReadBookRevision(Query["tuple[Seq, Millis]"], frozen=True):
    """The position of the last change of a book, and its time; refuses an unknown symbol."""

    symbol: str


class ReadDepth(Query["DepthView"], frozen=True):
    """The best levels of a book; `retail`: with the orders of retail price improvement.

    Of those none that crosses the other side. `joins`: the answer goes to a client who may join
    differences to it. `since`: the last update that such differences have told.
    """

    symbol: str
    limit: int
    retail: bool = False
    joins: bool = False
    since: int | None = None


class DepthView(Struct, frozen=True):
    """Levels as (price, quantity), best first; `update_id` is the position of the last change.

    `at`: the time of that change. `shown`: prices of bids and of asks that clients were shown
    after the update that was asked for and before this one; None if nobody read the book then.
    """

    update_id: Seq
    at: Millis
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    shown: tuple[tuple[int, ...], tuple[int, ...]] | None = None


class TradeView(Struct, frozen=True, array_like=True, gc=False):
    """A trade. `buyer_maker`: the buy order was in the book."""

    trade_id: int
    price: int
    quantity: int
    quote: int
    at: Millis
    buyer_maker: bool


class ReadQuotes(Query["tuple[QuoteView, ...]"], frozen=True):
    """Prices of a symbol, or of every one in listing order; refuses an unknown one.

    `now`: the time after which funding is settled next.
    """

    now: Millis
    symbol: str | None = None


class QuoteView(Struct, frozen=True, kw_only=True):
    """Prices of a symbol and the best of its book; a quantity of 0 where a side is empty.

    `funding_rate` was settled last, `predicted_rate` would be if funding were due now.
    `priced_at`: when the prices were last set or traded; `update_id` and `updated_at`: position
    and time of the last change of the book.
    """

    symbol: str
    last: int
    mark: int
    index: int
    funding_rate: int
    predicted_rate: int
    next_funding_at: Millis
    priced_at: Millis
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int
    update_id: Seq
    updated_at: Millis


class ReadMarket(Query["MarketView"], frozen=True):
    """All of a symbol's market: prices, how the house quotes, and who holds what."""

    symbol: str
    now: Millis
    limit: int


class MarketView(Struct, frozen=True, kw_only=True):
    """A market.

    `mode`, `depth` and `quantity` as in `LiquiditySet`, `bids` and `asks` as in `DepthView`.
    `open_interest`: what is held long, by accounts and the house.
    """

    quote: QuoteView
    mode: str
    depth: int
    quantity: int
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    house: Position
    open_interest: int
    holders: int


TradingQuery = (
    CheckOrder
    | FindOpenOrder
    | ReadOpenOrders
    | FindOpenAlgo
    | ReadOpenAlgos
    | ReadPositions
    | ReadBookRevision
    | ReadDepth
    | ReadQuotes
    | ReadMarket
)
