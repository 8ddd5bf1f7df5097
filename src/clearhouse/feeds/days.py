"""The days of a seeded past: a walk back from the price at which the symbol was listed.

The walk is drawn toward that price, so that a past of decades stays in its neighbourhood. The
last day is cut where the venue begins; it moves and trades as much less as it is shorter.
"""

from math import isqrt
from typing import NamedTuple

import numpy as np

from clearhouse.feeds.characters import Character
from clearhouse.feeds.noise import SIGMA, Keys, Numbers, bells, below, draws
from clearhouse.feeds.scales import DAY_MINUTES, LEAST_LOTS, MOST_PAID, MOST_UNITS, Scale
from clearhouse.feeds.split import TRADES_A_MINUTE, Rows
from clearhouse.model.money import SCALE

BASIS_POINTS = 10_000
HOMEWARD_DAYS = 300
"""A day takes back a 300th of the distance to the price at the end: years make ± 35 % or so."""

_SHARES = 1024


class Days(NamedTuple):
    """Days from `first` on (numbered from 1970); the last one ends after so many minutes."""

    first: int
    rows: Rows
    last_minutes: int


def days_before(
    scale: Scale, character: Character, price: int, minute: int, *, first: int, key: int
) -> Days:
    """The days from `first` until a minute (of all since 1970), ending at a price."""
    last, over = divmod(minute, DAY_MINUTES)
    if not over:
        last, over = last - 1, DAY_MINUTES
    numbers = np.arange(first, last + 1, dtype=np.int64)
    words = draws(key, numbers * 4)
    part = isqrt((over << 20) // DAY_MINUTES)  # of the last day, in 1024ths: times as roots
    closes = _walk_back(scale, character, price, bells(words).tolist(), part)
    opens, closes = closes[:-1], closes[1:]
    span = opens * character.volatility // BASIS_POINTS
    span[-1] = span[-1] * part // _SHARES
    above = np.abs(bells(draws(key, numbers * 4 + 1))) * span // (2 * SIGMA)
    beneath = np.abs(bells(draws(key, numbers * 4 + 2))) * span // (2 * SIGMA)
    highs = np.minimum(np.maximum(opens, closes) + above, scale.highest)
    lows = np.maximum(np.minimum(opens, closes) - beneath, scale.lowest)
    prices = (opens, highs, lows, closes)
    rows = _traded(scale, character, prices, draws(key, numbers * 4 + 3), over)
    return Days(first, rows, over)


def _walk_back(
    scale: Scale, character: Character, price: int, noise: list[int], part: int
) -> Numbers:
    """Where each day closed, in ticks, and before them where the first one opened."""
    at, back = price, [scale.ticks(price)]
    lowest, highest = scale.price(scale.lowest), scale.price(scale.highest)
    share = part
    for step in reversed(noise):
        moved = at * step * character.volatility * share // (SIGMA * BASIS_POINTS * _SHARES)
        at = min(max(at - moved + (price - at) // HOMEWARD_DAYS, lowest), highest)
        back.append(scale.ticks(at))
        share = _SHARES
    return np.array(back[::-1], dtype=np.int64)


def _traded(
    scale: Scale,
    character: Character,
    prices: tuple[Numbers, Numbers, Numbers, Numbers],
    words: Keys,
    over: int,
) -> Rows:
    """What was traded on each day: more where the price went far, and never nothing."""
    opens, highs, lows, closes = prices
    usual = np.maximum(opens * character.volatility * 2 // BASIS_POINTS, 1)
    busy = _SHARES // 2 + below(words, _SHARES) // 2 + (highs - lows) * (_SHARES // 4) // usual
    busy = np.minimum(busy, 2 * _SHARES)
    most = min(MOST_PAID, MOST_UNITS * SCALE // (scale.grain * scale.lot))
    usual_paid = min(character.turnover * SCALE * SCALE // (scale.grain * scale.lot), most)
    lots = usual_paid * busy // _SHARES // np.maximum(closes, 1)
    cap = np.minimum(most // np.maximum(highs, 1), MOST_UNITS // scale.lot)
    lots = np.maximum(np.minimum(lots, cap), LEAST_LOTS)
    trades = character.trades * DAY_MINUTES * 6 * busy // _SHARES
    trades = np.minimum(np.maximum(trades, TRADES_A_MINUTE * DAY_MINUTES), lots // 4)
    for column in (lots, trades):
        column[-1] = column[-1] * over // DAY_MINUTES
    bought = lots * (448 + below(words >> np.uint64(20), 128)) // _SHARES
    average = opens + highs + lows + closes
    sold = lots - bought
    return Rows(*prices, trades, bought, bought * average // 4, sold, sold * average // 4)
