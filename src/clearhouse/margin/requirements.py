"""Margin of one position and the orders around it.

Each function names its section of docs/internals/numbers.md: "Positions", "Open orders". Amounts
are units of 1e-8, cut toward zero; a value is quantity · price.
"""

from functools import cache

from clearhouse.margin.exposure import OpenValue
from clearhouse.model.instruments import Bracket, Contract
from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.orders import Position

NO_ORDERS = OpenValue()

BREAK_EVEN_DECIMALS = 12
BREAK_EVEN_SCALE: int = 10**BREAK_EVEN_DECIMALS
"""Break-even prices have more decimals than others: those of a price times those of a fee rate."""


@cache
def initial_margin_rate(leverage: int) -> int:
    """1/L held at 8 decimals, rounded half-up ("Positions")."""
    return (2 * SCALE + leverage) // (2 * leverage)


def position_margin(value: int, leverage: int) -> int:
    """What a position of a signed value needs ("Positions")."""
    return abs(value) * initial_margin_rate(leverage) // SCALE


def initial_margin(value: int, open_value: OpenValue, leverage: int) -> int:
    """What a position and its open orders need together: the larger of the two ways it can go.

    Never less than the position alone ("Open orders").
    """
    up, down = value + open_value.bids // SCALE, open_value.asks // SCALE - value
    return max(up, down, value, -value) * initial_margin_rate(leverage) // SCALE


def bracket_of(contract: Contract, value: int) -> Bracket:
    """The tier of a position's value: above its floor, up to its cap; the last one beyond all."""
    size = abs(value)
    for bracket in contract.brackets:
        if size <= bracket.notional_cap:
            return bracket
    return contract.brackets[-1]


def maintenance_margin(contract: Contract, value: int) -> int:
    """|value| · maintMarginRatio − cum, of the tier of the value ("Positions")."""
    bracket = bracket_of(contract, value)
    needed = abs(value) * bracket.maint_margin_ratio // SCALE - bracket.cum
    return max(needed, 0)


def unrealized(quantity: int, entry_price: int, mark: int) -> int:
    """Profit of a signed quantity at the mark ("Positions")."""
    return multiply_toward_zero(quantity, mark - entry_price)


def break_even_price(position: Position) -> int:
    """The price at which what was paid and realised since the position was opened comes back.

    In units of 1e-12, to the nearest; 0 without a position. What closing costs is not in it
    ("Positions").
    """
    quantity = position.quantity
    if not quantity:
        return 0
    owed = (position.fees - position.realized) * (1 if quantity > 0 else -1)
    price = position.entry_price * (BREAK_EVEN_SCALE // SCALE)
    return price + nearest(owed * BREAK_EVEN_SCALE, abs(quantity))


def nearest(dividend: int, divisor: int) -> int:
    """The quotient to the nearest whole, halves up; the divisor is positive ("Positions")."""
    assert divisor > 0
    return (2 * dividend + divisor) // (2 * divisor)
