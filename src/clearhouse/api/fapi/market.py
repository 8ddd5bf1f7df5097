"""What a market shows: its book, its latest trades, its prices.

Sources: «Order Book», «Recent Trades List», «Symbol Price Ticker», «Symbol Order Book Ticker»,
«Mark Price». Formats: docs/reference/market.md.
"""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from msgspec import Raw, Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip, ip_by_limit
from clearhouse.api.errors import Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Symbol, integer_in, integer_of
from clearhouse.api.wire import encode_json
from clearhouse.funding.rate import INTEREST
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.messages.trading_queries import (
    DepthView,
    QuoteView,
    ReadBookRevision,
    ReadDepth,
    ReadQuotes,
    ReadTrades,
    TradeView,
)
from clearhouse.model.instruments import Contract
from clearhouse.model.money import fixed8, with_decimals

router = Router(Family.FAPI)

T = TypeVar("T")

DEPTH_WEIGHTS = ((5, 10, 20, 50), 2), ((100,), 5), ((500,), 10), ((1000,), 20)
DEPTH_LIMITS = tuple(limit for limits, _ in DEPTH_WEIGHTS for limit in limits)
DEFAULT_ROWS = 500
QUOTE_DECIMALS = 2
"""Decimals of the value of a trade in the public list, whatever the symbol."""

Level = tuple[str, str]
"""Price and quantity."""


class DepthParams(Struct, frozen=True):
    """Of which symbol, and how many levels of each side."""

    symbol: Symbol
    limit: Annotated[int, integer_of(DEPTH_LIMITS, Fault.NO_DEPTH_LIMIT)] = DEFAULT_ROWS


class TradesParams(Struct, frozen=True):
    """Of which symbol, and how many."""

    symbol: Symbol
    limit: Annotated[int, integer_in(1, 1000)] = DEFAULT_ROWS


