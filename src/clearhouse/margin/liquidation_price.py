"""Where a position would be liquidated (docs/internals/numbers.md, "Liquidation price").

The mark of a symbol at which what supports its positions is just what keeps them open, everything
else as it is now. Both sides are linear in the price as long as no position changes its tier, so
every stretch between two tiers has one candidate, and the one that lies in its own stretch is
the price. Taking the tier of today instead is the common mistake.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clearhouse.margin.positions import Held
from clearhouse.margin.requirements import nearest
from clearhouse.model.instruments import Bracket
from clearhouse.model.money import SCALE

Tier = tuple[int, int | None, int, int]
"""Floor, cap (None: no end), ratio and cum of a bracket."""


class Support(NamedTuple):
    """What supports the positions of a symbol besides their own profit.

    `wallet`: in the margin asset. `pledged`: what that wallet's other positions need, in the
    margin asset. `elsewhere`: what the account has elsewhere beyond its needs, in USD. `bid` and
    `ask`: USD for a unit of the margin asset that is owned, and that is owed or needed.
    """

    wallet: int
    pledged: int = 0
    elsewhere: int = 0
    bid: int = SCALE
    ask: int = SCALE


class Legs(NamedTuple):
    """Positions of a symbol, in a stretch of prices: Σ q, Σ q · entry, Σ |q| · ratio and Σ cum.

    `net` in 1e-8, `cost` and `rates` in 1e-16, `cum` in 1e-8.
    """

    net: int
    cost: int
    rates: int
    cum: int


class Price(NamedTuple):
    """A price as an exact fraction of units; the divisor is positive."""

    dividend: int
    divisor: int


def liquidation_price(held: Sequence[Held], support: Support) -> int:
    """The price, in units of 1e-8 to the nearest; 0 where there is none.

    `held`: the positions of one symbol that fall together, one or both sides of hedge mode.
    """
    sizes = [abs(one.position.quantity) for one in held]
    for tiers in _combinations([one.contract.brackets for one in held], sizes):
        legs = _legs(held, sizes, tiers)
        for rate in dict.fromkeys((support.bid, support.ask)):
            price = _root(legs, support, rate)
            if price and _lies_in(price, sizes, tiers) and _has_rate(price, legs, support, rate):
                return nearest(*price)
    return 0


def _combinations(
    brackets: Sequence[Sequence[Bracket]], sizes: Sequence[int]
) -> Iterator[tuple[Tier, ...]]:
    """The tiers that positions have together, from low prices to high ones."""
    chosen = [0] * len(brackets)
    while True:
        yield tuple(_tier(rows, at) for rows, at in zip(brackets, chosen, strict=True))
        ends = [
            (rows[at].notional_cap * SCALE**3 // size, leg)
            for leg, (rows, at, size) in enumerate(zip(brackets, chosen, sizes, strict=True))
            if at + 1 < len(rows)
        ]
        if not ends:
            return
        chosen[min(ends)[1]] += 1


def _tier(rows: Sequence[Bracket], at: int) -> Tier:
    row = rows[at]
    cap = row.notional_cap if at + 1 < len(rows) else None
    floor = rows[at - 1].notional_cap if at else 0
    return floor, cap, row.maint_margin_ratio, row.cum


def _legs(held: Sequence[Held], sizes: Sequence[int], tiers: Sequence[Tier]) -> Legs:
    net = cost = rates = cum = 0
    for one, size, tier in zip(held, sizes, tiers, strict=True):
        position = one.position
        net += position.quantity
        cost += position.quantity * position.entry_price
        rates += size * tier[2]
        cum += tier[3]
    return Legs(net, cost, rates, cum)


def _root(legs: Legs, support: Support, rate: int) -> Price | None:
    """Where what there is, at a rate, equals what is needed; coming from the side that is safe."""
    divisor = support.ask * legs.rates - rate * legs.net * SCALE
    if divisor == 0 or (legs.net and (legs.net > 0) == (divisor > 0)):
        return None
    owned = rate * (support.wallet * SCALE - legs.cost)
    needed = support.ask * (support.pledged - legs.cum) * SCALE
    dividend = (support.elsewhere * SCALE * SCALE + owned - needed) * SCALE
    price = Price(dividend, divisor) if divisor > 0 else Price(-dividend, -divisor)
    return price if price.dividend > 0 else None


def _lies_in(price: Price, sizes: Sequence[int], tiers: Sequence[Tier]) -> bool:
    """Whether each position has its tier at the price; a boundary belongs to both."""
    for size, (floor, cap, _, _) in zip(sizes, tiers, strict=True):
        value = size * price.dividend
        unit = price.divisor * SCALE
        if value < floor * unit or (cap is not None and value > cap * unit):
            return False
    return True


def _has_rate(price: Price, legs: Legs, support: Support, rate: int) -> bool:
    """Whether the asset counts at that rate at the price: owned at bid, owed at ask."""
    if support.bid == support.ask:
        return True
    equity = (support.wallet * SCALE - legs.cost) * price.divisor + legs.net * price.dividend
    return equity >= 0 if rate == support.bid else equity <= 0
