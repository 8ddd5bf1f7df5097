"""Streams of the last 24 hours: of a symbol, and of those whose statistics changed.

Sources: «Individual Symbol Ticker Streams», «All Market Tickers Streams», «Individual Symbol Mini
Ticker Stream», «All Market Mini Tickers Stream».
"""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from typing_extensions import override

from clearhouse.api.fapi.market.levels import value_decimals
from clearhouse.api.fapi.market.prices import PERCENT_DECIMALS
from clearhouse.api.streams.market.channel import EVERY, SYMBOL_CLASS, Channel, Seen
from clearhouse.messages.market_queries import ReadStatistics, StatisticsView
from clearhouse.messages.queries import Query
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import with_decimals


class Ticker(Struct, frozen=True, kw_only=True, tag_field="e", tag="24hrTicker"):
    """The last 24 hours of a symbol."""

    E: Millis
    s: str
    p: str
    P: str
    w: str
    c: str
    Q: str
    o: str
    h: str
    l: str  # noqa: E741  the exchange's name
    v: str
    q: str
    O: Millis  # noqa: E741  the exchange's name
    C: Millis
    F: int
    L: int
    n: int
    ps: str
    st: int = SYMBOL_CLASS


class MiniTicker(Struct, frozen=True, kw_only=True, tag_field="e", tag="24hrMiniTicker"):
    """The same in short."""

    E: Millis
    s: str
    c: str
    o: str
    h: str
    l: str  # noqa: E741  the exchange's name
    v: str
    q: str
    ps: str
    st: int = SYMBOL_CLASS


Row = Callable[[Contract, StatisticsView, Millis], Struct]


def ticker(contract: Contract, view: StatisticsView, now: Millis) -> Ticker:
    """The statistics of a symbol."""
    prices, sizes = contract.price_precision, contract.quantity_precision
    return Ticker(
        E=now,
        s=view.symbol,
        p=with_decimals(view.change, prices),
        P=with_decimals(view.change_percent, PERCENT_DECIMALS),
        w=with_decimals(view.average, prices),
        c=with_decimals(view.last, prices),
        Q=with_decimals(view.last_quantity, sizes),
        o=with_decimals(view.open, prices),
        h=with_decimals(view.high, prices),
        l=with_decimals(view.low, prices),
        v=with_decimals(view.volume, sizes),
        q=with_decimals(view.quote, value_decimals(contract)),
        O=view.open_at,
        C=view.close_at,
        F=view.first_id,
        L=view.last_id,
        n=view.trades,
        ps=view.symbol,
    )


def mini_ticker(contract: Contract, view: StatisticsView, now: Millis) -> MiniTicker:
    """The statistics of a symbol in short."""
    prices = contract.price_precision
    return MiniTicker(
        E=now,
        s=view.symbol,
        c=with_decimals(view.last, prices),
        o=with_decimals(view.open, prices),
        h=with_decimals(view.high, prices),
        l=with_decimals(view.low, prices),
        v=with_decimals(view.volume, contract.quantity_precision),
        q=with_decimals(view.quote, value_decimals(contract)),
        ps=view.symbol,
    )


class OneTicker(Channel):
    """`<symbol>@ticker`, `<symbol>@miniTicker`: told when the statistics changed.

    Statistics also change with time: what is older than 24 hours leaves them.
    """

    steady = True

    def __init__(self, symbol: str, row: Row) -> None:
        super().__init__(symbol)
        self._row = row
        self._told: dict[str, StatisticsView] = {}

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (ReadStatistics(now=now, symbol=self.symbol or None),)

    @override
    def tell(self, seen: Seen) -> Iterator[object]:
        yield from self._changed(seen)

    def _changed(self, seen: Seen) -> Iterator[Struct]:
        for view in seen.answers.get(self.asks(seen.now)[0], ()):
            contract = seen.contract(view.symbol)
            if contract and (seen.fresh or self._told.get(view.symbol) != view):
                self._told[view.symbol] = view
                yield self._row(contract, view, seen.now)


class AllTickers(OneTicker):
    """`!ticker@arr`, `!miniTicker@arr`: those that changed, as one list."""

    def __init__(self, row: Row) -> None:
        super().__init__(EVERY, row)

    @override
    def tell(self, seen: Seen) -> Iterator[object]:
        rows = list(self._changed(seen))
        if rows:
            yield rows
