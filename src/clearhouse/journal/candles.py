"""The candles that a journal keeps beside its records: no record makes them, so none restores them.

Sums are text, because those of a long candle of a cheap coin pass 64 bits.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from clearhouse.messages.market_queries import Candle, CandleRow, StoredCandles

TABLE = """
CREATE TABLE IF NOT EXISTS candles (
  symbol TEXT NOT NULL, kind TEXT NOT NULL, interval TEXT NOT NULL, open_at INTEGER NOT NULL,
  open INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, close INTEGER NOT NULL,
  volume TEXT NOT NULL, quote TEXT NOT NULL, trades INTEGER NOT NULL,
  taker_volume TEXT NOT NULL, taker_quote TEXT NOT NULL,
  first_id INTEGER NOT NULL, last_id INTEGER NOT NULL,
  PRIMARY KEY (symbol, kind, interval, open_at)) WITHOUT ROWID;
"""
_HOLES = ", ".join("?" * 15)
_WRITE = f"INSERT OR REPLACE INTO candles VALUES ({_HOLES})"  # noqa: S608  `?` only
_READ = (
    "SELECT open_at, open, high, low, close, volume, quote, trades, taker_volume, taker_quote, "
    "first_id, last_id FROM candles "
    "WHERE symbol = ? AND kind = ? AND interval = ? AND open_at BETWEEN ? AND ? "
    "ORDER BY open_at {way} LIMIT ?"
)
_FIRST, _NEWEST = _READ.format(way="ASC"), _READ.format(way="DESC")


def write_candles(db: sqlite3.Connection, rows: Sequence[CandleRow], *, forget: bool) -> None:
    """Put candles in the place of what was there of them; `forget`: of whatever was there."""
    if forget:
        db.execute("DELETE FROM candles")
    db.executemany(_WRITE, map(_row, rows))


def stored_candles(db: sqlite3.Connection, asked: StoredCandles) -> tuple[Candle, ...]:
    """The answer to a query."""
    rows = db.execute(
        _NEWEST if asked.newest else _FIRST,
        (asked.symbol, asked.kind.value, asked.interval, asked.start, asked.end, asked.limit),
    ).fetchall()
    found = tuple(_candle(*row) for row in rows)
    return found[::-1] if asked.newest else found


def _candle(*row: Any) -> Candle:
    at, opened, high, low, close, volume, quote, trades, bought, bought_for, first, last = row
    prices = opened, high, low, close
    sums = int(volume), int(quote), trades, int(bought), int(bought_for)
    return Candle(at, *prices, *sums, first, last)


def _row(row: CandleRow) -> tuple[object, ...]:
    symbol, kind, interval, candle = row
    return (
        symbol,
        kind.value,
        interval,
        candle.open_at,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        str(candle.volume),
        str(candle.quote),
        candle.trades,
        str(candle.taker_volume),
        str(candle.taker_quote),
        candle.first_id,
        candle.last_id,
    )
