"""A recording: what files of the archive hold, as tracks that are played side by side.

For each symbol the finest that there is plays: trades, else aggregate trades, else candles; what
is coarser repeats it and is left out, as are candles of a longer interval. Mark and index prices
come from their candles; where there are candles of one of them, both take these, and where there
are none, both follow the last price once a second. Files of the premium index are checked and not
played, because the premium follows from mark and index.

Everything is read and checked before there is a recording at all.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clearhouse.feeds.archive.candles import marks_of_candles, trades_of_candles
from clearhouse.feeds.archive.checks import check
from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.kinds import (
    AGG_TRADES,
    BOOK_TICKER,
    INDEX_PRICE_KLINES,
    INTERVALS,
    KLINES,
    MARK_PRICE_KLINES,
    PREMIUM_INDEX_KLINES,
    TRADES,
    Kind,
    named,
)
from clearhouse.feeds.archive.numerals import Ints
from clearhouse.feeds.archive.table import Table, read_table
from clearhouse.market.rules import Rules

SECOND_MS = 1_000


class What(IntEnum):
    """What a track moves; of one moment the smaller number comes first."""

    MARK = 0
    INDEX = 1
    QUOTES = 2
    TRADES = 3
    BOTH = 4
    """Mark and index at once."""


class Track(NamedTuple):
    """One thing of one symbol, in the order of time.

    `first` and `second`: prices and quantities of trades, bids and asks of quotes, and of marks
    the price in both.
    """

    symbol: str
    what: What
    at: Ints
    first: Ints
    second: Ints
    buyer_maker: Ints


class Recording(NamedTuple):
    """Tracks, and the files that they come from. `until`: after its last event."""

    tracks: tuple[Track, ...]
    files: tuple[Path, ...]
    unplayed: tuple[Path, ...]

    @property
    def start(self) -> int:
        """When its first event was."""
        return int(min(track.at[0] for track in self.tracks))

    @property
    def end(self) -> int:
        """When its last event was."""
        return int(max(track.at[-1] for track in self.tracks))

    @property
    def events(self) -> int:
        """How many there are."""
        return sum(len(track.at) for track in self.tracks)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Whose they are, sorted."""
        return tuple(sorted({track.symbol for track in self.tracks}))


Group = dict[tuple[Kind, str], list[Table]]
"""The tables of a symbol by kind and interval, oldest first."""


def load(paths: Iterable[Path], rules: Mapping[str, Rules]) -> Recording:
    """The recording in files and directories, by the rules of the symbols that are listed.

    Raises `ArchiveError` with file, line and reason, and nothing is loaded then.
    """
    files = find(paths)
    symbols: dict[str, Group] = {}
    for path in files:
        table = read_table(path)
        check(table, rules.get(table.named.symbol))
        group = symbols.setdefault(table.named.symbol, {})
        group.setdefault((table.named.kind, table.named.interval), []).append(table)
    tracks: list[Track] = []
    played: list[Table] = []
    for symbol, group in sorted(symbols.items()):
        _in_a_row(group)
        _lay(symbol, group, rules[symbol], tracks, played)
    if not tracks:
        raise ArchiveError(files[0], None, "it holds nothing to play: only the premium index")
    used = {table.path for table in played}
    return Recording(tuple(tracks), tuple(files), tuple(path for path in files if path not in used))


