"""Queries about the public market: trades, candles, statistics.

Answered by the tape (`clearhouse/tape`), which no journal holds; a query about an unknown symbol
is refused. Prices, quantities and values are in units of 1e-8.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis
from clearhouse.model.intervals import Interval
from clearhouse.model.money import divide_toward_zero

Levels = tuple[tuple[int, int], ...]
"""(price, quantity), best first."""


class CandleKind(StrEnum):
    """What a candle is of; the premium is how far the mark stands from the index, as a rate."""

    LAST = "last"
    MARK = "mark"
    INDEX = "index"
    PREMIUM = "premium"


class Candle(Struct, frozen=True, array_like=True, gc=False):
    """What happened to a price from `open_at` until the next candle.

    `trades`: of other kinds than the last price how often it moved; `taker_…`: what buyers took;
    ids are 0 where there was no trade.
    """

    open_at: Millis
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    quote: int = 0
    trades: int = 0
    taker_volume: int = 0
    taker_quote: int = 0
    first_id: int = 0
    last_id: int = 0


class CandleRow(NamedTuple):
    """A candle and whose it is."""

    symbol: str
    kind: CandleKind
    interval: Interval
    candle: Candle


class ReadCandles(Query[tuple[Candle, ...]], frozen=True, kw_only=True):
    """Candles that open from `start` to `end`, oldest first; the last one may still be open.

    Without `start` the latest ones. None is missing in between: where nothing happened the price
    stood still.
    """

    symbol: str
    kind: CandleKind
    interval: Interval
    now: Millis
    limit: int
    start: Millis | None = None
    end: Millis | None = None


class ReadOpenCandle(Query["CandleNow"], frozen=True, kw_only=True):
    """The candle of now."""

    symbol: str
    kind: CandleKind
    interval: Interval
    now: Millis


class CandleNow(NamedTuple):
    """The candle of now. While `since` stands, no candle has changed that was over before."""

    since: tuple[int, int]
    candle: Candle


class ReadPublicTrades(Query[tuple[TradeView, ...]], frozen=True, kw_only=True):
    """The latest public trades, oldest first; with `from_id` the first ones from there on."""

    symbol: str
    limit: int
    from_id: int | None = None


class ReadAggTrades(Query["tuple[AggTrade, ...]"], frozen=True, kw_only=True):
    """Trades of one taker at one time and price as one, oldest first.

    The latest ones; with `from_id` or `start` the first ones from there on. `start` and `end` are
    times, both inclusive.
    """

    symbol: str
    limit: int
    from_id: int | None = None
    start: Millis | None = None
    end: Millis | None = None


class AggTrade(NamedTuple):
    """An aggregate trade; `agg_id` is the id of its first trade."""

    agg_id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    at: Millis
    buyer_maker: bool


class ReadStatistics(Query["tuple[StatisticsView, ...]"], frozen=True, kw_only=True):
    """The last 24 hours of a symbol, or of every one in listing order."""

    now: Millis
    symbol: str | None = None


class Birth(NamedTuple):
    """When a symbol's market began here, by the minute, and its last price then."""

    at: Millis
    price: int


class StatisticsView(Struct, frozen=True, kw_only=True, gc=False):
    """The last 1,440 candles of a minute, the open one with them, as one.

    `open_at`: of the first of them; `close_at`: the time of the last trade. `last_quantity`: of
    the last trade.
    """

    symbol: str
    open_at: Millis
    close_at: Millis
    open: int
    high: int
    low: int
    last: int
    last_quantity: int
    volume: int
    quote: int
    trades: int
    first_id: int
    last_id: int

    @property
    def change(self) -> int:
        """How far the price moved."""
        return self.last - self.open

    @property
    def change_percent(self) -> int:
        """The same in percent of where it was."""
        return divide_toward_zero(100 * self.change, self.open)

    @property
    def average(self) -> int:
        """What a unit was traded at; 0 where nothing was."""
        return divide_toward_zero(self.quote, self.volume) if self.volume else 0


TapeQuery = ReadCandles | ReadOpenCandle | ReadPublicTrades | ReadAggTrades | ReadStatistics


class StoredCandles(Query[tuple[Candle, ...]], frozen=True, kw_only=True):
    """Candles that a journal keeps, oldest first: those that open from `start` to `end`.

    `newest`: the last so many of them, else the first. Where nothing happened there is none.
    """

    symbol: str
    kind: CandleKind
    interval: Interval
    start: Millis
    end: Millis
    limit: int
    newest: bool = False
