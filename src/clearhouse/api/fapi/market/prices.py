"""The prices of a market: last, best, mark, index; the last 24 hours; what is held.

Sources: «Symbol Price Ticker», «Symbol Order Book Ticker», «Mark Price»,
«24hr Ticker Price Change Statistics», «Open Interest». Formats: docs/reference/market.md.
"""

from typing import TypeVar

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.market.levels import levels, value_decimals
from clearhouse.api.params import Symbol
from clearhouse.funding.rate import INTEREST
from clearhouse.messages.market_queries import ReadStatistics, StatisticsView
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.messages.trading_queries import QuoteView, ReadMarket, ReadQuotes
from clearhouse.model.instruments import Contract
from clearhouse.model.money import fixed8, with_decimals

router = Router(Family.FAPI)

T = TypeVar("T")

PERCENT_DECIMALS = 3
"""Decimals of a percentage."""


class OneOrAll(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class OneSymbol(Struct, frozen=True):
    """One symbol."""

    symbol: Symbol


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


class Statistics(Struct, frozen=True, rename="camel"):
    """The last 24 hours of a symbol."""

    symbol: str
    price_change: str
    price_change_percent: str
    weighted_avg_price: str
    last_price: str
    last_qty: str
    open_price: str
    high_price: str
    low_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


class OpenInterest(Struct, frozen=True, rename="camel"):
    """How much of a symbol is held long, which is as much as is held short."""

    open_interest: str
    symbol: str
    time: int


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


@router.get("/v1/ticker/24hr", weight=ip(1, without_symbol=40))
async def day(ctx: Context, params: OneOrAll) -> Statistics | list[Statistics]:
    """24hr ticker price change statistics: one object for `symbol`, else a list.

    The last 1,440 candles of a minute as one.
    """
    listed = await ctx.read(ReadCatalogue())
    found = await ctx.read(ReadStatistics(now=ctx.now, symbol=params.symbol))
    rows = [_statistics(listed.contracts[view.symbol], view) for view in found]
    return _one_or_all(rows, params)


@router.get("/v1/openInterest", weight=ip(1))
async def open_interest(ctx: Context, params: OneSymbol) -> OpenInterest:
    """Open interest."""
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    market = await ctx.read(ReadMarket(params.symbol, ctx.now, 0))
    held = with_decimals(market.open_interest, contract.quantity_precision)
    return OpenInterest(held, params.symbol, ctx.now)


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
    best = (quote.bid, quote.bid_quantity), (quote.ask, quote.ask_quantity)
    bid, ask = levels(contract, best)
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


def _statistics(contract: Contract, view: StatisticsView) -> Statistics:
    prices, quantities = contract.price_precision, contract.quantity_precision
    return Statistics(
        symbol=view.symbol,
        price_change=with_decimals(view.change, prices),
        price_change_percent=with_decimals(view.change_percent, PERCENT_DECIMALS),
        weighted_avg_price=with_decimals(view.average, prices),
        last_price=with_decimals(view.last, prices),
        last_qty=with_decimals(view.last_quantity, quantities),
        open_price=with_decimals(view.open, prices),
        high_price=with_decimals(view.high, prices),
        low_price=with_decimals(view.low, prices),
        volume=with_decimals(view.volume, quantities),
        quote_volume=with_decimals(view.quote, value_decimals(contract)),
        open_time=view.open_at,
        close_time=view.close_at,
        first_id=view.first_id,
        last_id=view.last_id,
        count=view.trades,
    )
