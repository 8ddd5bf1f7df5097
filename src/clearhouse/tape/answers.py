"""What the tape answers at once; candles that a store has are read in `runtime/candles.py`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from clearhouse.engine.queries import query
from clearhouse.engine.state import State
from clearhouse.matching.house import best
from clearhouse.messages.market_queries import (
    AggTrade,
    BookChangesView,
    CandleNow,
    ReadAggTrades,
    ReadBookChanges,
    ReadOpenCandle,
    ReadPublicTrades,
    ReadTapeStamps,
    ReadTops,
    TapeStamp,
    TopView,
)
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import (
    DepthView,
    QuoteView,
    ReadBookRevision,
    ReadDepth,
    ReadQuotes,
    ReadTrades,
    TradeView,
)
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.orders import Side
from clearhouse.tape.tape import Tape

NOTHING_OFFERED = 0, 0


def _book_revision(tape: Tape, _state: State, asked: ReadBookRevision) -> tuple[int, Millis]:
    changes = tape.of(asked.symbol).changes
    return changes.book_id, changes.at


def _depth(tape: Tape, state: State, asked: ReadDepth) -> DepthView:
    changes = tape.of(asked.symbol).changes
    return replace(query(state, asked), update_id=Seq(changes.book_id), at=changes.at)


def _quotes(tape: Tape, state: State, asked: ReadQuotes) -> tuple[QuoteView, ...]:
    return tuple(_numbered(tape, quote) for quote in query(state, asked))


def _numbered(tape: Tape, quote: QuoteView) -> QuoteView:
    changes = tape.of(quote.symbol).changes
    return replace(quote, update_id=Seq(changes.book_id), updated_at=changes.at)


def _latest_trades(tape: Tape, _state: State, asked: ReadTrades) -> tuple[TradeView, ...]:
    latest = ReadPublicTrades(symbol=asked.symbol, limit=asked.limit)
    return tape.of(asked.symbol).prints.latest(latest)


def _public_trades(tape: Tape, _state: State, asked: ReadPublicTrades) -> tuple[TradeView, ...]:
    return tape.of(asked.symbol).prints.latest(asked)


def _agg_trades(tape: Tape, _state: State, asked: ReadAggTrades) -> tuple[AggTrade, ...]:
    return tape.of(asked.symbol).prints.aggregated(asked)


def _open_candle(tape: Tape, _state: State, asked: ReadOpenCandle) -> CandleNow:
    found = tape.of(asked.symbol)
    candle = found.current(asked.kind, asked.interval, asked.now)
    return CandleNow((tape.born, found.late), candle)


def _changes(tape: Tape, state: State, asked: ReadBookChanges) -> BookChangesView | None:
    changes = tape.of(asked.symbol).changes
    return changes.since(state.order_books[asked.symbol], asked.since)


def _tops(tape: Tape, state: State, asked: ReadTops) -> tuple[TopView, ...]:
    symbols = state.catalogue.contracts if asked.symbol is None else (asked.symbol,)
    return tuple(_top(tape, state, symbol) for symbol in symbols)


def _top(tape: Tape, state: State, symbol: str) -> TopView:
    changes, book = tape.of(symbol).changes, state.order_books[symbol]
    bid = best(book, Side.BUY) or NOTHING_OFFERED
    ask = best(book, Side.SELL) or NOTHING_OFFERED
    return TopView(symbol, changes.book_id, changes.at, *bid, *ask)


def _stamps(tape: Tape, _state: State, _asked: ReadTapeStamps) -> dict[str, TapeStamp]:
    return {symbol: found.stamp() for symbol, found in tape.symbols.items()}


TAPE_ANSWERS: Mapping[type[Query[Any]], Callable[..., Any]] = MappingProxyType(
    {
        ReadBookRevision: _book_revision,
        ReadDepth: _depth,
        ReadQuotes: _quotes,
        ReadTrades: _latest_trades,
        ReadPublicTrades: _public_trades,
        ReadAggTrades: _agg_trades,
        ReadOpenCandle: _open_candle,
        ReadBookChanges: _changes,
        ReadTops: _tops,
        ReadTapeStamps: _stamps,
    }
)
"""One answer for each query. Of the state's own queries those that show what a tape numbers."""
