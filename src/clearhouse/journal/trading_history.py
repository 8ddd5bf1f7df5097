"""Queries of trading as SQL: orders, trades, changes of orders, conditional orders, margin.

Ids of orders grow with time, but for a clock that was set back. So a window is a range of an
index by time, ids are a range of ids, and a page is shown in the order of ids either way. An
account's rows are indexed by symbol; without one, the pages of its symbols are put together.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import convert

from clearhouse.journal.rows import Row
from clearhouse.journal.trading_rows import BLOCK, BLOCK_BITS, FORCED
from clearhouse.journal.where import Where
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_commands import OrderName
from clearhouse.messages.trading_histories import (
    AlgoHistory,
    Amendment,
    Amendments,
    FindAlgo,
    FindOrder,
    ForcedOrders,
    FoundAlgo,
    FundingRate,
    FundingRates,
    MarginChange,
    MarginChanges,
    OrderHistory,
    UserTrade,
    UserTrades,
)
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import AlgoOrder, Order

T = TypeVar("T")

EARLIEST = Millis(0)
LATEST = Millis(2**63 - 1)

_FIRST_BLOCK = f"(SELECT min(order_id) >> {BLOCK_BITS} FROM orders)"  # noqa: S608  a constant
_LAST_BLOCK = f"(SELECT max(order_id) >> {BLOCK_BITS} FROM orders)"  # noqa: S608  as above
_BLOCKS = f"""
WITH RECURSIVE blocks(block) AS (
  SELECT {_LAST_BLOCK} UNION ALL SELECT block - 1 FROM blocks WHERE block > {_FIRST_BLOCK})
