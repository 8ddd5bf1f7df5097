"""Writes what a source delivered as files of the archive, laid out in directories like it.

Trades and book tickers are numbered from 1; a directory that holds a recording already is not
added to. An aggregate trade is a run of trades of one millisecond, price and side. Of marks and
indexes come candles of a minute. A file is of one UTC day, by the time of what is in it, and each
has a header line. Files are named `.part` until they are whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.kinds import (
    AGG_TRADES,
    BOOK_TICKER,
    INDEX_PRICE_KLINES,
    MARK_PRICE_KLINES,
    TRADES,
    Kind,
    place,
)
from clearhouse.model.ids import DAY_MS, MINUTE_MS
from clearhouse.model.money import (
    at_least,
    fixed8,
    multiply_toward_zero,
    trimmed,
)

_PART = ".part"


class Decimals(NamedTuple):
    """Decimals that prices and quantities of a symbol are written with, at least."""

    price: int
    quantity: int


class Traded(NamedTuple):
    """A trade."""

    at: int
    price: int
    quantity: int
    buyer_maker: bool


class Quoted(NamedTuple):
    """Best prices and what stands there."""

    at: int
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


@dataclass(slots=True)
class _Candle:
    open_at: int
    open: int
    high: int
    low: int
    close: int
    count: int = 1


@dataclass(slots=True)
class _Aggregate:
    trade: Traded
    first: int
    last: int


@dataclass(slots=True)
class _Pages:
    """The files of one kind and symbol, one open at a time."""

    root: Path
    kind: Kind
    symbol: str
    interval: str = ""
    rows: int = 0
    _day: int = -1
    _file: IO[str] | None = None
    _path: Path = field(default_factory=Path)
    _done: set[Path] = field(default_factory=set)

    def add(self, at: int, row: str) -> None:
        """Add a row of a moment."""
        if at // DAY_MS != self._day:
            self._turn(at)
        assert self._file is not None
        self._file.write(row)
        self.rows += 1

    def _turn(self, at: int) -> None:
        """Go on in the file of a moment's day."""
        self.close()
        self._day = at // DAY_MS
        period = datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
        self._path = self.root / place(self.kind, self.symbol, period, self.interval)
        if self._path.exists():
            why = "it is there already; record into another directory"
            if self._path in self._done:
                why = "the source went back to a day that was over"
            raise ArchiveError(self._path, None, why)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.with_name(self._path.name + _PART).open("w", newline="\n")
        self._file.write(f"{self.kind.header}\n")

    def close(self) -> None:
        """Give the file its name."""
        if self._file:
            self._file.close()
            Path(self._file.name).rename(self._path)
            self._done.add(self._path)
            self._file = None


