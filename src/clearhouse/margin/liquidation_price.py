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


class Span(NamedTuple):
    """The prices at which a position of a size has one tier; `cap` None: there is no end."""

    size: int
    floor: int
    cap: int | None

    def contains(self, dividend: int, divisor: int) -> bool:
        """Whether a price, an exact fraction, is one of them; a boundary belongs to both."""
        value, unit = self.size * dividend, divisor * SCALE
        return value >= self.floor * unit and (self.cap is None or value <= self.cap * unit)


class Stretch(NamedTuple):
    """Prices between which no position changes its tier: Σ |q| · ratio (1e-16) and Σ cum."""

    rates: int
    cum: int
    spans: tuple[Span, ...]
    tiers: tuple[Bracket, ...]


class Solution(NamedTuple):
    """A price above zero, `dividend / divisor` in units of 1e-8, and what holds there.

    `rate`: USD for a unit of the margin asset; `tiers`: those of the positions, in their order.
    """

    dividend: int
    divisor: int
    rate: int
    tiers: tuple[Bracket, ...]


def liquidation_price(held: Sequence[Held], support: Support) -> int:
    """The price, in units of 1e-8 to the nearest; 0 where there is none.

    `held`: the positions of one symbol that fall together, one or both sides of hedge mode.
    """
    found = solve(held, support)
    return nearest(found.dividend, found.divisor) if found else 0


def solve(held: Sequence[Held], support: Support) -> Solution | None:
    """As `liquidation_price`, exact; None where there is none."""
    net = sum([one.position.quantity for one in held])
    cost = sum([one.position.quantity * one.position.entry_price for one in held])
    own = support.wallet * SCALE - cost
    others = support.elsewhere * SCALE * SCALE - support.ask * support.pledged * SCALE
    if net > 0 and others + own * (support.bid if own >= 0 else support.ask) >= 0:
        return None  # even a price of zero leaves enough
    rates = (support.bid,) if support.bid == support.ask else (support.bid, support.ask)
    for stretch in _stretches(held):
        needed = support.ask * stretch.rates
        left = others + support.ask * stretch.cum * SCALE
        for rate in rates:
            divisor = needed - rate * net * SCALE
            dividend = (left + rate * own) * SCALE
            if net > 0:  # long on balance: the price below which there is too little
                divisor, dividend = -divisor, -dividend
            if divisor <= 0 or dividend <= 0:
                continue
            if not all(span.contains(dividend, divisor) for span in stretch.spans):
                continue
            if len(rates) == 1 or _counts_at(rate, support, own * divisor + net * dividend):
                return Solution(dividend, divisor, rate, stretch.tiers)
    return None


def _counts_at(rate: int, support: Support, equity: int) -> bool:
    """Whether the margin asset counts at a rate: owned at bid, owed at ask."""
    return equity >= 0 if rate == support.bid else equity <= 0


def _stretches(held: Sequence[Held]) -> Iterator[Stretch]:
    """From low prices to high ones."""
    if len(held) == 1:
        size = abs(held[0].position.quantity)
        for tier, span in _tiers(held[0].contract.brackets, size):
            yield Stretch(size * tier.maint_margin_ratio, tier.cum, (span,), (tier,))
        return
    legs = [list(_tiers(one.contract.brackets, abs(one.position.quantity))) for one in held]
    while True:
        chosen = [leg[0] for leg in legs]
        yield Stretch(
            sum(span.size * tier.maint_margin_ratio for tier, span in chosen),
            sum(tier.cum for tier, _ in chosen),
            tuple(span for _, span in chosen),
            tuple(tier for tier, _ in chosen),
        )
        ends = [leg for leg in legs if len(leg) > 1]
        if not ends:
            return
        min(ends, key=_end).pop(0)


def _tiers(brackets: Sequence[Bracket], size: int) -> Iterator[tuple[Bracket, Span]]:
    floor, last = 0, brackets[-1]
    for bracket in brackets:
        yield bracket, Span(size, floor, None if bracket is last else bracket.notional_cap)
        floor = bracket.notional_cap


def _end(leg: Sequence[tuple[Bracket, Span]]) -> int:
    """The price at which a position leaves its tier, fine enough to put two in order."""
    bracket, span = leg[0]
    return bracket.notional_cap * SCALE**3 // span.size