"""  # noqa: S608  as above
_BY_CLIENT = f"blocks CROSS JOIN orders INDEXED BY orders_by_client ON {BLOCK} = block"
_BY_TIME = "orders INDEXED BY orders_by_time"
_OF_BLOCK = "orders INDEXED BY orders_by_client"
_UNFILLED = "status IN ('CANCELED', 'EXPIRED', 'EXPIRED_IN_MATCH', 'REJECTED')"
_OF_ITS_ORDER = (
    "ifnull((SELECT {column} FROM orders WHERE orders.order_id = algo_orders.order_id), 0)"
)
_EXECUTED = _OF_ITS_ORDER.format(column="executed")
_ALGO = f"*, {_EXECUTED}, {_OF_ITS_ORDER.format(column='quote')}"
"""A conditional order, and what its order came to so far."""
_TRADE = (
    "trade_id, symbol, order_id, side, position_side, price, quantity, quote, realized, "
    "commission, commission_asset, margin_asset, maker, at"
)
_AMENDMENT = (
    "amendment_id, symbol, order_id, client_id, at, price_before, price, quantity_before, "
    "quantity, count, modify_id"
)


class TradingHistories:
    """Answers on a connection that is used by one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.answers: dict[type[Query[Any]], Callable[[Any], Any]] = {
            FindOrder: self._order,
            OrderHistory: self._orders,
            ForcedOrders: self._forced,
            UserTrades: self._trades,
            AlgoHistory: self._algos,
            FindAlgo: self._algo,
            Amendments: self._amendments,
            MarginChanges: self._margin_changes,
            FundingRates: self._funding_rates,
        }

    def _rows(self, columns: str, table: str, where: Where, then: str, limit: int) -> list[Row]:
        statement = f"SELECT {columns} FROM {table} WHERE {where} {then} LIMIT ?"  # noqa: S608  constants and `?` only
        return self._db.execute(statement, (*where.values, limit)).fetchall()

    def _order(self, asked: FindOrder) -> Order | None:
        where = _kept(asked)
        found = self._named(asked.uid, asked.symbol, asked.name, where)
        return _read(found, Order)[0] if found else None

    def _named(self, uid: Uid, symbol: str, name: OrderName, where: Where) -> list[Row]:
        """The order of a name, or the newest of a client's."""
        where.equal("uid", uid)
        where.equal("symbol", symbol)
        if name.order_id is not None:
            where.equal("order_id", name.order_id)
            return self._rows("*", "orders", where, "", 1)
        where.equal("client_id", name.client_id or "")
        statement = f"{_BLOCKS} SELECT orders.* FROM {_BY_CLIENT} WHERE {where}"  # noqa: S608  as above
        newest = f"{statement} ORDER BY order_id DESC LIMIT 1"
        return self._db.execute(newest, where.values).fetchall()

    def _orders(self, asked: OrderHistory) -> tuple[Order, ...]:
        if asked.from_id is not None and asked.start is None and asked.end is None:
            return _read(self._orders_from(asked, asked.from_id), Order)
        symbols = self._symbols("orders", asked)
        found = [one for symbol in symbols for one in self._orders_of(asked, symbol)]
        found.sort(key=lambda one: (one.created_at, one.order_id), reverse=_newest(asked))
        return tuple(sorted(found[: asked.limit], key=lambda one: one.order_id))

    def _orders_of(self, asked: OrderHistory, symbol: str) -> tuple[Order, ...]:
        where = _kept(asked)
        where.equal("uid", asked.uid)
        where.equal("symbol", symbol)
        where.least("order_id", asked.from_id)
        _created_within(where, asked)
        way = "DESC" if _newest(asked) else "ASC"
        order = f"ORDER BY created_at {way}, order_id {way}"
        return _read(self._rows("*", _BY_TIME, where, order, asked.limit), Order)

    def _orders_from(self, asked: OrderHistory, number: int) -> list[Row]:
        """Block by block, because an account's ids are nowhere in their order."""
        first, last = self._db.execute(f"SELECT {_FIRST_BLOCK}, {_LAST_BLOCK}").fetchone()
        found: list[Row] = []
        for block in range(max(number >> BLOCK_BITS, first or 0), (last or 0) + 1):
            where = _kept(asked)
            where.equal(BLOCK, block)
            where.equal("uid", asked.uid)
            where.equal("symbol", asked.symbol)
            where.least("order_id", number)
            rest = asked.limit - len(found)
            found += self._rows("*", _OF_BLOCK, where, "ORDER BY order_id", rest)
            if len(found) == asked.limit:
                break
        return found

    def _forced(self, asked: ForcedOrders) -> tuple[Order, ...]:
        where = Where(uid=asked.uid, symbol=asked.symbol)
        where.must(FORCED)
        if asked.kind is not None:
            where.must(f"client_id {'=' if asked.kind == 'ADL' else '<>'} 'adl_autoclose'")
        where.within(asked.start, asked.end, "created_at")
        table = "orders INDEXED BY forced_orders"
        rows = self._rows("*", table, where, "ORDER BY created_at, order_id", asked.limit)
        return _read(sorted(rows), Order)

    def _trades(self, asked: UserTrades) -> tuple[UserTrade, ...]:
        if asked.order_id is not None:
            index, order = "fills_by_order", "seq"
        elif asked.from_id is not None:
            index, order = "fills_by_trade", "trade_id"
        else:
            index, order = "fills_by_time", "at"
        symbols = self._symbols("fills", asked)
        rows = [row for symbol in symbols for row in self._fills(asked, symbol, index, order)]
        rows.sort(reverse=asked.newest)
        found = _read((row[2:] for row in rows[: asked.limit]), UserTrade)
        return found[::-1] if asked.newest else found

    def _fills(self, asked: UserTrades, symbol: str, index: str, order: str) -> list[Row]:
        """The columns that order them come first."""
        where = Where(uid=asked.uid, symbol=symbol, order_id=asked.order_id)
        where.least("trade_id", asked.from_id)
        where.within(asked.start, asked.end)
        way = "DESC" if asked.newest else "ASC"
        return self._rows(
            f"{order}, seq, {_TRADE}",
            f"fills INDEXED BY {index}",
            where,
            f"ORDER BY {order} {way}, seq {way}",
            asked.limit,
        )

    def _symbols(self, table: str, asked: OrderHistory | UserTrades) -> list[str]:
        """The symbol that is asked for, or all that the account has rows of: one search each."""
        if asked.symbol is not None:
            return [asked.symbol]
        found, last = list[str](), ""
        following = f"SELECT min(symbol) FROM {table} WHERE uid = ? AND symbol > ?"  # noqa: S608  a constant
        while (row := self._db.execute(following, (asked.uid, last)).fetchone()) != (None,):
            (last,) = row
            found.append(last)
        return found

    def _algos(self, asked: AlgoHistory) -> tuple[FoundAlgo, ...]:
        where = _kept(asked, _EXECUTED)
        where.equal("uid", asked.uid)
        where.equal("symbol", asked.symbol)
        where.least("algo_id", asked.from_id)
        _created_within(where, asked)
        way = "DESC" if _newest(asked) else "ASC"
        table = "algo_orders INDEXED BY algo_orders_by_time"
        order = f"ORDER BY created_at {way}, algo_id {way}"
        return _found_algos(sorted(self._rows(_ALGO, table, where, order, asked.limit)))

    def _algo(self, asked: FindAlgo) -> FoundAlgo | None:
        where, name = _kept(asked, _EXECUTED), asked.name
        where.equal("uid", asked.uid)
        if name.order_id is not None:
            where.equal("algo_id", name.order_id)
        else:
            where.equal("client_id", name.client_id or "")
        found = self._rows(_ALGO, "algo_orders", where, "ORDER BY algo_id DESC", 1)
        return _found_algos(found)[0] if found else None

    def _amendments(self, asked: Amendments) -> tuple[Amendment, ...]:
        found = self._named(asked.uid, asked.symbol, asked.name, Where())
        if not found:
            return ()
        where = Where(order_id=found[0][0])
        where.within(asked.start, asked.end)
        rows = self._rows(
            _AMENDMENT, "amendments", where, "ORDER BY amendment_id DESC", asked.limit
        )
        return _read(rows, Amendment)

    def _margin_changes(self, asked: MarginChanges) -> tuple[MarginChange, ...]:
        where = Where(uid=asked.uid, symbol=asked.symbol)
        if asked.add is not None:
            where.must(f"amount {'>' if asked.add else '<'} 0")
        where.within(asked.start, asked.end)
        columns = "symbol, position_side, asset, amount, at"
        rows = self._rows(columns, "margin_changes", where, "ORDER BY at, seq", asked.limit)
        return _read(rows, MarginChange)

    def _funding_rates(self, asked: FundingRates) -> tuple[FundingRate, ...]:
        where = Where(symbol=asked.symbol)
        where.within(asked.start or EARLIEST, LATEST if asked.end is None else asked.end)
        way = "DESC" if asked.start is None else "ASC"
        order = f"ORDER BY at {way}, seq {way}"
        rows = self._rows("symbol, at, rate, mark", "funding_rates", where, order, asked.limit)
        found = _read(rows, FundingRate)
        return found[::-1] if asked.start is None else found


