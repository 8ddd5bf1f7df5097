"""A market that moves by itself: seeded, at any speed of the clock, and without an end.

It keeps no price. Each second it takes the prices that the venue has, whoever made them, and
moves them on: the index by a step that is a function of seed, symbol and second; the mark toward
a premium that wanders likewise; and trades around the mark. So it goes on after a restart, and
from a price that somebody set, as if nothing had been.

Contracts on one base asset move together. The index is drawn back to what that asset is worth
(months for half of the way) and stays within a tenth and ten times of it.
"""

import asyncio
from math import isqrt

from clearhouse.feeds.characters import Character, character_of
from clearhouse.feeds.noise import SIGMA, bell, draw, key_of
from clearhouse.feeds.pace import SECOND_MS, SLOT_MS, Stride, strides
from clearhouse.feeds.port import Movements, Outlook, Prices, SourceState, SourceView
from clearhouse.feeds.prints import Print, Printer
from clearhouse.market.rules import Rules
from clearhouse.model.ids import DAY_MS, MINUTE_MS, Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import clamp
from clearhouse.model.trades import Trades

SWING = 10
BASIS_POINTS = 10_000
BILLION = 10**9
_MILLIONTH = BILLION // 10**6
HOMEWARD_MS = 90 * DAY_MS
KNOT_MS = 10 * MINUTE_MS
"""The premium goes from one drawn number to the next in this time."""
EASE = 60
"""In each second the mark takes a 60th of the way to its premium, the last price of that to it."""

_ROOT_BITS = 40


class Walk:
    """How one symbol moves."""

    def __init__(self, seed: int, contract: Contract, rules: Rules) -> None:
        self.contract = contract
        self.printer = Printer(seed, contract.symbol, rules, character_of(contract.symbol))
        self.middle = 0
        self._left: Prices | None = None
        self._gap = 0
        self._rules = rules
        self._character: Character = character_of(contract.symbol)
        self._index_key = key_of(seed, contract.base_asset, "index")
        self._premium_key = key_of(seed, contract.symbol, "premium of now")

    def begin(self, at: Prices) -> None:
        """Go on from the prices of the venue; those that this walk did not leave keep their gap.

        That is what lies between the last price and the mark; it closes in a few minutes.
        """
        left = self._left
        if left is None or (left.mark, left.index) != (at.mark, at.index):
            self._gap, self.middle = at.last - at.mark, at.last
            self._left = at

    def step(self, at: Prices, stride: Stride, worth: int) -> Prices:
        """The prices after a stride; `last` is where trades are made around."""
        index = self._index(at.index, stride, worth)
        premium = self._premium(at, stride)
        mark = index * (BILLION + premium) // BILLION
        self._gap = self._gap * (EASE - 1) // EASE if stride.length == SECOND_MS else 0
        self.middle = self._within(mark + self._gap)
        self._left = Prices(last=self.middle, mark=mark, index=index)
        return self._left

    def _index(self, index: int, stride: Stride, worth: int) -> int:
        word = draw(self._index_key ^ stride.length, stride.until // stride.length)
        root = isqrt((stride.length << _ROOT_BITS) // DAY_MS)
        share = bell(word) * self._character.volatility * root
        moved = index + index * share // (SIGMA * BASIS_POINTS << _ROOT_BITS // 2)
        moved += (worth - moved) * min(stride.length, HOMEWARD_MS) // HOMEWARD_MS
        low, high = self._bounds(worth)
        return clamp(moved, min(low, index), max(high, index))

    def _bounds(self, worth: int) -> tuple[int, int]:
        """What the index stays within, so that trades are possible around it."""
        price, tick = self._rules.price, self._rules.tick or 1
        low = max(worth // SWING, price.low + 10 * tick)
        high = min(worth * SWING, price.high * 49 // 50) if price.high else worth * SWING
        return low, max(low, high)

    def _within(self, price: int) -> int:
        """A price that can be traded at."""
        low, tick = self._rules.price.low, self._rules.tick or 1
        return max(low + 2 * tick, min(price, self._rules.price.high or price))

    def _premium(self, at: Prices, stride: Stride) -> int:
        """How far the mark is to be from the index, in parts of 1e-9."""
        knot, over = divmod(stride.until, KNOT_MS)
        before, after = (bell(draw(self._premium_key, knot + n)) for n in (0, 1))
        drawn = (before * (KNOT_MS - over) + after * over) // KNOT_MS
        aim = drawn * self._character.premium * _MILLIONTH // SIGMA
        if stride.length > SECOND_MS:
            return aim
        now = (at.mark - at.index) * BILLION // at.index
        return now + (aim - now) // EASE


class Synthetic:
    """The source: one walk for each listed contract."""

    name = "synthetic"

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._walks: dict[str, Walk] = {}
        self._done = Millis(0)
        self._state = SourceState.CONNECTING

    def view(self) -> SourceView:
        """It runs from its first turn on."""
        return SourceView(
            name=self.name,
            state=self._state,
            as_of=self._done or None,
            details={"seed": self.seed},
        )

    async def run(self, movements: Movements, outlook: Outlook) -> None:
        """Move every market whenever a fifth of a second has passed."""
        self._done = _slot(outlook.now())
        self._state = SourceState.RUNNING
        while True:
            now = _slot(await outlook.until(Millis(self._done + SLOT_MS)))
            if now > self._done:
                for contract in list(outlook.contracts().values()):
                    self.move(contract, (self._done, now), movements, outlook)
                    await asyncio.sleep(0)
            self._done = now

    def move(
        self, contract: Contract, turn: tuple[int, int], movements: Movements, outlook: Outlook
    ) -> None:
        """Move one market from where the last turn ended to where this one does."""
        done, now = turn
        symbol, walk = contract.symbol, self.walk(contract, outlook)
        at, worth = outlook.prices(symbol), outlook.worth(symbol)
        walk.begin(at)
        walk.printer.spread = outlook.spread()
        for stride in strides(done, now):
            before, at = walk.middle, walk.step(at, stride, worth)
            movements.prices(symbol, mark=at.mark, index=at.index)
            if stride.length == SECOND_MS:
                prints = walk.printer.slots(before, done, stride.until - SLOT_MS)
                prints += walk.printer.slot(walk.middle, stride.until)
            else:
                prints = walk.printer.along(before, walk.middle, done, stride)
            _print(movements, symbol, prints)
            done = stride.until
        _print(movements, symbol, walk.printer.slots(walk.middle, done, now))
        movements.quotes(symbol, *walk.printer.quote(walk.middle, now))

    def walk(self, contract: Contract, outlook: Outlook) -> Walk:
        """The walk of a contract; one that was changed has a new one."""
        known = self._walks.get(contract.symbol)
        if known is None or known.contract is not contract:
            rules = outlook.rules(contract.symbol)
            known = Walk(self.seed, contract, rules)
            self._walks[contract.symbol] = known
        return known


def _print(movements: Movements, symbol: str, prints: list[Print]) -> None:
    if prints:
        movements.trades(symbol, Trades.of(prints))


def _slot(at: Millis) -> Millis:
    return Millis(at // SLOT_MS * SLOT_MS)
