"""Margin of one position and the orders around it (docs/internals/numbers.md, "Positions").

Amounts are units of 1e-8, cut toward zero; a value is quantity · price.
"""

from clearhouse.margin.exposure import OpenValue
from clearhouse.model.instruments import Bracket, Contract
from clearhouse.model.money import SCALE, multiply_toward_zero

NO_ORDERS = OpenValue()


def initial_margin_rate(leverage: int) -> int:
    """1/L held at 8 decimals, rounded half-up."""
    return (2 * SCALE + leverage) // (2 * leverage)


def position_margin(value: int, leverage: int) -> int:
    """What a position of a signed value needs."""
    return multiply_toward_zero(abs(value), initial_margin_rate(leverage))


def initial_margin(value: int, open_value: OpenValue, leverage: int) -> int:
    """What a position and its open orders need together: the larger of the two ways it can go.

    Never less than the position alone.
    """
    bids, asks = open_value.bids // SCALE, open_value.asks // SCALE
    largest = max(abs(value), abs(value + bids), abs(value - asks))
    return multiply_toward_zero(largest, initial_margin_rate(leverage))


def bracket_of(contract: Contract, value: int) -> Bracket:
    """The tier of a position's value: above its floor, up to its cap; the last one beyond all."""
    for bracket in contract.brackets:
        if abs(value) <= bracket.notional_cap:
            return bracket
    return contract.brackets[-1]


def maintenance_margin(contract: Contract, value: int) -> int:
    """|value| · maintMarginRatio − cum, of the tier of the value."""
    bracket = bracket_of(contract, value)
    needed = multiply_toward_zero(abs(value), bracket.maint_margin_ratio) - bracket.cum
    return max(0, needed)


def unrealized(quantity: int, entry_price: int, mark: int) -> int:
    """Profit of a signed quantity at the mark."""
    return multiply_toward_zero(quantity, mark - entry_price)
