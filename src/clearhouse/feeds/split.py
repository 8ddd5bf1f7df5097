"""A candle taken apart into smaller ones that add up to it exactly.

The path goes from the open to the close and stays between low and high, which one of the parts
touches each. Trades and quantities are shared out without remainder. What was paid is the hard
part: each part's must be possible at its own prices (low × quantity ≤ paid ≤ high × quantity),
and the sum is given. So the path is moved toward the average price of the whole, and where that
does not do, lows or highs are stretched just far enough; then what is possible at least is paid
everywhere, and the rest is shared out by how much more each part could take.

Prices count in ticks and quantities in lots, so that every product is an integer below 2^46 (see
`feeds/scales.py`) and 16 bits are left to cut shares with. All parts of all rows are worked out
in one pass of numpy.
"""

from math import isqrt
from typing import NamedTuple

import numpy as np

from clearhouse.feeds.noise import SIGMA, Keys, Numbers, bells, below, draws

TRADES_A_MINUTE = 2
"""Every minute has at least so many trades, and each side bought at least as many lots."""

SHARE_BITS = 16
_WEIGHTS = 1024
_LEAST_WEIGHT = 128
_OTHER_WORDS = 0x5555555555555555


class Rows(NamedTuple):
    """Candles in columns. Prices in ticks; quantities in lots; paid in ticks × lots.

    `bought` and `sold`: by takers. Both sides have traded in every candle.
    """

    open: Numbers
    high: Numbers
    low: Numbers
    close: Numbers
    trades: Numbers
    bought: Numbers
    bought_for: Numbers
    sold: Numbers
    sold_for: Numbers

    def some(self, rows: slice) -> "Rows":
        """Some of the candles."""
        return Rows(*(column[rows] for column in self))


