"""History queries as SQL; those of trading are in `journal/trading_history.py`."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from clearhouse.journal.candles import stored_candles
from clearhouse.journal.postings import Why
from clearhouse.journal.rows import Row
from clearhouse.journal.trading_history import TradingHistories
from clearhouse.journal.where import Where
from clearhouse.messages.histories import (
    BalanceSource,
    Closing,
    ClosingBalances,
    DepositHistory,
    DepositRow,
    DividendHistory,
    DividendPage,
    DividendRow,
    DustHistory,
    DustRow,
    IncomeHistory,
    IncomeRow,
    PostingHistory,
    PostingRow,
    SentFrom,
    SourceView,
    TransferHistory,
    TransferPage,
    TransferRow,
    WithdrawalHistory,
    WithdrawalRow,
)
from clearhouse.messages.market_queries import StoredCandles
from clearhouse.messages.queries import Holding, Query
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Millis, Uid

A = TypeVar("A")

MAX_SEQ = 2**63 - 1
EARLIEST = Millis(-(2**63))

_INCOME = "income", ""
_INCOME_OF_SYMBOL = "income INDEXED BY income_by_symbol", "AND symbol <> ''"
_INCOME_OF_FUNDING = "income INDEXED BY income_of_funding", ""
"""SQLite would walk the table, and takes an index with a condition only where that is said."""

_FUNDING = (Why.FUNDING_FEE.value,)


_DEPOSITS = (
    "deposits LEFT JOIN (SELECT tran_id AS number, uid AS sender, network, internal "
    "FROM withdrawals) ON number = tran_id"
)
"""Deposits, each with the withdrawal that it is the other end of: a movement has one number."""


class History:
    """Answers history queries on a connection; callable from any thread."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._one_at_a_time = threading.Lock()
        self._answers: dict[type[Query[Any]], Callable[[Any], Any]] = {
            TransferHistory: self._transfers,
            PostingHistory: self._postings,
            IncomeHistory: self._income,
            DepositHistory: self._deposits,
            WithdrawalHistory: self._withdrawals,
            DividendHistory: self._dividends,
            DustHistory: self._dust,
            ClosingBalances: self._closing,
            BalanceSource: self._source,
            StoredCandles: lambda asked: stored_candles(db, asked),
            **TradingHistories(db).answers,
        }

    def alone(self) -> threading.Lock:
        """Held, it keeps queries off the connection."""
        return self._one_at_a_time

    def answer(self, asked: Query[A]) -> A:
        """The answer to a query; all of its statements see one moment of the journal."""
        with self._one_at_a_time:
            self._db.execute("BEGIN")
            try:
                found: A = self._answers[type(asked)](asked)
            finally:
                self._db.execute("COMMIT")
            return found

    def _rows(self, columns: str, table: str, where: Where, then: str, *more: object) -> list[Row]:
        statement = f"SELECT {columns} FROM {table} WHERE {where} {then}"  # noqa: S608  constants, numbers and `?` only
        return self._db.execute(statement, (*where.values, *more)).fetchall()

    def _transfers(self, asked: TransferHistory) -> TransferPage:
        where = Where(uid=asked.uid)
        where.among("kind", tuple(kind.value for kind in asked.kinds))
        where.within(asked.start, asked.end)
        where.equal("from_symbol", asked.from_symbol)
        where.equal("to_symbol", asked.to_symbol)
        where.equal("asset", asked.asset)
        where.either("from_symbol", "to_symbol", asked.pair)
        rows = self._rows(
            "tran_id, kind, from_symbol, to_symbol, asset, units, at",
            "transfers",
            where,
            "ORDER BY at DESC, tran_id DESC LIMIT ? OFFSET ?",
            asked.limit,
            asked.offset,
        )
        found = tuple(TransferRow(row[0], TransferKind(row[1]), *row[2:]) for row in rows)
        return TransferPage(self._count("transfers", where), found)

    def _postings(self, asked: PostingHistory) -> tuple[PostingRow, ...]:
        where = Where(uid=asked.uid)
        where.above("seq", asked.after)
        last = self._rows(
            "seq", "postings", where, "ORDER BY seq LIMIT 1 OFFSET ?", asked.limit - 1
        )
        end = last[0][0] if last else MAX_SEQ
        rows = self._rows("*", "postings", where, "AND seq <= ? ORDER BY seq, leg", end)
        return tuple(PostingRow(*row) for row in rows)

    def _income(self, asked: IncomeHistory) -> tuple[IncomeRow, ...]:
        if asked.whys == ():  # SQLite has no plan that uses an index for what is never true
            return ()
        where = Where(uid=asked.uid, symbol=asked.symbol)
        where.among("why", asked.whys)
        where.within(asked.start, asked.end)
        way = "DESC" if asked.newest else "ASC"
        source, condition = _INCOME if asked.symbol is None else _INCOME_OF_SYMBOL
        if asked.whys == _FUNDING:
            source, condition = _INCOME_OF_FUNDING
            where.must("why = 'FUNDING_FEE'")
        rows = self._rows(
            "tran_id, asset, units, at, why, symbol, trade_id",
            source,
            where,
            f"{condition} ORDER BY at {way}, seq {way}, leg {way} LIMIT ? OFFSET ?",
            asked.limit,
            asked.offset,
        )
        return tuple(IncomeRow(*row) for row in (reversed(rows) if asked.newest else rows))

    def _deposits(self, asked: DepositHistory) -> tuple[DepositRow, ...]:
        where = Where(uid=asked.uid, tran_id=asked.tran_id, asset=asked.asset)
        where.among("wallet", asked.wallets)
        where.within(asked.start, asked.end)
        columns = "tran_id, wallet, asset, units, at, sender, network, internal"
        rows = self._newest(columns, _DEPOSITS, where, asked.limit, asked.offset)
        return tuple(DepositRow._make((*row[:5], _sent_from(*row[5:]))) for row in rows)

    def _withdrawals(self, asked: WithdrawalHistory) -> tuple[WithdrawalRow, ...]:
        where = Where(uid=asked.uid, asset=asked.asset, order_id=asked.order_id)
        where.among("tran_id", asked.tran_ids)
        where.within(asked.start, asked.end)
        columns = "tran_id, wallet, asset, units, network, address, tag, order_id, internal, at"
        rows = self._newest(columns, "withdrawals", where, asked.limit, asked.offset)
        return tuple(WithdrawalRow(*row)._replace(internal=bool(row[8])) for row in rows)

    def _dividends(self, asked: DividendHistory) -> DividendPage:
        where = Where(uid=asked.uid, asset=asked.asset)
        where.within(asked.start, asked.end)
        columns = "tran_id, asset, units, info, at"
        rows = self._newest(columns, "dividends", where, asked.limit, 0)
        found = tuple(DividendRow(*row) for row in rows)
        return DividendPage(self._count("dividends", where), found)

    def _dust(self, asked: DustHistory) -> tuple[DustRow, ...]:
        where = Where(uid=asked.uid, wallet=asked.wallet)
        where.within(asked.start, asked.end)
        order = "ORDER BY at DESC, conversion DESC"
        newest = self._rows(
            "DISTINCT conversion, at", "dust", where, f"{order} LIMIT ?", asked.limit
        )
        where.among("conversion", tuple(number for number, _ in newest))
        columns = "conversion, tran_id, asset, target, units, proceeds, charge, at"
        rows = self._rows(columns, "dust", where, f"{order}, tran_id")
        return tuple(DustRow(*row) for row in rows)

    def _closing(self, asked: ClosingBalances) -> tuple[Closing, ...]:
        """One pass over the owner's postings and one over the prices, whatever the moments.

        A row counts from the first moment that is not before it. Rows need not be in the order
        of time, because the clock of a venue can be set back; of two prices the later row
        counts. A sum comes in two halves, because it may need more than 64 bits.
        """
        moment = "CASE " + " ".join(
            f"WHEN at <= {at:d} THEN {n}" for n, at in enumerate(asked.moments)
        )
        moment += " END"
        where = Where(uid=asked.uid, wallet=asked.wallet)
        where.within(EARLIEST, asked.moments[-1])
        columns = f"{moment}, wallet, asset, sum(units >> 32), sum(units & 0xffffffff), min(seq)"
        moved = self._rows(columns, "postings", where, "GROUP BY 1, 2, 3 ORDER BY 6")
        where = Where()
        where.within(EARLIEST, asked.moments[-1])
        prices = self._rows(
            f"{moment}, asset, max(seq), price", "index_prices", where, "GROUP BY 1, 2"
        )
        return tuple(_closings(asked.moments, moved, prices))

    def _source(self, asked: BalanceSource) -> SourceView:
        """Units are summed by their halves: the sum of the venue's own may exceed 64 bits."""
        where = Where(uid=asked.uid, wallet=asked.wallet, asset=asked.asset)
        where.until("seq", asked.until)
        columns = "why, count(*), sum(units >> 32), sum(units & 0xffffffff)"
        sums = self._rows(columns, "postings", where, "GROUP BY why ORDER BY why")
        newest = self._rows(
            "*", "postings", where, "ORDER BY seq DESC, leg DESC LIMIT ?", asked.newest
        )
        return SourceView(
            {why: (number, (high << 32) + low) for why, number, high, low in sums},
            tuple(PostingRow(*row) for row in newest),
        )

    def _newest(self, columns: str, table: str, where: Where, limit: int, offset: int) -> list[Row]:
        order = "ORDER BY at DESC, tran_id DESC LIMIT ? OFFSET ?"
        return self._rows(columns, table, where, order, limit, offset)

    def _count(self, table: str, where: Where) -> int:
        ((number,),) = self._rows("count(*)", table, where, "")
        return int(number)


def _closings(
    moments: tuple[Millis, ...], moved: list[Row], prices: list[Row]
) -> Iterator[Closing]:
    """Rows that say of which moment they are, added up from moment to moment."""
    held: dict[tuple[Any, str], int] = {}
    set_last: dict[str, tuple[int, int]] = {}
    for number, at in enumerate(moments):
        for moment, wallet, asset, high, low, _ in moved:
            if moment == number:
                held[wallet, asset] = held.get((wallet, asset), 0) + (high << 32) + low
        for moment, asset, seq, price in prices:
            if moment == number:
                set_last[asset] = max(set_last.get(asset, (0, 0)), (seq, price))
        yield Closing(
            at,
            tuple(Holding(*place, units) for place, units in held.items()),
            {asset: price for asset, (_, price) in set_last.items()},
        )


def _sent_from(sender: Uid | None, network: str, internal: int) -> SentFrom | None:
    return None if sender is None else SentFrom(sender, network, bool(internal))
