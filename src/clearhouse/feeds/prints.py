"""The trades of a synthetic market and the quotes that they are made at.

Both are functions of where the market stands and of the moment. A trade takes the best bid or
the best ask, for an amount that is small mostly and large now and then.
"""

from math import isqrt
from typing import NamedTuple

from clearhouse.feeds.characters import Character
from clearhouse.feeds.noise import SIGMA, bell, draw, key_of
from clearhouse.feeds.pace import SECOND_MS, SLOT_MS, Stride
from clearhouse.market.rules import Rules
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import SCALE, multiply_toward_zero

Print = tuple[int, int, int, bool]
"""When, at what price, how much, and whether the buyer was the maker."""

MOST_UNITS = 2**55
SIZES = (1, 2, 3, 5, 8, 13, 24, 72)
"""How large a trade is, in 16ths of the usual one; on average that is one."""
ALONG = 6
"""Trades that stand for all of a long stride."""

_BASIS_POINTS = 10_000
_ROOT_BITS = 40
_HALF_WORD = 16
_WORD = 2**_HALF_WORD - 1


class Quote(NamedTuple):
    """The best prices."""

    bid: int
    ask: int


class Printer:
    """Trades and quotes of one symbol.

    `spread`: from the middle to a quote at least, as a fraction of the price in units of 1e-8.
    """

    spread: int = 0

    def __init__(self, seed: int, symbol: str, rules: Rules, character: Character) -> None:
        self._rules = rules
        self._tick = rules.tick or 1
        self._least_spread = character.spread * self._tick
        self._character = character
        root = isqrt((SLOT_MS << _ROOT_BITS) // DAY_MS) // 2
        self._wobble = character.volatility * root
        self._quote_key = key_of(seed, symbol, "quote")
        self._trade_key = key_of(seed, symbol, "trade")

    def quote(self, middle: int, at: int) -> Quote:
        """The best prices at a moment, around the middle."""
        word = draw(self._quote_key, at // SLOT_MS)
        off = middle * bell(word) * self._wobble
        return self._around(middle + off // (SIGMA * _BASIS_POINTS << _ROOT_BITS // 2))

    def slots(self, middle: int, after: int, until: int) -> list[Print]:
        """The trades of every slot after a moment until another."""
        prints: list[Print] = []
        for at in range(after + SLOT_MS, until + 1, SLOT_MS):
            prints += self.slot(middle, at)
        return prints

    def slot(self, middle: int, at: int) -> list[Print]:
        """The trades of a moment: several, one, or none."""
        place = at // SLOT_MS * 8
        word = draw(self._trade_key, place)
        a_second = SECOND_MS // SLOT_MS * 10
        count = 2 * self._character.trades * (word & _WORD) // a_second
        count = (count + (word >> _HALF_WORD & _WORD)) >> _HALF_WORD
        if not count:
            return []
        quote = self.quote(middle, at)
        usual = self._character.turnover * 10 * SCALE // self._character.trades
        usual = usual * SECOND_MS // DAY_MS
        return [
            self._print(quote, at, usual, draw(self._trade_key, place + number))
            for number in range(1, min(count, 7) + 1)
        ]

    def along(self, before: int, after: int, start: int, stride: Stride) -> list[Print]:
        """A few trades on the way from one price to another, that stand for all of them."""
        length = stride.until - start
        usual = self._character.turnover * SCALE * length // DAY_MS // ALONG
        root = isqrt((length << _ROOT_BITS) // DAY_MS) // 3
        prints = []
        for number in range(1, ALONG + 1):
            at = start + length * number // ALONG
            word = draw(self._trade_key ^ stride.length, at // SLOT_MS * 8 + number)
            middle = before + (after - before) * number // ALONG
            if number < ALONG:
                off = middle * bell(word) * self._character.volatility * root
                middle += off // (SIGMA * _BASIS_POINTS << _ROOT_BITS // 2)
            prints.append(self._print(self._around(middle), at, usual, word))
        return prints

    def _around(self, middle: int) -> Quote:
        """The best prices around one, on the tick and within what the symbol allows."""
        low, high = self._rules.price
        spread = 2 * multiply_toward_zero(middle, self.spread) // self._tick * self._tick
        spread = max(spread, self._least_spread)
        ticks = (middle - spread // 2 - low) // self._tick
        bid = max(low + max(ticks, 0) * self._tick, low or self._tick)
        if high and bid + spread > high:
            bid = max(low + (high - spread - low) // self._tick * self._tick, low or self._tick)
        return Quote(bid, bid + spread)

    def _print(self, quote: Quote, at: int, usual: int, word: int) -> Print:
        buyer_maker = bool(word >> 60 & 1)
        price = quote.bid if buyer_maker else quote.ask
        worth = usual * SIZES[word >> 56 & 7] // 16
        worth = worth * (768 + (word >> 40 & 511)) // 1024
        units = min(worth * SCALE // price, MOST_UNITS)
        step = self._rules.step or 1
        quantity = max(units // step * step, step, self._rules.quantity.low)
        return at, price, quantity, buyer_maker
