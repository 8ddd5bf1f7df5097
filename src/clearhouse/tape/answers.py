"""What the tape answers at once; candles that a store has are read in `runtime/candles.py`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from clearhouse.engine.queries import query
from clearhouse.engine.state import State
from clearhouse.messages.market_queries import (
    AggTrade,
    ReadAggTrades,
    ReadPublicTrades,
)
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import (
    DepthView,
    QuoteView,
    ReadBookRevision,
    ReadDepth,
    ReadQuotes,
    TradeView,
)
from clearhouse.model.ids import Millis, Seq
from clearhouse.tape.tape import Tape


def _book_revision(tape: Tape, state: State, asked: ReadBookRevision) -> tuple[int, Millis]:
    return tape.of(asked.symbol).updates.latest(state.order_books[asked.symbol])


def _depth(tape: Tape, state: State, asked: ReadDepth) -> DepthView:
    update_id, at = _book_revision(tape, state, ReadBookRevision(asked.symbol))
    updates, found = tape.of(asked.symbol).updates, query(state, asked)
    if asked.joins:
        updates.show(found.bids, found.asks)
    shown = updates.shown_since(asked.since) if asked.since is not None else found.shown
    return replace(found, update_id=Seq(update_id), at=at, shown=shown)


def _quotes(tape: Tape, state: State, asked: ReadQuotes) -> tuple[QuoteView, ...]:
    return tuple(_numbered(tape, state, quote) for quote in query(state, asked))


def _numbered(tape: Tape, state: State, quote: QuoteView) -> QuoteView:
    update_id, at = _book_revision(tape, state, ReadBookRevision(quote.symbol))
    return replace(quote, update_id=Seq(update_id), updated_at=at)


def _public_trades(tape: Tape, _state: State, asked: ReadPublicTrades) -> tuple[TradeView, ...]:
    return tape.of(asked.symbol).prints.latest(asked)


def _agg_trades(tape: Tape, _state: State, asked: ReadAggTrades) -> tuple[AggTrade, ...]:
    return tape.of(asked.symbol).prints.aggregated(asked)


TAPE_ANSWERS: Mapping[type[Query[Any]], Callable[..., Any]] = MappingProxyType(
    {
        ReadBookRevision: _book_revision,
        ReadDepth: _depth,
        ReadQuotes: _quotes,
        ReadPublicTrades: _public_trades,
        ReadAggTrades: _agg_trades,
    }
)
"""One answer for each query. Of the state's own queries those that show what a tape numbers."""
