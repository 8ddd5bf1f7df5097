"""Exports as CSV, written by SQLite itself.

A history may have a million rows. SQLite formats them in C, a chunk at a time, while other
threads have the interpreter; Python passes the chunks on and never sees a row. A chunk is
short because the journal in memory keeps its writer waiting for as long as one takes.

The lines are those of RFC 4180: fields in quotes where they need them, CR LF after each line.
"""

from collections.abc import Callable, Iterator
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


class _Field(NamedTuple):
    """A field of a line, for `printf`: its form, and the SQL of what is put in."""

    form: str
    values: tuple[str, ...]


def _number(column: str) -> _Field:
    return _Field("%d", (column,))


def _text(column: str) -> _Field:
    """What never needs quotes."""
    return _Field("%s", (column,))


def _quoted(column: str) -> _Field:
    needs_quotes = f"{column} GLOB '*[\",' || char(13, 10) || ']*'"
    doubled = f"replace({column}, '\"', '\"\"')"
    return _text(f"CASE WHEN {needs_quotes} THEN '\"' || {doubled} || '\"' ELSE {column} END")


def _amount(column: str) -> _Field:
    """With exactly eight decimals."""
    sign = f"CASE WHEN {column} < 0 THEN '-' ELSE '' END"
    return _Field("%s%d.%08d", (sign, f"abs({column}) / {SCALE}", f"abs({column}) % {SCALE}"))


def _trimmed(column: str) -> _Field:
    """With the significant digits only; of an amount that is not negative."""
    return _text(_bare(f"printf('%d.%08d', {column} / {SCALE}, {column} % {SCALE})"))


def _average() -> _Field:
    """The average price, a digit at a time: the value times 1e8 may need more than 64 bits."""
    digits, rest = [], "(quote % executed)"
    for _ in range(8):
        digits.append(f"{rest} * 10 / executed")
        rest = f"({rest} * 10 % executed)"
    price = f"printf('%d.{'%d' * len(digits)}', quote / executed, {', '.join(digits)})"
    return _text(f"CASE executed WHEN 0 THEN '0' ELSE {_bare(price)} END")


def _bare(decimal: str) -> str:
    return f"rtrim(rtrim({decimal}, '0'), '.')"


def _truth(condition: str) -> _Field:
    return _text(f"CASE WHEN {condition} THEN 'true' ELSE 'false' END")


def _income_type() -> _Field:
    cases = " ".join(f"WHEN '{why}' THEN '{shown}'" for why, shown in INCOME_TYPES.items())
    return _text(f"CASE why {cases} END")


_INCOME = {
    "symbol": _quoted("symbol"),
    "incomeType": _income_type(),
    "income": _amount("units"),
    "asset": _quoted("asset"),
    "info": _income_type(),
    "time": _number("at"),
    "tranId": _number("tran_id"),
    "tradeId": _text("nullif(trade_id, 0)"),
}
_ORDER = {
    "avgPrice": _average(),
    "clientOrderId": _quoted("client_id"),
    "cumQuote": _trimmed("quote"),
    "cumBase": _trimmed("executed"),
    "executedQty": _trimmed("executed"),
    "orderId": _number("order_id"),
    "origQty": _trimmed("quantity"),
    "origType": _text("kind"),
    "price": _trimmed("price"),
    "reduceOnly": _truth("reduce_only"),
    "side": _text("side"),
    "positionSide": _text("position_side"),
    "status": _text("status"),
    "stopPrice": _trimmed("stop_price"),
    "closePosition": _truth("close_position"),
    "symbol": _quoted("symbol"),
    "pair": _quoted("symbol"),
    "time": _number("created_at"),
    "timeInForce": _text("time_in_force"),
    "type": _text("kind"),
    "activatePrice": _Field("", ()),
    "priceRate": _Field("", ()),
    "updateTime": _number("updated_at"),
    "workingType": _Field("CONTRACT_PRICE", ()),
    "priceProtect": _Field("false", ()),
    "priceMatch": _text("price_match"),
    "selfTradePreventionMode": _text("self_trade"),
    "goodTillDate": _number("good_till"),
}
"""What only conditional orders have is empty or stands at its default, as in the JSON rows."""
_TRADE = {
    "buyer": _truth("side = 'BUY'"),
    "commission": _amount("commission"),
    "commissionAsset": _quoted("commission_asset"),
    "id": _number("trade_id"),
    "maker": _truth("maker"),
    "orderId": _number("order_id"),
    "price": _trimmed("price"),
    "qty": _trimmed("quantity"),
    "quoteQty": _trimmed("quote"),
    "baseQty": _trimmed("quantity"),
    "marginAsset": _quoted("margin_asset"),
    "realizedPnl": _amount("realized"),
    "side": _text("side"),
    "positionSide": _text("position_side"),
    "symbol": _quoted("symbol"),
    "pair": _quoted("symbol"),
    "time": _number("at"),
}


