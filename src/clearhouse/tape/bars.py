"""Candles while they grow: a minute, and the larger ones that are folded from minutes.

A trade touches the open minute alone. When the next minute begins, the one before is closed and
folded into the larger ones; what a larger one is at any moment follows from both. So small
candles add up to large ones exactly: also where a large one begins before anything happened in
it, because the price stood somewhere then, and that is where it opens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from clearhouse.messages.market_queries import Candle
from clearhouse.model.ids import MINUTE_MS, Millis
from clearhouse.model.intervals import LENGTHS, Interval, following, opening

MINUTE: Interval = "1m"
LARGER: tuple[Interval, ...] = tuple(interval for interval in LENGTHS if interval != MINUTE)


@dataclass(slots=True)
class Bar:
    """A candle that grows; its fields are those of `Candle`."""

    open_at: int
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

    def touch(self, price: int) -> None:
        """The price is there now."""
        self.close = price
        if price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price

    def fold(self, later: "Bar | Candle") -> None:
        """Take in what came after."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote += later.quote
        self.trades += later.trades
        self.taker_volume += later.taker_volume
        self.taker_quote += later.taker_quote
        self.first_id = self.first_id or later.first_id
        self.last_id = later.last_id or self.last_id

    def without(self, later: "Bar") -> "Bar":
        """What it was before `later` was folded in, but for the prices, which stay."""
        alone = self.first_id == later.first_id
        return replace(
            self,
            volume=self.volume - later.volume,
            quote=self.quote - later.quote,
            trades=self.trades - later.trades,
            taker_volume=self.taker_volume - later.taker_volume,
            taker_quote=self.taker_quote - later.taker_quote,
            first_id=0 if alone else self.first_id,
            last_id=0 if alone else self.last_id,
        )

    def copy(self) -> "Bar":
        """Another one that is the same by now."""
        return Bar(
            self.open_at,
            self.open,
            self.high,
            self.low,
            self.close,
            self.volume,
            self.quote,
            self.trades,
            self.taker_volume,
            self.taker_quote,
            self.first_id,
            self.last_id,
        )

    def candle(self) -> Candle:
        """What it is by now."""
        return Candle(
            Millis(self.open_at),
            self.open,
            self.high,
            self.low,
            self.close,
            self.volume,
            self.quote,
            self.trades,
            self.taker_volume,
            self.taker_quote,
            self.first_id,
            self.last_id,
        )


def bar_of(candle: Candle) -> Bar:
    """The bar that a candle shows."""
    return Bar(*(getattr(candle, name) for name in Candle.__struct_fields__))


def flat(open_at: int, price: int) -> Bar:
    """A price that stands still."""
    return Bar(open_at, price, price, price, price)


Closed = tuple[Interval, Candle]


@dataclass(slots=True)
class Series:
    """The candles of one price of a symbol that are still open, and those just closed.

    `before`: the price at which the open minute began. `closed` is emptied by whoever keeps them.
    """

    minute: Bar
    before: int
    larger: dict[Interval, Bar] = field(default_factory=dict)
    ends: dict[Interval, Millis] = field(default_factory=dict)
    closed: list[Closed] = field(default_factory=list)

    @property
    def price(self) -> int:
        """Where the price is."""
        return self.minute.close

    def at_minute(self, at: int) -> bool:
        """Whether a moment belongs to the open minute; what comes late does too."""
        return at < self.minute.open_at + MINUTE_MS

    def take(self, piece: Bar) -> None:
        """Take in what happened within a minute, not before what was taken in."""
        if self.at_minute(piece.open_at):
            self.minute.fold(piece)
        else:
            self._next(piece)

    def touch(self, at: int, price: int) -> None:
        """The price is there now, without a trade; until now it was where it was."""
        if not self.at_minute(at):
            self._next(flat(at - at % MINUTE_MS, self.price))
        self.minute.touch(price)

    def current(self, interval: Interval) -> Candle:
        """The open candle of an interval."""
        if interval == MINUTE:
            return self.minute.candle()
        return self._with_minute(interval).candle()

    def _next(self, piece: Bar) -> None:
        """Close the open minute, and what ends with it or before the next one."""
        minute = self.minute
        self.closed.append((MINUTE, minute.candle()))
        for interval in LARGER:
            whole = self.larger.get(interval)
            if whole is None:
                whole = self.larger[interval] = self._begin(interval)
            else:
                whole.fold(minute)
            if piece.open_at >= self.ends[interval]:
                self.closed.append((interval, whole.candle()))
                del self.larger[interval]
        self.before, self.minute = minute.close, piece

    def _with_minute(self, interval: Interval) -> Bar:
        """A larger candle with the open minute in it."""
        folded = self.larger.get(interval)
        if folded is None:
            return self._begin(interval)
        whole = folded.copy()
        whole.fold(self.minute)
        return whole

    def _begin(self, interval: Interval) -> Bar:
        """One that begins with the open minute, or flat before it."""
        minute = self.minute
        open_at = opening(interval, minute.open_at)
        self.ends[interval] = following(interval, open_at)
        if open_at == minute.open_at:
            return minute.copy()
        begun = flat(open_at, self.before)
        begun.fold(minute)
        return begun


def begin(at: int, price: int) -> Series:
    """A series whose first price this is: nothing was before."""
    series = Series(flat(at - at % MINUTE_MS, price), price)
    for interval in LARGER:
        series.larger[interval] = flat(opening(interval, at), price)
        series.ends[interval] = following(interval, opening(interval, at))
    return series


def resume(candles: dict[Interval, Candle]) -> Series | None:
    """The series whose latest candles these are; None where there is no minute among them."""
    if MINUTE not in candles:
        return None
    minute = bar_of(candles[MINUTE])
    series = Series(minute, minute.open)
    for interval, whole in _larger_of(candles, minute):
        series.larger[interval] = whole.without(minute)
        series.ends[interval] = following(interval, whole.open_at)
    return series


def _larger_of(candles: dict[Interval, Candle], minute: Bar) -> Iterator[tuple[Interval, Bar]]:
    """The larger ones that the open minute is part of."""
    for interval in LARGER:
        found = candles.get(interval)
        if found is not None and found.open_at == opening(interval, minute.open_at):
            yield interval, bar_of(found)