def _kept(
    asked: FindOrder | OrderHistory | FindAlgo | AlgoHistory, executed: str = "executed"
) -> Where:
    """Leaves out what the exchange forgets."""
    where = Where()
    where.least("created_at", asked.since)
    condition = f"(updated_at >= ? OR NOT {_UNFILLED} OR {executed} > 0)"
    where.must(condition, asked.unfilled_since)
    return where


def _found_algos(rows: list[Row]) -> tuple[FoundAlgo, ...]:
    algos = _read((row[:-2] for row in rows), AlgoOrder)
    return tuple(FoundAlgo(algo, *row[-2:]) for algo, row in zip(algos, rows, strict=True))


def _created_within(where: Where, asked: OrderHistory | AlgoHistory) -> None:
    start = asked.since if asked.start is None else asked.start
    end = LATEST if asked.end is None else asked.end
    where.within(start, end, "created_at")


def _newest(asked: OrderHistory | AlgoHistory) -> bool:
    """Whether a page is the end of what there is: with nothing given to go on from."""
    return asked.start is None and asked.from_id is None


def _read(rows: Iterable[Any], record: type[T]) -> tuple[T, ...]:
    """Records of rows in the order of their fields; words of text, truths of 0 and 1."""
    return tuple(convert(row, record, strict=False) for row in rows)
