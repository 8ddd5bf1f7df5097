"""The grid that a seeded past is drawn on: prices in ticks, quantities in lots.

All arithmetic of the past is done on integers of 64 bits. Where a symbol's own tick or step is so
fine that products would not fit, the past uses a multiple of it: every price is still on the
tick, every quantity on the step, and what was paid is a whole number of units.
"""

from math import gcd, lcm

from msgspec import Struct

from clearhouse.market.rules import Rules
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import SCALE

DAY_MINUTES = DAY_MS // 60_000

MOST_TICKS = 2**31
"""A price is fewer ticks than this, however far the past went from where it ends."""
MOST_PAID = 2**46
"""Ticks × lots of a day stay below this."""
MOST_UNITS = 2**57
"""Base and quote quantities of a day stay below this, so that a month's fits a 64-bit column."""
LEAST_LOTS = 16 * DAY_MINUTES
"""Every day trades at least so much, that each of its minutes can."""


class Scale(Struct, frozen=True, kw_only=True):
    """A price is `base + ticks · grain`, a quantity `lots · lot`: units of 1e-8.

    `lowest` and `highest`: the ticks that any price has.
    """

    base: int
    grain: int
    lot: int
    lowest: int
    highest: int

    def price(self, ticks: int) -> int:
        """A price in units."""
        return self.base + ticks * self.grain

    def ticks(self, price: int) -> int:
        """The tick at or below a price, within what any price has."""
        return min(max((price - self.base) // self.grain, self.lowest), self.highest)

    def quantity(self, lots: int) -> int:
        """A quantity in units of the base asset."""
        return lots * self.lot

    def paid(self, paid: int, lots: int) -> int:
        """An amount in units of the quote asset, of ticks × lots and the lots: no remainder."""
        return (paid * self.grain + lots * self.base) * self.lot // SCALE


def scale_of(rules: Rules, price: int, *, swing: int) -> Scale:
    """The grid of a symbol; its past ends at the price and was never `swing` times that."""
    tick = rules.tick or 1
    grain = tick
    while price * swing // grain >= MOST_TICKS:
        grain *= 10
    base = price % grain
    least = max(rules.price.low, tick)
    lowest = max(-(-(least - base) // grain), 0 if base else 1)
    highest = price * swing // grain
    if rules.price.high:
        highest = min(highest, (rules.price.high - base) // grain)
    here = (price - base) // grain
    lot = lcm(rules.step or 1, SCALE // gcd(SCALE, gcd(grain, base)))
    return Scale(
        base=base,
        grain=grain,
        lot=lot,
        lowest=min(max(lowest, here // swing), here),
        highest=max(highest, here),
    )
