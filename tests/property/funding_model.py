"""Funding of the plain model: what was held when it fell due, and who has yet to pay for it.

A settlement under way is a list of what everybody held at its start; whatever happens meanwhile
changes nothing of what is owed, only which wallet bears it.
"""

from dataclasses import dataclass
from fractions import Fraction

from property.trading_model import PlainTrading, cut


@dataclass
class PlainSettlement:
    """Rate and mark of the start, and the positions (owner, side) that have not paid."""

    rate: Fraction
    mark: Fraction
    unpaid: dict[tuple[int, str], Fraction]


class PlainFunding:
    """The settlements that are under way, by symbol."""

    def __init__(self, model: PlainTrading) -> None:
        self.model = model
        self.under_way: dict[str, PlainSettlement] = {}

    def begin(self, symbol: str, rate: Fraction) -> PlainSettlement:
        """Note what everybody holds."""
        assert symbol not in self.under_way
        held = {
            (owner, side): position.quantity
            for (owner, name, side), position in self.model.positions.items()
            if name == symbol and position.quantity
        }
        market = self.model.markets.get(symbol)
        mark = market.mark if market else Fraction(0)
        self.under_way[symbol] = PlainSettlement(rate, mark, held)
        return self.under_way[symbol]

    def pay(self, owner: int, symbol: str, side: str) -> Fraction:
        """What a position receives; an isolated one that is open bears it itself."""
        settlement = self.under_way[symbol]
        quantity = settlement.unpaid.pop((owner, side))
        amount = -cut(cut(quantity * settlement.mark) * settlement.rate)
        self.model.wallets[owner, self.model.markets[symbol].facts.asset] += amount
        position = self.model.position(owner, symbol, side)
        if (owner, symbol) in self.model.isolated and position.quantity:
            position.wallet += amount
        return amount

    def end(self, symbol: str) -> None:
        """Everybody has paid."""
        assert not self.under_way.pop(symbol).unpaid
