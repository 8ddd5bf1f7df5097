"""The tape: what the public market did, told as it happens.

It is no part of the state and is not journaled: it is made of facts and of what sources deliver,
and a venue decides nothing by it. So it may forget, and trouble in it stops nothing: it is told
once, and what is shown of the market may lack something from then on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from clearhouse.engine.state import State
from clearhouse.messages.events import ClockSet, ContractListed, Event, VenueReset
from clearhouse.messages.market_queries import CandleRow
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_events import (
    FundFilled,
    HouseFilled,
    LiquiditySet,
    MarketMoved,
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
    PriceSet,
    QuotingSet,
)
from clearhouse.model.ids import Millis
from clearhouse.model.orders import SELL
from clearhouse.model.trades import Trades
from clearhouse.tape.symbol import SymbolTape, open_tape

Trouble = Callable[[str], object]


class ToSave(NamedTuple):
    """Candles for a store; `forget`: nothing that it has of before is true any more."""

    forget: bool
    rows: list[CandleRow]


class Tape:
    """What the public market did, of every symbol.

    `born`: counts beginnings, so that what was read of an earlier tape is known to be past.
    `forgets`: what a store has of it is of an earlier tape too.
    """

    def __init__(self, on_trouble: Trouble = lambda _: None) -> None:
        self.symbols: dict[str, SymbolTape] = {}
        self.born = 0
        self.forgets = False
        self.on_trouble = on_trouble
        self._troubled = False

    def of(self, symbol: str) -> SymbolTape:
        """The tape of a listed symbol; refuses where there is none."""
        found = self.symbols.get(symbol)
        if found is None:
            raise Rejected(Reason.UNKNOWN_SYMBOL, f"no symbol {symbol} is listed")
        return found

    def observe(self, state: State, event: Event) -> None:
        """Take in what an event that was just applied did to a market."""
        take = TAKEN.get(type(event))
        if take is not None:
            try:
                take(self, state, event)
            except Exception as error:  # noqa: BLE001  a venue goes on without its tape
                self._complain(error)

    def traded(self, state: State, symbol: str, first_id: int, trades: Trades) -> None:
        """Take in trades of the outside, numbered from `first_id` on."""
        try:
            if len(trades.at):
                self._listed(state, symbol).trades(first_id, trades)
        except Exception as error:  # noqa: BLE001  as above
            self._complain(error)

    def moved(self, state: State, symbol: str) -> None:
        """The prices of a symbol are others now."""
        try:
            market = state.markets[symbol]
            self._listed(state, symbol).move(market, market.priced_at)
        except Exception as error:  # noqa: BLE001  as above
            self._complain(error)

    def booked(self, state: State, symbol: str) -> None:
        """The book of a symbol is another now."""
        try:
            self._listed(state, symbol).updates.changed(state.seq)
        except Exception as error:  # noqa: BLE001  as above
            self._complain(error)

    def to_save(self, symbols: Iterable[str]) -> ToSave:
        """Candles of some symbols that a store is to keep; `saved` says when it has them."""
        forget, self.forgets = self.forgets, False
        try:
            return ToSave(forget, list(self._unsaved(symbols)))
        except Exception as error:  # noqa: BLE001  as above
            self._complain(error)
            return ToSave(forget, [])

    def _unsaved(self, symbols: Iterable[str]) -> Iterator[CandleRow]:
        for symbol in symbols:
            found = self.symbols.get(symbol)
            if found is not None:
                yield from found.unsaved(symbol)

    def saved(self) -> None:
        """A store has what `to_save` told."""
        for tape in self.symbols.values():
            tape.saving = {}

    def begin(self, state: State, at: Millis) -> None:
        """Begin anew with what is listed; whatever was is forgotten."""
        self.born += 1
        self.symbols = {
            symbol: open_tape(market, state.order_books[symbol], at)
            for symbol, market in state.markets.items()
        }
        self.forgets = True

    def _listed(self, state: State, symbol: str) -> SymbolTape:
        """The tape of a symbol, begun where it is new."""
        found = self.symbols.get(symbol)
        if found is None:
            market, book = state.markets[symbol], state.order_books[symbol]
            found = self.symbols[symbol] = open_tape(market, book, state.at)
        return found

    def _complain(self, error: Exception) -> None:
        if not self._troubled:
            self._troubled = True
            self.on_trouble(f"the public market is not told in full any more: {error!r}")


def _listed(tape: Tape, state: State, event: ContractListed) -> None:
    """A new symbol has a tape; the book of one that changed may have other ticks."""
    tape.booked(state, event.contract.symbol)


def _reset(tape: Tape, state: State, event: VenueReset) -> None:
    tape.begin(state, event.at)


def _clock_set(tape: Tape, state: State, event: ClockSet) -> None:
    """Candles go on where time does; before what they show they begin anew."""
    at = Millis(event.now)
    if any(at < tape_of.latest_minute() for tape_of in tape.symbols.values()):
        tape.begin(state, at)


def _priced(tape: Tape, state: State, event: PriceSet) -> None:
    tape.of(event.symbol).move(state.markets[event.symbol], event.at)
    tape.booked(state, event.symbol)


def _moved(tape: Tape, state: State, event: MarketMoved) -> None:
    """Where a source led: by its trades, which the tape is given, or without any."""
    found = tape.of(event.symbol)
    traded = event.next_trade_id > found.next_id
    found.move(state.markets[event.symbol], event.moved_at, traded=traded)
    tape.booked(state, event.symbol)


def _booked(
    tape: Tape, state: State, event: LiquiditySet | QuotingSet | OrderAmended | OrderEnded
) -> None:
    tape.of(event.symbol).updates.changed(state.seq)


def _placed(tape: Tape, state: State, event: OrderPlaced) -> None:
    tape.of(event.order.symbol).updates.changed(state.seq)


def _filled(tape: Tape, state: State, event: OrderFilled | HouseFilled) -> None:
    """The taker's side of a trade is where the market sees it."""
    found = tape.of(event.symbol)
    found.updates.changed(state.seq)
    if event.maker:
        return
    found.next_id = event.trade_id + 1
    if event.trade_id == found.not_public:
        found.move(state.markets[event.symbol], event.at)
        return
    buyer_maker = event.side is SELL
    found.trade((event.trade_id, event.at, event.price, event.quantity, buyer_maker))


def _taken_over(tape: Tape, _state: State, event: FundFilled) -> None:
    """What the insurance fund takes over is no trade of the book: its price is a price alone."""
    tape.of(event.symbol).not_public = event.trade_id


TAKEN: Mapping[type[Event], Callable[[Tape, State, Any], None]] = MappingProxyType(
    {
        ContractListed: _listed,
        VenueReset: _reset,
        ClockSet: _clock_set,
        PriceSet: _priced,
        MarketMoved: _moved,
        QuotingSet: _booked,
        LiquiditySet: _booked,
        OrderPlaced: _placed,
        OrderFilled: _filled,
        HouseFilled: _filled,
        FundFilled: _taken_over,
        OrderAmended: _booked,
        OrderEnded: _booked,
    }
)
"""What the tape makes of an event; of all others nothing."""
