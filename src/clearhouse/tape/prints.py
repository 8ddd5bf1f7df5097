"""The latest public trades of a symbol, in columns; the ones before them are forgotten.

Columns are twice as long as what is kept: when they are full the newer half moves to the front.
So what is kept is always one slice, whatever is asked of it. Single trades wait in a list until
somebody asks, because an array takes one number as slowly as a thousand.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clearhouse.messages.market_queries import AggTrade, ReadAggTrades, ReadPublicTrades
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.trades import Column, Trades

N = TypeVar("N", np.int64, np.bool_)

KEPT = 16_384
"""Trades of a symbol that are kept at least, once there were so many."""

Single = tuple[int, int, int, int, bool]
"""Id, time, price, quantity, and whether the buyer was the maker."""


class Prints:
    """Trades by their ids, which grow and may have gaps."""

    def __init__(self) -> None:
        self._ids = np.zeros(0, np.int64)
        self._columns = Trades.of([])
        self._used = 0
        self._singles: list[Single] = []
        self._forgot = False
        self.last_id = 0

    def add(self, single: Single) -> None:
        """Take in one trade."""
        self._singles.append(single)
        self.last_id = single[0]
        if len(self._singles) >= KEPT:
            self._settle()

    def extend(self, first_id: int, trades: Trades) -> None:
        """Take in trades that are numbered from `first_id` on."""
        self._settle()
        number = len(trades.at)
        ids = np.arange(first_id, first_id + number, dtype=np.int64)
        self._append(ids, trades)
        self.last_id = first_id + number - 1

    def latest(self, asked: ReadPublicTrades) -> tuple[TradeView, ...]:
        """Trades as asked for, oldest first."""
        self._settle()
        ids = self._ids[: self._used]
        start = max(self._used - asked.limit, 0)
        if asked.from_id is not None:
            start = int(np.searchsorted(ids, asked.from_id))
        return tuple(self._views(start, min(start + asked.limit, self._used)))

    def aggregated(self, asked: ReadAggTrades) -> tuple[AggTrade, ...]:
        """Aggregate trades as asked for, oldest first.

        The first trades that are still known may be the rest of a larger one: they are left out.
        """
        self._settle()
        starts, ends = self._runs()
        chosen = np.ones(len(starts), np.bool_)
        if asked.from_id is not None:
            chosen &= self._ids[starts] >= asked.from_id
        at = self._columns.at[starts]
        if asked.start is not None:
            chosen &= at >= asked.start
        if asked.end is not None:
            chosen &= at <= asked.end
        found = np.flatnonzero(chosen)
        from_there_on = asked.from_id is not None or asked.start is not None
        found = found[: asked.limit] if from_there_on else found[-asked.limit :]
        return tuple(self._aggregates(starts[found], ends[found]))

    def last_quantity(self) -> int:
        """The quantity of the last trade, 0 before there was one."""
        self._settle()
        return int(self._columns.quantity[self._used - 1]) if self._used else 0

    def last_at(self) -> Millis:
        """The time of the last trade, 0 before there was one."""
        self._settle()
        return Millis(int(self._columns.at[self._used - 1]) if self._used else 0)

    def _settle(self) -> None:
        if self._singles:
            singles, self._singles = self._singles, []
            ids = np.array([single[0] for single in singles], np.int64)
            self._append(ids, Trades.of([single[1:] for single in singles]))

    def _append(self, ids: Column, trades: Trades) -> None:
        """Put trades behind the others."""
        if len(ids) > KEPT:
            self._used, self._forgot = 0, True
            ids, trades = ids[-KEPT:], trades.since(len(ids) - KEPT)
        self._make_room(len(ids))
        end = self._used + len(ids)
        self._ids[self._used : end] = ids
        for column, new in zip(self._columns, trades, strict=True):
            column[self._used : end] = new
        self._used = end

    def _make_room(self, number: int) -> None:
        """Columns that so many more fit into: grown until they are full, then moved."""
        needed = self._used + number
        if needed <= len(self._ids):
            return
        keep = min(self._used, KEPT)
        self._forgot = self._forgot or keep < self._used
        size = min(max(2 * (keep + number), 256), 2 * KEPT)
        start = self._used - keep
        self._ids = _moved(self._ids, start, keep, size)
        at, price, quantity, buyer_maker = self._columns
        self._columns = Trades(
            _moved(at, start, keep, size),
            _moved(price, start, keep, size),
            _moved(quantity, start, keep, size),
            _moved(buyer_maker, start, keep, size),
        )
        self._used = keep

    def _views(self, start: int, end: int) -> Iterator[TradeView]:
        rows = self._rows(slice(start, end))
        for trade_id, at, price, quantity, buyer_maker in rows:
            quote = multiply_toward_zero(price, quantity)
            yield TradeView(trade_id, price, quantity, quote, Millis(at), buyer_maker)

    def _rows(self, part: slice) -> Iterable[Single]:
        columns = (self._ids, *self._columns)
        return zip(*(column[part].tolist() for column in columns), strict=True)

    def _runs(self) -> tuple[Column, Column]:
        """Where trades of one taker at one time and price begin, and where they end."""
        used = self._used
        if not used:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing
        changed = np.zeros(used, np.bool_)
        changed[0] = not self._forgot
        for column in (self._columns.at, self._columns.price, self._columns.buyer_maker):
            changed[1:] |= column[1:used] != column[: used - 1]
        starts = np.flatnonzero(changed)
        return starts, np.append(starts[1:], used)

    def _aggregates(self, starts: Column, ends: Column) -> Iterator[AggTrade]:
        at, price, quantity, buyer_maker = self._columns
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            first = int(self._ids[start])
            yield AggTrade(
                agg_id=first,
                price=int(price[start]),
                quantity=sum(quantity[start:end].tolist()),
                first_id=first,
                last_id=int(self._ids[end - 1]),
                at=Millis(int(at[start])),
                buyer_maker=bool(buyer_maker[start]),
            )


def _moved(column: NDArray[N], start: int, keep: int, size: int) -> NDArray[N]:
    """A column of another size that begins with a part of this one."""
    found = np.zeros(size, column.dtype)
    found[:keep] = column[start : start + keep]
    return found
