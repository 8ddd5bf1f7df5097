"""Answers about markets: books, trades, prices. An unknown symbol is refused like everywhere."""

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from clearhouse.engine.state import State
from clearhouse.funding.rate import average_premium, funding_rate
from clearhouse.market.funding import due_after
from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import best, depth_levels
from clearhouse.matching.retail import levels_with_retail
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import (
    DepthView,
    MarketView,
    QuoteView,
    ReadBookRevision,
    ReadDepth,
    ReadMarket,
    ReadQuotes,
)
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.orders import Side

NOTHING_OFFERED = 0, 0

Levels = tuple[tuple[int, int], ...]


def _book(state: State, symbol: str) -> OrderBook:
    state.catalogue.contract(symbol)
    return state.order_books[symbol]


def _market(state: State, symbol: str) -> Market:
    state.catalogue.contract(symbol)
    return state.markets[symbol]


def _book_revision(state: State, asked: ReadBookRevision) -> tuple[Seq, Millis]:
    book = _book(state, asked.symbol)
    return book.update_id, book.updated_at


def _depth(state: State, asked: ReadDepth) -> DepthView:
    book = _book(state, asked.symbol)
    if asked.retail:
        bids, asks = (levels[: asked.limit] for levels in levels_with_retail(book))
    else:
        bids, asks = (_levels(book, side, asked.limit) for side in Side)
    return DepthView(book.update_id, book.updated_at, bids, asks)


def _levels(book: OrderBook, side: Side, limit: int) -> Levels:
    return tuple(islice(depth_levels(book, side), limit))


def _quotes(state: State, asked: ReadQuotes) -> tuple[QuoteView, ...]:
    symbols = state.catalogue.contracts if asked.symbol is None else (asked.symbol,)
    return tuple(_quote(state, symbol, asked.now) for symbol in symbols)


def _quote(state: State, symbol: str, now: Millis) -> QuoteView:
    market, book = _market(state, symbol), _book(state, symbol)
    bid, bid_quantity = best(book, Side.BUY) or NOTHING_OFFERED
    ask, ask_quantity = best(book, Side.SELL) or NOTHING_OFFERED
    return QuoteView(
        symbol=symbol,
        last=market.last,
        mark=market.mark,
        index=market.index,
        funding_rate=market.funding_rate,
        predicted_rate=predicted_rate(state, symbol, now),
        next_funding_at=next_funding(state, symbol, now),
        priced_at=market.priced_at,
        bid=bid,
        bid_quantity=bid_quantity,
        ask=ask,
        ask_quantity=ask_quantity,
        update_id=book.update_id,
        updated_at=book.updated_at,
    )


def next_funding(state: State, symbol: str, now: Millis) -> Millis:
    """When funding of a symbol is due next: at the multiples of its interval, in UTC."""
    return due_after(now, state.catalogue.contract(symbol).funding_interval_hours)


def predicted_rate(state: State, symbol: str, now: Millis) -> int:
    """What would be settled if it were due now."""
    hours = state.catalogue.contract(symbol).funding_interval_hours
    premium = average_premium(state.markets[symbol], now)
    return funding_rate(premium, hours, state.catalogue.rules[symbol].funding)


def _whole_market(state: State, asked: ReadMarket) -> MarketView:
    market, book = _market(state, asked.symbol), _book(state, asked.symbol)
    return MarketView(
        quote=_quote(state, asked.symbol, asked.now),
        mode=book.mode,
        depth=book.depth,
        quantity=book.quantity,
        bids=_levels(book, Side.BUY, asked.limit),
        asks=_levels(book, Side.SELL, asked.limit),
        house=market.house,
        open_interest=_open_interest(state, asked.symbol, market),
        holders=len(market.holders),
    )


def _open_interest(state: State, symbol: str, market: Market) -> int:
    held = (
        position.quantity
        for uid in market.holders
        for position in state.futures.of(uid).exposure(symbol).positions.values()
    )
    return sum(max(quantity, 0) for quantity in (market.house.quantity, *held))


MARKET_ANSWERS: Mapping[type[Query[Any]], Callable[..., Any]] = MappingProxyType(
    {
        ReadBookRevision: _book_revision,
        ReadDepth: _depth,
        ReadQuotes: _quotes,
        ReadMarket: _whole_market,
    }
)
"""One answer for each query about a market."""
