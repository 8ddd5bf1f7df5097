"""Exports as CSV, written by SQLite itself.

A history may have a million rows. SQLite formats them in C, a chunk at a time, while other
threads have the interpreter; Python passes the chunks on and never sees a row. A chunk is
short because the journal in memory keeps its writer waiting for as long as one takes.

The lines are those of RFC 4180: fields in quotes where they need them, CR LF after each line.
"""

from collections.abc import Callable
from typing import NamedTuple

from clearhouse.journal.port import Csv
from clearhouse.journal.postings import INCOME_TYPES
from clearhouse.journal.rows import Row
from clearhouse.messages.exports import ExportKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE

Ask = Callable[[str, tuple[object, ...]], Row | None]
"""Runs one statement and gives its only row."""

ROWS_A_CHUNK = 500
"""About two milliseconds of SQLite's time."""


def _quoted(column: str) -> str:
    needs_quotes = f"{column} GLOB '*[\",' || char(13, 10) || ']*'"
    doubled = f"replace({column}, '\"', '\"\"')"
    return f"CASE WHEN {needs_quotes} THEN '\"' || {doubled} || '\"' ELSE {column} END"


def _amount(column: str) -> str:
    """The amount with exactly eight decimals."""
    sign = f"CASE WHEN {column} < 0 THEN '-' ELSE '' END"
    return f"{sign} || printf('%d.%08d', abs({column}) / {SCALE}, abs({column}) % {SCALE})"


def _trimmed(column: str) -> str:
    """An amount that is not negative, with its significant digits only."""
    return _bare(f"printf('%d.%08d', {column} / {SCALE}, {column} % {SCALE})")


def _average() -> str:
    """The average price, a digit at a time: the value times 1e8 may need more than 64 bits."""
    digits, rest = [], "(quote % executed)"
    for _ in range(8):
        digits.append(f"{rest} * 10 / executed")
        rest = f"({rest} * 10 % executed)"
    price = f"printf('%d.{'%d' * len(digits)}', quote / executed, {', '.join(digits)})"
    return f"CASE executed WHEN 0 THEN '0' ELSE {_bare(price)} END"


def _bare(decimal: str) -> str:
    return f"rtrim(rtrim({decimal}, '0'), '.')"


