"""Streams of the book: its best prices, its best levels, and what changes in it.

Sources: «Individual Symbol Book Ticker Streams», «All Book Tickers Stream», «Partial Book Depth
Streams», «Diff. Book Depth Streams». `u` is the number of the book's last change, the
`lastUpdateId` of `depth`; a stream chains over what it told: `pu` is its last `u` and `U` the next
number after that.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from typing_extensions import override

from clearhouse.api.fapi.market.levels import Level, levels
from clearhouse.api.streams.market.channel import SYMBOL_CLASS, Channel, Seen
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import DepthView, QuoteView, ReadDepth, ReadQuotes
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.instruments import Contract

WHOLE = sys.maxsize
"""As many levels as there are."""

Shown = Iterable[tuple[int, int]]


class BookTicker(Struct, frozen=True, kw_only=True, tag_field="e", tag="bookTicker"):
    """The best of a book."""

    u: Seq
    E: Millis
    T: Millis
    s: str
    ps: str
    b: str
    B: str
    a: str
    A: str
    st: int = SYMBOL_CLASS


class ListedBookTicker(Struct, frozen=True, kw_only=True, tag_field="e", tag="bookTicker"):
    """The same in the stream of all symbols, in another order."""

    u: Seq
    E: Millis
    T: Millis
    s: str
    b: str
    B: str
    a: str
    A: str
    ps: str
    st: int = SYMBOL_CLASS


class DepthUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="depthUpdate"):
    """Levels of a book: the best, or those that changed, with 0 for one that is gone."""

    E: Millis
    T: Millis
    s: str
    U: Seq
    u: Seq
    pu: Seq
    b: list[Level]
    a: list[Level]
    ps: str
    st: int = SYMBOL_CLASS


class BestPrices(Channel):
    """`<symbol>@bookTicker`: told when the best price or quantity of a side changes."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self._query = ReadDepth(symbol, 1)
        self._told: Any = None

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (self._query,)

    @override
    def tell(self, seen: Seen) -> Iterator[BookTicker]:
        contract, depth = seen.contract(self.symbol), seen.answers.get(self._query)
        if contract and depth and (seen.fresh or self._told != (depth.bids, depth.asks)):
            self._told = depth.bids, depth.asks
            (b, B), (a, A) = (_first(contract, side) for side in self._told)  # noqa: N806  as on the wire
            update, at, now = depth.update_id, depth.at, seen.now
            name = self.symbol
            yield BookTicker(u=update, E=now, T=at, s=name, ps=name, b=b, B=B, a=a, A=A)


class AllBestPrices(Channel):
    """`!bookTicker`: an event for each symbol whose book changed since the last turn."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, Seq] = {}

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (ReadQuotes(now),)

    @override
    def tell(self, seen: Seen) -> Iterator[ListedBookTicker]:
        for quote in seen.answers.get(ReadQuotes(seen.now), ()):
            if seen.fresh or self._told.get(quote.symbol) != quote.update_id:
                self._told[quote.symbol] = quote.update_id
                yield _best(seen.listed.contracts[quote.symbol], quote, seen.now)


def _best(contract: Contract, quote: QuoteView, now: Millis) -> ListedBookTicker:
    best = (quote.bid, quote.bid_quantity), (quote.ask, quote.ask_quantity)
    (b, B), (a, A) = levels(contract, best)  # noqa: N806  as on the wire
    name, update, at = quote.symbol, quote.update_id, quote.updated_at
    return ListedBookTicker(u=update, E=now, T=at, s=name, b=b, B=B, a=a, A=A, ps=name)


class Chained(Channel):
    """A stream of depth updates, each joined to the one before."""

    def __init__(self, symbol: str, query: ReadDepth) -> None:
        super().__init__(symbol)
        self._query = query
        self._last = Seq(0)

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (self._query,)

    def _update(
        self, seen: Seen, depth: DepthView, sides: tuple[Shown, Shown], contract: Contract
    ) -> DepthUpdate:
        bids, asks = (levels(contract, side) for side in sides)
        last, self._last = self._last, depth.update_id
        return DepthUpdate(
            E=seen.now,
            T=depth.at,
            s=self.symbol,
            U=min(Seq(last + 1), depth.update_id),
            u=depth.update_id,
            pu=last,
            b=bids,
            a=asks,
            ps=self.symbol,
        )


class BestLevels(Chained):
    """`<symbol>@depth<levels>`: the best levels, whenever the book changed."""

    def __init__(self, symbol: str, limit: int) -> None:
        super().__init__(symbol, ReadDepth(symbol, limit))

    @override
    def begin(self, seen: Seen) -> None:
        depth = seen.answers.get(self._query)
        self._last = depth.update_id if depth else Seq(0)

    @override
    def tell(self, seen: Seen) -> Iterator[DepthUpdate]:
        contract, depth = seen.contract(self.symbol), seen.answers.get(self._query)
        if contract and depth and (seen.fresh or depth.update_id != self._last):
            yield self._update(seen, depth, (depth.bids, depth.asks), contract)


class Differences(Chained):
    """`<symbol>@depth`, `<symbol>@rpiDepth`: the levels that are others than when last told.

    Where a client read the book meanwhile, all of it is told: what it saw may have come and gone,
    or be back. Where the book changed and no level is another, the best are told as they are,
    because clients refuse an event without levels; a book without levels waits for its next change.
    """

    def __init__(self, symbol: str, *, retail: bool = False) -> None:
        super().__init__(symbol, ReadDepth(symbol, WHOLE, retail=retail))
        self._sides: tuple[dict[int, int], dict[int, int]] = {}, {}

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        self._query = replace(self._query, since=self._last)
        return (self._query,)

    @override
    def begin(self, seen: Seen) -> None:
        depth = seen.answers.get(self._query)
        if depth:
            self._last = depth.update_id
            self._sides = dict(depth.bids), dict(depth.asks)

    @override
    def tell(self, seen: Seen) -> Iterator[DepthUpdate]:
        contract, depth = seen.contract(self.symbol), seen.answers.get(self._query)
        if contract and depth and depth.update_id != self._last:
            sides = dict(depth.bids), dict(depth.asks)
            if depth.shown is None:
                bids, asks = (changed(*pair) for pair in zip(self._sides, sides, strict=True))
            else:  # whoever read the book meanwhile knows nothing of what was told before
                known = zip(self._sides, depth.shown, strict=True)
                bids, asks = (
                    whole((*before, *shown), now)
                    for (before, shown), now in zip(known, sides, strict=True)
                )
            self._sides = sides
            told = (bids, asks) if bids or asks else (depth.bids[:1], depth.asks[:1])
            if any(told):
                yield self._update(seen, depth, told, contract)


def changed(before: dict[int, int], now: dict[int, int]) -> list[tuple[int, int]]:
    """Levels that are new, of another quantity, or gone (with 0): by price."""
    gone = {price: 0 for price in before if price not in now}
    other = {price: size for price, size in now.items() if before.get(price) != size}
    return sorted((gone | other).items())


def whole(known: Iterable[int], now: dict[int, int]) -> list[tuple[int, int]]:
    """Every level, and 0 for prices that somebody knows and that are gone: by price."""
    return sorted((dict.fromkeys(known, 0) | now).items())


def _first(contract: Contract, side: tuple[tuple[int, int], ...]) -> Level:
    """The best level of a side; zeros where it is empty."""
    [best] = levels(contract, side[:1] or ((0, 0),))
    return best