class OneOrAll(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class Depth(Struct, frozen=True):
    """A book, best levels first. `E` is now, `T` the time of its last change."""

    last_update_id: int = field(name="lastUpdateId")
    E: int
    T: int
    bids: list[Level] | Raw
    asks: list[Level] | Raw


class Trade(Struct, frozen=True, rename="camel"):
    """A trade of the book. `isBuyerMaker`: the seller took."""

    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool
    is_rpi_trade: bool = field(name="isRPITrade")


class Price(Struct, frozen=True):
    """The last price, and when it was made."""

    symbol: str
    price: str
    time: int


class BookTicker(Struct, frozen=True, rename="camel"):
    """The best of a book; zeros where a side is empty."""

    symbol: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str
    time: int


class NumberedBookTicker(Struct, frozen=True, rename="camel"):
    """The same with the number of the book's last change, as the WebSocket API has it."""

    last_update_id: int
    symbol: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str
    time: int


class Premium(Struct, frozen=True, rename="camel"):
    """Mark and index price, the funding rate, and when it is due next."""

    symbol: str
    mark_price: str
    index_price: str
    estimated_settle_price: str
    last_funding_rate: str
    interest_rate: str
    next_funding_time: int
    time: int


@router.get("/v1/depth", weight=ip_by_limit(*DEPTH_WEIGHTS, default=DEFAULT_ROWS), ws="depth")
async def depth(ctx: Context, params: DepthParams) -> Depth:
    """Order book.

    What the house quotes and what accounts have in the book, by price. Retail price improvement
    orders are not shown.
    """
    listed = await ctx.read(ReadCatalogue())
    contract = contract_of(listed, params.symbol)
    update_id, at = await ctx.read(ReadBookRevision(params.symbol))
    name = f"{params.limit} levels of {params.symbol}"
    sides = ctx.rendered.found(name, (listed.revision, update_id))
    if sides is None:
        view = await ctx.read(ReadDepth(params.symbol, params.limit))
        update_id, at = view.update_id, view.at
        stamp = listed.revision, update_id
        sides = ctx.rendered.made(name, stamp, lambda: _sides(contract, view))
    return Depth(update_id, ctx.now, at, *sides)


@router.get("/v1/trades", weight=ip(5))
async def trades(ctx: Context, params: TradesParams) -> list[Trade]:
    """Recent trades list: the latest of the book, oldest first."""
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    found = await ctx.read(ReadTrades(params.symbol, params.limit))
    return [_trade(contract, trade) for trade in found]


@router.get("/v1/ticker/price", weight=ip(1, without_symbol=2))
async def price(ctx: Context, params: OneOrAll) -> Price | list[Price]:
    """Symbol price ticker: one object for `symbol`, else a list."""
    return await _prices(ctx, params)


@router.get("/v2/ticker/price", weight=ip(1, without_symbol=2), ws="ticker.price")
async def price_v2(ctx: Context, params: OneOrAll) -> Price | list[Price]:
    """Symbol price ticker V2: one object for `symbol`, else a list."""
    return await _prices(ctx, params)


@router.get("/v1/ticker/bookTicker", weight=ip(2, without_symbol=5))
async def book_ticker(ctx: Context, params: OneOrAll) -> BookTicker | list[BookTicker]:
    """Symbol order book ticker: one object for `symbol`, else a list."""
    listed, quotes = await _quotes(ctx, params)
    return _one_or_all([BookTicker(*_best(listed, quote)) for quote in quotes], params)


@router.ws("ticker.book", weight=ip(2, without_symbol=5))
async def book_ticker_by_socket(
    ctx: Context, params: OneOrAll
) -> NumberedBookTicker | list[NumberedBookTicker]:
    """Symbol order book ticker, with the number of the book's last change."""
    listed, quotes = await _quotes(ctx, params)
    rows = [NumberedBookTicker(quote.update_id, *_best(listed, quote)) for quote in quotes]
    return _one_or_all(rows, params)


@router.get("/v1/premiumIndex", weight=ip(1, without_symbol=10))
async def premium_index(ctx: Context, params: OneOrAll) -> Premium | list[Premium]:
    """Mark price and funding rate: one object for `symbol`, else a list.

    `lastFundingRate` is the rate that would be settled if funding were due now.
    """
    _, quotes = await _quotes(ctx, params)
    return _one_or_all([_premium(quote, ctx.now) for quote in quotes], params)


def _sides(contract: Contract, view: DepthView) -> tuple[Raw, Raw]:
    """JSON of both sides; it stands until the book or the precision of its symbol changes."""
    bids, asks = (Raw(encode_json(_levels(contract, side))) for side in (view.bids, view.asks))
    return bids, asks


def _levels(contract: Contract, levels: Iterable[tuple[int, int]]) -> list[Level]:
    prices, quantities = contract.price_precision, contract.quantity_precision
    return [(with_decimals(p, prices), with_decimals(q, quantities)) for p, q in levels]


def _trade(contract: Contract, trade: TradeView) -> Trade:
    return Trade(
        id=trade.trade_id,
        price=with_decimals(trade.price, contract.price_precision),
        qty=with_decimals(trade.quantity, contract.quantity_precision),
        quote_qty=with_decimals(trade.quote, QUOTE_DECIMALS),
        time=trade.at,
        is_buyer_maker=trade.buyer_maker,
        is_rpi_trade=False,
    )


async def _quotes(ctx: Context, params: OneOrAll) -> tuple[CatalogueView, tuple[QuoteView, ...]]:
    return await ctx.read(ReadCatalogue()), await ctx.read(ReadQuotes(ctx.now, params.symbol))


async def _prices(ctx: Context, params: OneOrAll) -> Price | list[Price]:
    listed, quotes = await _quotes(ctx, params)
    return _one_or_all([_price(listed, quote) for quote in quotes], params)


def _one_or_all(rows: list[T], params: OneOrAll) -> T | list[T]:
    return rows if params.symbol is None else rows[0]


def _price(listed: CatalogueView, quote: QuoteView) -> Price:
    precision = listed.contracts[quote.symbol].price_precision
    return Price(quote.symbol, with_decimals(quote.last, precision), quote.priced_at)


def _best(listed: CatalogueView, quote: QuoteView) -> tuple[str, str, str, str, str, int]:
    contract = listed.contracts[quote.symbol]
    levels = (quote.bid, quote.bid_quantity), (quote.ask, quote.ask_quantity)
    bid, ask = _levels(contract, levels)
    return quote.symbol, *bid, *ask, quote.updated_at


def _premium(quote: QuoteView, now: int) -> Premium:
    return Premium(
        symbol=quote.symbol,
        mark_price=fixed8(quote.mark),
        index_price=fixed8(quote.index),
        estimated_settle_price=fixed8(quote.index),
        last_funding_rate=fixed8(quote.predicted_rate),
        interest_rate=fixed8(INTEREST),
        next_funding_time=quote.next_funding_at,
        time=now,
    )