def find(paths: Iterable[Path]) -> list[Path]:
    """The files of the archive at some paths, those in directories included."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            found.extend(file for file in inside if file.is_file() and named(file) is not None)
            if not found:
                raise ArchiveError(path, None, "no file of the archive lies there")
        elif path.exists():
            found.append(path)
        else:
            raise ArchiveError(path, None, "there is no such file")
    return found


def _in_a_row(group: Group) -> None:
    """Put the files of each kind in the order of time; refuse two of the same time."""
    for (kind, _), tables in group.items():
        at = _TIMES[kind]
        tables.sort(key=lambda table: int(table.columns[at][0]))
        for before, after in pairwise(tables):
            if after.columns[at][0] < before.columns[at][-1] or _same_candle(before, after, at):
                raise after.fault(0, f"it begins before {before.path} ends")


def _same_candle(before: Table, after: Table, at: str) -> bool:
    return bool(before.named.interval) and before.columns[at][-1] == after.columns[at][0]


def _lay(symbol: str, group: Group, rules: Rules, tracks: list[Track], played: list[Table]) -> None:
    """The tracks of a symbol."""
    trades = _trades(symbol, group, rules, played)
    marks = [
        _marks(symbol, what, tables)
        for what, kind in _MARKS
        if (tables := _finest(group, kind, played))
    ]
    quotes = [_quotes(symbol, tables)] if (tables := _finest(group, BOOK_TICKER, played)) else []
    if len(marks) == 1:
        marks = [marks[0]._replace(what=What.BOTH)]
    elif trades and not marks:
        marks = [_following(trades[0])]
    tracks.extend((*marks, *quotes, *trades))


def _trades(symbol: str, group: Group, rules: Rules, played: list[Table]) -> list[Track]:
    """Trades out of the finest files that there are."""
    for kind, laid in _TRADES:
        if tables := _finest(group, kind, played):
            columns = laid(tables, rules)
            return [Track(symbol, What.TRADES, *columns)]
    return []


def _finest(group: Group, kind: Kind, played: list[Table]) -> list[Table]:
    """The files of a kind, of candles those of the shortest interval."""
    intervals = [interval for of, interval in group if of is kind]
    if not intervals:
        return []
    tables = group[kind, min(intervals, key=lambda name: INTERVALS.get(name, 0))]
    played.extend(tables)
    return tables


def _joined(tables: list[Table], name: str) -> Ints:
    return np.concatenate([table.columns[name] for table in tables])


def _single_trades(tables: list[Table], _rules: Rules) -> tuple[Ints, ...]:
    names = ("time", "price", "qty", "is_buyer_maker")
    return tuple(_joined(tables, name) for name in names)


def _aggregates(tables: list[Table], _rules: Rules) -> tuple[Ints, ...]:
    names = ("transact_time", "price", "quantity", "is_buyer_maker")
    return tuple(_joined(tables, name) for name in names)


def _of_candles(tables: list[Table], rules: Rules) -> tuple[Ints, ...]:
    columns = {name: _joined(tables, name) for name in tables[0].columns}
    return trades_of_candles(columns, INTERVALS[tables[0].named.interval], rules.step)


def _marks(symbol: str, what: What, tables: list[Table]) -> Track:
    columns = {name: _joined(tables, name) for name in tables[0].columns}
    at, price = marks_of_candles(columns, INTERVALS[tables[0].named.interval])
    return Track(symbol, what, at, price, price, price)


def _quotes(symbol: str, tables: list[Table]) -> Track:
    """Best prices where they changed; quantities alone move nothing."""
    bid, ask = _joined(tables, "best_bid_price"), _joined(tables, "best_ask_price")
    moved = np.ones(len(bid), np.bool_)
    moved[1:] = (np.diff(bid) != 0) | (np.diff(ask) != 0)
    at = _joined(tables, "transaction_time")
    return Track(symbol, What.QUOTES, at[moved], bid[moved], ask[moved], bid[moved])


def _following(trades: Track) -> Track:
    """The last price of each second, for mark and index."""
    seconds = trades.at // SECOND_MS
    last = np.ones(len(seconds), np.bool_)
    last[:-1] = np.diff(seconds) != 0
    price = trades.first[last]
    return Track(trades.symbol, What.BOTH, trades.at[last], price, price, price)


_TIMES = {
    TRADES: "time",
    AGG_TRADES: "transact_time",
    BOOK_TICKER: "transaction_time",
    KLINES: "open_time",
    MARK_PRICE_KLINES: "open_time",
    INDEX_PRICE_KLINES: "open_time",
    PREMIUM_INDEX_KLINES: "open_time",
}
"""The column that a kind of file is in order of."""

_TRADES: tuple[tuple[Kind, Callable[[list[Table], Rules], tuple[Ints, ...]]], ...] = (
    (TRADES, _single_trades),
    (AGG_TRADES, _aggregates),
    (KLINES, _of_candles),
)
_MARKS = ((What.MARK, MARK_PRICE_KLINES), (What.INDEX, INDEX_PRICE_KLINES))