def joined(pieces: list[Rows]) -> Rows:
    """Candles one after the other."""
    return Rows(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


def split(whole: Rows, minutes: list[int], keys: Keys) -> Rows:
    """Each candle as parts of so many minutes; `keys` has the root of each candle's draws."""
    parts = len(minutes)
    if parts == 1:
        return whole
    roots, places = keys[:, None], np.arange(1, parts + 1, dtype=np.uint64)[None, :]
    opens, closes = _path(whole, _steps(draws(roots, places), parts))
    trades, bought, sold = _quantities(whole, minutes, draws(roots, places + np.uint64(64)))
    closes = _toward_average(whole, opens, closes, bought + sold)
    opens = _opens(whole, closes)
    highs, lows = _wicks(whole, opens, closes, draws(roots, places + np.uint64(128)))
    for side, paid in ((bought, whole.bought_for), (sold, whole.sold_for)):
        lows, highs = _stretched(whole, lows, highs, side, paid)
    return Rows(
        *(
            column.reshape(-1)
            for column in (
                *(opens, highs, lows, closes, trades),
                *(bought, _paid(whole.bought_for, lows, highs, bought)),
                *(sold, _paid(whole.sold_for, lows, highs, sold)),
            )
        )
    )


def _steps(words: Keys, parts: int) -> Numbers:
    """Where the path stands after each part, off the straight line, in standard deviations."""
    walk = np.cumsum(bells(words), axis=1)
    ends = np.arange(1, parts + 1, dtype=np.int64)[None, :]
    return walk - walk[:, -1:] * ends // parts


def _path(whole: Rows, steps: Numbers) -> tuple[Numbers, Numbers]:
    """Opens and closes: the way from open to close with the steps on it, folded into the range."""
    parts = steps.shape[1]
    ends = np.arange(1, parts + 1, dtype=np.int64)[None, :]
    first, last = whole.open[:, None], whole.close[:, None]
    low, span = whole.low[:, None], (whole.high - whole.low)[:, None]
    line = first + (last - first) * ends // parts
    off = steps * span // SIGMA * 10 // _sixteen_roots(parts)
    turn = np.maximum(2 * span, 1)
    folded = (line + off - low) % turn
    closes = low + np.minimum(folded, turn - folded).clip(0, span)
    closes[:, -1] = whole.close
    return _opens(whole, closes), closes


def _sixteen_roots(parts: int) -> int:
    """16 √parts: a step of the path goes as far as a 1.6 √parts-th of the range."""
    return isqrt(256 * parts)


def _opens(whole: Rows, closes: Numbers) -> Numbers:
    """Each part opens where the one before closed."""
    return np.concatenate((whole.open[:, None], closes[:, :-1]), axis=1)


def _quantities(whole: Rows, minutes: list[int], words: Keys) -> tuple[Numbers, Numbers, Numbers]:
    """Trades, and what takers bought and sold: at least one lot a trade on each side."""
    length = np.array(minutes, dtype=np.int64)[None, :]
    busy = (_LEAST_WEIGHT + below(words, _WEIGHTS)) * length // max(minutes)
    trades = _shared(whole.trades, length * TRADES_A_MINUTE, busy)
    half = _LEAST_WEIGHT * length // max(minutes)
    bought = _shared(whole.bought, trades, busy + half + below(words >> np.uint64(16), 256))
    sold = _shared(whole.sold, trades, busy + half + below(words >> np.uint64(32), 256))
    return trades, bought, sold


def _shared(total: Numbers, least: Numbers, weights: Numbers) -> Numbers:
    """A total shared out by weights, each part at least so much."""
    least = np.broadcast_to(least, weights.shape)
    rest = (total - least.sum(axis=1))[:, None]
    ends = np.cumsum(weights, axis=1)
    until = rest * ends // ends[:, -1:]
    shares: Numbers = least + np.diff(until, axis=1, prepend=0)
    return shares


def _toward_average(whole: Rows, opens: Numbers, closes: Numbers, lots: Numbers) -> Numbers:
    """The path moved as a whole, so that its average price comes near to what was paid."""
    parts = closes.shape[1]
    middle = ((opens + closes) // 2 * lots).sum(axis=1)
    off = (whole.bought_for + whole.sold_for - middle) // (whole.bought + whole.sold)
    moved: Numbers = closes + (off * parts // (parts - 1))[:, None]
    moved = moved.clip(whole.low[:, None], whole.high[:, None])
    moved[:, -1] = whole.close
    return moved


def _wicks(whole: Rows, opens: Numbers, closes: Numbers, words: Keys) -> tuple[Numbers, Numbers]:
    """Highs and lows; the part that is nearest to an end of the range reaches it."""
    parts = closes.shape[1]
    top, bottom = np.maximum(opens, closes), np.minimum(opens, closes)
    span = (whole.high - whole.low)[:, None]
    reach = SIGMA * _sixteen_roots(parts) // 5
    above = np.abs(bells(words)) * span // reach
    beneath = np.abs(bells(words ^ np.uint64(_OTHER_WORDS))) * span // reach
    highs = np.minimum(top + above, whole.high[:, None])
    lows = np.maximum(bottom - beneath, whole.low[:, None])
    rows = np.arange(len(closes))
    highs[rows, top.argmax(axis=1)] = whole.high
    lows[rows, bottom.argmin(axis=1)] = whole.low
    return highs, lows


def _stretched(
    whole: Rows, lows: Numbers, highs: Numbers, lots: Numbers, paid: Numbers
) -> tuple[Numbers, Numbers]:
    """Lows and highs that what was paid is possible at."""
    low, high = whole.low[:, None], whole.high[:, None]
    too_little = ((lows * lots).sum(axis=1) - paid)[:, None]
    room = ((lows - low) * lots).sum(axis=1)[:, None]
    lows = lows - _cut_up((lows - low), too_little, room)
    too_much = (paid - (highs * lots).sum(axis=1))[:, None]
    room = ((high - highs) * lots).sum(axis=1)[:, None]
    return lows, highs + _cut_up((high - highs), too_much, room)


def _cut_up(room: Numbers, needed: Numbers, there: Numbers) -> Numbers:
    """The share of the room that is needed of what is there, rounded up: never too little."""
    needed = np.maximum(needed, 0)
    share = -(-(needed << SHARE_BITS) // np.maximum(there, 1))
    return -(-(room * share) >> SHARE_BITS)


def _paid(total: Numbers, lows: Numbers, highs: Numbers, lots: Numbers) -> Numbers:
    """What was paid in each part: at least what the low asks for, and the rest by room."""
    least, room = lows * lots, (highs - lows) * lots
    rest = (total - least.sum(axis=1))[:, None]
    share = (rest << SHARE_BITS) // np.maximum(room.sum(axis=1)[:, None], 1)
    more = (room >> SHARE_BITS) * share + ((room & (2**SHARE_BITS - 1)) * share >> SHARE_BITS)
    left, spare = rest - more.sum(axis=1)[:, None], room - more
    before = np.cumsum(spare, axis=1) - spare
    paid: Numbers = least + more + (left - before).clip(0, spare)
    return paid
