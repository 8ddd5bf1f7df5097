"""How far marks may go before a pool changes its state: straight lines, in whole numbers.

A pool is quiet while it is neither in trouble nor to be warned, and still close where it was
warned. How far it is from the nearest change of that is its slack. Between two tiers' notionals
what a position gains and needs are straight lines, so its bounds end there too. What cutting may
take of each term is set aside first (`CUT`).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from clearhouse.liquidation.pools import CLOSE_PERCENT
from clearhouse.margin.watch import ANY, HIGHEST, Bounds
from clearhouse.model.instruments import Bracket, Contract
from clearhouse.model.money import SCALE

CUT = 1_000
"""Units that cutting may take of each term of a pool, weighed as balances and margins are."""

ALL = 100
"""Per cent of a pool's balance: where its maintenance margin ends it."""


class Line(NamedTuple):
    """What a mark that rises by 1e-8 does to a pool, in 1e-16 units: gain, and what is needed."""

    mark: int
    gain: int
    need: int

    def slope(self, percent: int) -> int:
        """What it does to so many per cent of the balance less the maintenance margin."""
        return percent * self.gain - ALL * self.need


class Condition(NamedTuple):
    """Something that must stay: so many per cent of the balance less the margin, and its slack.

    `sign`: whether it must stay above or below.
    """

    percent: int
    slack: int
    sign: int


def conditions(balance: int, maint: int, terms: int) -> tuple[Condition, ...]:
    """What must stay for a quiet pool of so many terms to be quiet."""
    close, aside = CLOSE_PERCENT * balance - ALL * maint, CUT * terms
    if close > 0:
        return (Condition(CLOSE_PERCENT, close - aside, 1),)
    return (
        Condition(CLOSE_PERCENT, -close - aside, -1),
        Condition(ALL, ALL * (balance - maint) - aside, 1),
    )


def reaches(
    lines: Mapping[str, Line], balance: int, maint: int, terms: int
) -> Iterator[tuple[str, Bounds]]:
    """What each mark of a pool may do, the others doing as much: its parts of the slack."""
    for percent, slack, sign in conditions(balance, maint, terms):
        taken = sum(abs(line.slope(percent)) * line.mark for line in lines.values())
        for symbol, line in lines.items():
            yield symbol, _reach(line.mark, sign * line.slope(percent), slack, taken)


def _reach(mark: int, slope: int, slack: int, taken: int) -> Bounds:
    """How far a mark may go against a slope, where all together take `taken` of going once."""
    if slack < 0:
        return Bounds(mark, mark)
    if not slope:
        return ANY
    way = mark * slack * SCALE * SCALE // taken
    return Bounds(max(0, mark - way), HIGHEST) if slope > 0 else Bounds(0, min(mark + way, HIGHEST))


def straight(contract: Contract, tier: Bracket, size: int, mark: int) -> Bounds:
    """The marks at which what a position of a size needs follows the line of its tier."""
    brackets = contract.brackets
    at = brackets.index(tier)
    least = brackets[at - 1].notional_cap + 1 if at else 0
    if tier.cum:
        if size * mark // SCALE * tier.maint_margin_ratio // SCALE < tier.cum:
            return Bounds(mark, mark)
        least = max(least, -(-tier.cum * SCALE // tier.maint_margin_ratio))
    low = -(-least * SCALE // size)
    if at == len(brackets) - 1:
        return Bounds(low, HIGHEST)
    return Bounds(low, min(((tier.notional_cap + 1) * SCALE - 1) // size, HIGHEST))