@dataclass(slots=True)
class _SymbolFiles:
    """What is being written of a symbol."""

    root: Path
    symbol: str
    decimals: Decimals
    trades: _Pages = field(init=False)
    aggregates: _Pages = field(init=False)
    tickers: _Pages = field(init=False)
    marks: _Pages = field(init=False)
    indexes: _Pages = field(init=False)
    aggregate: _Aggregate | None = None
    candles: dict[str, _Candle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root, symbol = self.root, self.symbol
        self.trades = _Pages(root, TRADES, symbol)
        self.aggregates = _Pages(root, AGG_TRADES, symbol)
        self.tickers = _Pages(root, BOOK_TICKER, symbol)
        self.marks = _Pages(root, MARK_PRICE_KLINES, symbol, "1m")
        self.indexes = _Pages(root, INDEX_PRICE_KLINES, symbol, "1m")

    @property
    def pages(self) -> tuple[_Pages, ...]:
        return self.trades, self.aggregates, self.tickers, self.marks, self.indexes

    def price(self, units: int) -> str:
        return at_least(units, self.decimals.price)

    def quantity(self, units: int) -> str:
        return at_least(units, self.decimals.quantity)

    def add_trade(self, trade: Traded) -> None:
        number = self.trades.rows + 1
        worth = trimmed(multiply_toward_zero(trade.price, trade.quantity))
        self.trades.add(
            trade.at,
            f"{number},{self.price(trade.price)},{self.quantity(trade.quantity)},{worth},"
            f"{trade.at},{_truth(trade.buyer_maker)}\n",
        )
        self._aggregate(trade, number)

    def _aggregate(self, trade: Traded, number: int) -> None:
        run = self.aggregate
        if run and trade._replace(quantity=run.trade.quantity) == run.trade:
            quantity = run.trade.quantity + trade.quantity
            run.trade, run.last = trade._replace(quantity=quantity), number
        else:
            self.write_aggregate()
            self.aggregate = _Aggregate(trade, number, number)

    def write_aggregate(self) -> None:
        if run := self.aggregate:
            at, price, quantity, maker = run.trade
            self.aggregates.add(
                at,
                f"{self.aggregates.rows + 1},{self.price(price)},{self.quantity(quantity)},"
                f"{run.first},{run.last},{at},{_truth(maker)}\n",
            )
            self.aggregate = None

    def add_quote(self, quote: Quoted) -> None:
        self.tickers.add(
            quote.at,
            f"{self.tickers.rows + 1},{self.price(quote.bid)},{self.quantity(quote.bid_quantity)},"
            f"{self.price(quote.ask)},{self.quantity(quote.ask_quantity)},{quote.at},{quote.at}\n",
        )

    def add_price(self, pages: _Pages, at: int, price: int) -> None:
        open_at = at - at % MINUTE_MS
        candle = self.candles.get(pages.kind.name)
        if candle and candle.open_at == open_at:
            candle.high, candle.low = max(candle.high, price), min(candle.low, price)
            candle.close = price
            candle.count += 1
            return
        if candle:
            _write_candle(pages, candle)
        self.candles[pages.kind.name] = _Candle(open_at, price, price, price, price)

    def close(self) -> None:
        self.write_aggregate()
        for pages in (self.marks, self.indexes):
            if candle := self.candles.pop(pages.kind.name, None):
                _write_candle(pages, candle)
        for page in self.pages:
            page.close()


class Writer:
    """Writes a recording into a directory."""

    def __init__(self, root: Path, decimals: dict[str, Decimals]) -> None:
        self._symbols = {
            symbol: _SymbolFiles(root, symbol, found) for symbol, found in decimals.items()
        }

    @property
    def rows(self) -> dict[str, int]:
        """Rows by kind, of all symbols."""
        counted: dict[str, int] = {}
        for files in self._symbols.values():
            for pages in files.pages:
                counted[pages.kind.name] = counted.get(pages.kind.name, 0) + pages.rows
        return counted

    def trades(self, symbol: str, trades: Iterable[Traded]) -> None:
        """Trades, oldest first."""
        files = self._symbols[symbol]
        for trade in trades:
            files.add_trade(trade)

    def quote(self, symbol: str, quote: Quoted) -> None:
        """Best prices."""
        self._symbols[symbol].add_quote(quote)

    def prices(self, symbol: str, at: int, *, mark: int | None, index: int | None) -> None:
        """A mark price, an index price, or both."""
        files = self._symbols[symbol]
        if mark is not None:
            files.add_price(files.marks, at, mark)
        if index is not None:
            files.add_price(files.indexes, at, index)

    def close(self) -> None:
        """Finish every file."""
        for files in self._symbols.values():
            files.close()


def _write_candle(pages: _Pages, candle: _Candle) -> None:
    prices = ",".join(map(fixed8, (candle.open, candle.high, candle.low, candle.close)))
    closes = candle.open_at + MINUTE_MS - 1
    pages.add(candle.open_at, f"{candle.open_at},{prices},0,{closes},0,{candle.count},0,0,0\n")


def _truth(value: bool) -> str:  # noqa: FBT001  a cell
    return "true" if value else "false"
