"""Candles as what they could have come from: a path of marks, or trades.

The path of a candle goes from its open to its low and its high (where it fell: to its high and
its low) and to its close; of these turns those that repeat the one before are left out. A path of
marks has as many points as the candle counts updates, evenly in time, so the candles that are made
of it again are the same. Trades stand at the turns, with the volume and the taker's share of it
divided among them, so that prices, volume and bought volume of the candle come out again.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from clearhouse.feeds.archive.numerals import Ints

Columns = Mapping[str, Ints]

TURNS = 4
_SECOND_MS = 1_000
_NEVER = np.int64(2**62)


def marks_of_candles(columns: Columns, length: int) -> tuple[Ints, Ints]:
    """Times and prices of the updates that candles of a length in milliseconds stand for."""
    turns, many = _turns(columns)
    points = np.where(columns["count"] > 0, columns["count"], TURNS)
    points = np.maximum(np.minimum(points, length // _SECOND_MS), many)
    candle = np.repeat(np.arange(len(points)), points)
    first = np.cumsum(points) - points
    place = np.arange(len(candle)) - first[candle]
    at = columns["open_time"][candle] + place * length // points[candle]
    return at, _on_the_path(turns, _stations(points, many), candle, place)


def trades_of_candles(columns: Columns, length: int, step: int) -> tuple[Ints, ...]:
    """Times, prices, quantities and makers of trades that add up to candles."""
    turns, many = _turns(columns)
    volume, bought = columns["volume"] // step, columns["taker_buy_volume"] // step
    many = np.minimum(many, volume)
    place = np.arange(TURNS)
    taken = place < many[:, None]
    sizes = _shares(volume, many) * taken
    buys = _shares(bought, many) * taken
    at = columns["open_time"][:, None] + place * length // np.maximum(many, 1)[:, None]
    both = [np.stack(pair, axis=2).ravel() for pair in ((at, at), (turns, turns))]
    quantity = np.stack((buys, sizes - buys), axis=2).ravel() * step
    makers = np.tile(np.array([0, 1], np.int64), at.size)
    kept = quantity > 0
    return tuple(column[kept] for column in (*both, quantity, makers))


def _turns(columns: Columns) -> tuple[Ints, Ints]:
    """The turns of each path, a row of four, and how many of them there are."""
    opened, high, low, closed = (columns[name] for name in ("open", "high", "low", "close"))
    rose = closed >= opened
    path = np.stack((opened, np.where(rose, low, high), np.where(rose, high, low), closed), axis=1)
    new = np.ones(path.shape, np.bool_)
    new[:, 1:] = np.diff(path, axis=1) != 0
    order = np.argsort(~new, axis=1, kind="stable")
    return np.take_along_axis(path, order, axis=1), new.sum(axis=1)


def _stations(points: Ints, many: Ints) -> Ints:
    """The places of the turns among the points of each path; beyond the last, never."""
    turn = np.arange(TURNS)
    gaps = np.maximum(many - 1, 1)[:, None]
    places = (2 * turn * (points - 1)[:, None] + gaps) // (2 * gaps)  # to the nearest
    return np.where(turn < many[:, None], places, _NEVER)


def _on_the_path(turns: Ints, stations: Ints, candle: NDArray[np.int64], place: Ints) -> Ints:
    """The price at a place of a path: on a turn, or on the way to the next."""
    leg = np.zeros(len(place), np.int64)
    for turn in range(1, TURNS):
        leg += place >= stations[candle, turn]
    after = np.minimum(leg + 1, TURNS - 1)
    start, end = stations[candle, leg], stations[candle, after]
    price, coming = turns[candle, leg], turns[candle, after]
    span = np.where((end == _NEVER) | (end == start), 1, end - start)
    way = np.where(end == _NEVER, 0, place - start)
    return price + (coming - price) * way // span


def _shares(total: Ints, many: Ints) -> Ints:
    """A total in as many parts as nearly alike as whole numbers can be; none is lost."""
    until = np.arange(1, TURNS + 1)
    sums = total[:, None] * np.minimum(until, many[:, None]) // np.maximum(many, 1)[:, None]
    return np.diff(sums, axis=1, prepend=0)
