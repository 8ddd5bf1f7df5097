"""Trades in columns, made into what happened in each minute: a few passes over all of them.

Sums are exact: a value is cut at 8 decimals for each trade, as money is everywhere, by parts
that fit 64 bits; where a run of trades is too large for that it is taken in halves.
"""

from collections.abc import Iterator

import numpy as np

from clearhouse.model.ids import MINUTE_MS
from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.trades import Column, Trades
from clearhouse.tape.bars import Bar

_FITS = 2**63


def values(price: Column, quantity: Column) -> Column:
    """`price * quantity` of each, cut at 8 decimals; all of `fits` is asked for before."""
    whole, part = np.divmod(price, SCALE)
    coins, rest = np.divmod(quantity, SCALE)
    found: Column = whole * quantity + part * coins + part * rest // SCALE
    return found


def fits(trades: Trades) -> bool:
    """Whether no sum of quantities or values can pass 64 bits."""
    quantities = int(trades.quantity.max()) * len(trades.quantity)
    return quantities * (int(trades.price.max()) // SCALE + 2) < _FITS


def minutes(trades: Trades, first_id: int) -> Iterator[Bar]:
    """What happened in each minute that has trades, oldest first; ids count from `first_id`."""
    number = len(trades.at)
    if not number:
        return
    if fits(trades):
        yield from _minutes(trades, first_id)
    elif number == 1:
        yield _single(trades, first_id)
    else:
        half = number // 2
        yield from minutes(trades.part(0, half), first_id)
        yield from minutes(trades.since(half), first_id + half)


def _minutes(trades: Trades, first_id: int) -> Iterator[Bar]:
    price, quantity = trades.price, trades.quantity
    opened = np.maximum.accumulate(trades.at) // MINUTE_MS
    starts = np.flatnonzero(np.diff(opened, prepend=opened[0] - 1))
    ends = np.append(starts[1:], len(opened))
    quote = values(price, quantity)
    buyer_took = ~trades.buyer_maker
    columns = (
        opened[starts] * MINUTE_MS,
        price[starts],
        np.maximum.reduceat(price, starts),
        np.minimum.reduceat(price, starts),
        price[ends - 1],
        np.add.reduceat(quantity, starts),
        np.add.reduceat(quote, starts),
        ends - starts,
        np.add.reduceat(quantity * buyer_took, starts),
        np.add.reduceat(quote * buyer_took, starts),
        starts + first_id,
        ends + (first_id - 1),
    )
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield Bar(*row)


def _single(trades: Trades, first_id: int) -> Bar:
    at, price, quantity = (int(column[0]) for column in trades[:3])
    return one_trade(at, price, quantity, first_id, buyer_maker=bool(trades.buyer_maker[0]))


def one_trade(at: int, price: int, quantity: int, trade_id: int, *, buyer_maker: bool) -> Bar:
    """What one trade did."""
    quote = multiply_toward_zero(price, quantity)
    return Bar(
        at - at % MINUTE_MS,
        price,
        price,
        price,
        price,
        quantity,
        quote,
        1,
        0 if buyer_maker else quantity,
        0 if buyer_maker else quote,
        trade_id,
        trade_id,
    )
