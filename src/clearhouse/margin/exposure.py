"""What an account has in a symbol: positions, open orders, and the value of the latter.

docs/internals/numbers.md, "Open orders".
"""

from dataclasses import dataclass, field

from clearhouse.model.orders import (
    BUY,
    Order,
    Position,
    PositionSide,
)


@dataclass(slots=True)
class OpenValue:
    """Σ remaining quantity · limit price of open orders that may open, exact: units of 1e-16."""

    bids: int = 0
    asks: int = 0


@dataclass(slots=True)
class Exposure:
    """Positions, open orders by id, and the value of those orders that count for margin.

    Orders that only reduce count nothing.
    """

    positions: dict[PositionSide, Position] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    open: dict[PositionSide, OpenValue] = field(default_factory=dict)
    algos: dict[int, None] = field(default_factory=dict)

    @property
    def has_orders(self) -> bool:
        """Whether orders are open; conditional ones that wait count."""
        return bool(self.orders or self.algos)

    @property
    def has_position(self) -> bool:
        """Whether a position is open."""
        return any(position.quantity for position in self.positions.values())

    def position(self, side: PositionSide) -> Position:
        """The position of a side, for reading; a flat one where there never was any."""
        return self.positions.get(side, FLAT)

    def count(self, order: Order, quantity: int) -> None:
        """Let a quantity of an order count, or (negative) count no more."""
        if order.closing or not order.price:
            return
        value = self.open.get(order.position_side)
        if value is None:
            value = self.open[order.position_side] = OpenValue()
        if order.side is BUY:
            value.bids += quantity * order.price
        else:
            value.asks += quantity * order.price
        if not (value.bids or value.asks):
            del self.open[order.position_side]


FLAT = Position()
NOTHING = Exposure()
"""For reading only."""