class _Source(NamedTuple):
    """Where the rows of an export are.

    `owner`: the columns that say whose rows they are; with a symbol among them, its rows stand
    together. `key`: the time of a row, and what orders rows of one time; an index has it.
    `counter`: the column that only grows with every row; `newest` asks for its last value.
    """

    table: str
    owner: tuple[str, ...]
    key: tuple[str, ...]
    counter: str
    newest: str
    columns: dict[str, _Field]

    @property
    def header(self) -> str:
        """The first line."""
        return ",".join(self.columns)

    @property
    def page(self) -> str:
        """The key of the last row of a full page; none where the rest is less than that."""
        return f"""
            SELECT {_listed(self.key)} FROM {self.table} WHERE {self._rest} AND {self.key[0]} <= ?
            ORDER BY {_listed(self.key)} LIMIT 1 OFFSET {ROWS_A_CHUNK - 1}"""  # noqa: S608  constants and `?` only

    @property
    def lines(self) -> str:
        """The lines of a page; its LIMIT obliges SQLite to keep the order of the inner one."""
        form = ",".join(field.form for field in self.columns.values())
        values = (value for field in self.columns.values() for value in field.values)
        line = f"printf('{form}', {', '.join(values)})"
        return f"""
            SELECT CAST(group_concat(line, char(13, 10)) || char(13, 10) AS BLOB) FROM (
              SELECT {line} AS line FROM {self.table}
              WHERE {self._rest} AND ({_listed(self.key)}) <= ({_holes(self.key)})
              ORDER BY {_listed(self.key)} LIMIT {ROWS_A_CHUNK})"""  # noqa: S608  as above

    @property
    def symbol_after(self) -> str:
        """The next symbol that an account has rows of."""
        return f"SELECT min(symbol) FROM {self.table} WHERE uid = ? AND symbol > ?"  # noqa: S608  as above

    @property
    def _rest(self) -> str:
        owner = " AND ".join(f"{column} = ?" for column in self.owner)
        after = f"({_listed(self.key)}) > ({_holes(self.key)})"
        return f"{owner} AND {after} AND {self.counter} <= ?"


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(columns)


def _holes(columns: tuple[str, ...]) -> str:
    return ", ".join("?" * len(columns))


_SOURCES = {
    ExportKind.INCOME: _Source(
        table="income",
        owner=("uid",),
        key=("at", "seq", "leg"),
        counter="seq",
        newest="SELECT max(seq) FROM postings",
        columns=_INCOME,
    ),
    ExportKind.ORDER: _Source(
        table="orders INDEXED BY orders_by_time",
        owner=("uid", "symbol"),
        key=("created_at", "order_id"),
        counter="order_id",
        newest="SELECT max(order_id) FROM orders",
        columns=_ORDER,
    ),
    ExportKind.TRADE: _Source(
        table="fills INDEXED BY fills_by_time",
        owner=("uid", "symbol"),
        key=("at", "seq"),
        counter="seq",
        newest="SELECT max(seq) FROM fills",
        columns=_TRADE,
    ),
}
"""The columns are the fields of the JSON rows of `income`, `allOrders` and `userTrades`."""

_AFTER_ALL = 2**63 - 1


def csv_of(ask: Ask, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
    """A header line, then the rows of a closed time window in chunks: oldest first, of a symbol.

    What is written after the first chunk was asked for is left out, so that a busy account's
    file has an end. An order is in the file as it stands when its line is written.
    """
    source = _SOURCES[kind]
    yield f"{source.header}\r\n".encode()
    newest = ask(source.newest, ())
    assert newest is not None
    for owner in _owners(ask, source, uid):
        yield from _rows(ask, source, owner, newest[0], (start, end))


def _owners(ask: Ask, source: _Source, uid: Uid) -> Iterator[tuple[object, ...]]:
    """The account, or the account and each of its symbols."""
    if "symbol" not in source.owner:
        yield (uid,)
        return
    row = ask(source.symbol_after, (uid, ""))
    while row is not None and row[0] is not None:
        yield uid, row[0]
        row = ask(source.symbol_after, (uid, row[0]))


def _rows(
    ask: Ask,
    source: _Source,
    owner: tuple[object, ...],
    cut: int,
    window: tuple[Millis, Millis],
) -> Iterator[bytes]:
    start, end = window
    rest = (_AFTER_ALL,) * (len(source.key) - 1)
    last: Row | None = (start - 1, *rest)
    while last is not None:
        after = (*owner, *last, cut)
        last = ask(source.page, (*after, end))
        lines = ask(source.lines, (*after, *(last or (end, *rest))))
        if lines and lines[0] is not None:
            yield lines[0]
