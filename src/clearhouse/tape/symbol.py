"""What one symbol's market did: its trades, the candles of its four prices, its book's updates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.messages.market_queries import (
    Birth,
    Candle,
    CandleKind,
    CandleRow,
    StatisticsView,
)
from clearhouse.model.ids import MINUTE_MS, Millis
from clearhouse.model.intervals import LENGTHS, Interval, following, opening
from clearhouse.model.trades import Trades
from clearhouse.tape.bars import MINUTE, Series, begin, flat, resume
from clearhouse.tape.columns import minutes
from clearhouse.tape.day import Day, first_minute
from clearhouse.tape.prints import Prints, Single
from clearhouse.tape.updates import Updates

LAST = CandleKind.LAST

Kept = dict[tuple[CandleKind, Interval], list[Candle]]

LatestCandles = Mapping[CandleKind, dict[Interval, Candle]]
"""The latest candle of each kind and interval that was kept."""


def prices_of(market: Market) -> dict[CandleKind, int]:
    """The four prices of a market that have candles."""
    return {
        LAST: market.last,
        CandleKind.MARK: market.mark,
        CandleKind.INDEX: market.index,
        CandleKind.PREMIUM: market.premium_index,
    }


@dataclass(slots=True)
class SymbolTape:
    """The tape of a symbol.

    `closed`: closed candles that are to be saved, `saving` those that are being saved: a store
    shows them once it has them. `moved`: kinds whose open candles are to be saved too. `whole`: the
    day has what was before the birth. `next_id`: of the next trade.
    `parts`: what was before the birth of the candles that it falls into, once it was asked for.
    `not_public`: the trade that the insurance fund was part of last. `seen`: the minute that was
    shown as that of now; `late`: how often something came from before it.
    """

    birth: Birth
    next_id: int
    series: dict[CandleKind, Series]
    day: Day
    updates: Updates
    prints: Prints = field(default_factory=Prints)
    closed: Kept = field(default_factory=dict)
    saving: Kept = field(default_factory=dict)
    moved: set[CandleKind] = field(default_factory=set)
    parts: dict[tuple[CandleKind, Interval], Sequence[Candle]] = field(default_factory=dict)
    seen: int = 0
    late: int = 0
    whole: bool = False
    not_public: int = 0

    def trade(self, single: Single) -> None:
        """One trade of this venue's book."""
        trade_id, at, price, quantity, buyer_maker = single
        self._look(at)
        self.prints.add(single)
        self.series[LAST].trade(at, price, quantity, trade_id, buyer_maker=buyer_maker)
        self._moved(LAST)

    def trades(self, first_id: int, trades: Trades) -> None:
        """Trades of the outside."""
        self._look(int(trades.at[0]))
        self.prints.extend(first_id, trades)
        self.next_id = first_id + len(trades.at)
        last = self.series[LAST]
        for piece in minutes(trades, first_id):
            last.take(piece)
        self._moved(LAST)

    def move(self, market: Market, at: Millis, *, traded: bool = False) -> None:
        """The prices are where the market says; `traded`: by trades, which are still to be told."""
        self._look(at)
        for kind, price in prices_of(market).items():
            series = self.series[kind]
            if price == series.price or (traded and kind is LAST):
                continue
            series.touch(at, price)
            if kind is not LAST:
                series.minute.trades += 1
            self._moved(kind)

    def _look(self, at: int) -> None:
        """Note what comes later than it was: in a minute that was shown as over."""
        if at < self.seen:
            self.late += 1

    def _moved(self, kind: CandleKind) -> None:
        self.moved.add(kind)
        closed = self.series[kind].closed
        if closed:
            self._close(kind)

    def _close(self, kind: CandleKind) -> None:
        """Keep what was closed until it is saved."""
        series = self.series[kind]
        for interval, candle in series.closed:
            self.closed.setdefault((kind, interval), []).append(candle)
            if kind is LAST and interval == MINUTE:
                self.day.add(candle)
        series.closed.clear()

    def unsaved(self, symbol: str) -> Iterator[CandleRow]:
        """Every candle that is another than when it was saved last; each is told once."""
        assert not self.saving
        for (kind, interval), candles in self.closed.items():
            for candle in candles:
                yield CandleRow(symbol, kind, interval, candle)
        for kind in sorted(self.moved):
            for interval in LENGTHS:
                yield CandleRow(symbol, kind, interval, self.series[kind].current(interval))
        self.saving, self.closed, self.moved = self.closed, {}, set()

    def recent(self, kind: CandleKind, interval: Interval) -> list[Candle]:
        """What no store may have yet: closed candles and the open one, oldest first."""
        key = kind, interval
        closed = *self.saving.get(key, ()), *self.closed.get(key, ())
        return [*closed, self.series[kind].current(interval)]

    def current(self, kind: CandleKind, interval: Interval, now: Millis) -> Candle:
        """The candle of now; flat where nothing has happened in it yet."""
        self.seen = max(self.seen, now - now % MINUTE_MS)
        candle = self.series[kind].current(interval)
        if now < following(interval, candle.open_at):
            return candle
        return flat(opening(interval, now), candle.close).candle()

    def latest_minute(self) -> int:
        """When the latest of the open minutes began."""
        return max(series.minute.open_at for series in self.series.values())

    def statistics(self, symbol: str, now: Millis) -> StatisticsView:
        """The last 24 hours."""
        last = self.series[LAST].minute
        whole, last_at = self.day.window(last, now), self.prints.last_at()
        return StatisticsView(
            symbol=symbol,
            open_at=first_minute(now),
            close_at=last_at if last_at >= first_minute(now) else now,
            open=whole.open,
            high=whole.high,
            low=whole.low,
            last=last.close,
            last_quantity=self.prints.last_quantity(),
            volume=whole.volume,
            quote=whole.quote,
            trades=whole.trades,
            first_id=whole.first_id,
            last_id=whole.last_id,
        )


def open_tape(market: Market, book: OrderBook, at: Millis) -> SymbolTape:
    """A tape that begins now: every price stands where the market has it."""
    series = {kind: begin(at, price) for kind, price in prices_of(market).items()}
    return SymbolTape(
        birth=Birth(opening(MINUTE, at), market.last),
        next_id=market.next_trade_id,
        series=series,
        day=Day(market.last),
        updates=Updates(book.update_id),
        moved=set(series),
    )


def resume_tape(
    market: Market,
    book: OrderBook,
    at: Millis,
    *,
    birth: Birth,
    latest: LatestCandles,
    day: Iterable[Candle],
) -> SymbolTape:
    """A tape that goes on after a restart: with the candles that were kept, and its own trades."""
    tape = open_tape(market, book, at)
    tape.birth = birth
    for kind, candles in latest.items():
        resumed = resume(candles)
        if resumed is not None:
            tape.series[kind] = resumed
    last = tape.series[LAST]
    tape.day = Day(birth.price)
    tape.day.put_before(candle for candle in day if candle.open_at < last.minute.open_at)
    for trade in market.trades:
        row = (trade.trade_id, trade.at, trade.price, trade.quantity, trade.buyer_maker)
        tape.prints.add(row)
    tape.move(market, at)
    return tape
