"""The way in for market data: what a source says moves the market of a symbol.

Trades come in columns. Those of a run that reach nobody's order are taken in one step; one that
does goes through the core like a command of anybody, between the ones before it and after it.
"""

import numpy as np

from clearhouse.messages.trading_commands import MoveMarket
from clearhouse.model.trades import Column, Trades
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.trading.moving import Reach, reach

LOOKAHEAD = 8_192
"""Trades looked at in one step: an order that is reached ends one."""


class Mover:
    """Moves the markets of a venue; refuses like a command, and then moves nothing."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer

    def trades(self, symbol: str, trades: Trades) -> None:
        """Public trades, oldest first; refuses an unknown symbol and prices out of bounds."""
        state = self._sequencer.state
        state.catalogue.contract(symbol)
        start, end = 0, len(trades.price)
        while start < end:
            ahead = trades.price[start : start + LOOKAHEAD]
            run = _until_reached(ahead, reach(state, symbol)) or 1
            last = int(ahead[run - 1])
            self._sequencer.move(MoveMarket(symbol=symbol, last=last, trades=run))
            first_id = state.markets[symbol].next_trade_id - run
            self._sequencer.tape.traded(state, symbol, first_id, trades.part(start, start + run))
            start += run

    def prices(
        self,
        symbol: str,
        *,
        last: int | None = None,
        mark: int | None = None,
        index: int | None = None,
    ) -> None:
        """The prices that margin follows from; a source gives them at most once a second."""
        self._sequencer.move(MoveMarket(symbol=symbol, last=last, mark=mark, index=index))

    def quotes(self, symbol: str, bid: int, ask: int) -> None:
        """The best prices of the source's book."""
        self._sequencer.move(MoveMarket(symbol=symbol, bid=bid, ask=ask))


def _until_reached(prices: Column, reached: Reach) -> int:
    """How many prices come before the first that reaches somebody."""
    hits = (prices <= reached.low) | (prices >= reached.high)
    first = int(np.argmax(hits))
    return first if hits[first] else len(hits)