def _truth(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 'true' ELSE 'false' END"


def _income_type() -> str:
    cases = " ".join(f"WHEN '{why}' THEN '{shown}'" for why, shown in INCOME_TYPES.items())
    return f"CASE why {cases} END"


_INCOME = {
    "symbol": _quoted("symbol"),
    "incomeType": _income_type(),
    "income": _amount("units"),
    "asset": _quoted("asset"),
    "info": _income_type(),
    "time": "at",
    "tranId": "tran_id",
    "tradeId": "CASE trade_id WHEN 0 THEN '' ELSE trade_id END",
}
_ORDER = {
    "avgPrice": _average(),
    "clientOrderId": _quoted("client_id"),
    "cumQuote": _trimmed("quote"),
    "cumBase": _trimmed("executed"),
    "executedQty": _trimmed("executed"),
    "orderId": "order_id",
    "origQty": _trimmed("quantity"),
    "origType": "kind",
    "price": _trimmed("price"),
    "reduceOnly": _truth("reduce_only"),
    "side": "side",
    "positionSide": "position_side",
    "status": "status",
    "stopPrice": _trimmed("stop_price"),
    "closePosition": _truth("close_position"),
    "symbol": _quoted("symbol"),
    "pair": _quoted("symbol"),
    "time": "created_at",
    "timeInForce": "time_in_force",
    "type": "kind",
    "activatePrice": "''",
    "priceRate": "''",
    "updateTime": "updated_at",
    "workingType": "'CONTRACT_PRICE'",
    "priceProtect": "'false'",
    "priceMatch": "price_match",
    "selfTradePreventionMode": "self_trade",
    "goodTillDate": "good_till",
}
"""What only conditional orders have is empty or stands at its default, as in the JSON rows."""
_TRADE = {
    "buyer": _truth("side = 'BUY'"),
    "commission": _amount("commission"),
    "commissionAsset": _quoted("commission_asset"),
    "id": "trade_id",
    "maker": _truth("maker"),
    "orderId": "order_id",
    "price": _trimmed("price"),
    "qty": _trimmed("quantity"),
    "quoteQty": _trimmed("quote"),
    "baseQty": _trimmed("quantity"),
    "marginAsset": _quoted("margin_asset"),
    "realizedPnl": _amount("realized"),
    "side": "side",
    "positionSide": "position_side",
    "symbol": _quoted("symbol"),
    "pair": _quoted("symbol"),
    "time": "at",
}


class _Source(NamedTuple):
    """Where the rows of an export are.

    `key`: the time of a row, and what orders rows of one time; an index of the table has it.
    `counter`: the column that only grows with every row; `newest` asks for its last value.
    """

    table: str
    key: tuple[str, ...]
    counter: str
    newest: str
    columns: dict[str, str]

    @property
    def header(self) -> str:
        """The first line."""
        return ",".join(self.columns)

    @property
    def page(self) -> str:
        """The key of the last row of a full page; none where the rest is less than that."""
        return f"""
            SELECT {self._key} FROM {self.table} WHERE {self._rest} AND {self.key[0]} <= ?
            ORDER BY {self._key} LIMIT 1 OFFSET {ROWS_A_CHUNK - 1}"""  # noqa: S608  constants and `?` only

    @property
    def lines(self) -> str:
        """The lines of a page; its LIMIT obliges SQLite to keep the order of the inner one."""
        line = " || ',' || ".join(f"({column})" for column in self.columns.values())
        return f"""
            SELECT CAST(group_concat(line, char(13, 10)) || char(13, 10) AS BLOB) FROM (
              SELECT {line} AS line FROM {self.table}
              WHERE {self._rest} AND ({self._key}) <= ({self._holes})
              ORDER BY {self._key} LIMIT {ROWS_A_CHUNK})"""  # noqa: S608  as above

    @property
    def _key(self) -> str:
        return ", ".join(self.key)

    @property
    def _holes(self) -> str:
        return ", ".join("?" * len(self.key))

    @property
    def _rest(self) -> str:
        return f"uid = ? AND ({self._key}) > ({self._holes}) AND {self.counter} <= ?"


_SOURCES = {
    ExportKind.INCOME: _Source(
        "income", ("at", "seq", "leg"), "seq", "SELECT max(seq) FROM postings", _INCOME
    ),
    ExportKind.ORDER: _Source(
        "orders INDEXED BY orders_by_time",
        ("created_at", "symbol", "order_id"),
        "order_id",
        "SELECT max(order_id) FROM orders",
        _ORDER,
    ),
    ExportKind.TRADE: _Source(
        "fills INDEXED BY fills_by_time",
        ("at", "symbol", "seq"),
        "seq",
        "SELECT max(seq) FROM fills",
        _TRADE,
    ),
}
"""The columns are the fields of the JSON rows of `income`, `allOrders` and `userTrades`."""

_LAST = b"\xff", b"\xff"
"""After all that has the same time: to SQLite, bytes are larger than any number or text."""


def csv_of(ask: Ask, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
    """A header line, then the rows of a closed time window, oldest first, in chunks.

    What is written after the first chunk was asked for is left out, so that a busy account's
    file has an end. An order is in the file as it stands when its line is written.
    """
    source = _SOURCES[kind]
    yield f"{source.header}\r\n".encode()
    newest = ask(source.newest, ())
    assert newest is not None
    (cut,) = newest
    last: Row | None = (start - 1, *_LAST)
    while last is not None:
        rest = (uid, *last, cut)
        last = ask(source.page, (*rest, end))
        lines = ask(source.lines, (*rest, *(last or (end, *_LAST))))
        if lines and lines[0] is not None:
            yield lines[0]
