"""What the public archive holds of USDⓈ-M futures: a table of files and their columns.

Files of trades and quotes say in their name what they are (`BTCUSDT-aggTrades-2024-01-01.zip`).
Those of candles name only the interval (`BTCUSDT-1m-2024-01-01.zip`), and the directory that they
lie in says which candles: `klines`, `markPriceKlines`, `indexPriceKlines`, `premiumIndexKlines`.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from clearhouse.model.ids import DAY_MS
from clearhouse.model.intervals import LENGTHS


class Form(StrEnum):
    """How a column is written."""

    WHOLE = "a whole number"
    TIME = "a time in milliseconds"
    DECIMAL = "a decimal number"
    SIGNED = "a decimal number, with a minus or without"
    TRUTH = "true or false"


class Kind(NamedTuple):
    """One kind of file: its name in paths, and its columns in order."""

    name: str
    columns: tuple[tuple[str, Form], ...]

    @property
    def header(self) -> str:
        """The first line of newer files; those of the first years have none."""
        return ",".join(name for name, _ in self.columns)


class Named(NamedTuple):
    """What the path of a file says of it; `interval` is empty but for candles."""

    kind: Kind
    symbol: str
    interval: str
    period: str


_W, _T, _D, _S, _B = Form.WHOLE, Form.TIME, Form.DECIMAL, Form.SIGNED, Form.TRUTH

AGG_TRADES = Kind(
    "aggTrades",
    (
        ("agg_trade_id", _W),
        ("price", _D),
        ("quantity", _D),
        ("first_trade_id", _W),
        ("last_trade_id", _W),
        ("transact_time", _T),
        ("is_buyer_maker", _B),
    ),
)
TRADES = Kind(
    "trades",
    (
        ("id", _W),
        ("price", _D),
        ("qty", _D),
        ("quote_qty", _D),
        ("time", _T),
        ("is_buyer_maker", _B),
    ),
)
BOOK_TICKER = Kind(
    "bookTicker",
    (
        ("update_id", _W),
        ("best_bid_price", _D),
        ("best_bid_qty", _D),
        ("best_ask_price", _D),
        ("best_ask_qty", _D),
        ("transaction_time", _T),
        ("event_time", _T),
    ),
)


def _candles(name: str, price: Form) -> Kind:
    return Kind(
        name,
        (
            ("open_time", _T),
            *((column, price) for column in ("open", "high", "low", "close")),
            ("volume", _D),
            ("close_time", _T),
            ("quote_volume", _D),
            ("count", _W),
            ("taker_buy_volume", _D),
            ("taker_buy_quote_volume", _D),
            ("ignore", _D),
        ),
    )


KLINES = _candles("klines", _D)
MARK_PRICE_KLINES = _candles("markPriceKlines", _D)
INDEX_PRICE_KLINES = _candles("indexPriceKlines", _D)
PREMIUM_INDEX_KLINES = _candles("premiumIndexKlines", _S)

CANDLES = {
    kind.name: kind
    for kind in (KLINES, MARK_PRICE_KLINES, INDEX_PRICE_KLINES, PREMIUM_INDEX_KLINES)
}
EVENTS = {kind.name: kind for kind in (AGG_TRADES, TRADES, BOOK_TICKER)}

INTERVALS = {interval: length for interval, length in LENGTHS.items() if length <= 3 * DAY_MS}
"""Milliseconds of the intervals that can be played; weeks and months are too coarse for it."""

_NAME = re.compile(
    r"(?P<symbol>[A-Z0-9_]{1,32})-(?P<what>[A-Za-z0-9]+)"
    r"-(?P<period>[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)\.(?:csv|zip)"
)


def named(path: Path) -> Named | None:
    """What a path says of its file, or None where it is not named like one of the archive."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    symbol, what, period = found["symbol"], found["what"], found["period"]
    if what in EVENTS:
        return Named(EVENTS[what], symbol, "", period)
    if what not in INTERVALS:
        return None
    above = (part for part in reversed(path.parts[:-1]) if part in CANDLES)
    return Named(CANDLES[next(above, KLINES.name)], symbol, what, period)


def place(kind: Kind, symbol: str, period: str, interval: str = "") -> Path:
    """Where a file lies in a directory that is laid out like the archive."""
    what = interval or kind.name
    inner = Path(kind.name, symbol, interval) if interval else Path(kind.name, symbol)
    return inner / f"{symbol}-{what}-{period}.csv"
