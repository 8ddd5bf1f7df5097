"""What the rows of a file must be to one another, and to the symbol as it is listed here.

Each check is a column of booleans and what to say of the first row in which it is true. They are
looked at in the order of the list, and the earliest row of all is the one that is told.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.kinds import (
    AGG_TRADES,
    BOOK_TICKER,
    INTERVALS,
    KLINES,
    PREMIUM_INDEX_KLINES,
    TRADES,
    Kind,
)
from clearhouse.feeds.archive.numerals import Ints
from clearhouse.feeds.archive.table import Table
from clearhouse.market.rules import Rules
from clearhouse.model.money import trimmed

Columns = Mapping[str, Ints]


class Check(NamedTuple):
    """Rows that are wrong, and what to say of one of them."""

    wrong: NDArray[np.bool_]
    reason: Callable[[int], str]


def check(table: Table, rules: Rules | None) -> None:
    """Raise `ArchiveError` for the first row that cannot be played."""
    symbol = table.named.symbol
    if rules is None:
        raise ArchiveError(table.path, None, f"{symbol} is not listed here")
    found = [
        (int(one.wrong.argmax()), one)
        for one in _checks(table, rules)
        if len(one.wrong) and one.wrong.any()
    ]
    if found:
        row, first = min(found, key=lambda pair: pair[0])
        raise table.fault(row, first.reason(row))


def _checks(table: Table, rules: Rules) -> Iterator[Check]:
    columns = table.columns
    kind = table.named.kind
    if kind is TRADES:
        yield from _trades(columns, rules, "id", "time", "qty")
    elif kind is AGG_TRADES:
        yield from _trades(columns, rules, "agg_trade_id", "transact_time", "quantity")
        yield from _ids_of_aggregates(columns)
    elif kind is BOOK_TICKER:
        yield from _quotes(columns, rules)
    else:
        yield from _candles(columns, kind, INTERVALS[table.named.interval])
        if kind is KLINES:
            yield from _candles_of_trades(columns, rules)


def _trades(columns: Columns, rules: Rules, number: str, at: str, size: str) -> Iterator[Check]:
    yield _rising(columns, number, strictly=True)
    yield _rising(columns, at, strictly=False)
    yield from _price(columns, "price", rules)
    yield _positive(columns, size)
    yield _multiple(columns, size, rules.step, "step size")


def _ids_of_aggregates(columns: Columns) -> Iterator[Check]:
    first, last = columns["first_trade_id"], columns["last_trade_id"]
    yield Check(
        last < first, lambda row: f"last_trade_id {last[row]} is before first_trade_id {first[row]}"
    )


def _quotes(columns: Columns, rules: Rules) -> Iterator[Check]:
    yield _rising(columns, "update_id", strictly=True)
    yield _rising(columns, "transaction_time", strictly=False)
    yield from _price(columns, "best_bid_price", rules)
    yield from _price(columns, "best_ask_price", rules)
    bid, ask = columns["best_bid_price"], columns["best_ask_price"]
    yield Check(
        bid >= ask, lambda row: f"the bid {_of(bid, row)} is not below the ask {_of(ask, row)}"
    )


def _candles(columns: Columns, kind: Kind, length: int) -> Iterator[Check]:
    opened, closed = columns["open_time"], columns["close_time"]
    yield _rising(columns, "open_time", strictly=True)
    yield Check(
        opened % length != 0, lambda row: f"open_time {opened[row]} begins no such interval"
    )
    yield Check(
        closed != opened + length - 1,
        lambda row: f"close_time {closed[row]} is not {opened[row] + length - 1}",
    )
    low, high = columns["low"], columns["high"]
    for name in ("open", "close"):
        yield _within(columns[name], low, high, name)
    if kind is not PREMIUM_INDEX_KLINES:
        yield _positive(columns, "low")


def _candles_of_trades(columns: Columns, rules: Rules) -> Iterator[Check]:
    for name in ("open", "high", "low", "close"):
        yield _multiple(columns, name, rules.tick, "tick size")
    for name in ("volume", "taker_buy_volume"):
        yield _multiple(columns, name, rules.step, "step size")
    volume, bought = columns["volume"], columns["taker_buy_volume"]
    yield Check(
        bought > volume,
        lambda row: f"taker_buy_volume {_of(bought, row)} is above volume {_of(volume, row)}",
    )


def _within(price: Ints, low: Ints, high: Ints, name: str) -> Check:
    return Check(
        (price < low) | (price > high),
        lambda row: (
            f"{name} {_of(price, row)} is not from low {_of(low, row)} to high {_of(high, row)}"
        ),
    )


def _price(columns: Columns, name: str, rules: Rules) -> Iterator[Check]:
    yield _positive(columns, name)
    yield _multiple(columns, name, rules.tick, "tick size")
    price, (low, high) = columns[name], rules.price
    yield Check(
        (price < low) | ((price > high) & (high > 0)),
        lambda row: (
            f"{name} {_of(price, row)} is outside the symbol's {trimmed(low)} to {trimmed(high)}"
        ),
    )


def _positive(columns: Columns, name: str) -> Check:
    values = columns[name]
    return Check(values <= 0, lambda row: f"{name} {_of(values, row)} is not above zero")


def _multiple(columns: Columns, name: str, unit: int, what: str) -> Check:
    values = columns[name]
    wrong = values % unit != 0 if unit else np.zeros(len(values), np.bool_)
    return Check(
        wrong,
        lambda row: (
            f"{name} {_of(values, row)} is no multiple of the symbol's {what} {trimmed(unit)}"
        ),
    )


def _rising(columns: Columns, name: str, *, strictly: bool) -> Check:
    values = columns[name]
    wrong = np.zeros(len(values), np.bool_)
    wrong[1:] = np.diff(values) < (1 if strictly else 0)
    how = "not after" if strictly else "before"
    return Check(
        wrong,
        lambda row: f"{name} {values[row]} is {how} {values[row - 1]}: rows are out of order",
    )


def _of(units: Ints, row: int) -> str:
    return trimmed(int(units[row]))
