"""Exports as CSV, written by SQLite itself.

A history may have a million rows. SQLite formats them in C, a chunk at a time, while other
threads have the interpreter; Python passes the chunks on and never sees a row. A chunk is
short because the journal in memory keeps its writer waiting for as long as one takes.

The lines are those of RFC 4180: fields in quotes where they need them, CR LF after each line.
"""

from collections.abc import Callable, Iterator

from clearhouse.journal.port import Csv
from clearhouse.journal.read_models import INCOME_TYPES, Row
from clearhouse.messages.exports import ExportKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE

Ask = Callable[[str, tuple[object, ...]], Row | None]
"""Runs one statement and gives its only row."""

ROWS_A_CHUNK = 500
"""About two milliseconds of SQLite's time."""

COLUMNS = {
    ExportKind.INCOME: "symbol,incomeType,income,asset,info,time,tranId,tradeId",
    ExportKind.ORDER: (
        "avgPrice,clientOrderId,cumQuote,cumBase,executedQty,orderId,origQty,origType,price,"
        "reduceOnly,side,positionSide,status,stopPrice,closePosition,symbol,pair,time,"
        "timeInForce,type,activatePrice,priceRate,updateTime,workingType,priceProtect,"
        "priceMatch,selfTradePreventionMode,goodTillDate"
    ),
    ExportKind.TRADE: (
        "buyer,commission,commissionAsset,id,maker,orderId,price,qty,quoteQty,baseQty,"
        "marginAsset,realizedPnl,side,positionSide,symbol,pair,time"
    ),
}
"""The fields of the JSON rows of `income`, `allOrders` and `userTrades`."""


def _quoted(column: str) -> str:
    needs_quotes = f"{column} GLOB '*[\",' || char(13, 10) || ']*'"
    doubled = f"replace({column}, '\"', '\"\"')"
    return f"CASE WHEN {needs_quotes} THEN '\"' || {doubled} || '\"' ELSE {column} END"


def _income_type() -> str:
    cases = " ".join(f"WHEN '{why}' THEN '{shown}'" for why, shown in INCOME_TYPES.items())
    return f"CASE why {cases} END"


_INCOME_LINE = f"""printf('%s,%s,%s%d.%08d,%s,%s,%d,%d,',
    {_quoted("symbol")}, {_income_type()},
    CASE WHEN units < 0 THEN '-' ELSE '' END, abs(units) / {SCALE}, abs(units) % {SCALE},
    {_quoted("asset")}, {_income_type()}, at, tran_id)"""
"""Nothing comes after the last comma: no movement of money belongs to a trade yet."""

_REST = "uid = ? AND (at, seq, leg) > (?, ?, ?) AND seq <= ?"
_PAGE = f"""
SELECT at, seq, leg FROM income WHERE {_REST} AND at <= ?
ORDER BY at, seq, leg LIMIT 1 OFFSET {ROWS_A_CHUNK - 1}"""  # noqa: S608  constants and `?` only
_LINES = f"""
SELECT CAST(group_concat(line, char(13, 10)) || char(13, 10) AS BLOB) FROM (
  SELECT {_INCOME_LINE} AS line FROM income WHERE {_REST} AND (at, seq, leg) <= (?, ?, ?)
  ORDER BY at, seq, leg LIMIT {ROWS_A_CHUNK})"""  # noqa: S608  as above
"""The lines of a page; its LIMIT obliges SQLite to keep the order of the inner statement."""

_LAST = (2**63 - 1,) * 2


def csv_of(ask: Ask, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
    """A header line, then the rows of a closed time window, oldest first, in chunks.

    What is written after the first chunk was asked for is left out, so that a busy account's
    file has an end. There are no orders and no trades in a venue yet.
    """
    yield f"{COLUMNS[kind]}\r\n".encode()
    if kind is ExportKind.INCOME:
        yield from _income(ask, uid, start, end)


def _income(ask: Ask, uid: Uid, start: Millis, end: Millis) -> Iterator[bytes]:
    newest = ask("SELECT max(seq) FROM postings", ())
    assert newest is not None
    (cut,) = newest
    last: Row | None = (start - 1, *_LAST)
    while last is not None:
        rest = (uid, *last, cut)
        last = ask(_PAGE, (*rest, end))
        lines = ask(_LINES, (*rest, *(last or (end, *_LAST))))
        if lines and lines[0] is not None:
            yield lines[0]
