"""Streams of candles: the open one whenever it changed, and each once more when it closed.

Sources: «Kline/Candlestick Streams», «Continuous Contract Kline/Candlestick Streams». Candles are
those of `klines`.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field
from typing_extensions import override

from clearhouse.api.fapi.market.levels import value_decimals
from clearhouse.api.streams.market.channel import Channel, Seen
from clearhouse.messages.market_queries import (
    Candle,
    CandleKind,
    CandleNow,
    ReadCandles,
    ReadOpenCandle,
)
from clearhouse.messages.queries import Query
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.intervals import Interval, following, opening
from clearhouse.model.money import with_decimals

NO_TRADE = -1
"""The ids of a candle without trades."""

CAUGHT_UP = 500
"""Closed candles that a turn tells at most: the latest ones, where a clock was moved far."""


class ContinuousCandle(Struct, frozen=True, kw_only=True):
    """A candle of a contract; `x`: it is closed."""

    t: Millis
    T: Millis
    i: Interval
    f: int
    L: int
    o: str
    c: str
    h: str
    l: str  # noqa: E741  the exchange's name
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str
    B: str = "0"


class SymbolCandle(Struct, frozen=True, kw_only=True):
    """The same, with the symbol."""

    t: Millis
    T: Millis
    s: str
    i: Interval
    f: int
    L: int
    o: str
    c: str
    h: str
    l: str  # noqa: E741  the exchange's name
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str
    B: str = "0"


class Kline(Struct, frozen=True, kw_only=True, tag_field="e", tag="kline"):
    """A candle of a symbol."""

    E: Millis
    s: str
    k: SymbolCandle


class ContinuousKline(Struct, frozen=True, kw_only=True, tag_field="e", tag="continuous_kline"):
    """A candle of the contract of a pair."""

    E: Millis
    pair: str = field(name="ps")
    ct: str
    k: ContinuousCandle


class Candles(Channel):
    """`<symbol>@kline_<interval>`."""

    steady = True

    def __init__(self, symbol: str, interval: Interval) -> None:
        super().__init__(symbol)
        self._interval = interval
        self._told: CandleNow | None = None

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        closed = self._closed(now)
        return (self._open(now), closed) if closed else (self._open(now),)

    def _open(self, now: Millis) -> ReadOpenCandle:
        symbol, interval = self.symbol, self._interval
        return ReadOpenCandle(symbol=symbol, kind=CandleKind.LAST, interval=interval, now=now)

    def _closed(self, now: Millis) -> ReadCandles | None:
        """What closed since the last turn, if its time is over."""
        first = self._told.candle.open_at if self._told else now
        last = following(self._interval, opening(self._interval, now), -1)
        if first > last:
            return None
        return ReadCandles(
            symbol=self.symbol,
            kind=CandleKind.LAST,
            interval=self._interval,
            now=now,
            limit=CAUGHT_UP,
            start=max(first, following(self._interval, last, 1 - CAUGHT_UP)),
            end=last,
        )

    @override
    def begin(self, seen: Seen) -> None:
        self._told = seen.answers.get(self._open(seen.now))

    @override
    def tell(self, seen: Seen) -> Iterator[Struct]:
        contract, now = seen.contract(self.symbol), seen.answers.get(self._open(seen.now))
        if contract is None or now is None:
            return
        if self._told and self._told.since[0] == now.since[0]:  # else time was turned back
            closed = self._closed(seen.now)
            for candle in seen.answers.get(closed, ()) if closed else ():
                yield self._event(contract, candle, seen.now, closed=True)
        if seen.fresh or self._told is None or self._told.candle != now.candle:
            self._told = now
            yield self._event(contract, now.candle, seen.now, closed=False)

    def _event(self, contract: Contract, candle: Candle, now: Millis, *, closed: bool) -> Struct:
        parts = _parts(contract, candle, self._interval, closed=closed)
        return Kline(E=now, s=contract.symbol, k=SymbolCandle(s=contract.symbol, **parts))


class ContinuousCandles(Candles):
    """`<pair>_<contractType>@continuousKline_<interval>`: only perpetual contracts are listed."""

    @override
    def _event(self, contract: Contract, candle: Candle, now: Millis, *, closed: bool) -> Struct:
        parts = _parts(contract, candle, self._interval, closed=closed)
        kline = ContinuousCandle(**parts)
        return ContinuousKline(E=now, pair=contract.symbol, ct="PERPETUAL", k=kline)


def _parts(
    contract: Contract, candle: Candle, interval: Interval, *, closed: bool
) -> dict[str, Any]:
    prices, sizes = contract.price_precision, contract.quantity_precision
    values = value_decimals(contract)
    return {
        "t": candle.open_at,
        "T": Millis(following(interval, candle.open_at) - 1),
        "i": interval,
        "f": candle.first_id or NO_TRADE,
        "L": candle.last_id or NO_TRADE,
        "o": with_decimals(candle.open, prices),
        "c": with_decimals(candle.close, prices),
        "h": with_decimals(candle.high, prices),
        "l": with_decimals(candle.low, prices),
        "v": with_decimals(candle.volume, sizes),
        "n": candle.trades,
        "x": closed,
        "q": with_decimals(candle.quote, values),
        "V": with_decimals(candle.taker_volume, sizes),
        "Q": with_decimals(candle.taker_quote, values),
    }
