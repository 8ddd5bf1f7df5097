"""What a source delivers, told to whoever records it.

The tap stands between the source and the venue. It passes everything on first, so what the venue
refused is not told, and tells it as lines of JSON: whatever the source gave, with the venue's time
and, beside best prices, what the book had there. Nobody waits for a reader: one that falls too far
behind is cut, and is told so, because a recording with a gap is none.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
from msgspec import Struct

from clearhouse.feeds.port import Movements, SourceView
from clearhouse.model.ids import Millis
from clearhouse.model.trades import Trades

MOST_BYTES = 64 * 1024 * 1024
"""What may wait for a reader."""


class Begun(Struct, frozen=True, tag_field="kind", tag="begun"):
    """The first line: the time, and how many decimals prices and quantities of each have."""

    at: int
    decimals: dict[str, tuple[int, int]]


class TradesDelivered(Struct, frozen=True, tag_field="kind", tag="trades"):
    """Trades in columns; numbers in units of 1e-8."""

    symbol: str
    at: list[int]
    price: list[int]
    quantity: list[int]
    buyer_maker: list[bool]


class QuotesDelivered(Struct, frozen=True, tag_field="kind", tag="quotes"):
    """Best prices, and what the book of the venue had there afterwards."""

    symbol: str
    at: int
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


class PricesDelivered(Struct, frozen=True, tag_field="kind", tag="prices"):
    """Prices that were set."""

    symbol: str
    at: int
    last: int | None = None
    mark: int | None = None
    index: int | None = None


class Beat(Struct, frozen=True, tag_field="kind", tag="beat"):
    """Nothing was delivered lately; how the source does."""

    at: int
    state: str


class Cut(Struct, frozen=True, tag_field="kind", tag="cut"):
    """The last line: why there are no more."""

    reason: str


Delivery = TradesDelivered | QuotesDelivered | PricesDelivered
Line = Begun | Delivery | Beat | Cut

read_line = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


class Best(NamedTuple):
    """What stands at the best prices of a book, in units of 1e-8; nothing is 0."""

    bid_quantity: int
    ask_quantity: int


class Reader:
    """Lines that wait for somebody."""

    def __init__(self, symbols: Collection[str]) -> None:
        self.symbols = symbols
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self.cut = ""

    def add(self, line: Line) -> None:
        """Let a line wait. Too many are thrown away, and the reader is cut."""
        if self.cut:
            return
        text = _encode(line) + b"\n"
        self._lines.append(text)
        self._bytes += len(text)
        if self._bytes > MOST_BYTES:
            self.end(f"the reader is {self._bytes // 2**20} MiB behind")

    def end(self, reason: str) -> None:
        """Tell no more."""
        if not self.cut:
            self.cut = reason
            self._lines.clear()
            self._lines.append(_encode(Cut(reason)) + b"\n")

    def take(self) -> bytes:
        """All lines that wait."""
        lines = b"".join(self._lines)
        self._lines.clear()
        self._bytes = 0
        return lines


class Tap:
    """Passes on what a source delivers, and tells it to readers."""

    def __init__(
        self,
        movements: Movements,
        *,
        now: Callable[[], Millis],
        best: Callable[[str], Best],
    ) -> None:
        self._movements = movements
        self._now = now
        self._best = best
        self._readers: list[Reader] = []

    @property
    def readers(self) -> int:
        """How many there are."""
        return len(self._readers)

    @contextmanager
    def reading(self, symbols: Collection[str] = ()) -> Iterator[Reader]:
        """Tell what is delivered meanwhile, of all symbols or of some."""
        reader = Reader(symbols)
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers.remove(reader)

    def close(self, reason: str) -> None:
        """Tell nobody any more."""
        for reader in self._readers:
            reader.end(reason)

    def beat(self, reader: Reader, view: SourceView) -> None:
        """A line for a reader to whom nothing else is told."""
        reader.add(Beat(self._now(), view.state))

    def trades(self, symbol: str, trades: Trades) -> None:
        """Public trades."""
        self._movements.trades(symbol, trades)
        for reader in self._of(symbol):
            columns = (column.tolist() for column in trades)
            reader.add(TradesDelivered(symbol, *columns))

    def prices(
        self,
        symbol: str,
        *,
        last: int | None = None,
        mark: int | None = None,
        index: int | None = None,
    ) -> None:
        """New prices."""
        self._movements.prices(symbol, last=last, mark=mark, index=index)
        for reader in self._of(symbol):
            reader.add(PricesDelivered(symbol, self._now(), last, mark, index))

    def quotes(self, symbol: str, bid: int, ask: int) -> None:
        """Best prices."""
        self._movements.quotes(symbol, bid, ask)
        for reader in self._of(symbol):
            there = self._best(symbol)
            reader.add(
                QuotesDelivered(
                    symbol, self._now(), bid, there.bid_quantity, ask, there.ask_quantity
                )
            )

    def _of(self, symbol: str) -> Iterator[Reader]:
        """Readers of a symbol."""
        return (one for one in self._readers if not one.symbols or symbol in one.symbols)
